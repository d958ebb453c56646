"""A browser for stories: WebTest with the verbs that every story needs."""

from typing import Self

import webtest
from bs4 import BeautifulSoup


class Page(webtest.TestResponse):
    """An answer whose HTML is parsed once, however often a test asks for it."""

    _html: BeautifulSoup | None = None

    @property
    def html(self) -> BeautifulSoup:
        """Return the parsed page, from which nothing may be taken."""
        if self._html is None:
            self._html = super().html
        return self._html


class _Request(webtest.TestRequest):
    ResponseClass = Page


class Client(webtest.TestApp):
    """One browser: its cookies, and thereby who has signed in."""

    RequestClass = _Request

    def login(self, name: str, password: str) -> Self:
        """Sign in as a person would, by the form."""
        form = self.get("/login").forms["login"]
        form["name"] = name
        form["password"] = password
        form.submit(status=303)
        return self

    def csrf_token(self) -> str:
        """Return the token that unsafe requests of this session carry."""
        page = self.get("/account")
        return page.html.find("input", attrs={"name": "csrf_token"})["value"]

    def with_token(self, token: str) -> Self:
        """Be a program from now on: send a bearer token with every request."""
        self.authorization = ("Bearer", token)
        return self
