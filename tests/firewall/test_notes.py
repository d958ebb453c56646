"""A check notes what nft says of a draft, if nft is installed; it stops nothing."""

import pytest

from draftedit import Delete, DraftReader, Insert, Set
from draftedit.firewall import drafts, import_listing, nft, nft_program, notes
from draftedit.firewall.drafted import DraftedRuleset, RulesetTooLarge
from tests.firewall.build import ACCEPT, chain, jump, listing, match, rule, table
from tests.firewall.listings import comparable

needs_nft = pytest.mark.skipif(  # because a machine may not have nft
    not nft_program.is_there(), reason="no nft that works in a namespace of its own"
)
RULES = [rule(match("tcp dport", port), ACCEPT) for port in (22, 80, 443)]
FINE = listing(table(), chain(), chain("other"), *RULES)


@pytest.fixture
def open_draft(dbsession):
    """Return what imports a listing and opens a draft of it."""

    def open_draft(entries=FINE):
        ruleset = import_listing(dbsession, entries, "it")
        return drafts.open(dbsession, "ruleset", (ruleset.id,), owner="ada")

    return open_draft


def notes_of(edit):
    """Return what the check notes: where, and the text."""
    checked = edit.check()
    assert checked.is_clear
    return [(note.table, note.key, note.message) for note in checked.notes]


def rows(edit, table):
    return [row.key for row in edit.page(table).rows]


@pytest.fixture
def nft_says(monkeypatch):
    """Return what puts words into the mouth of an nft that need not be there."""
    asked = []

    def nft_says(answer):
        def complaints(listing, until):
            asked.append(listing)
            return answer(listing) if callable(answer) else answer

        monkeypatch.setattr(nft_program, "is_installed", lambda: True)
        monkeypatch.setattr(nft_program, "is_there", lambda: True)
        monkeypatch.setattr(nft_program, "complaints", complaints)
        return asked

    return nft_says


# What is asked


def test_the_draft_is_asked_about_and_not_what_is_saved(open_draft, nft_says):
    asked = nft_says([])
    edit = open_draft()
    first, second, _ = rows(edit, "rule")
    other = rows(edit, "chain")[1]
    edit.apply(Set("rule", first, {"source": "10.0.0.1"}))
    edit.apply(Delete("rule", second))
    edit.apply(Insert("rule", {"action": "drop"}, other))
    going = {"jump_id": other[0], "action": None}
    edit.apply(Set("rule", rows(edit, "rule")[1], going))

    assert notes_of(edit) == [(None, None, "nft would load this ruleset.")]

    assert asked == [
        listing(
            table(),
            chain(),
            chain("other"),
            rule(match("ip saddr", "10.0.0.1"), match("tcp dport", 22), ACCEPT),
            rule(match("tcp dport", 443), jump("other")),
            rule({"drop": None}, chain="other"),
        )
    ]


def test_an_untouched_draft_is_the_listing(dbsession, listing):
    before = listing.read()
    ruleset = import_listing(dbsession, before, "it")
    edit = drafts.open(dbsession, "ruleset", (ruleset.id,), owner="ada")

    drafted = DraftedRuleset(DraftReader(edit._rows), 10_000)

    assert comparable(nft.render(drafted.values)) == comparable(before)


def test_no_more_than_so_many_rows_are_read(open_draft, nft_says, monkeypatch):
    asked = nft_says([])
    edit = open_draft()
    monkeypatch.setattr(notes, "ROWS", 5)

    assert notes_of(edit) == [(None, None, "nft was not asked: more than 5 rows.")]
    assert asked == []
    with pytest.raises(RulesetTooLarge):
        DraftedRuleset(DraftReader(edit._rows), 5)
    assert len(DraftedRuleset(DraftReader(edit._rows), 6).rules) == 3


def test_what_cannot_be_said_in_its_language_is_noted(open_draft, nft_says):
    asked = nft_says([])
    edit = open_draft()
    edit.apply(Set("rule", rows(edit, "rule")[0], {"action": "jump"}))

    [(*_, text)] = notes_of(edit)

    assert text.startswith(
        "nft cannot be asked: rule 1 of chain c in table inet t, jump"
    )
    assert asked == []


def test_rules_of_iptables_are_not_asked_about(open_draft, nft_says):
    asked = nft_says([])
    xt = {"xt": {"type": "match", "name": "comment"}}
    edit = open_draft(listing(table(), chain(), rule(xt, ACCEPT)))

    [(*_, text)] = notes_of(edit)

    assert "iptables has made (xt)" in text
    assert asked == []


def test_what_nft_lists_in_words_is_kept_and_told_of_its_first_row(
    open_draft, nft_says
):
    asked = nft_says([])
    unlisted = rule()
    del unlisted["rule"]["expr"]
    words = [rule("update @m { ip saddr : 2 }"), rule("jump {\n}", ACCEPT)]
    edit = open_draft(listing(table(), chain(), rule(ACCEPT), *words, unlisted))

    _, first, _, last = rows(edit, "rule")
    found = notes_of(edit)

    assert [(table, key) for table, key, _ in found] == [
        ("rule", first),
        ("rule", last),
    ]
    assert "in plain text, which it cannot read back; there are 2" in found[0][2]
    assert "without saying what they do" in found[1][2]
    assert asked == []


def test_a_ruleset_that_is_deleted_is_not_asked_about(open_draft, nft_says):
    asked = nft_says([])
    edit = open_draft()
    edit.apply(Delete("ruleset", edit.root))

    assert notes_of(edit) == []
    assert asked == []


def test_without_an_nft_there_is_nothing_to_tell(open_draft, monkeypatch):
    monkeypatch.setattr(nft_program, "is_there", lambda: False)

    assert notes_of(open_draft()) == []


def test_of_an_nft_that_may_not_run_here_there_is_nothing_to_tell(
    open_draft, nft_says, monkeypatch
):
    asked = nft_says(["Error: no"])
    monkeypatch.setattr(nft_program, "is_there", lambda: False)

    assert notes_of(open_draft()) == []

    assert asked == []


def test_without_an_nft_nothing_is_asked(monkeypatch):
    monkeypatch.setattr(nft_program, "_way", lambda: None)

    assert not nft_program.is_there()
    with pytest.raises(nft_program.Unanswered):
        nft_program.complaints(FINE, nft_program.deadline())


# What is noted


def test_an_nft_that_does_not_answer_is_not_waited_for(open_draft, nft_says):
    def never(_listing):
        raise nft_program.Unanswered

    nft_says(never)

    assert notes_of(open_draft()) == [
        (None, None, "nft was asked, but did not answer in time.")
    ]


def test_what_it_cannot_read_is_told_of_the_row(open_draft, nft_says):
    nft_says(
        [
            "internal:0:0-0: Error: unknown thing",
            "internal:0:0-0: Error: Parsing expr array at index 1 failed.",
            "internal:0:0-0: Error: Parsing command array at index 4 failed.",
        ]
    )
    edit = open_draft()

    second = rows(edit, "rule")[1]
    assert notes_of(edit) == [
        ("rule", second, "nft, in a network without interfaces, says: unknown thing")
    ]


@pytest.mark.parametrize("index", range(7))
def test_what_the_kernel_refuses_is_looked_for(open_draft, nft_says, index):
    def refuse(listing):
        entries = listing["nftables"]
        return ["internal:0:0-0: Error: Could not do it"] * (len(entries) > index)

    asked = nft_says(refuse)
    edit = open_draft(listing({"metainfo": {}}, *FINE["nftables"]))
    chains, rules = rows(edit, "chain"), rows(edit, "rule")
    places = [None, None, *(("chain", key) for key in chains)]
    places += [("rule", key) for key in rules]

    [(table, key, text)] = notes_of(edit)

    assert ((table, key) if table else None) == places[index]
    assert text.endswith("says: Could not do it")
    assert len(asked) <= 4


def test_disabled_rules_are_not_counted(open_draft, nft_says):
    def refuse(listing):
        return ["Error: no"] * (len(listing["nftables"]) > 4)

    nft_says(refuse)
    edit = open_draft()
    first, _, third = rows(edit, "rule")
    edit.apply(Set("rule", first, {"enabled": False}))

    [(_, key, _)] = notes_of(edit)

    assert key == third


def test_an_entry_without_a_row_has_no_place(open_draft, nft_says):
    nft_says(["internal:0:0-0: Error: Parsing command array at index 99 failed."])
    odd = {"rule": {"family": "inet", "table": "nowhere", "chain": "c", "expr": []}}
    edit = open_draft()

    assert notes_of(edit)[0][0] is None
    edit.apply(Set("ruleset", edit.root, {"objects": [odd, {"chain": {}}]}))
    for index in (0, 1):
        nft_says([f"Parsing command array at index {index} failed."])
        assert notes_of(edit)[0][0] is None


# With the program itself


@needs_nft
def test_a_real_nft_would_load_what_is_fine(open_draft):
    assert notes_of(open_draft()) == [(None, None, "nft would load this ruleset.")]


@needs_nft
@pytest.mark.parametrize(
    "odd",
    [
        {"statements": [{"unheard-of": None}]},
        {"source": "@nowhere"},
        {"destination_ports": "no-such-service"},
    ],
    ids=["statement", "set", "service"],
)
def test_a_real_nft_names_the_row(open_draft, odd):
    edit = open_draft()
    second = rows(edit, "rule")[1]
    edit.apply(Set("rule", second, odd))

    [(table, key, text)] = notes_of(edit)

    assert (table, key) == ("rule", second)
    assert text.startswith("nft, in a network without interfaces, says: ")


@needs_nft
def test_a_real_nft_only_checks_and_has_a_network_of_its_own():
    way = nft_program._way()
    assert {"--net", "--check"} <= set(way)


@needs_nft
def test_a_real_nft_is_ended_when_the_time_is_over():
    with pytest.raises(nft_program.Unanswered):
        nft_program.complaints(FINE, nft_program.deadline() - nft_program.SECONDS)
