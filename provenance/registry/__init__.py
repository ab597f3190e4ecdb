"""Items of sources on disk, to be matched against. A registry is a function of its items.

Names are loaded when they are first used: its files can be hashed before there is a compiler.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provenance.registry.building import add, build
    from provenance.registry.copies import Copies
    from provenance.registry.datafiles import Digest, HashedAhead, digest_of_file
    from provenance.registry.engine import Limits
    from provenance.registry.manifest import Manifest, read_manifest
    from provenance.registry.refitting import refit
    from provenance.registry.store import Registry, open_registry
    from provenance.registry.verifying import verify
    from provenance.registry.wholes import whole_hashes

__all__ = [
    "Copies",
    "Digest",
    "HashedAhead",
    "Limits",
    "Manifest",
    "Registry",
    "add",
    "build",
    "digest_of_file",
    "open_registry",
    "read_manifest",
    "refit",
    "verify",
    "whole_hashes",
]

_MODULES = {
    "add": "building",
    "build": "building",
    "Copies": "copies",
    "Digest": "datafiles",
    "HashedAhead": "datafiles",
    "digest_of_file": "datafiles",
    "Limits": "engine",
    "Manifest": "manifest",
    "read_manifest": "manifest",
    "refit": "refitting",
    "Registry": "store",
    "open_registry": "store",
    "verify": "verifying",
    "whole_hashes": "wholes",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
