"""What `save_to_disk` writes beside a dataset's rows, for a dataset that has fewer."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow as pa

_INDEX, _STATE, _INFO = "dataset_dict.json", "state.json", "dataset_info.json"


def write_saved(folder: Path, made: Path) -> None:
    """Write the descriptions of a saved dataset that was written again.

    Parameters
    ----------
    folder : Path
        Where it was saved.
    made : Path
        Where its Arrow files have been written; those that could not be read are missing.

    Notes
    -----
    The library takes two datasets of one fingerprint for the same, and gives what it once computed
    of the one for the other: so this one gets another, by what it holds.
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
