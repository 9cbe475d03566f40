"""How well EDIAscorer keeps to its definition, beside another program, and where a model is wrong."""
