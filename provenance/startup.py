"""A lean start: what libraries load only because it is there stays out of the process.

pyarrow asks for pandas when the first array is made, to know its types when it sees them; numba
asks for SciPy when it is loaded, for its version. We need neither, and they take longer to load
than a small dataset takes to check. Who wants SciPy later gets it. pyarrow remembers that there was
no pandas: it then makes no Python objects of times finer than a microsecond. So that is for a
process that runs nothing but us.

NumPy's linear algebra starts a thread a core when it is loaded, and each of them runs in circles
for a tenth of a second, waiting for work that we never give it. And Arrow gives memory back a
moment after it is free; the system then clears it again, page by page, for the next part that is
read. Both are told better by the environment, before they are loaded.

Modules that libraries ask for only because they are there, and that nothing of ours needs.

numba and pyarrow remember what was not there, and others would miss it: that is for a process that
runs nothing but us.
"""

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from threading import Event, get_ident
from types import ModuleType

_claimed = Event()


@dataclass(frozen=True)
class _Without(MetaPathFinder):
    """Tells a thread that modules are not there."""

    names: tuple[str, ...]
    thread: int

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname in self.names and get_ident() == self.thread:
            raise ModuleNotFoundError(f"{fullname} is not loaded for this", name=fullname)
        return None


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Let nothing load some modules meanwhile, in this thread; what was loaded before stays."""
    finder = _Without(names, get_ident())
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


def claim() -> None:
    """Say that this process runs nothing but us."""
    _claimed.set()


def is_claimed() -> bool:
    """Whether this process runs nothing but us."""
    return _claimed.is_set()


def spared(*names: str) -> AbstractContextManager[None]:
    """Load no module of these names meanwhile, as `without`, if this process is ours alone."""
    return without(*names) if is_claimed() else nullcontext()


_TOLD = {"OPENBLAS_NUM_THREADS": "1", "MIMALLOC_PURGE_DELAY": "-1"}
"""What libraries are told, unless somebody told them otherwise."""


def claim_process() -> None:
    """Say that this process runs nothing but us, before it loads anything."""
    for name, value in _TOLD.items():
        os.environ.setdefault(name, value)
    claim()


@contextmanager
def leanly() -> Iterator[None]:
    """Load modules of ours, and what they ask for at their first use: they do not ask again."""
    if not is_claimed():
        yield
        return
    with without("pandas", "scipy"):
        yield
        if arrow := sys.modules.get("pyarrow"):
            arrow.array([0]).to_numpy()


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage meanwhile: a compiler makes millions of objects, and keeps most.

    So does who shows findings: a third of the time of a page went into looking for garbage.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_claimed():
            gc.freeze()  # else the first look for garbage goes through all of them
        if was_enabled:
            gc.enable()
