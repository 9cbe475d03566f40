"""Shared molecules: models, routes, validation, the archives and the clean-up."""
