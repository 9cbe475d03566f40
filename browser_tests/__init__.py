"""The pages as people meet them: a real server, a real browser. Run by ``./test.sh browser``."""
