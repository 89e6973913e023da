"""The nouns of the gateway and their rules: standard library only, nothing here awaits or reads a clock.

One file per noun. A rule that belongs to a noun (which move is legal, when is a line open) lives in its file and
nowhere else. See docs/glossary.md for the words and docs/adr/0001-layers-and-ports.md for the walls.
"""
