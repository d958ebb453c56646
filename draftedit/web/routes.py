"""The routes of all URLs, pages first, then the API, relative to the include's prefix.

A route's factory loads what its URL names (see `web.resources`); the permission of each
view decides what may be done there.
"""

from pyramid.config import Configurator

from draftedit.web.resources import (
    API_PREFIX,
    DraftContext,
    HandOnContext,
    HistoryContext,
    NewObjectContext,
    ObjectContext,
    OwnerContext,
    ResultsContext,
    Root,
    TargetContext,
)

API_PATH = "draftedit.api_path"  # in the registry: the prefix of the API's paths

Route = tuple[str, str, type[Root]]

PAGES: tuple[Route, ...] = (
    ("home", "/", Root),
    ("new_object", "/new/{target}", NewObjectContext),
    ("object", "/objects/{target}/{id}", ObjectContext),
    ("history", "/objects/{target}/{id}/history", HistoryContext),
    ("object_drafts", "/objects/{target}/{id}/drafts", HistoryContext),
    ("results", "/objects/{target}/{id}/results", ResultsContext),
    ("live_row", "/objects/{target}/{id}/rows/{table}/{row}", ObjectContext),
    ("drafts", "/drafts", OwnerContext),
    ("draft", "/drafts/{key}", DraftContext),
    ("rows", "/drafts/{key}/rows/{table}", DraftContext),
    ("row_new", "/drafts/{key}/rows/{table}/new", DraftContext),
    ("row", "/drafts/{key}/rows/{table}/{id}", DraftContext),
    ("operations", "/drafts/{key}/operations", DraftContext),
    ("undo", "/drafts/{key}/undo", DraftContext),
    ("redo", "/drafts/{key}/redo", DraftContext),
    ("check", "/drafts/{key}/check", DraftContext),
    ("rebase", "/drafts/{key}/rebase", DraftContext),
    ("preview", "/drafts/{key}/preview", DraftContext),
    ("save", "/drafts/{key}/save", DraftContext),
    ("cancel", "/drafts/{key}/cancel", DraftContext),
    ("hand_on", "/drafts/{key}/hand-on", HandOnContext),
    ("fork", "/drafts/{key}/fork", DraftContext),
    ("changes", "/drafts/{key}/changes", DraftContext),
    ("conflicts", "/drafts/{key}/conflicts", DraftContext),
    ("export", "/drafts/{key}/export", DraftContext),
    ("stats", "/stats", Root),
    ("stats_csv", "/stats.csv", Root),
    ("problem", "/problems/{name}", Root),
)

API: tuple[Route, ...] = (
    ("openapi", "/openapi.json", Root),
    ("targets", "/targets", Root),
    ("stats", "/stats", Root),
    ("objects", "/objects/{target}", TargetContext),
    ("object", "/objects/{target}/{id}", ObjectContext),
    ("object_rows", "/objects/{target}/{id}/rows/{table}", ObjectContext),
    ("object_row", "/objects/{target}/{id}/rows/{table}/{row}", ObjectContext),
    ("revisions", "/objects/{target}/{id}/revisions", HistoryContext),
    (
        "revision_changes",
        "/objects/{target}/{id}/revisions/{number}/changes",
        HistoryContext,
    ),
    ("object_drafts", "/objects/{target}/{id}/drafts", HistoryContext),
    ("results", "/objects/{target}/{id}/results", ResultsContext),
    ("drafts", "/drafts", OwnerContext),
    ("draft", "/drafts/{key}", DraftContext),
    ("rows", "/drafts/{key}/rows/{table}", DraftContext),
    ("row", "/drafts/{key}/rows/{table}/{id}", DraftContext),
    ("choices", "/drafts/{key}/choices/{table}/{field}", DraftContext),
    ("operations", "/drafts/{key}/operations", DraftContext),
    ("undo", "/drafts/{key}/undo", DraftContext),
    ("redo", "/drafts/{key}/redo", DraftContext),
    ("changes", "/drafts/{key}/changes", DraftContext),
    ("check", "/drafts/{key}/check", DraftContext),
    ("rebase", "/drafts/{key}/rebase", DraftContext),
    ("save", "/drafts/{key}/save", DraftContext),
    ("cancel", "/drafts/{key}/cancel", DraftContext),
    ("hand_on", "/drafts/{key}/hand-on", HandOnContext),
    ("fork", "/drafts/{key}/fork", DraftContext),
    # All other paths below are still ours to refuse, with a problem and not a page; a
    # `*` would stop at a line break.
    ("unknown", "{path:(?s:.*)}", Root),
)


def includeme(config: Configurator) -> None:
    """Add the routes; the including application chooses `route_prefix`."""
    for name, pattern, factory in PAGES:
        config.add_route(f"draftedit.{name}", pattern, factory=factory)
    with config.route_prefix_context("api/v1"):
        config.registry[API_PATH] = "/" + str(config.route_prefix).strip("/")
        for name, pattern, factory in API:
            config.add_route(f"{API_PREFIX}{name}", pattern, factory=factory)
