"""How we compile: one decorator for every hot loop, typed, cached on disk, without the GIL."""

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])

Scalar: TypeAlias = Any
"""A machine number inside a kernel: numba infers which, and Python's own types would mislead."""


def kernel(function: F) -> F:
    """Compile `function` with numba: no GIL, no bounds checks, cached across processes."""
    compiled = numba.njit(cache=True, nogil=True, boundscheck=False, error_model="numpy")
    return cast("F", compiled(function))


def inlined(function: F) -> F:
    """Compile `function` into its callers: for the few lines that every loop body shares."""
    compiled = numba.njit(inline="always", boundscheck=False, error_model="numpy")
    return cast("F", compiled(function))
