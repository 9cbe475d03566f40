"""StructureProfiler: whether a structure is good enough, as a whole, around each ligand and ligand by ligand."""
