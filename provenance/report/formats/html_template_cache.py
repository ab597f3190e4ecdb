"""Templates compiled once, and kept where compiled kernels are."""

import hashlib
import marshal
import sys

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from provenance.disk_cache import keep, kept


class Bytecode(BytecodeCache):
    """Keeps compiled templates, where something can be kept; else they are compiled each time.

    Parameters
    ----------
    made_by : bytes
        What else than its source tells how a template is compiled: compiled by anything else, it
        is compiled again.
    """

    def __init__(self, made_by: bytes) -> None:
        self._made_by = made_by

    def get_source_checksum(self, source: str) -> str:
        """Tell one source, compiled in one manner, from all others."""
        return hashlib.sha256(source.encode() + self._made_by).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket with what was kept of the same source, if it is whole."""
        content = kept(_name(bucket), bucket.checksum.encode())
        if content is not None:
            bucket.code = marshal.loads(content)  # noqa: S302 (nobody else can have written it)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what a bucket holds."""
        keep(_name(bucket), bucket.checksum.encode(), marshal.dumps(bucket.code))


def _name(bucket: Bucket) -> str:
    return f"{bucket.key}.{sys.implementation.cache_tag}.jinja"
