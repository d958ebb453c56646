"""What holds of every page: crawled as a person would, with each kind of page seen."""

import re
from urllib.parse import urlsplit

from draftedit.web.routes import PAGES
from tests.databases import on_one_database
from tests.web.pages.test_form_errors import edit_above

pytestmark = on_one_database

# Forms lead to these, which answer with another page, or with theirs in its place.
BY_FORM = {"object_drafts", "rows", "operations", "undo", "redo", "check", "rebase"}
BY_FORM |= {"preview", "save", "cancel", "hand_on", "fork"}
FILES = {"export", "stats_csv"}
# The address of a kind of problem: test_pages.py; where keys are chosen:
# test_pages_of_hosts.py.
NO_LINK = {"problem", "new_object"}
KINDS = {
    pattern for name, pattern, _ in PAGES if name not in {*BY_FORM, *FILES, *NO_LINK}
} | {"/account"}

PATTERNS = [
    (re.compile(re.sub(r"\{\w+\}", "[^/]+", kind) + "$"), kind)
    for kind in sorted(KINDS, key=lambda kind: kind.count("{"))
]


def kind_of(path):
    return next((kind for pattern, kind in PATTERNS if pattern.match(path)), None)


def crawl(person, each, limit=3):
    """Follow every link, a few times for each kind of page; return the kinds seen."""
    seen, counts, queue = set(), dict.fromkeys(KINDS, 0), ["/"]
    while queue:
        path = queue.pop(0)
        kind = kind_of(urlsplit(path).path)
        if path in seen or kind is None or counts[kind] >= limit:
            continue
        seen.add(path)
        counts[kind] += 1
        person.go(path)
        soup = person.soup()
        each(path, soup)
        queue += [a["href"].partition("#")[0] for a in soup.select("a[href^='/']")]
    return {kind for kind, count in counts.items() if count}


def check(path, soup):
    """Assert what every page promises."""
    assert soup.html["lang"] == "en", path
    assert soup.title.get_text().strip(), path
    assert len(soup.find_all("h1")) == 1, path
    assert len(soup.find_all("main")) == 1, path
    assert soup.select_one("a.skip")["href"] == "#content", path
    ids = [one["id"] for one in soup.select("[id]")]
    assert sorted(ids) == sorted(set(ids)), path
    for one in soup.select("[aria-describedby], [aria-labelledby]"):
        for name in ("aria-describedby", "aria-labelledby"):
            for target in one.get(name, "").split():
                assert target in ids, (path, target)
    for control in soup.select("input:not([type=hidden], [hidden]), select, textarea"):
        labelled = control.find_parent("label") or control.get("aria-label")
        by_id = soup.select_one(f"label[for='{control.get('id')}']")
        assert labelled or by_id, (path, str(control))
    for button in soup.select("button, a[href]"):
        assert button.get_text().strip() or button.get("aria-label"), (path, button)
    for form in soup.select("form[method=post]"):
        assert form.select_one("input[name=csrf_token]"), (path, form)


def check_strictness(path, soup):
    """Assert that a strict Content-Security-Policy has nothing to forbid."""
    for one in soup.find_all(True):
        assert "style" not in one.attrs, (path, one)
        assert not [name for name in one.attrs if name.startswith("on")], (path, one)
        for name in ("src", "href", "action"):
            value = one.get(name, "/")
            assert value.startswith(("/", "#")), (path, value)
    assert not soup.find_all("style")
    assert all(script["src"] for script in soup.find_all("script"))


def test_every_page_has_its_landmarks_labels_and_descriptions(busy):
    assert crawl(busy, check) == KINDS


def test_no_page_has_anything_inline_or_from_elsewhere(busy):
    assert crawl(busy, check_strictness) == KINDS


def test_refused_forms_keep_the_promises(busy, example):
    busy.go(f"/objects/ruleset/{example.ruleset}").press("Edit in a draft")
    edit_above(busy).press("Apply", status=422, v__name="x" * 300)
    check("refused", busy.soup())
    check_strictness("refused", busy.soup())


def test_markup_in_values_is_text(busy):
    assert "<b>ü" not in busy.page.text
    assert "&lt;b&gt;ü&lt;/b&gt; &amp; &#34;&#39;" in busy.page.text


def test_pages_of_drafts_are_kept_by_nobody(busy):
    told = {}

    def look(path, soup):
        if path.startswith("/drafts"):
            told[path] = busy.page.headers["Cache-Control"]

    crawl(busy, look)

    assert len(told) > 1
    assert set(told.values()) == {"no-store"}, told


def test_no_state_is_shown_by_colour_alone(busy):
    busy.go(busy.path)
    seen = set()

    def has_words(path, soup):
        for row in soup.select("tr.new, tr.changed, tr.gone"):
            words = row.select_one(".state").get_text()
            assert re.search("[a-z]", words), path
            seen.update({"new", "changed", "gone"}.intersection(row["class"]))

    crawl(busy, has_words)

    assert seen == {"new", "changed", "gone"}


def test_static_files_are_found_and_kept(busy):
    files = busy.soup().select("link[href], script[src]")
    assert {one.name for one in files} == {"link", "script"}
    for one in files:
        answer = busy.browser.get(one.get("href") or one.get("src"))
        assert "max-age" in answer.headers["Cache-Control"]
