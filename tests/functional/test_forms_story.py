"""One draft from opening to history, by links and forms alone, on two hosts."""

import pytest

from tests.hosts import shop


def open_draft(host, name="ann"):
    """Open a draft, and go to the rows of the story."""
    person = host.person(name).click(host.label).press("Edit in a draft")
    for words in host.way:
        person.click(words, inside=".tree")
    return person


def texts(person):
    """Return the texts that tell the rows apart, in order."""
    known = ("web", "mail", "ssh", "dns", "ntp")
    return [next((w for w in known if w in row), "?") for row in person.table()]


def add_row(person, host, text, **fields):
    person.click(f"New {host.row}")
    column = {f"v__{host.text}": text}
    return person.press("Add", **column, **fields)


class Stories:
    """What is told of every host."""

    def test_from_opening_to_history(self, host):
        ann = open_draft(host)
        assert texts(ann) == ["web", "mail", "ssh"]

        # Change a value.
        ann.click(ann.words("tbody th a")[1], inside="tbody")
        ann.press("Apply", **{f"v__{host.text}": "dns"})
        assert texts(ann) == ["web", "dns", "ssh"]
        assert ann.words("td.touched .was del") == ["mail"]
        assert ann.words("tr.changed .state") == ["changed"]

        # Add a row, and give it a link.
        add_row(ann, host, "ntp")
        assert texts(ann) == ["web", "dns", "ssh", "ntp"]
        ann.click("new 1", inside="tbody")
        table, column, value = host.link
        form = ann.page.forms[f"link-{table}"]
        ann.submit(form, **{f"v__{column}": value})
        assert len(ann.words(".linked li.new")) == 1
        ann.press(ann.buttons("Remove")[0])
        assert ann.words(".linked li.new") == []

        # Move it to the first place.
        ann.submit(ann.page.forms["move-form"], after="")
        assert texts(ann) == ["ntp", "web", "dns", "ssh"]

        # Delete, restore, delete.
        ann.press(ann.buttons("Delete ")[1])
        assert texts(ann) == ["ntp", "dns", "ssh"]
        assert ann.words("tr.gone .state") == ["deleted"]
        ann.press(ann.buttons("Restore")[0])
        assert texts(ann) == ["ntp", "web", "dns", "ssh"]
        ann.press(ann.buttons("Delete ")[3])
        assert texts(ann) == ["ntp", "web", "dns"]

        # Nobody else sees anything of it.
        bob = host.person("bob").click(host.label)
        for words in host.way:
            bob.click(words, inside=".tree")
        assert texts(bob) == ["web", "mail", "ssh"]

        # Undo all, redo all, undo to a point.
        steps = len(ann.words(".journal li")) - 1
        assert steps == 8
        ann.press("Undo all")
        assert texts(ann) == ["web", "mail", "ssh"]
        assert ann.words("main .center .state") == []
        ann.press("Redo to here")
        assert texts(ann) == ["ntp", "web", "dns"]
        ann.press(ann.buttons("Undo:")[0])
        assert texts(ann) == ["ntp", "web", "dns", "ssh"]
        ann.press(ann.buttons("Redo:")[0])
        assert texts(ann) == ["ntp", "web", "dns"]

        # Review and save.
        ann.click("Review and save …")
        kinds = [words.split()[0] for words in ann.words(".change h3")]
        assert sorted(kinds) == ["changed", "deleted", "new"]
        ann.press("Save as revision 1", message="tea for coffee")
        assert ann.words(".notice.good strong") == ["Saved as revision 1."]
        for words in host.way:
            ann.click(words, inside=".tree")
        assert texts(ann) == ["ntp", "web", "dns"]
        ann.click("History")
        newest, first = ann.words(".timeline > li .about strong")
        assert (newest, first) == ("Revision 1", "Revision 0")
        assert ann.words(".timeline .about > span:not(.soft)")[0] == "ann"
        assert ann.words(".timeline .message") == ["tea for coffee"]

        # Back to what it was, in a draft of its own.
        ann.press("Revert … to revision 0, in a draft")
        assert ann.words(".journal .what")[0] == "Revert to revision 0"
        ann.press(ann.buttons("Undo:")[0]).press(ann.buttons("Redo:")[0])
        ann.click("Review and save …").press("Save as revision 2")
        for words in host.way:
            ann.click(words, inside=".tree")
        assert texts(ann) == ["web", "mail", "ssh"]

    def test_a_cancelled_draft_changes_nothing_and_can_be_read(self, host):
        ann = open_draft(host)
        editor = ann.path
        add_row(ann, host, "ntp")
        ann.press("Cancel draft")
        assert ann.words("h1") == ["My drafts"]
        assert ann.words("tbody .pill") == ["cancelled"]
        ann.go(editor)
        assert texts(ann) == ["web", "mail", "ssh", "ntp"]
        assert ann.soup().select("main form[method=post]") == []
        ann.click(ann.words("tbody th a")[0], inside="tbody")
        assert ann.soup().select("main form[method=post]") == []
        assert host.person("bob").click(host.label).words("h1") == [host.label]

    def test_a_new_object_is_made_from_nothing(self, host):
        ann = host.person("ann")
        ann.submit(ann.page.forms[f"new-{host.target}"])
        name = "number" if host.target == "purchase" else "name"
        ann.click(next(w for w in ann.words(".center a") if w.startswith("Edit")))
        ann.press("Apply", **{f"v__{name}": "Übung"})
        assert ann.words("h1") == ["Übung"]
        ann.click("Review and save …")
        ann.press("Save as revision 1")
        assert ann.words("h1") == ["Übung"]

    def test_deleting_the_root_deletes_the_object_and_keeps_its_history(self, host):
        ann = open_draft(host)
        for words in ann.words(".crumbs a")[:1]:
            ann.click(words, inside=".crumbs")
        ann.click(next(w for w in ann.words(".center a") if w.startswith("Edit")))
        ann.submit(ann.page.forms["delete-form"])
        ann.click("Review and save …")
        assert "deletes the object" in ann.words(".notice.bad")[0]
        ann.press("Save as revision 1")
        assert "deleted" in ann.words(".notice.warn")[0]
        assert ann.words(".timeline .pill") == ["deleted it"]
        assert host.label not in host.person("bob").words("tbody th")

        # As it was, it can be read still, and comes back.
        history = ann.path
        ann.click("Revision 0", inside=".timeline")
        assert ann.words("h1") == [host.label]
        assert "The object was deleted since." in ann.words(".notice")[0]
        ann.go(history).press("Revert … to revision 0, in a draft")
        ann.click("Review and save …").press("Save as revision 2")
        assert ann.words("h1") == [host.label]
        assert host.label in host.person("bob").words("tbody th")


class TestFirewall(Stories):
    @pytest.fixture
    def host(self, firewall):
        return firewall


class TestShop(Stories):
    @pytest.fixture(scope="class")
    @classmethod
    def database(cls, fresh_database):
        return fresh_database(shop.Base.metadata, shop.drafts.metadata)

    @pytest.fixture
    def host(self, small_shop):
        return small_shop

    def test_the_host_keeps_its_own_pages(self, host):
        ann = host.person("ann")
        assert ann.go("/some/page").page.text == "host some page"
