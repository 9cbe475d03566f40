"""Whether StructureProfiler tells good from bad, and as other programs do."""
