"""The tool behind ``molecule_handler/upload/``: a structure goes in, a clean protein and its ligands come out."""
