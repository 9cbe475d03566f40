"""The states of a molecule: tautomers and protomers, what each costs in water, and the sites they make."""
