"""Forms lead back to a path on this site, and nowhere else."""

import pytest

from draftedit.web.pages.redirects import local_path


@pytest.mark.parametrize(
    "path", ["/", "/drafts/3?part=x&parent=1,2#row-1", "/über/uns", "/a//b", "/a?u=//b"]
)
def test_paths_here_are_taken(path):
    assert local_path(path) == path


@pytest.mark.parametrize(
    "elsewhere",
    [
        None,
        "",
        "drafts",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example",
        " /drafts",
        "/a\nSet-Cookie: b",
        "/a\\b",
    ],
)
def test_everything_else_is_not(elsewhere):
    assert local_path(elsewhere) is None
