"""Management commands of GeoMine."""
