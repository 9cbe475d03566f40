"""
What a file of the field looks like from outside: cheap checks of text and headers, in linear time.

Nothing here parses chemistry or coordinates in depth; the engines do that, in their sandbox.
"""
