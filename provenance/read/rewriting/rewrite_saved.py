"""JSON metadata of a dataset saved by `save_to_disk`, for a rewritten copy."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow as pa

_INDEX, _STATE, _INFO = "dataset_dict.json", "state.json", "dataset_info.json"


def write_saved_metadata(folder: Path, copy: Path) -> None:
    """Write the metadata of a rewritten saved dataset.

    Parameters
    ----------
    folder : Path
        The original dataset.
    copy : Path
        The copy, with its Arrow files; files that could not be read are missing.

    Notes
    -----
    The library treats two datasets with the same fingerprint as equal and reuses cached results, so
    the copy gets a new fingerprint, computed from its content.
    """
    if (folder / _INDEX).is_file():
        (copy / _INDEX).write_bytes((folder / _INDEX).read_bytes())
    for state in sorted(folder.rglob(_STATE)):
        within = state.parent.relative_to(folder)
        content = json.loads(state.read_text("utf-8"))
        data_files = content["_data_files"]
        present_files = [
            entry for entry in data_files if (copy / within / entry["filename"]).is_file()
        ]
        content["_data_files"] = present_files
        names = [(within / entry["filename"]).as_posix() for entry in present_files]
        content["_fingerprint"] = _fingerprint([copy / name for name in names])
        _write(copy / within / _STATE, content)
        info = json.loads((state.parent / _INFO).read_text("utf-8"))
        split = (info.get("splits") or {}).get(content.get("_split") or "")
        if split:
            split["num_examples"] = sum(_rows(copy / name) for name in names)
            split["num_bytes"] = sum((copy / name).stat().st_size for name in names)
        _write(copy / within / _INFO, info)


def _fingerprint(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()[:16]


def _rows(file: Path) -> int:
    with pa.OSFile(str(file)) as source, pa.ipc.open_stream(source) as reader:
        return sum(len(batch) for batch in reader)


def _write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, sort_keys=False), "utf-8")
