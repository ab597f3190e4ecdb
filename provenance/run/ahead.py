"""What a check has hashed while the rest of it is loaded."""

from contextlib import AbstractContextManager
from pathlib import Path

from provenance.model import Policy
from provenance.registry import Digest, hashed_ahead


def hashing(policy: Policy) -> AbstractContextManager[Digest]:
    """Begin to digest the files of a policy's registries; as `hashed_ahead`."""
    return hashed_ahead(map(Path, policy.registries))
