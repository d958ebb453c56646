"""Listen to events of an engine for a time."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import sqlalchemy as sa


@contextmanager
def listening(
    engine: sa.Engine, hooks: Mapping[str, Callable[..., Any]]
) -> Iterator[None]:
    """Call each hook on the event of its name, until the end."""
    with ExitStack() as stack:
        for name, hook in hooks.items():
            sa.event.listen(engine, name, hook)
            stack.callback(sa.event.remove, engine, name, hook)
        yield
