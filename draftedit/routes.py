"""Every URL, pages first, then the API; all relative to the include's prefix.

A route says what its URL names (see `draftedit.contexts`); what may be done there is
said by the permission of each view.
"""

from pyramid.config import Configurator

from draftedit.contexts import (
    API_PREFIX,
    DraftContext,
    HandOnContext,
    HistoryContext,
    ObjectContext,
    OwnerContext,
    ResultsContext,
    Site,
    TargetContext,
)

Route = tuple[str, str, type[Site]]

PAGES: tuple[Route, ...] = (
    ("home", "/", Site),
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
    ("stats", "/stats", Site),
    ("stats_csv", "/stats.csv", Site),
    ("problem", "/problems/{name}", Site),
)

API: tuple[Route, ...] = (
    ("openapi", "/openapi.json", Site),
    ("targets", "/targets", Site),
    ("stats", "/stats", Site),
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
    # What is not above is still ours to refuse, as a problem and not as a page; a `*`
    # would stop at a line break.
    ("unknown", "{path:(?s:.*)}", Site),
)


def includeme(config: Configurator) -> None:
    """Add the routes; `route_prefix` is the including application's choice."""
    for name, pattern, factory in PAGES:
        config.add_route(f"draftedit.{name}", pattern, factory=factory)
    with config.route_prefix_context("api/v1"):
        for name, pattern, factory in API:
            config.add_route(f"{API_PREFIX}{name}", pattern, factory=factory)
