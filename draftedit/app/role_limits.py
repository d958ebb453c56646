"""The throttle of the ready application: limits by role, from the ini file.

draftedit.throttle.editor = 200/minute
draftedit.throttle.storage = redis://localhost:6379/0
"""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.threadlocal import get_current_request

from draftedit.settings import BadSettings, Settings, given
from draftedit.settings.table import (
    PROCESSES,
    THROTTLE_PREFIX,
    THROTTLE_STORAGE,
    THROTTLES,
)
from draftedit.throttling.throttle import Throttle, read_limits

MEMORY = "memory://"


def limits_by_role(settings: Settings) -> dict[str, str]:
    """Return the limits that the ini file sets; raise BadSettings."""
    found = given(THROTTLES, settings)
    for role, text in found.items():
        try:
            read_limits(text)
        except BadSettings as error:
            raise BadSettings(f"{THROTTLES[role].name}: {error}") from error
    return found


def storage(settings: Settings) -> str:
    """Return the storage address; counts in memory suit a single process only."""
    address = THROTTLE_STORAGE.read(settings)
    if address.startswith(MEMORY) and PROCESSES.read(settings) != 1:
        raise BadSettings(
            f"a throttle counts for all processes: set {THROTTLE_STORAGE.name} to a"
            f" Redis, or {PROCESSES.name} = 1 if there is one process only"
        )
    return address


def includeme(config: Configurator) -> None:
    """Watch the engine. For an application that has set a limit."""
    settings = config.get_settings()
    by_role = limits_by_role(settings)
    throttle = Throttle(storage(settings), THROTTLE_PREFIX.read(settings))
    throttle.watch(config.registry["dbengine"], lambda: writer(by_role))


def writer(by_role: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the user of the request and their limit; other writes are exempt."""
    request = get_current_request()
    identity: Any = None if request is None else request.identity
    if identity is None or identity.role not in by_role:
        return None
    return identity.name, by_role[identity.role]
