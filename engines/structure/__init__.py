"""Parts shared by all engines: coordinates, chemical components, ligands and their pictures."""
