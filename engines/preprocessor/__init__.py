"""The preprocessor: splits a structure into a clean protein and its ligands."""
