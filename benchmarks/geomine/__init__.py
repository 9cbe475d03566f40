"""Whether GeoMine finds what is there, and how it grows."""
