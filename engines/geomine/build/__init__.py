"""Builds the archive of GeoMine: reads structures, finds their sites, and stores the points of each."""
