"""The model of a target: its parts, fields and keys, read from the host's mappings."""
