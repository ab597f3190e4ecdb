"""What is hashed from a check's first moment on, by another core, while the rest is loaded."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from provenance.registry.data_files import HashedAhead


@contextmanager
def hashing(registries: Sequence[str]) -> Iterator[HashedAhead]:
    """Hash registries, and what is handed on, in a thread, until the check has ended."""
    aside, stopped = ThreadPoolExecutor(1), Event()
    try:
        ahead = HashedAhead(aside, stopped.is_set)
        ahead.begin(map(Path, registries))
        yield ahead
    finally:
        stopped.set()
        aside.shutdown(wait=False, cancel_futures=True)
