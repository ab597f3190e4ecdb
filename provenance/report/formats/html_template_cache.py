"""Cache of compiled templates, next to the compiled kernels."""

import hashlib
import marshal
import sys

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from provenance.disk_cache import load_entry, store_entry


class TemplateCache(BytecodeCache):
    """Jinja bytecode cache on disk; without a writable cache, templates are compiled each time.

    Parameters
    ----------
    compiled_by : bytes
        Everything except the source that affects compilation; part of the cache key.
    """

    def __init__(self, compiled_by: bytes) -> None:
        self._compiled_by = compiled_by

    def get_source_checksum(self, source: str) -> str:
        """Return a digest of the source and of everything that affects compilation."""
        return hashlib.sha256(source.encode() + self._compiled_by).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load a compiled template, if a valid one is cached."""
        content = load_entry(_name(bucket), bucket.checksum.encode())
        if content is not None:
            bucket.code = marshal.loads(content)  # noqa: S302 (the cache verifies owner and digest)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store a compiled template."""
        store_entry(_name(bucket), bucket.checksum.encode(), marshal.dumps(bucket.code))


def _name(bucket: Bucket) -> str:
    return f"{bucket.key}.{sys.implementation.cache_tag}.jinja"
