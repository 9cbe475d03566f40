"""Protoss: hydrogens, tautomers, protonation and flips of a whole complex."""
