"""Protoss: hydrogens, tautomers, protonation states and flips of a whole complex."""
