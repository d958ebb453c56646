"""Column types: how a value is stored, parsed, compared and ordered."""
