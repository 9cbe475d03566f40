"""How fast the server answers, each figure beside a bare reference measured in the same run."""
