"""A site to browse: an application on a port, whose database each test has anew."""

import contextlib
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import waitress
from sqlalchemy.orm import Session, sessionmaker

from draftedit.app.models import make_engine


@dataclass
class Site:
    """Where an application answers; `open` gives it a copy of the seeded database."""

    url: str
    seeded: Path
    home: str = "/"
    sign_in: Callable[[Any, str], None] = lambda page, name: None
    _factory: sessionmaker[Session] | None = field(default=None, repr=False)
    _cookies: dict[str, Any] = field(default_factory=dict, repr=False)

    def let_in(self, context: Any, name: str) -> None:
        """Sign somebody in; by the form only once, as all copies know the session."""
        if name in self._cookies:
            context.add_cookies(self._cookies[name])
        else:
            self.sign_in(context, name)
            self._cookies[name] = context.cookies()

    @contextlib.contextmanager
    def open(self, folder: Path) -> Iterator[None]:
        """Begin with what was seeded, and nothing of what other tests did."""
        copy = folder / self.seeded.name
        shutil.copyfile(self.seeded, copy)
        engine = make_engine(sa.URL.create("sqlite", database=str(copy)))
        self._factory = sessionmaker(engine)
        try:
            yield
        finally:
            engine.dispose()

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a unit of work on the test's database, beside the pages."""
        with self._factory.begin() as dbsession:
            yield dbsession

    def answer(self, app: Any) -> Any:
        """Wrap an application so that it works on the database of the running test."""

        def wsgi(environ: Any, start_response: Any) -> Any:
            environ["app.dbsession_factory"] = self._factory
            return app(environ, start_response)

        return wsgi


@contextlib.contextmanager
def serve(app: Any, seeded: Path, **options: Any) -> Iterator[Site]:
    """Serve an application on a free port of this machine, in a thread of its own."""
    site = Site("", seeded, **options)
    server = waitress.create_server(
        site.answer(app), host="127.0.0.1", port=0, threads=4
    )
    site.url = f"http://127.0.0.1:{server.effective_port}"
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.close()
        thread.join(timeout=10)


def seed(path: Path, *fill: Callable[..., None]) -> sa.Engine:
    """Make a database file by what each of `fill` does, given its engine."""
    engine = make_engine(sa.URL.create("sqlite", database=str(path)))
    for one in fill:
        one(engine)
    with engine.connect() as connection:
        # A copy of the file alone is to be the whole database.
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return engine
