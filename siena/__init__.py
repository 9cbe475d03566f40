"""SIENA: finds the binding site of a structure in an archive."""
