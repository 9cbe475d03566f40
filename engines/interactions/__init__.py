"""What holds a complex together: hydrogen bonds, stacking, charges, metals and the other contacts of a ligand."""
