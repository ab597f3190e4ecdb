"""Checkpoint of a pulled registry: its address and version (`pulled.json`)."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from provenance.atomic_output import replace_file
from provenance.registry.manifest import DAMAGE_ERRORS, Manifest, parse_timestamp, render_json

CHECKPOINT_FILE = "pulled.json"

Check = Callable[[bytes, bytes | None, Manifest], None]
"""Raises an error if a manifest is not to be used; receives it as it is stored, its signatures if
there are any, and as it was parsed."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The registry that was pulled last, or is being pulled.

    Parameters
    ----------
    address : str
        Where from.
    manifest : str
        SHA-256 of its manifest.
    created : datetime
        When that was written: an older one is not pulled any more.
    fresh_until : date or None
        Last day on which the copy counts as fresh.
    pulled : datetime or None
        When it was pulled; None until it is here.
    previous : str or None
        SHA-256 of the manifest that was here before.
    """

    address: str
    manifest: str
    created: datetime
    fresh_until: date | None
    pulled: datetime | None
    previous: str | None = None

    @classmethod
    def of(cls, address: str, content: bytes, manifest: Manifest) -> "Checkpoint":
        """Return that of a registry that is to be pulled, given its manifest as it is stored."""
        digest = manifest_digest(content)
        return cls(address, digest, manifest.created, manifest.fresh_until, None)


def manifest_digest(content: bytes) -> str:
    """Return the SHA-256 of a manifest, in hex."""
    return hashlib.sha256(content).hexdigest()


def today() -> date:
    """Return the day."""
    return datetime.now(UTC).date()


def day_after(days: int) -> date:
    """Return the day that is so many days from now."""
    return today() + timedelta(days)


def write_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Write the checkpoint of a folder.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    with replace_file(folder / CHECKPOINT_FILE) as stream:
        stream.write(render_json(asdict(checkpoint)).encode())


def read_checkpoint(folder: Path) -> Checkpoint | None:
    """Read the checkpoint of a folder; None if there is none, or it is damaged."""
    try:
        values = json.loads((folder / CHECKPOINT_FILE).read_bytes())
        fresh_until, pulled, previous = (
            values[name] for name in ("fresh_until", "pulled", "previous")
        )
        return Checkpoint(
            address=str(values["address"]),
            manifest=str(values["manifest"]),
            created=parse_timestamp(values["created"]),
            fresh_until=None if fresh_until is None else date.fromisoformat(fresh_until),
            pulled=None if pulled is None else parse_timestamp(pulled),
            previous=None if previous is None else str(previous),
        )
    except (OSError, *DAMAGE_ERRORS):
        return None
