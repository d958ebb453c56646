"""Foundations of the engine: errors, keys, statements, texts."""
