"""Progress of a build, from which it continues if it is killed.

A long build writes its items into one segment after another. After each, the folder in which it
works has all finished segments, and a file that lists them and how many items were read.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from provenance.atomic_output import sync_path
from provenance.errors import ProvenanceError
from provenance.model.content.tables import Unread
from provenance.registry.build.item_staging import StagedItems
from provenance.registry.files.mapped_files import MappedFile, MappedSegment, map_files
from provenance.registry.manifest import (
    DAMAGE_ERRORS,
    DataFile,
    Segment,
    build_typed,
    parse_segment,
    parse_skipped,
    render_json,
)
from provenance.registry.registry_folder import PROGRESS_FILE
from provenance.registry.segments.segment_set import SegmentSet
from provenance.registry.side_tables.statuses import read_statuses, write_statuses


@dataclass(frozen=True, slots=True)
class BuildProgress:
    """What a build has done.

    Parameters
    ----------
    segments : SegmentSet
        All segments: those of before, and the finished ones.
    staged_items : StagedItems
        What was read.
    rows : int
        Number of items that were read.
    replaced : int
        Number of records that a later one replaces.
    """

    segments: SegmentSet
    staged_items: StagedItems
    rows: int = 0
    replaced: int = 0


def save_progress(staging: Path, progress: BuildProgress) -> None:
    """Save progress in the folder of a build."""
    statuses = write_statuses(staging, progress.segments.statuses)
    content = {
        "segments": [asdict(segment.entry) for segment in progress.segments.segments],
        "statuses": None if statuses is None else asdict(statuses),
        "rows": progress.rows,
        "replaced": progress.replaced,
        "staged": progress.staged_items.rows,
        "skipped": [asdict(skipped) for skipped in progress.staged_items.skipped],
        "unread": [asdict(unread) for unread in progress.staged_items.unread],
    }
    path = staging / f"{PROGRESS_FILE}.new"
    path.write_text(render_json(content), encoding="utf-8")
    sync_path(path)
    path.replace(staging / PROGRESS_FILE)
    sync_path(staging)


def load_progress(staging: Path, registry: Path) -> BuildProgress | None:
    """Load the progress that the folder of a build has, if any.

    Parameters
    ----------
    staging : Path
        Folder of the build.
    registry : Path
        Folder of the registry that is added to.

    Returns
    -------
    BuildProgress or None
        None if there is none, or if it or a segment is damaged.
    """
    try:
        content = json.loads((staging / PROGRESS_FILE).read_text(encoding="utf-8"))
        entries = [parse_segment(segment) for segment in content["segments"]]
        segments = tuple(_map(entry, staging, registry) for entry in entries)
        file = content["statuses"] and _map_statuses(content["statuses"], staging)
        return BuildProgress(
            SegmentSet(segments, read_statuses(file, [entry.items for entry in entries])),
            StagedItems(
                content["staged"],
                tuple(map(parse_skipped, content["skipped"])),
                tuple(build_typed(Unread, unread) for unread in content["unread"]),
            ),
            content["rows"],
            content["replaced"],
        )
    except (OSError, ProvenanceError, *DAMAGE_ERRORS):
        return None


def _map_statuses(content: dict[str, Any], staging: Path) -> MappedFile:
    [file] = map_files(staging, [build_typed(DataFile, content)]).values()
    return file


def _map(entry: Segment, staging: Path, registry: Path) -> MappedSegment:
    folder = staging if (staging / entry.folder).exists() else registry
    return MappedSegment(entry, map_files(folder / entry.folder, entry.files))
