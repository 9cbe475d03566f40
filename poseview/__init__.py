"""PoseView: a ligand and its interactions in the plane."""
