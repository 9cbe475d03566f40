"""PoseView: a diagram of a ligand and what it interacts with."""
