"""Parts of kernels are compiled into their kernels alone.

numba makes a library of its own of each function that a kernel calls: it optimises it, turns it
into machine code, and then links, optimises and translates it again in whatever calls it. Ours are
some hundred, and nobody calls them but kernels. So a part is handed on as it was lowered, and the
kernel optimises the whole once: the first check ever takes a third less, and what is compiled runs
as fast or faster.

And numba compares the options of what it compiles, tens of thousands of times for a large kernel,
by asking a property for each: they are told from two mappings here, and compiling takes nearly a
tenth less.

This leans on how numba works inside (`JITCodeLibrary`, `TargetConfig`), which is the same from 0.61
on.
"""

from ctypes import c_void_p, cast, pythonapi
from functools import cache
from typing import Any

from llvmlite.binding import Linkage
from numba.core import codegen, compiler, targetconfig

_LIBRARY: Any = codegen.JITCodeLibrary
_COMPILER: Any = compiler.CompilerBase
_PASSES: Any = compiler.DefaultPassBuilder
_OPTIONS: Any = targetconfig.TargetConfig


class PartCompiler(_COMPILER):  # type: ignore[misc]
    """Compiles as numba does, into a library that is only ever linked into others."""

    def define_pipelines(self) -> list[Any]:
        """Give numba's own way, with our library to lower into."""
        state = self.state
        state.library = _PartLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        return [_PASSES.define_nopython_pipeline(state)]


class _PartLibrary(_LIBRARY):  # type: ignore[misc]
    """Code that is linked, and neither optimised nor run by itself."""

    @property
    def codegen(self) -> "_PartLibrary":
        return self

    def set_env(self, name: str, env: object) -> None:
        """Keep no environment: only what raises Python's errors, or is called by it, needs one."""

    def get_pointer_to_function(self, _name: str) -> int | None:
        self._ensure_finalized()
        # Python then says that such a thing cannot be called.
        return cast(pythonapi.PyObject_Call, c_void_p).value

    def _get_module_for_linking(self) -> Any:
        self._ensure_finalized()
        return self._shared_module

    def _optimize_functions(self, ll_module: Any) -> None:
        ll_module.data_layout = self._codegen._data_layout  # noqa: SLF001 (as numba's own does)

    def _optimize_final_module(self) -> None:
        """Leave that to the kernel."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        for function in self._final_module.functions:
            if not function.is_declaration and function.linkage == Linkage.external:
                function.linkage = Linkage.linkonce_odr
        self._shared_module = self._final_module
        self._finalized = True


@cache
def _defaults(kind: Any) -> dict[str, Any]:
    return {name: option.default for name, option in kind.options.items()}


def _values(options: Any) -> dict[str, Any]:
    """Give all options, as numba's own does: those that are set, and the defaults of the others."""
    kind: Any = type(options)
    return {**_defaults(kind), **options._values}  # noqa: SLF001 (as numba's own does)


_OPTIONS.values = _values
