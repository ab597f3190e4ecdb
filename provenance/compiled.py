"""How we compile: one decorator for every hot loop, typed, cached on disk, without the GIL."""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def kernel(function: F) -> F:
    """Compile `function` with numba: no GIL, no bounds checks, cached across processes."""
    return cast(
        "F", numba.njit(cache=True, nogil=True, boundscheck=False, error_model="numpy")(function)
    )


def inlined(function: F) -> F:
    """Compile `function` into its callers: for the few lines that every loop body shares."""
    return cast("F", numba.njit(inline="always", boundscheck=False, error_model="numpy")(function))
