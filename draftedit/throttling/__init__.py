"""Limit how many rows a user may write in a period, counted below the ORM.

Whatever a session, a Core statement or a text writes goes through the cursor, and is
counted there, before it runs. A host uses it by itself:

    throttle = Throttle("redis://localhost:6379/0")
    throttle.watch(engine, lambda: ("ada", "200/minute"))
"""

from draftedit.engine.base.errors import TooManyWrites
from draftedit.throttling.throttle import Throttle

__all__ = ["Throttle", "TooManyWrites"]
