"""For the tests of hosts: what must hold for their own operations, too."""

from draftedit.testing.operations import (
    BrokenContract,
    check_operation,
    check_refusal,
)

__all__ = ["BrokenContract", "check_operation", "check_refusal"]
