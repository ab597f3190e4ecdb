"""Items of sources on disk, to be matched against. A registry is a function of its items."""

from provenance.registry.build import add, build
from provenance.registry.copies import Copies
from provenance.registry.engine import Limits
from provenance.registry.manifest import Manifest, read_manifest
from provenance.registry.refitting import refit
from provenance.registry.store import Registry, open_registry
from provenance.registry.verify import verify
from provenance.registry.wholes import whole_hashes

__all__ = [
    "Copies",
    "Limits",
    "Manifest",
    "Registry",
    "add",
    "build",
    "open_registry",
    "read_manifest",
    "refit",
    "verify",
    "whole_hashes",
]
