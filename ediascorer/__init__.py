"""EDIAscorer: how well the electron density supports each atom of a structure."""
