"""Decorators that compile Python functions with numba.

`kernel` compiles functions that Python calls; the others compile functions that kernels call. The
hottest loops index by `np.uint64`: a negative index counts from the end, as in Python, and numba
checks every signed index for that, which took a sixth of the time of tokenising.
"""

import logging
from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias, TypeVar, cast

import numba

from provenance.disk_cache import unavailable_reason
from provenance.jit import numba_internals
from provenance.jit.kernel_cache import KernelCache

F = TypeVar("F", bound=Callable[..., object])

Scalar: TypeAlias = Any
"""A machine number inside a kernel; numba infers its type, which Python's types do not express."""

_LOG = logging.getLogger("provenance")


def kernel(function: F) -> F:
    """Compile a function that Python calls: no GIL, no bounds checks, cached on disk."""
    compiled: Any = _compile(function, nogil=True)
    if compiled is not function:  # else compilation is disabled (NUMBA_DISABLE_JIT)
        is_cached = numba_internals.attach_cache(compiled, KernelCache(function))
        if not is_cached:
            _warn_of_no_cache()
    return cast("F", compiled)


def allocating_part(function: F) -> F:
    """Compile a part of kernels that allocates arrays."""
    return _compile_part(function)


def kernel_part(function: F) -> F:
    """Compile a part of kernels that allocates no array, so that no references are counted.

    Counting takes two atomic instructions for every array that a function unpacks, ten times the
    work of a short loop.
    """
    return _compile_part(function, _nrt=False)


def inlined(function: F) -> F:
    """Compile a part into its callers, for a few lines in the bodies of hot loops."""
    return _compile_part(function, _nrt=False, forceinline=True)


def inlined_source(function: F) -> F:
    """Insert the source of a part into its callers, before they are compiled.

    The machine code is that of `inlined`; compiling takes less time with one caller, and more with
    many.
    """
    return _compile(function, inline="always")


def python_function(function: F) -> F:
    """Return the Python function, to be called while another one is compiled."""
    return cast("F", getattr(function, "py_func", function))


def needs_compiling(function: Callable[..., object]) -> bool:
    """Return whether a kernel is neither loaded nor on disk, but will be once it is compiled."""
    kernel_cache = numba_internals.attached_cache(function)
    return (
        isinstance(kernel_cache, KernelCache)
        and not getattr(function, "signatures", ())
        and not kernel_cache.has_any()
        and unavailable_reason() is None
    )


def _compile_part(function: F, **options: Any) -> F:
    return _compile(function, nogil=True, **options, **numba_internals.part_options())


def _compile(function: F, **options: Any) -> F:
    compiled: Any = numba.njit
    common = {"boundscheck": False, "error_model": "numpy", "no_cfunc_wrapper": True}
    return cast("F", compiled(**numba_internals.supported_options(**common, **options))(function))


@cache
def _warn_of_no_cache() -> None:
    _LOG.warning(
        "Compiled code cannot be cached, so each run compiles it again (numba %s is too new). "
        "Try: install an older numba.",
        numba.__version__,
    )
