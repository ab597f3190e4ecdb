"""Processes to which permissions apply: root's own may do whatever they are forbidden."""

import ctypes
import os
import sys

import pytest

_DROP_FROM_BOUNDING_SET, _CAPABILITIES = 24, 64


def drop_privileges() -> None:
    """Let the program that this process becomes have none of root's capabilities."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    for capability in range(_CAPABILITIES):
        prctl(_DROP_FROM_BOUNDING_SET, capability, 0, 0, 0)


def options() -> dict[str, object]:
    """Return what `subprocess` is told, so that a process obeys permissions."""
    if os.geteuid() != 0:
        return {}
    if sys.platform != "linux":
        pytest.skip("root obeys no permissions here")
    return {"preexec_fn": drop_privileges}
