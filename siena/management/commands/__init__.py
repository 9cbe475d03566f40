"""Management commands for molecules."""
