"""Compiled kernels are recalled from numba's cache alone, without what only compiling needs.

Before it looks into its cache, numba loads what it knows of every function that a kernel might
call: a hundred modules, and thousands of templates that are entered into tables. And with the code
of a kernel it keeps the same code for others to link into theirs, and for each function that is
compiled into it a table of Python's objects, for those that speak to Python. Nobody links our
kernels, and what is compiled into them speaks to nobody: code, and its name, are enough. All that
was a fifth of a small check.

This leans on how numba works inside (`FunctionCache`, `CompileResult`, `rtsys`), which is the same
from 0.61 on.
"""

from typing import Any

from llvmlite import binding
from numba.core import caching
from numba.core.runtime import nrt

from provenance.absent import spared

_CACHE: Any = caching.FunctionCache
_FORM: Any = caching.CompileResultCacheImpl
_COUNTING: Any = nrt.rtsys


class _Bare(_FORM):  # type: ignore[misc]
    """Keeps of a kernel what it takes to run it."""

    def reduce(self, cres: Any) -> tuple[Any, ...]:
        """Give numba's parts of a kernel, without those that its callers would need."""
        library, described, *middle, _, reload, _ = super().reduce(cres)
        name, kind, (code, _) = library
        names = described.llvm_func_name, described.llvm_cpython_wrapper_name
        bare = name, kind, (code, _naming(names))
        return bare, described, *middle, "", reload, ()


def _naming(names: tuple[str, ...]) -> bytes:
    """Give code that says that functions of these names are there; who linked them would end."""
    body = "call void @llvm.trap()\n unreachable"
    defined = [f'define void @"{name}"() {{\n {body}\n}}' for name in names]
    code = "\n".join(("declare void @llvm.trap()", *defined))
    bitcode: bytes = binding.parse_assembly(code).as_bitcode()
    return bitcode


class Recalled(_CACHE):  # type: ignore[misc]
    """Keeps a kernel's code where numba would."""

    _impl_class = _Bare

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
