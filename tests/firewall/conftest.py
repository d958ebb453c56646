"""Listings to test with: ours, and those of real machines where there are any."""

import pytest

from tests.firewall.listings import all_listings


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for `listing` on every one."""
    if "listing" in metafunc.fixturenames:
        found = all_listings()
        metafunc.parametrize("listing", found, ids=[one.name for one in found])
