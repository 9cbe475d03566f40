"""The web pages: structures, forms, jobs and results, for every tool alike, from what the tools declare."""
