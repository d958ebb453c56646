"""Records of drafts, their lists, and request keys."""
