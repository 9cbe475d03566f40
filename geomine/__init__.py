"""GeoMine: an arrangement of atoms and rings in the binding sites of an archive."""
