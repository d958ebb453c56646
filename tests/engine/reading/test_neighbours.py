"""The siblings of a row are read a few at a time, as many as are asked for."""

import pytest

from draftedit import Delete
from draftedit.engine.reading.tree import neighbours
from draftedit.engine.reading.view import View
from tests.hosts import shop

TARGET = shop.drafts.targets["purchase"]
LINE = TARGET.tables["line"]


@pytest.mark.parametrize("at_once", [1, 2, 10])
def test_all_siblings_come_in_their_order_however_few_are_read_at_once(
    edit, goods, dbsession, at_once
):
    edit.apply(Delete("line", goods.lines[1]))
    info = edit.info
    view = View(dbsession, TARGET, info.root, info.key, info.base)

    found = list(neighbours(view, LINE, info.root, None, at_once=at_once))

    assert [row.key for row in found] == [(line,) for line in goods.lines]
    assert [row.gone for row in found] == [False, True, False]
