"""Compiled kernels, kept on disk and recalled without what only compiling needs.

numba's own cache keeps pickles, believes whatever lies in its folder, and fails where no folder can
be written. Ours keeps the machine code of a kernel behind a line of JSON with the names in it, by
`provenance.disk_cache`: verified by a digest, in a folder that only this user, or root, can write.
Whatever is wrong with what is kept, the kernel is compiled.

Nor does numba load a hundred modules, and thousands of templates of functions that a kernel might
call, before it looks into the cache: that was a fifth of a small check. Nobody links our kernels,
so their types are not kept, nor is the code that others would inline.

This leans on how numba works inside (`NullCache`, `CompileResult`, `FunctionDescriptor`, `rtsys`),
which is the same from 0.61 on.
"""

import hashlib
import json
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
from llvmlite import binding
from numba.core import caching, compiler, environment, funcdesc, types
from numba.core.registry import cpu_target
from numba.core.runtime import nrt
from numba.core.typing import templates

from provenance.disk_cache import is_kept, keep, kept, nowhere, tell_once

_CACHE: Any = caching.NullCache
_RESULT: Any = compiler.CompileResult
_DESCRIPTOR: Any = funcdesc.FunctionDescriptor
_SIGNATURE: Any = templates.Signature
_ENVIRONMENT_OF: Any = environment._rebuild_env  # noqa: SLF001 (as numba's own cache does)
_COUNTING: Any = nrt.rtsys
_PACKAGE = __name__.partition(".")[0]


class Recalled(_CACHE):  # type: ignore[misc]
    """The cache of one kernel, as numba's dispatcher asks for it.

    Parameters
    ----------
    function : callable
        As it was written.
    """

    def __init__(self, function: Callable[..., object]) -> None:
        self._function = function

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return what was compiled for a signature; None where nothing was, and then get ready."""
        _COUNTING.initialize(target_context)
        content = kept(self._name(sig), self._made_of(sig))
        found = None if content is None else self._rebuilt(content, sig, target_context)
        if found is None:
            if (reason := nowhere()) is not None:
                tell_once(reason)
            target_context.refresh()
        return found

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled for a signature."""
        content = _reduced(data)
        if content is None:
            return
        if (reason := keep(self._name(sig), self._made_of(sig), content)) is not None:
            tell_once(reason)

    def holds_any(self) -> bool:
        """Return whether the kernel was compiled, for whatever types, on a machine like this."""
        return is_kept(self._prefix())

    def _name(self, sig: Any) -> str:
        return f"{self._prefix()}{_short(str(sig).encode())}.kernel"

    def _prefix(self) -> str:
        module = self._function.__module__.rpartition(".")[2]
        return f"{module}.{self._function.__qualname__}-{_short(self._made_of(()))}-"

    def _made_of(self, sig: Any) -> bytes:
        """Return all that decides the code: its source, the compiler, the processor, the types."""
        own = self._function.__module__, self._function.__qualname__, str(sig)
        return "\n".join((*own, *_machine(), _sources(own[0]))).encode()

    def _rebuilt(self, content: bytes, sig: Any, context: Any) -> Any:
        """Make machine code callable again; None where it does not fit this numba after all."""
        try:
            head, _, rest = content.partition(b"\n")
            names: dict[str, Any] = json.loads(head)
            code, linkable = rest[: names["code"]], rest[names["code"] :]
            described = self._described(names, sig)
            constants = [np.dtype(name) for name in names["dtypes"]]
            own = _ENVIRONMENT_OF(self._function.__module__, constants, names["environment"])
            library = names["library"], "object", (code, linkable)
            result = _SIGNATURE(types.undefined, tuple(sig), None)
            return _RESULT._rebuild(  # noqa: SLF001 (as numba's own does)
                context, library, described, own, result, False, (), "", (), ()
            )
        except Exception:
            return None

    def _described(self, names: dict[str, Any], sig: Any) -> Any:
        function = self._function
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


def _reduced(result: Any) -> bytes | None:
    """Return what it takes to run a kernel again; None where that is more than code and names."""
    library, described, own, _, _, lifted, _, reload, _ = result._reduce()  # noqa: SLF001 (as above)
    dynamic = result.library.has_dynamic_globals
    if lifted or reload or dynamic or not all(isinstance(c, np.dtype) for c in own.consts):
        return None
    name, _, (code, _) = library
    told = {
        "library": name,
        "function": described.mangled_name,
        "environment": described.env_name,
        "dtypes": [constant.str for constant in own.consts],
        "code": len(code),
    }
    names = described.llvm_func_name, described.llvm_cpython_wrapper_name
    return b"".join((json.dumps(told).encode(), b"\n", code, _naming(names)))


def _naming(names: tuple[str, ...]) -> bytes:
    """Give code that says that functions of these names are there; who linked them would end."""
    body = "call void @llvm.trap()\n unreachable"
    defined = [f'define void @"{name}"() {{\n {body}\n}}' for name in names]
    code = "\n".join(("declare void @llvm.trap()", *defined))
    bitcode: bytes = binding.parse_assembly(code).as_bitcode()
    return bitcode


@cache
def _machine() -> tuple[str, ...]:
    """Name the compiler, the Python that it speaks to, and the processor."""
    processor = cpu_target.target_context.codegen().magic_tuple()
    versions = numba.__version__, llvmlite.__version__, str(sys.implementation.cache_tag)
    return (*versions, sys.abiflags, *map(str, processor))


@cache
def _sources(module: str) -> str:
    """Digest the sources of a module, and of those of ours whose functions or numbers it uses."""
    found: dict[str, bytes] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        known = vars(sys.modules[name])
        found[name] = Path(known["__file__"]).read_bytes() + _numbers(known)
        modules = {getattr(value, "__module__", None) or "" for value in known.values()}
        waiting += [other for other in modules if other.startswith(f"{_PACKAGE}.")]
    digest = hashlib.sha256()
    for name, source in sorted(found.items()):
        digest.update(f"{name} {len(source)} ".encode() + source)
    return digest.hexdigest()


def _numbers(known: dict[str, Any]) -> bytes:
    """Write the constants of a module, which may come from others, and are compiled into code."""
    kinds = (int, float, np.generic)
    return repr([(n, v) for n, v in sorted(known.items()) if isinstance(v, kinds)]).encode()


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:20]
