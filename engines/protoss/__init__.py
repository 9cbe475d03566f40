"""Protoss: hydrogens, tautomers, protonation and flips of a complex, decided together."""
