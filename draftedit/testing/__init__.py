"""For the tests of hosts: the contract that their own operations must meet."""

from draftedit.testing.operations import (
    BrokenContract,
    check_operation,
    check_refusal,
)

__all__ = ["BrokenContract", "check_operation", "check_refusal"]
