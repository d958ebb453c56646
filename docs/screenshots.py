"""The pictures of the docs, taken from a real browser: `make screenshots`.

A server is started on a fresh database with the sample, two people work on it, and
Chromium takes the pictures of `PICTURES` into docs/pictures/, over those of before.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import argon2
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import Engine
from sqlalchemy.orm import Session

import draftedit.app
from draftedit.app import accounts, passwords
from draftedit.app.models import migration
from draftedit.firewall import sample
from tests.browser import conftest, sites, states
from tests.browser.sites import Site
from tests.browser.states import States

FOLDER = Path(__file__).parent / "pictures"
PASSWORD = "for the time of a picture"
LARGEST = 150_000  # bytes


@dataclass(frozen=True)
class Picture:
    """What is shown: where, and what is done there first."""

    name: str
    path: Callable[[States], str]
    prepare: Callable[[Page], None] = lambda page: None
    make: Callable[[Session], States] = states.make
    dark: bool = False
    size: tuple[int, int] = (1200, 720)


def _decide(page: Page) -> None:
    """Choose on the page of conflicts, and look at the result."""
    page.locator("input[type=radio][value=live]").first.check()
    page.locator("#all").select_option("draft")
    page.get_by_role("button", name="Preview").click()
    page.locator("#preview").wait_for()
    page.evaluate("document.querySelector('.card').scrollIntoView()")


def _scroll_to_changes(page: Page) -> None:
    page.evaluate(
        "document.querySelector('tr.changed')?.scrollIntoView({block: 'center'})"
    )


def _edit_a_cell(page: Page) -> None:
    """Have one value refused, and another one open."""
    rows = page.locator("table.rows tbody tr")
    refused = rows.nth(4).locator("td[data-label='Comment']")
    refused.click()
    page.keyboard.insert_text("An essay on what this rule is for. " * 100)
    page.keyboard.press("Enter")
    refused.locator(".why").wait_for()
    refused.locator("textarea, input").evaluate("one => { one.scrollTop = 0 }")
    rows.nth(5).locator("td[data-label='Protocol']").click()
    page.evaluate("scrollTo(0, 330)")


def _wait_for_forecast(page: Page) -> None:
    page.locator("#forecast .notice").first.wait_for()


def _changes(found: States) -> str:
    return f"/drafts/{found.mine}/changes"


def _rows(found: States) -> str:
    return f"/drafts/{found.mine}?part=rule&parent={found.chain}"


PICTURES = (
    Picture("editor", _rows, _scroll_to_changes, make=states.make_calm),
    Picture("editing", _rows, _edit_a_cell, make=states.make_calm),
    Picture("editor-dark", _rows, _scroll_to_changes, states.make_calm, dark=True),
    Picture(
        "editor-narrow",
        _rows,
        _scroll_to_changes,
        states.make_calm,
        size=(400, 720),
    ),
    Picture(
        "review", lambda found: f"/drafts/{found.mine}/changes", _wait_for_forecast
    ),
    Picture("conflicts", lambda found: f"/drafts/{found.torn}/conflicts", _decide),
    Picture("history", lambda found: f"/objects/ruleset/{found.ruleset}/history"),
    Picture("statistics", lambda found: "/stats"),
)


def take(browser: Browser, site: Site, picture: Picture, folder: Path) -> int:
    """Take one picture, on a database of its own in `folder`; return its bytes."""
    folder.mkdir()
    with site.open(folder):
        with site.writing() as dbsession:
            found = picture.make(dbsession)
        return _photograph(browser, site, found, picture)


def _photograph(browser: Browser, site: Site, found: States, picture: Picture) -> int:
    width, height = picture.size
    context = browser.new_context(
        base_url=site.url,
        viewport={"width": width, "height": height},
        color_scheme="dark" if picture.dark else "light",
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="UTC",
    )
    site.let_in(context, "ann")
    page = context.new_page()
    page.goto(picture.path(found), wait_until="networkidle")
    picture.prepare(page)
    file = FOLDER / f"{picture.name}.png"
    page.screenshot(path=file)
    context.close()
    return file.stat().st_size


@contextmanager
def sampled(folder: Path) -> Iterator[Site]:
    """Serve the ready application with the sample."""
    file = folder / "pictures.sqlite"
    settings = {"draftedit.secret": "a secret for the time of a picture"}
    app = draftedit.app.main(
        {}, dbengine=sites.seed(file, migration.upgrade, _people), **settings
    )
    with sites.serve(app, file, sign_in=_sign_in) as site:
        yield site


def _people(engine: Engine) -> None:
    passwords.hasher = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    with Session(engine) as dbsession, dbsession.begin():
        sample.seed(dbsession)
        accounts.create(dbsession, "ann", "editor", PASSWORD)


def _sign_in(context: object, name: str) -> None:
    conftest.sign_in(context, name, PASSWORD)


def main() -> None:
    """Take all pictures."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        program = next(filter(None, map(shutil.which, conftest.PROGRAMS)))
        browser = playwright.chromium.launch(
            executable_path=program, args=list(conftest.ARGUMENTS)
        )
        with sampled(Path(folder)) as site:
            for picture in PICTURES:
                size = take(browser, site, picture, Path(folder) / picture.name)
                print(f"{picture.name:<16} {size:>8,} bytes")
                if size > LARGEST:
                    raise SystemExit(f"{picture.name}.png is too large for the docs")
        browser.close()


if __name__ == "__main__":
    main()
