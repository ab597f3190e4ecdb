"""A registry without items: a check with it reports only what documents declare."""

from contextlib import suppress

import pyarrow as pa

from provenance.errors import RegistryExists
from provenance.pipeline.caching.result_cache import cache_folder
from provenance.registry.changes.opt_out_changes import add_opt_outs
from provenance.registry.manifest import FORMAT


def empty_registry() -> str:
    """Return a registry without items in this user's cache, which is created if missing."""
    folder = cache_folder() / f"declared-only-{FORMAT}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with suppress(RegistryExists):  # another process was faster
            add_opt_outs(folder, pa.array([], pa.string()))
    return str(folder)
