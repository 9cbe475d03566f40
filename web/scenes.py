"""The rules by which scenes are drawn, once for all tools: https://molstar.org/mol-view-spec-docs."""
