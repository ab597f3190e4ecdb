"""Hash files in a background thread while the rest of a check is loaded."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from provenance.registry.files.data_files import BackgroundHasher


@contextmanager
def hash_in_background(registries: Sequence[str]) -> Iterator[BackgroundHasher]:
    """Hash registries, and what is submitted later, in a thread that ends with the context."""
    executor, stopped = ThreadPoolExecutor(1), Event()
    try:
        hasher = BackgroundHasher(executor, stopped.is_set)
        hasher.start(map(Path, registries))
        yield hasher
    finally:
        stopped.set()
        executor.shutdown(wait=False, cancel_futures=True)
