"""ToolName: counts what is in a structure."""
