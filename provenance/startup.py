"""Reduce the start-up time of the command line; programs that import the package are unaffected.

pyarrow imports pandas when it makes the first array, to recognise pandas' types. We use none of
them, and pandas takes as long to import as a small dataset takes to check. pyarrow then remembers
that pandas is absent, so it no longer converts times finer than a microsecond: acceptable in a
process that runs nothing but us.

Until Python 3.13, a dataclass compiles each of its methods by itself when it is defined: 2,000
methods in a check, a sixth of the processor time of a small one. Few are ever called, so in our own
process each is compiled when it is first called.
"""

import dataclasses
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from threading import Event
from typing import Any, Final

_is_own_process = Event()

_COMPILE_METHOD: Final = "_create_fn"
"""Name of the function of `dataclasses` that compiles a method; newer versions have none."""


class _NoPandas(MetaPathFinder):
    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("pandas is not needed at start-up", name=fullname)


def configure_own_process() -> None:
    """Declare that this process runs nothing but `provenance`; not for programs that import it."""
    if not _is_own_process.is_set() and hasattr(dataclasses, _COMPILE_METHOD):
        compile_method = getattr(dataclasses, _COMPILE_METHOD)
        setattr(dataclasses, _COMPILE_METHOD, _compile_when_called(compile_method))
    _is_own_process.set()


def _compile_when_called(compile_method: Callable[..., Any]) -> Callable[..., Any]:
    def postpone(name: str, *args: Any, **options: Any) -> Callable[..., Any]:
        def method(self: object, *values: Any, **named_values: Any) -> Any:
            compiled = compile_method(name, *args, **options)
            compiled.__qualname__ = method.__qualname__
            for owner in type(self).__mro__:
                if owner.__dict__.get(name) is method:
                    setattr(owner, name, compiled)
            return compiled(self, *values, **named_values)

        method.__name__ = name
        return method

    return postpone


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
