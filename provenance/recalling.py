"""Compiled kernels are recalled from numba's cache alone, without what only compiling needs.

Before it looks into its cache, numba loads what it knows of every function that a kernel might
call: a hundred modules, and thousands of templates that are entered into tables; a seventh of a
small check. What is compiled needs the counting of arrays, and nothing else.

This leans on how numba works inside (`FunctionCache`, `rtsys`), which is the same from 0.61 on.
"""

from typing import Any

from numba.core import caching
from numba.core.runtime import nrt

from provenance.absent import spared

_CACHE: Any = caching.FunctionCache
_COUNTING: Any = nrt.rtsys


class Recalled(_CACHE):  # type: ignore[misc]
    """Keeps a kernel's code where numba would."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Give what was compiled for a signature; None where nothing was, and then get ready to."""
        _COUNTING.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            found = self._load_overload(sig, target_context)
            if found is not None:
                return found
        with spared("scipy"):  # which multiplies matrices
            target_context.refresh()
        return None
