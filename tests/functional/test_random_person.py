"""Someone who presses whatever the pages offer, then undoes all, redoes all and saves.

What the pages show must go there and back: the promise of the engine's own random
tests, seen through forms alone.
"""

from collections import Counter

import pytest

from tests.functional.conftest import Host
from tests.functional.person import Person
from tests.hosts import shop

pytestmark = pytest.mark.slow

MOST = 500  # acts: each is a page, and the engine's own tests do the large numbers
WORDS = ("web", "dns", "ntp", "Grüße", "a, b", "", "-1", "0", "x" * 50)


class RandomPerson:
    """Acts on one draft; every act is one that a page offers."""

    def __init__(self, person: Person, dice) -> None:
        self.person = person
        self.dice = dice
        self.start = person.path.partition("?")[0]
        self.done: Counter[str] = Counter()

    def pages(self) -> list[str]:
        """Return every page of rows that the tree leads to, in its order."""
        found, queue = [], [self.start]
        while queue:
            self.person.go(queue.pop(0))
            for link in self.person.soup().select(".tree a, .tabs a"):
                if link["href"] not in found:
                    found.append(link["href"])
                    queue.append(link["href"])
        return found

    def snapshot(self) -> dict[str, list[list[str]]]:
        """Return what the tables of all pages show."""
        return {_place(page): self.person.go(page).table() for page in self.pages()}

    def act(self) -> None:
        """Do one thing on a random page; a refusal is an answer, too."""
        person = self.person.go(self.start)
        for _step in range(self.dice.randrange(4)):
            links = person.soup().select(".tree a, .tabs a")
            person.go(self.dice.choice(links)["href"])
        rows = len(person.soup().select("tbody tr"))
        acts = [self._add] + [self._change, self._move, self._delete] * bool(rows)
        act = self.dice.choice(acts)
        form = act()
        if form is not None:
            # Neither may a page that was offered be missing, nor any input be a 500.
            person.submit(form, status="*")
            assert person.page.status_int in (200, 422), person.page.text
            if person.page.status_int == 200:
                self.done[act.__name__.strip("_")] += 1

    def _add(self):
        links = [w for w in self.person.words(".card .foot a") if w.startswith("New ")]
        if not links:
            return None
        form = self.person.click(links[0]).page.forms["row"]
        self._fill(form)
        return form

    def _change(self):
        self._open_row()
        form = self.person.page.forms.get("row")
        if form is not None:
            self._fill(form)
        return form

    def _move(self):
        self._open_row()
        form = self.person.page.forms.get("move-form")
        if form is not None:
            form["after"] = self.dice.choice([o[0] for o in form["after"].options])
        return form

    def _delete(self):
        forms = [
            form
            for words in self.person.buttons("")
            if words.startswith(("Delete ", "Restore "))
            for form in self.person.forms(words)
        ]
        return self.dice.choice(forms) if forms else None

    def _open_row(self):
        links = [w for w in self.person.words("td.does a") if w.startswith("Edit ")]
        if links:
            self.person.click(self.dice.choice(links), inside="td.does")

    def _fill(self, form):
        names = [name for name in form.fields if name and name.startswith("v.")]
        for name in self.dice.sample(names, k=min(3, len(names))):
            control = form[name] if len(form.fields[name]) == 1 else None
            if control is None:
                form.fields[name][-1].checked = self.dice.random() < 0.5
            elif hasattr(control, "options"):
                control.value = self.dice.choice([o[0] for o in control.options])
            else:
                control.value = self.dice.choice(WORDS)


def _place(path: str) -> str:
    """Name a page of the live object or of a draft alike."""
    return path.partition("?")[2]


def tell(host: Host, dice, rounds: int) -> Counter[str]:
    """Tell the story on one host; return what was done."""
    person = host.person("ann").click(host.label)
    live = RandomPerson(person, dice).snapshot()
    person.go(person.path.partition("?")[0]).press("Edit in a draft")
    someone = RandomPerson(person, dice)
    assert someone.snapshot() == live
    acted = 0
    # Keys, and with them the dice's choices, differ from one database to the next.
    while acted < rounds or (len(someone.done) < 3 and acted < 20 * rounds):
        someone.act()
        acted += 1
    person.go(someone.start)
    if not person.forms("Undo all"):
        return someone.done
    after = someone.snapshot()

    person.go(someone.start).press("Undo all")
    assert someone.snapshot() == live
    assert person.words("tr .state") == []
    person.click("Review and save …")
    assert person.words(".empty p") == ["This draft changes nothing."]

    person.go(someone.start)
    person.press("Redo to here")
    assert someone.snapshot() == after
    return someone.done


class TestFirewall:
    def test_there_and_back(self, firewall, dice, rounds):
        done = tell(firewall, dice, min(rounds(10), MOST))
        assert len(done) >= 3, done


class TestShop:
    @pytest.fixture(scope="class")
    @classmethod
    def database(cls, fresh_database):
        return fresh_database(shop.Base.metadata, shop.drafts.metadata)

    def test_there_and_back(self, small_shop, dice, rounds):
        done = tell(small_shop, dice, min(rounds(10), MOST))
        assert len(done) >= 3, done
