"""How well pockets are found: the engine beside other programs on ligand-bound structures."""
