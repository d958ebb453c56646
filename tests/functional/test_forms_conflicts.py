"""Two people edit one object: each kind of conflict, decided by forms alone, twice."""

import pytest

from tests.databases import on_one_database
from tests.functional.test_forms_story import open_draft, texts
from tests.hosts import shop

# What conflicts are, and what choices do, is shown on every database without pages.
pytestmark = on_one_database


def set_text(person, host, index, text):
    rows = person.words("tbody th a")
    return person.click(rows[index], inside="tbody").press(
        "Apply", **{f"v__{host.text}": text}
    )


def delete(person, index):
    return person.press(person.buttons("Delete ")[index])


def move(person, index, after):
    """Put a row behind the one at the index `after`; None: first."""
    ids = [row["id"].removeprefix("row-") for row in person.soup().select("tbody tr")]
    person.click(person.words("tbody th a")[index], inside="tbody")
    form = person.page.forms["move-form"]
    return person.submit(form, after="" if after is None else ids[after])


def add_link(person, host, index):
    table, column, value = host.link
    person.click(person.words("tbody th a")[index], inside="tbody")
    form = person.page.forms[f"link-{table}"]
    return person.submit(form, **{f"v__{column}": value})


def save(person):
    person.click("Review and save …").press(person.buttons("Save as")[0])
    return person


def conflicts(person):
    """Return what is asked, as "row: field"."""
    return [
        " ".join(read.get_text().split()) for read in person.soup().select("legend")
    ]


def decide(person, take, status=303, **fields):
    """Choose one side for all that is asked."""
    form = person.page.forms["rebase"]
    for name in [name for name in form.fields if (name or "").startswith("take.")]:
        form[name] = take
    return person.submit(form, status, **fields)


@pytest.fixture
def torn(host):
    """Return `torn(mine, theirs)`: ann, at the refusal of her save after bob's."""

    def torn(mine, theirs):
        ann = open_draft(host)
        editor = ann.path
        mine(ann)
        bob = open_draft(host, "bob")
        theirs(bob)
        save(bob)
        ann.go(editor).click("Review and save …")
        ann.press(ann.buttons("Save as")[0], status=409)
        return ann.click("Decide …")

    return torn


MINE, THEIRS = "mine of it", "theirs of it"


class Conflicts:
    """What is told of every host."""

    def rows(self, ann, host):
        for words in host.way:
            ann.click(words, inside=".tree")
        return [row for row in ann.table() if row]

    @pytest.mark.parametrize(
        ("take", "text"), [("draft", MINE), ("live", THEIRS), ("base", "web")]
    )
    def test_a_field(self, host, torn, take, text):
        ann = torn(
            lambda ann: set_text(ann, host, 0, MINE),
            lambda bob: set_text(bob, host, 0, THEIRS),
        )
        assert "changed by bob" in ann.words(".title .soft")[0]
        shown = ann.words(".side .shown")
        assert shown == ["web", MINE, THEIRS]
        decide(ann, take)
        assert ann.words(".notice.good") == ["Came in: revision 1 by bob."]
        assert any(text in cell for cell in self.rows(ann, host)[0])
        if take != "live":
            save(ann)
            assert ann.words(".notice.good strong") == ["Saved as revision 2."]

    def test_a_field_with_a_value_of_ones_own(self, host, torn):
        ann = torn(
            lambda ann: set_text(ann, host, 0, MINE),
            lambda bob: set_text(bob, host, 0, THEIRS),
        )
        form = ann.page.forms["rebase"]
        name = next(n for n in form.fields if (n or "").startswith("v."))
        form[name] = "our own"
        decide(ann, "value")
        assert any("our own" in cell for cell in self.rows(ann, host)[0])
        save(ann)

    @pytest.mark.parametrize(
        ("take", "left"),
        [
            ("draft", ["web", "mail", "ssh"]),
            ("live", ["web", "ssh"]),
            ("base", ["web", "mail", "ssh"]),
        ],
    )
    def test_a_row_that_is_deleted_there(self, host, torn, take, left):
        ann = torn(lambda ann: move(ann, 1, 2), lambda bob: delete(bob, 1))
        assert ann.words(".conflict .help")[0].startswith("You changed it; others")
        assert ann.words(".sides-table thead th")[1:] == ["As it was", "Mine", "Theirs"]
        decide(ann, take)
        self.rows(ann, host)
        assert sorted(texts(ann)) == sorted(left)

    @pytest.mark.parametrize(("take", "left"), [("draft", 2), ("live", 3), ("base", 3)])
    def test_a_row_that_is_deleted_here(self, host, torn, take, left):
        ann = torn(
            lambda ann: delete(ann, 1), lambda bob: set_text(bob, host, 1, THEIRS)
        )
        assert "You delete it" in ann.words(".conflict .help")[0]
        assert len(ann.words("tr.differs")) == 1
        assert ann.words("tr.differs th")[0].startswith("differs:")
        decide(ann, take)
        assert len(self.rows(ann, host)) == left

    @pytest.mark.parametrize(
        ("take", "order"),
        [
            ("draft", ["ssh", "web", "mail"]),
            ("live", ["web", "ssh", "mail"]),
            ("base", ["web", "mail", "ssh"]),
            ("value", ["web", "mail", "ssh"]),
        ],
    )
    def test_an_order(self, host, torn, take, order):
        ann = torn(lambda ann: move(ann, 2, None), lambda bob: move(bob, 2, 0))
        form = ann.page.forms["rebase"]
        name = next(n for n in form.fields if (n or "").startswith("v."))
        mail = next(v for v, _, text in form[name].options if "mail" in text)
        decide(ann, take, **{name: mail})
        self.rows(ann, host)
        assert texts(ann) == order

    @pytest.mark.parametrize(("take", "left"), [("draft", 3), ("live", 2)])
    def test_a_link(self, host, torn, take, left):
        ann = torn(lambda ann: add_link(ann, host, 2), lambda bob: delete(bob, 2))
        assert (
            "links to" in ann.words(".conflict .help")[0]
            or "deleted" in (ann.words(".conflict .help")[0])
        )
        decide(ann, take)
        assert len(self.rows(ann, host)) == left

    def test_choices_that_were_made_are_kept(self, host, torn):
        def both(text):
            def do(person):
                set_text(person, host, 0, text)
                set_text(person, host, 1, text)
                set_text(person, host, 2, text)

            return do

        ann = torn(both(MINE), both(THEIRS))
        form = ann.page.forms["rebase"]
        first, second, third = (n for n in form.fields if (n or "").startswith("take"))
        form[f"v.{second.removeprefix('take.')}"] = "typed"
        ann.submit(form, 409, **{first: "live", second: "value"})

        form = ann.page.forms["rebase"]
        assert (form[first].value, form[second].value) == ("live", "value")
        assert form[f"v.{second.removeprefix('take.')}"].value == "typed"
        assert form[third].value is None
        [link] = ann.soup().select(".errors a")
        assert ann.soup().select_one(link["href"])["name"] == third
        assert len(ann.words(".conflict.wrong")) == 1
        ann.submit(form, all="draft")
        rows = self.rows(ann, host)
        assert [
            next(t for t in (THEIRS, "typed", MINE) if any(t in c for c in row))
            for row in rows
        ] == [THEIRS, "typed", MINE]

    def test_without_conflicts_it_comes_in_and_is_saved(self, host):
        ann = open_draft(host)
        set_text(ann, host, 0, MINE)
        editor = ann.path
        for text in ("dns", "ntp"):
            bob = open_draft(host, "bob")
            set_text(bob, host, 1, text)
            save(bob)
        ann.go(editor)
        assert "Live is 2 revisions ahead" in ann.words(".notice.warn")[0]
        assert len(ann.words(".came li")) == 2
        ann.click("Look for conflicts")
        assert ann.words(".empty strong") == ["There are no conflicts."]
        ann.go(editor)
        save(ann)
        assert ann.words(".notice.good strong") == ["Saved as revision 3."]
        assert ann.words(".notice.good")[0] == "Came in: revisions 1 and 2 by bob."

    def test_bringing_in_says_what_was_lost(self, host):
        ann = open_draft(host)
        set_text(ann, host, 0, "same")
        editor = ann.path
        bob = open_draft(host, "bob")
        set_text(bob, host, 0, "same")
        save(bob)
        ann.go(editor).press("Bring in")
        [lost] = ann.words(".notice.warn")
        assert lost.startswith("Steps that could not be done again: ")
        assert lost.endswith("same – It is so already.")
        assert ann.words(".came") == []

    def test_an_object_that_is_deleted_there(self, host):
        ann = open_draft(host)
        set_text(ann, host, 0, MINE)
        editor, row = ann.path, ann.soup().select_one("tbody th a")["href"]
        bob = host.person("bob").click(host.label).press("Edit in a draft")
        edit = next(w for w in bob.words(".center a") if w.startswith("Edit"))
        bob.click(edit).submit(bob.page.forms["delete-form"])
        save(bob)

        for page in (editor, row, f"{editor.partition('?')[0]}/changes"):
            ann.go(page)
            notice = ann.words(".notice.warn")[0]
            assert notice.startswith("This object was deleted by bob")
        ann.click("Recreate it or let it go …")
        assert ann.words(".side .check") == [
            "Recreate it, what it says itself as it was",
            "Recreate it, with what I changed",
            "Let it go: it stays deleted, what I changed is dropped",
        ]
        letting_go = ann.path
        decide(ann, "draft")
        ann.press(ann.buttons("Undo all")[0])
        ann.press(ann.buttons("Redo")[0])
        ann.go(letting_go)
        assert ann.words(".empty strong") == ["There are no conflicts."]

    def test_an_object_that_is_let_go(self, host):
        ann = open_draft(host)
        set_text(ann, host, 0, MINE)
        editor = ann.path
        start = editor.partition("?")[0]
        bob = host.person("bob").click(host.label).press("Edit in a draft")
        edit = next(w for w in bob.words(".center a") if w.startswith("Edit"))
        bob.click(edit).submit(bob.page.forms["delete-form"])
        save(bob)

        ann.go(editor).click("Recreate it or let it go …")
        decide(ann, "live")
        assert ann.words(".empty strong") == ["Nothing is left of this draft."]
        for page in (f"{start}/changes", f"{start}/conflicts", start, "/drafts"):
            ann.go(page if page != "/drafts" else f"{host.home}drafts")
        ann.go(start).press("Cancel draft")
        assert ann.words("h1") == ["My drafts"]
        ann.go(start)


class TestFirewall(Conflicts):
    @pytest.fixture
    def host(self, firewall):
        return firewall


class TestShop(Conflicts):
    @pytest.fixture(scope="class")
    @classmethod
    def database(cls, fresh_database):
        return fresh_database(shop.Base.metadata, shop.drafts.metadata)

    @pytest.fixture
    def host(self, small_shop):
        return small_shop
