"""Reduce the start-up time of the command line; programs that import the package are unaffected.

pyarrow imports pandas when it makes the first array, to recognise pandas' types. We use none of
them, and pandas takes as long to import as a small dataset takes to check. pyarrow then remembers
that pandas is absent, so it no longer converts times finer than a microsecond: acceptable in a
process that runs nothing but us.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from threading import Event

_is_own_process = Event()


class _NoPandas(MetaPathFinder):
    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("pandas is not needed at start-up", name=fullname)


def configure_own_process() -> None:
    """Declare that this process runs nothing but `provenance`; not for programs that import it."""
    _is_own_process.set()


@contextmanager
def lean_imports() -> Iterator[None]:
    """Import our modules without optional dependencies; pyarrow does not look for them again."""
    if not _is_own_process.is_set():
        yield
        return
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        yield
        if arrow := sys.modules.get("pyarrow"):
            arrow.array([0]).to_numpy()  # looks for pandas, once
    finally:
        sys.meta_path.remove(finder)
