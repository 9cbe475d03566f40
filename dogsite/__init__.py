"""DoGSite: the pockets of a protein, what they are like, and which of them may bind a drug."""
