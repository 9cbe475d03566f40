"""What docs/validation/metalizer.md says of METALizer."""
