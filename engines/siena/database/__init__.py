"""The index of an archive that SIENA searches: an SQLite file, built once and kept up to date."""
