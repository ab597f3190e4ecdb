"""Modules that libraries ask for only because they are there, and that nothing of ours needs.

numba and pyarrow remember what was not there, and others would miss it: that is for a process that
runs nothing but us.
"""

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
