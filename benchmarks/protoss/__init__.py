"""Where the Protoss engine puts hydrogens: against experiments, and beside two other programs in the same run."""
