"""Errors of the firewall, each with a message that names the thing it is about."""


class BadListing(ValueError):
    """The input is not what `nft -j list ruleset` writes, or only a part of it.

    `index` is the entry's position in the list "nftables", if it is one entry.
    """

    def __init__(self, message: str, index: int | None = None) -> None:
        """Put the entry's index in front of the message."""
        where = "" if index is None else f"nftables[{index}]: "
        super().__init__(where + message)
        self.index = index


class BadValue(ValueError):
    """A value of a row cannot be expressed in nft's language.

    `row` names the row in words, `column` the column.
    """

    def __init__(self, row: str, column: str, message: str) -> None:
        """Name the row and the column in front of the message."""
        super().__init__(f"{row}, {column}: {message}")
        self.row = row
        self.column = column


class NameRefused(ValueError):
    """A ruleset cannot be imported under this name."""
