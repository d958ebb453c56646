"""Statistics of drafts: counted, rolled up by day, and kept when drafts are purged."""
