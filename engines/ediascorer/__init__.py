"""How well the atoms of a model are supported by its electron density: EDIA, EDIAm, OPIA, RSCC and RSR."""
