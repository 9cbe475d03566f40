"""StructureProfiler: is a structure good enough, as a whole, around each ligand, and in each ligand?"""
