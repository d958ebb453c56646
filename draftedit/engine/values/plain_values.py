"""What codecs of numbers, dates, keys and the like have in common."""

from typing import Any

from draftedit.engine.values.codec import Codec
from draftedit.engine.values.presentation import Control, Style


class PlainCodec(Codec):
    """Values that are written in one line and are no text.

    An empty input is no value, no row is called by one, a search does not look at them,
    and one that nobody else has can be drawn.
    """

    control = Control.LINE
    style = Style.CODE
    takes_empty = False
    names_rows = False
    has_free_placeholder = True

    def search(self, column: Any, pattern: Any) -> None:
        """Find nothing: a search is for texts."""
