"""Measurements of the server as a whole, each one command; see README.md beside this file."""
