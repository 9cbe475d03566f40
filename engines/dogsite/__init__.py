"""Pockets of a structure by a difference of Gaussians on a grid, their descriptors and their druggability."""
