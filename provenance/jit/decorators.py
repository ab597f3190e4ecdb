"""How we compile: one decorator for every hot loop, typed, cached on disk, without the GIL.

The hottest loops index by `np.uint64`: a signed index may count from the end, as Python's does, and
numba asks that of each, which took a sixth of the time of tokens.
"""

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, cast

import numba

from provenance.disk_cache import nowhere
from provenance.jit.kernel_cache import Recalled
from provenance.jit.part_compiler import PartCompiler

F = TypeVar("F", bound=Callable[..., object])

Scalar: TypeAlias = Any
"""A machine number inside a kernel: numba infers which, and Python's own types would mislead."""


def kernel(function: F) -> F:
    """Compile `function` with numba: no GIL, no bounds checks, cached across processes."""
    made: Any = _compiled(function, nogil=True)
    if made is not function:  # else numba was told not to compile
        made._cache = Recalled(function)  # noqa: SLF001 (numba's own `enable_caching` does just this)
    return cast("F", made)


def maker(function: F) -> F:
    """Compile what kernels call to have an array made."""
    return _part(function)


def inner(function: F) -> F:
    """Compile what kernels call, and what makes no array: no reference is counted then.

    Counting takes two atomic instructions for every array that a function unpacks, ten times the
    work of a short loop.
    """
    return _part(function, _nrt=False)


def inlined(function: F) -> F:
    """Compile `function` into its callers: for the few lines that every loop body shares."""
    return _part(function, _nrt=False, forceinline=True)


def spliced(function: F) -> F:
    """Write `function` into its callers, before they are compiled: for a part of one long loop.

    What it means for the machine is what `inlined` means; it takes less time to compile where
    there is one caller, and more where there are many.
    """
    return _compiled(function, inline="always")


def written(function: F) -> F:
    """Give a function as it was written, to be called while another is compiled."""
    return cast("F", getattr(function, "py_func", function))


def needs_compiling(function: Callable[..., object]) -> bool:
    """Return whether a kernel is not on the disk yet, but will be once it is compiled."""
    own = getattr(function, "_cache", None)
    return isinstance(own, Recalled) and not own.holds_any() and nowhere() is None


def _part(function: F, **options: Any) -> F:
    return _compiled(
        function, nogil=True, no_cpython_wrapper=True, pipeline_class=PartCompiler, **options
    )


def _compiled(function: F, **options: Any) -> F:
    compiled: Any = numba.njit
    made = compiled(boundscheck=False, error_model="numpy", no_cfunc_wrapper=True, **options)
    return cast("F", made(function))
