"""METALizer: the geometry in which the atoms around a metal are arranged, and whether the metal suits them."""
