"""GeoMine: finds an arrangement of atoms, rings and their properties in the binding sites of an archive."""
