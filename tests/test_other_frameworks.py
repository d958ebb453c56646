"""The page about other frameworks does what it says, and says what is so."""

import asyncio
import re

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import draftedit
from draftedit.service.problem_details import kind_of
from examples.orders.models import Base, Line, Order, drafts
from tests.documents import Page

PAGE = Page("docs/other-frameworks.md")


def test_the_page_does_what_it_says(tmp_path):
    file = tmp_path / "orders.sqlite"
    names = {"Base": Base, "Order": Order, "Line": Line, "drafts": drafts}
    names |= {"url": f"sqlite:///{file}", "async_url": f"sqlite+aiosqlite:///{file}"}

    for block in PAGE.blocks():
        block.run(names)
    revision = asyncio.run(names["save"]())

    assert revision == 1
    with Session(names["engine"]) as dbsession:
        assert dbsession.scalars(sa.select(Line.product)).all() == ["green tea"]
    names["engine"].dispose()


@pytest.mark.parametrize(
    ("status", "text"), re.findall(r"^\| (\d{3}) \| (.*) \|$", PAGE.text, re.MULTILINE)
)
def test_every_error_that_the_page_names_has_the_status_that_it_says(status, text):
    for name in re.findall(r"`([A-Z]\w+)`", text):
        error = getattr(draftedit, name)
        assert kind_of(error.__new__(error)).status == int(status)
