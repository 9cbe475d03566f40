"""SIENA: finds the binding site of a query in a whole archive and superposes what it finds."""
