"""The throttle of the ready application: limits by role, as the ini file says.

draftedit.throttle.editor = 200/minute
draftedit.throttle.storage = redis://localhost:6379/0
"""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.threadlocal import get_current_request

from draftedit.security import PERMISSIONS
from draftedit.settings import BadSettings, Settings
from draftedit.throttling.throttle import PREFIX, Throttle, read_limits

START = "draftedit.throttle."
STORAGE, KEY_PREFIX = f"{START}storage", f"{START}prefix"
MEMORY = "memory://"


def limits_by_role(settings: Settings) -> dict[str, str]:
    """Return the limits that the ini file sets; raise BadSettings."""
    found = {}
    for name, value in settings.items():
        if name.startswith(START) and name not in (STORAGE, KEY_PREFIX):
            role = name.removeprefix(START)
            if role not in PERMISSIONS:
                known = ", ".join(PERMISSIONS)
                raise BadSettings(f"{name} names no role; known are {known}")
            if str(value).strip():
                read_limits(str(value))
                found[role] = str(value)
    return found


def storage(settings: Settings) -> str:
    """Return the storage; counts in memory are right for one process only."""
    address = str(settings.get(STORAGE) or MEMORY).strip()
    alone = str(settings.get("draftedit.processes") or "").strip() == "1"
    if address.startswith(MEMORY) and not alone:
        raise BadSettings(
            f"a throttle counts for all processes: set {STORAGE} to a Redis,"
            " or draftedit.processes = 1 where there is one process only"
        )
    return address


def includeme(config: Configurator) -> None:
    """Watch the engine where a limit is set; where none is, register nothing."""
    settings = config.get_settings()
    by_role = limits_by_role(settings)
    if by_role:
        prefix = str(settings.get(KEY_PREFIX) or PREFIX)
        throttle = Throttle(storage(settings), prefix)
        throttle.watch(config.registry["dbengine"], lambda: writer(by_role))


def writer(by_role: Mapping[str, str]) -> tuple[str, str] | None:
    """Name the user of the request that writes; what writes without one is exempt."""
    request = get_current_request()
    identity: Any = None if request is None else request.identity
    if identity is None or identity.role not in by_role:
        return None
    return identity.name, by_role[identity.role]
