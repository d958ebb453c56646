"""Where a form leads back to: a path on this site, and nothing else."""

import re

# Browsers drop control characters and take "\" for "/": what looks like a path here
# may lead elsewhere there.
_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")


def local_path(text: str | None) -> str | None:
    """Return `text` if it is a path here, with or without a query; else None."""
    return text if text and _PATH.fullmatch(text) else None
