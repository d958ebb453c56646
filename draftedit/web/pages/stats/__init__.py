"""The statistics: the page, the content of its charts, and their geometry."""
