"""Each kind of conflict says in words what happened, and shows its sides."""

import pytest

from draftedit import Delete, Insert, Move, Set
from draftedit.firewall import drafts
from draftedit.firewall.models import Ruleset
from tests.databases import on_one_database

pytestmark = on_one_database


@pytest.fixture
def against(ann, example, dbsession_factory):
    """Return `against(mine, theirs)`: ann at the conflicts of these operations."""

    def against(mine, theirs):
        with dbsession_factory.begin() as dbsession:
            edit = drafts.open(dbsession, Ruleset, example.ruleset, owner="ann")
            for one in mine:
                edit.apply(one)
            other = drafts.open(dbsession, Ruleset, example.ruleset, owner="bob")
            for one in theirs:
                other.apply(one)
            other.save()
            key = edit.info.key
        return ann.go(f"/drafts/{key}/conflicts")

    return against


def form_of(person):
    return person.page.forms["rebase"]


def why(person):
    return person.words(".conflict .help")[0]


def sides(person):
    return person.words(".side .shown")


@pytest.fixture
def keys(example):
    """Return the keys of the example, as operations have them."""
    return {
        "input": (example.input,),
        "output": (example.output,),
        "web": (example.rules[0],),
        "ssh": (example.rules[2],),
    }


def test_others_refer_to_what_is_deleted_here(against, keys):
    going = {"action": "jump", "jump_id": keys["output"][0]}

    page = against([Delete("chain", keys["output"])], [Set("rule", keys["web"], going)])

    assert why(page) == "Others made it refer to what you delete."


def test_what_is_referred_to_here_is_deleted_by_others(against, keys):
    going = {"action": "jump", "jump_id": keys["output"][0]}

    page = against([Set("rule", keys["web"], going)], [Delete("chain", keys["output"])])

    assert why(page) == "What you made it refer to is deleted there."


def test_a_row_is_added_to_what_others_deleted(against, keys):
    page = against(
        [Insert("rule", {"comment": "new"}, keys["output"])],
        [Delete("chain", keys["output"])],
    )

    assert why(page) == "You added it to what others deleted."
    assert sides(page) == [
        "It is not there.",
        "It is there, with the values below.",
        "It is not there.",
    ]


def test_a_row_is_moved_into_what_others_deleted(against, keys):
    page = against(
        [Move("rule", keys["web"], keys["output"])],
        [Delete("chain", keys["output"])],
    )

    assert why(page) == "You moved it into what others deleted."


def test_a_new_row_is_put_after_one_that_is_gone(against, keys):
    page = against(
        [Insert("rule", {"comment": "new"}, keys["input"], after=keys["web"])],
        [Delete("rule", keys["web"])],
    )

    assert why(page) == "What you put it after is gone from there."
    base, mine, theirs = sides(page)
    assert base == theirs == "It is not there."
    assert mine.startswith("after ")


def test_places_below_different_rows_are_told_with_these_rows(against, keys):
    page = against(
        [Move("rule", keys["ssh"], keys["output"])],
        [Move("rule", keys["ssh"], keys["input"], after=None)],
    )

    assert why(page) == "Both moved it, to different places."
    assert sides(page) == [
        "in Chain input, after Rule 2 “mail”",
        "in Chain output, first",
        "in Chain input, first",
    ]


def test_two_references_offer_the_same_rows(against, keys, example):
    def jump(rule, chain):
        return Set("rule", (rule,), {"action": "jump", "jump_id": keys[chain][0]})

    web, mail, _ = example.rules
    page = against(
        [jump(web, "input"), jump(mail, "input")],
        [jump(web, "output"), jump(mail, "output")],
    )

    offered = [
        [text for _, _, text in form_of(page)[f"v.rule/{rule}/jump_id"].options]
        for rule in (web, mail)
    ]
    assert offered[0] == offered[1]
    assert {"input", "output"} <= set(offered[0])


class TestAnotherValue:
    """A value of one's own is asked for where there is one, and refused elsewhere."""

    @pytest.fixture
    def whole_row(self, against, keys):
        return against(
            [Delete("rule", keys["web"])],
            [Set("rule", keys["web"], {"comment": "theirs"})],
        )

    @pytest.fixture
    def place(self, against, keys):
        return against(
            [Move("rule", keys["ssh"], keys["input"], after=None)],
            [Move("rule", keys["ssh"], keys["input"], after=keys["web"])],
        )

    def test_a_whole_row_has_none(self, whole_row, keys):
        take = f"take.rule/{keys['web'][0]}"
        form = form_of(whole_row)
        form[take].force_value("value")

        whole_row.submit(form, 422)

        [told] = whole_row.words(".errors li")
        assert "whole row" in told

    def test_a_place_is_asked_for_if_it_is_left_out(self, place, keys):
        name = f"rule/{keys['ssh'][0]}/place"
        fields = dict(form_of(place).submit_fields())
        fields |= {f"take.{name}": "value"}
        del fields[f"v.{name}"]

        place.page = place.browser.post(form_of(place).action, fields, status=422)

        assert len(place.words(".errors li")) == 1
        assert place.words(".conflict.wrong")

    def test_one_that_is_no_json_is_kept_with_the_reason(self, against, keys):
        at = keys["input"]
        page = against(
            [Set("chain", at, {"extra": {"comment": "mine"}})],
            [Set("chain", at, {"extra": {"comment": "theirs"}})],
        )
        name = f"chain/{at[0]}/extra"

        page.submit(form_of(page), 422, **{f"take.{name}": "value", f"v.{name}": "{"})

        [told] = page.words(".errors li")
        assert "This is not JSON" in told
        assert form_of(page)[f"v.{name}"].value == "{"
