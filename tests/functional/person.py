"""A person with a browser and without JavaScript: follows links, submits forms."""

from collections.abc import Container
from typing import Any, Self
from urllib.parse import urlsplit

import webtest
from bs4 import BeautifulSoup, Tag

from tests.client import Client

# What is not the words of a row: its buttons, and what the draft did to it.
_BESIDE_THE_WORDS = "td.pick, td.does, template, .unseen, .state, .was"


class Person:
    """Where someone is; every step leads to another page."""

    def __init__(self, browser: Client, start: str = "/") -> None:
        self.browser = browser
        self.page: webtest.TestResponse = browser.get(start)

    @property
    def path(self) -> str:
        """The address that the browser shows."""
        return str(self.page.request.path_qs)

    def soup(self) -> BeautifulSoup:
        """Return the page, parsed once: nothing may be taken out of it."""
        return self.page.html

    def go(self, where: str) -> Self:
        """Type an address."""
        parts = urlsplit(where)
        answer = self.browser.get(f"{parts.path}?{parts.query}".rstrip("?"))
        self.page = answer.follow() if answer.status_int == 303 else answer
        return self

    def click(self, words: str, inside: str = "body", index: int = 0) -> Self:
        """Follow the link that is read aloud so, inside an element."""
        return self.go(self.links(words, inside)[index])

    def links(self, words: str, inside: str = "body") -> list[str]:
        """Return where the links of these words lead."""
        found = self.soup().select(f"{inside} a[href]")
        return [link["href"] for link in found if read(link) == words]

    def press(self, words: str, status: int = 303, **fields: Any) -> Self:
        """Fill in the form whose button is read aloud so, and press it."""
        form = self.forms(words)[0]
        return self.submit(form, status, self._button(form, words), **fields)

    def _button(self, form: webtest.Form, words: str) -> tuple[str | None, str | None]:
        """Return the name and value of a button, which its form sends with the rest."""
        found = [one for one in form.html.find_all("button") if read(one) == words]
        return found[0].get("name"), found[0].get("value")

    def submit(
        self,
        form: webtest.Form,
        status: int | str = 303,
        button: tuple[str | None, str | None] = (None, None),
        **fields: Any,
    ) -> Self:
        """Fill in a form (v__name for v.name) and submit it; a redirect is followed."""
        for name, value in fields.items():
            form[name.replace("__", ".")] = value
        answer = form.submit(button[0], value=button[1], status=status)
        self.page = answer.follow() if answer.status_int == 303 else answer
        return self

    def forms(self, words: str) -> list[webtest.Form]:
        """Return the forms with an enabled button that is read aloud so."""
        return [
            self.page.forms[index]
            for index, form in enumerate(self.soup().find_all("form"))
            if words in [read(one) for one in form.select("button:not([disabled])")]
        ]

    def buttons(self, begin: str) -> list[str]:
        """Return the words of the enabled buttons that begin so."""
        found = self.soup().select("form button:not([disabled])")
        return [words for one in found if (words := read(one)).startswith(begin)]

    def table(self) -> list[list[str]]:
        """Return the words of the rows shown, the deleted ones aside."""
        rows = self.soup().select("table.rows tbody tr:not(.gone)")
        cells = [row.find_all(["th", "td"]) for row in rows]
        beside = {id(one) for row in rows for one in row.select(_BESIDE_THE_WORDS)}
        return [
            [read(one, beside) for one in row if id(one) not in beside] for row in cells
        ]

    def words(self, selector: str) -> list[str]:
        """Return what is read aloud of every element that a selector finds."""
        return [read(one) for one in self.soup().select(selector)]


def read(element: Tag, without: Container[int] = ()) -> str:
    """Return what is read aloud of an element, except what the ids are of."""
    left_out = [
        one
        for one in element.find_all(True)
        if one.get("aria-hidden") == "true" or id(one) in without
    ]
    silent = {id(text) for one in left_out for text in one.strings}
    heard = (text for text in element.strings if id(text) not in silent)
    return " ".join("".join(heard).split())
