"""Conflicts: the page, its questions, their texts, and the form of choices."""
