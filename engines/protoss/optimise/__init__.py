"""The discrete problem of a hydrogen-bond network, and its best solution. Nothing in here knows chemistry."""
