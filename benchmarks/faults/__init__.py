"""What becomes of jobs when processes die."""
