"""Compiled kernels on disk.

numba's own cache stores pickles, trusts the files in its folder, and fails if no folder is
writable; and it keys a kernel by the modification time of its own file only, not of the others that
are compiled into it. Ours stores machine code after a line of JSON with the names in it, with
`provenance.disk_cache`: verified by a digest, in a folder that only this user, or root, can write;
keyed by a digest of all sources and constants that are compiled into the kernel, of the compiler
and of the processor. If an entry is invalid for any reason, the kernel is compiled.
"""

import hashlib
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
from llvmlite import binding

from provenance.disk_cache import has_entry, load_entry, store_entry, unavailable_reason, warn_once
from provenance.jit import numba_internals

_PACKAGE = __name__.partition(".")[0]


class KernelCache(numba_internals.CacheBase):  # type: ignore[misc]
    """The cache of one kernel, with the methods that numba's dispatcher calls.

    Parameters
    ----------
    function : callable
        The Python function.
    """

    def __init__(self, function: Callable[..., object]) -> None:
        self._function = function

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the stored kernel of a signature, or None after preparing to compile it."""
        numba_internals.prepare_to_load(target_context)
        content = load_entry(self._name(sig), self._key(sig))
        overload = None
        if content is not None:
            overload = numba_internals.load_kernel(content, self._function, sig, target_context)
        if overload is None:
            if (reason := unavailable_reason()) is not None:
                warn_once(reason)
            target_context.refresh()
        return overload

    def save_overload(self, sig: Any, data: Any) -> None:
        """Store the kernel compiled for a signature."""
        content = numba_internals.dump_kernel(data)
        if content is None:
            return
        if (reason := store_entry(self._name(sig), self._key(sig), content)) is not None:
            warn_once(reason)

    def has_any(self) -> bool:
        """Return whether the kernel was compiled for any signature on a machine like this."""
        return has_entry(self._prefix())

    def _name(self, sig: Any) -> str:
        return f"{self._prefix()}{_short(str(sig).encode())}.kernel"

    def _prefix(self) -> str:
        module = self._function.__module__.rpartition(".")[2]
        return f"{module}.{self._function.__qualname__}-{_short(self._key(()))}-"

    def _key(self, sig: Any) -> bytes:
        """Return all that the machine code depends on: sources, compiler, processor, types."""
        names = self._function.__module__, self._function.__qualname__, str(sig)
        return "\n".join((*names, *_machine(), _sources_digest(names[0]))).encode()


@cache
def _machine() -> tuple[str, ...]:
    """Return the versions of compiler and Python, and the processor that is compiled for."""
    versions = numba.__version__, llvmlite.__version__, str(sys.implementation.cache_tag)
    processor = numba_internals.config.CPU_NAME or binding.get_host_cpu_name()
    triple = binding.get_process_triple()
    return (*versions, sys.abiflags, triple, str(processor), numba_internals.cpu_features())


@cache
def _sources_digest(module: str) -> str:
    """Return a digest of a module and of our modules whose functions or constants it uses."""
    sources: dict[str, bytes] = {}
    pending = [module]
    while pending:
        name = pending.pop()
        if name in sources:
            continue
        module_vars = vars(sys.modules[name])
        sources[name] = Path(module_vars["__file__"]).read_bytes() + _constants(module_vars)
        modules = {getattr(value, "__module__", None) or "" for value in module_vars.values()}
        pending += [other for other in modules if other.startswith(f"{_PACKAGE}.")]
    digest = hashlib.sha256()
    for name, source in sorted(sources.items()):
        digest.update(f"{name} {len(source)} ".encode() + source)
    return digest.hexdigest()


def _constants(module_vars: dict[str, Any]) -> bytes:
    """Return the constants of a module: they are compiled in, and may be from other modules."""
    return repr([(name, v) for name, v in sorted(module_vars.items()) if _is_constant(v)]).encode()


def _is_constant(value: object) -> bool:
    if isinstance(value, tuple):
        return all(map(_is_constant, value))
    return isinstance(value, int | float | np.generic)


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:20]
