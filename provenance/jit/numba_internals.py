"""Private parts of numba, each behind a feature check.

No other module uses them. If one is missing, `part_options` returns no options beyond those of
`numba.njit`, and `attach_cache` returns False: kernels still work, but they take longer to compile,
and each process compiles them anew. No object of numba is replaced, so that other users of numba in
the same process are not affected.

Two things need private parts:

- *Parts are compiled into their kernels only.* For each function that a kernel calls, numba makes a
  separate library: it optimises it and translates it to machine code, then links, optimises and
  translates it again in every caller. Our hundred or so parts are called by kernels only, so a
  part is only lowered, and the kernel optimises everything once. The very first check takes a third
  less, and the machine code is as fast or faster.
- *Kernels are stored as machine code and names.* numba's own cache stores pickles, and loads a
  hundred modules and thousands of templates before it looks a kernel up: a fifth of a small check.
  Ours stores only the data for calling a kernel from Python: no other function links it.

These private parts are the same in all versions of numba since 0.61.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from ctypes import c_void_p, cast, pythonapi
from importlib import import_module
from typing import Any

import numba
import numpy as np
from llvmlite import binding
from numba.core import types

config: Any = numba.config
"""numba's settings, public but untyped."""


def _private(module: str, name: str, *members: str) -> Any:
    """Return a private object of numba; None if it or one of its members is missing."""
    try:
        value = getattr(import_module(module), name)
    except (ImportError, AttributeError):
        return None
    return value if all(hasattr(value, member) for member in members) else None


_OPTIONS: Any = _private("numba.core.cpu", "CPUTargetOptions")
_COMPILER: Any = _private("numba.core.compiler", "CompilerBase", "define_pipelines")
_PASSES: Any = _private("numba.core.compiler", "DefaultPassBuilder", "define_nopython_pipeline")
_LIBRARY: Any = _private(
    "numba.core.codegen",
    "JITCodeLibrary",
    "_ensure_finalized",
    "_finalize_dynamic_globals",
    "_finalize_final_module",
    "_get_module_for_linking",
    "_optimize_final_module",
    "_optimize_functions",
    "get_pointer_to_function",
)
_NULL_CACHE: Any = _private("numba.core.caching", "NullCache", "load_overload", "save_overload")
_RESULT: Any = _private("numba.core.compiler", "CompileResult", "_rebuild", "_reduce")
_DESCRIPTOR: Any = _private("numba.core.funcdesc", "FunctionDescriptor")
_SIGNATURE: Any = _private("numba.core.typing.templates", "Signature")
_REBUILD_ENVIRONMENT: Any = _private("numba.core.environment", "_rebuild_env")
_RUNTIME: Any = _private("numba.core.runtime.nrt", "rtsys", "initialize")

_UNDOCUMENTED = "_nrt", "forceinline", "no_cfunc_wrapper", "no_cpython_wrapper"
_LIBRARY_ATTRIBUTES = "_codegen", "_final_module", "_finalized"
_FOR_PARTS = _COMPILER, _PASSES, _LIBRARY
_FOR_CACHE = _NULL_CACHE, _RESULT, _DESCRIPTOR, _SIGNATURE, _REBUILD_ENVIRONMENT, _RUNTIME

CacheBase: Any = _NULL_CACHE or object
"""Base class of caches for `attach_cache`."""


def supported_options(**options: Any) -> dict[str, Any]:
    """Return options of `numba.njit` without the undocumented ones that this numba lacks."""
    lacking = {name for name in _UNDOCUMENTED if not hasattr(_OPTIONS, name)}
    return {name: value for name, value in options.items() if name not in lacking}


def part_options() -> dict[str, Any]:
    """Return the options of `numba.njit` for a function that only kernels call."""
    if None in _FOR_PARTS:
        return {}
    return {"no_cpython_wrapper": True, "pipeline_class": _PartCompiler}


class _PartCompiler(_COMPILER or object):  # type: ignore[misc]
    """Compiles as numba does, into a library that is only ever linked into others."""

    def define_pipelines(self) -> list[Any]:
        """Return numba's own passes, with our library to lower into."""
        state = self.state
        with suppress(Exception):  # numba makes a library itself if there is none
            library = _PartLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
            if all(hasattr(library, name) for name in _LIBRARY_ATTRIBUTES):
                state.library = library
        return [_PASSES.define_nopython_pipeline(state)]


class _PartLibrary(_LIBRARY or object):  # type: ignore[misc]
    """Code that is linked into kernels, and is neither optimised nor run by itself."""

    @property
    def codegen(self) -> "_PartLibrary":
        return self

    def set_env(self, name: str, env: object) -> None:
        """Keep no environment: only functions that raise or call Python objects need one."""

    def get_pointer_to_function(self, _name: str) -> int | None:
        self._ensure_finalized()
        # A harmless address: Python reports that the object is not callable.
        return cast(pythonapi.PyObject_Call, c_void_p).value

    def _get_module_for_linking(self) -> Any:
        self._ensure_finalized()
        return self._shared_module

    def _optimize_functions(self, ll_module: Any) -> None:
        ll_module.data_layout = self._codegen._data_layout  # noqa: SLF001 (as numba's own does)

    def _optimize_final_module(self) -> None:
        """Do nothing: the kernel optimises the code."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        for function in self._final_module.functions:
            if not function.is_declaration and function.linkage == binding.Linkage.external:
                function.linkage = binding.Linkage.linkonce_odr
        self._shared_module = self._final_module
        self._finalized = True


def attach_cache(dispatcher: Any, cache: Any) -> bool:
    """Attach a cache to a compiled function; return False if this numba does not support it."""
    if None in _FOR_CACHE or not hasattr(dispatcher, "_cache"):
        return False
    dispatcher._cache = cache  # noqa: SLF001 (numba's own `enable_caching` does just this)
    return True


def attached_cache(dispatcher: object) -> object:
    """Return the cache attached to a compiled function, if any."""
    return getattr(dispatcher, "_cache", None)


def prepare_to_load(context: Any) -> None:
    """Start numba's runtime, which loaded code needs; compiling would start it by itself."""
    _RUNTIME.initialize(context)


def load_kernel(
    content: bytes, function: Callable[..., object], sig: Any, context: Any
) -> Any | None:
    """Load machine code as a callable kernel; None if this numba cannot load it after all."""
    try:
        head, _, rest = content.partition(b"\n")
        names: dict[str, Any] = json.loads(head)
        code, linkable = rest[: names["code"]], rest[names["code"] :]
        descriptor = _descriptor(function, names, sig)
        constants = [np.dtype(name) for name in names["dtypes"]]
        environment = _REBUILD_ENVIRONMENT(function.__module__, constants, names["environment"])
        library = names["library"], "object", (code, linkable)
        result = _SIGNATURE(types.undefined, tuple(sig), None)
        return _RESULT._rebuild(  # noqa: SLF001 (as numba's own cache does)
            context, library, descriptor, environment, result, False, (), "", (), ()
        )
    except Exception:
        return None


def _descriptor(function: Callable[..., object], names: dict[str, Any], sig: Any) -> Any:
    return _DESCRIPTOR(
        native=True,
        modname=function.__module__,
        qualname=function.__qualname__,
        unique_name=function.__qualname__,
        doc=None,
        typemap=None,
        restype=types.undefined,
        calltypes=None,
        args=(),
        kws=(),
        mangler=lambda *_, **__: names["function"],
        argtypes=tuple(sig),
        env_name=names["environment"],
    )


def dump_kernel(result: Any) -> bytes | None:
    """Return code and names for running a kernel again; None if it needs more than these."""
    try:
        library, descriptor, environment, _, _, lifted, _, reload, _ = result._reduce()  # noqa: SLF001 (as above)
        dynamic = result.library.has_dynamic_globals
        if (
            lifted
            or reload
            or dynamic
            or not all(isinstance(c, np.dtype) for c in environment.consts)
        ):
            return None
        name, _, (code, _) = library
        head = {
            "library": name,
            "function": descriptor.mangled_name,
            "environment": descriptor.env_name,
            "dtypes": [constant.str for constant in environment.consts],
            "code": len(code),
        }
        traps = _trap_functions((descriptor.llvm_func_name, descriptor.llvm_cpython_wrapper_name))
    except Exception:
        return None
    return b"".join((json.dumps(head).encode(), b"\n", code, traps))


def _trap_functions(names: tuple[str, ...]) -> bytes:
    """Return bitcode that defines functions with these names that abort the process."""
    body = "call void @llvm.trap()\n unreachable"
    functions = [f'define void @"{name}"() {{\n {body}\n}}' for name in names]
    code = "\n".join(("declare void @llvm.trap()", *functions))
    bitcode: bytes = binding.parse_assembly(code).as_bitcode()
    return bitcode


def cpu_features() -> str:
    """Return the processor features that numba compiles for, as LLVM writes them."""
    if config.CPU_FEATURES is not None:
        return str(config.CPU_FEATURES)
    features = binding.get_host_cpu_features()
    if not config.ENABLE_AVX:
        features = {name: on and not name.startswith("avx") for name, on in features.items()}
    return ",".join(f"{'+' if on else '-'}{name}" for name, on in sorted(features.items()))
