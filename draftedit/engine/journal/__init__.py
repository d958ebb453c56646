"""The operations of a draft in order: applied, undone, redone, copied."""
