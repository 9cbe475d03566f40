"""Whether the interactions that PoseView draws are those that others find, and how clear its diagrams are."""
