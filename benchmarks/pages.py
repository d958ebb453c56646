"""What the first page of a large draft costs, beside that of the live object.

python -m benchmarks.pages asks a whole server process for both in turn, as a browser
does, for some seconds a database; docs/performance.md quotes the table.
"""

import http.client
import re
import statistics
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import databases
from benchmarks.place import ENTRY, USER, Thing, fill_database
from benchmarks.serving import Server, served
from benchmarks.touching import touch

RULES = 10_000
TOUCHED = 10
ROUNDS = 60
LIVE, DRAFT = "live object", "draft"
FORM = "application/x-www-form-urlencoded"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
HEADS = ("database", "rules", "page", "median ms", "× live", "bytes")


class Browser:
    """Someone who has signed in, on a connection that is kept."""

    def __init__(self, port: int) -> None:
        """Sign in."""
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookies: dict[str, str] = {}
        page = self.get("/login")
        self.submit("/login", page, {"name": USER, "password": ENTRY})

    def get(self, path: str) -> bytes:
        """Read a page; raise RuntimeError where it is none."""
        status, _, body = self._ask("GET", path)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {body[:500]!r}")
        return body

    def submit(self, path: str, page: bytes, fields: Mapping[str, str]) -> str:
        """Send a form of a page; return where it leads."""
        token = _TOKEN.search(page.decode())
        if token is None:
            raise RuntimeError(f"no form for {path}")
        sent = urlencode({**fields, "csrf_token": token[1]})
        status, leads, body = self._ask("POST", path, sent)
        if status != 303:
            raise RuntimeError(f"{path}: {status} {body[:500]!r}")
        return leads

    def _ask(
        self, method: str, path: str, sent: str | None = None
    ) -> tuple[int, str, bytes]:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        if sent is not None:
            headers["Content-Type"] = FORM
        self._connection.request(method, path, sent, headers)
        answer = self._connection.getresponse()
        body = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, rest = cookie.partition("=")
            self._cookies[name] = rest.partition(";")[0]
        return answer.status, answer.headers.get("Location", ""), body

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


def main() -> None:
    """Print what the pages cost on each database."""
    print(f"| {' | '.join(HEADS)} |")
    print(f"| --- | ---: | --- |{' ---: |' * (len(HEADS) - 3)}")
    for backend in databases.available():
        measure(backend)


def measure(backend: str) -> None:
    """Ask for all pages in turn, A B C A B C …, and print a line for each."""
    with ExitStack() as stack:
        folder = tempfile.TemporaryDirectory(prefix="draftedit_bench_")
        place = Path(stack.enter_context(folder))
        _address, engine = stack.enter_context(databases.one(backend))
        _token_of_api, thing, _axis = fill_database(engine, RULES, 0)
        server = stack.enter_context(served("draftedit", engine.url, place))
        server.wait()
        browser = open_browser(stack, server)
        draft = open_draft(browser, thing)
        touch(engine, int(draft.rpartition("/")[2]), thing.ruleset, _spread(thing))
        pages = pages_of(thing, draft)
        times: dict[str, list[float]] = {name: [] for name in pages}
        sizes = {name: len(browser.get(path)) for name, path in pages.items()}
        for _ in range(ROUNDS):
            for name, path in pages.items():
                began = time.perf_counter()
                browser.get(path)
                times[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(found) for name, found in times.items()}
    for name, median in medians.items():
        live = medians[name.replace(DRAFT, LIVE)]
        cells = (backend, f"{RULES:,}", name, f"{1_000 * median:.1f}")
        print(f"| {' | '.join(cells)} | {median / live:.2f} | {sizes[name]:,} |")


def pages_of(thing: Thing, draft: str) -> dict[str, str]:
    """Return the pages to ask for: each of the live object, then of the draft."""
    chain = f"part=rule&parent={thing.chain}"
    kinds = {"first page": chain, "search": f"{chain}&q=needle"}
    return {
        f"{kind} of the {what}": f"{path}?{query}"
        for kind, query in kinds.items()
        for what, path in ((LIVE, f"/objects/ruleset/{thing.ruleset}"), (DRAFT, draft))
    }


def open_browser(stack: ExitStack, server: Server) -> Browser:
    """Sign somebody in, until the end."""
    browser = Browser(server.port)
    stack.callback(browser.close)
    return browser


def open_draft(browser: Browser, thing: Thing) -> str:
    """Open a draft by the button; return the path of its page."""
    page = browser.get(f"/objects/ruleset/{thing.ruleset}")
    fields = {"target": "ruleset", "id": str(thing.ruleset)}
    return browser.submit("/drafts", page, fields).partition("?")[0]


def _spread(thing: Thing) -> list[int]:
    """Return rules from all over the chain, the first of them on the first page."""
    step = max(1, len(thing.rules) // TOUCHED)
    return thing.rules[::step][:TOUCHED]


if __name__ == "__main__":
    main()
