"""How long people wait: for the first picture of a structure, beside Mol* alone, and for news of a job."""
