"""Templates compiled: kept as Python keeps compiled modules, in a folder beside their source."""

import hashlib
import os
import pickle
import sys
from contextlib import suppress
from pathlib import Path
from threading import get_ident

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket, bc_magic


class Bytecode(BytecodeCache):
    """Keeps compiled templates, where that is allowed: who cannot write there compiles each time.

    Parameters
    ----------
    folder : Path
        Where compiled templates are kept. It is made where it is absent.
    made_by : bytes
        What else than its source tells how a template is compiled: compiled by anything else, it
        is compiled again.
    """

    def __init__(self, folder: Path, made_by: bytes) -> None:
        self._folder = folder
        self._made_by = made_by

    def get_source_checksum(self, source: str) -> str:
        """Tell one source, compiled in one manner, from all others."""
        return hashlib.sha256(source.encode() + self._made_by).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket with what was kept of the same source, if it is whole."""
        try:
            kept = self._path(bucket).read_bytes()
        except OSError:
            return
        # Compared, not read: only what begins as we would write it is looked at any further.
        if kept.startswith(bc_magic + pickle.dumps(bucket.checksum, 2)):
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what a bucket holds, unless Python was told to keep nothing of the kind."""
        if sys.dont_write_bytecode:
            return
        path = self._path(bucket)
        # Beside its place, so that it moves in by one rename.
        made = path.with_suffix(f".{os.getpid()}-{get_ident()}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with made.open("xb") as file:
                bucket.write_bytecode(file)
            made.replace(path)
        except OSError:
            with suppress(OSError):
                made.unlink()

    def _path(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}.{sys.implementation.cache_tag}.jinja"
