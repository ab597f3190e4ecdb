"""JSON metadata of a dataset saved by `save_to_disk`, for a rewritten copy."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow as pa

_INDEX, _STATE, _INFO = "dataset_dict.json", "state.json", "dataset_info.json"


def write_saved_metadata(folder: Path, made: Path) -> None:
    """Write the metadata of a rewritten saved dataset.

    Parameters
    ----------
    folder : Path
        The original dataset.
    made : Path
        The copy, with its Arrow files; files that could not be read are missing.

    Notes ----- The library takes two datasets with the same fingerprint for the same and reuses
    cached results, so the copy gets a new fingerprint, computed from its content.
    """
    if (folder / _INDEX).is_file():
        (made / _INDEX).write_bytes((folder / _INDEX).read_bytes())
    for state in sorted(folder.rglob(_STATE)):
        within = state.parent.relative_to(folder)
        told = json.loads(state.read_text("utf-8"))
        listed = told["_data_files"]
        kept = [one for one in listed if (made / within / one["filename"]).is_file()]
        told["_data_files"] = kept
        names = [(within / one["filename"]).as_posix() for one in kept]
        told["_fingerprint"] = _fingerprint([made / name for name in names])
        _write(made / within / _STATE, told)
        info = json.loads((state.parent / _INFO).read_text("utf-8"))
        split = (info.get("splits") or {}).get(told.get("_split") or "")
        if split:
            split["num_examples"] = sum(_rows(made / name) for name in names)
            split["num_bytes"] = sum((made / name).stat().st_size for name in names)
        _write(made / within / _INFO, info)


def _fingerprint(files: list[Path]) -> str:
    found = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            found.update(hashlib.file_digest(stream, "sha256").digest())
    return found.hexdigest()[:16]


def _rows(file: Path) -> int:
    with pa.OSFile(str(file)) as source, pa.ipc.open_stream(source) as reader:
        return sum(len(batch) for batch in reader)


def _write(path: Path, told: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, indent=2, sort_keys=False), "utf-8")
