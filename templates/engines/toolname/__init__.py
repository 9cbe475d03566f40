"""The engine of ToolName."""
