"""METALizer: how atoms coordinate the metals of a structure."""
