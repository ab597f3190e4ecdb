"""Templates compiled: kept as Python keeps compiled modules, in a folder beside their source."""

import hashlib
import sys
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from provenance.keeping import keep, kept


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
        content = kept(self._path(bucket), bucket.checksum.encode())
        if content is not None:
            bucket.bytecode_from_string(content)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what a bucket holds, unless Python was told to keep nothing of the kind."""
        keep(self._path(bucket), bucket.checksum.encode(), bucket.bytecode_to_string())

    def _path(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}.{sys.implementation.cache_tag}.jinja"
