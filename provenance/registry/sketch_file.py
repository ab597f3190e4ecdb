"""Sketch files: a Parquet table of sampled hashes, with parameters and counts in its metadata."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.atomic_output import make_durable_folders, read_file, replace_file
from provenance.errors import CorruptFile, OutputError, RegistryNotFound, RegistryVersion
from provenance.fingerprint.dataset_sketches import (
    DatasetSketch,
    require_comparable,
    sketch_parameters,
)
from provenance.fingerprint.fracminhash import Sketch, hash_bound
from provenance.model.content.fingerprints import Parameters

SUFFIX = ".sketch"
"""Ending of the names of sketch files, by which commands recognise them."""

FORMAT = "provenance/sketch"
VERSION = 1

_KEY = b"provenance"
_MAX_BYTES = 1 << 30
_SCHEMA = pa.schema([pa.field("hash", pa.uint64(), nullable=False)])
_NOT_A_SKETCH = "name a file that `provenance fingerprint` wrote"
_AGAIN = "get the file again, or sketch the data again"


def is_sketch(name: str) -> bool:
    """Return whether a name is that of a sketch file."""
    return name.lower().endswith(SUFFIX)


def write_sketch(sketch: DatasetSketch, path: Path) -> None:
    """Write a sketch, atomically; for one version of pyarrow, equal sketches give equal bytes.

    Raises
    ------
    OutputError
        If it cannot be written, or its name does not end in `.sketch`.
    """
    if not is_sketch(path.name):
        raise OutputError(
            f"{path} is not the name of a sketch file",
            remedy=f"name it {path.name}{SUFFIX}: commands recognise sketches by that ending",
        )
    try:
        make_durable_folders(path.parent)
        with replace_file(path) as file:
            pq.write_table(
                _table(sketch),
                file,
                compression="zstd",
                use_dictionary=False,
                column_encoding={"hash": "DELTA_BINARY_PACKED"},
                write_page_checksum=True,
            )
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror or error}", remedy="name another file"
        ) from error


def _table(sketch: DatasetSketch) -> pa.Table:
    parameters = sketch.parameters
    facts: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "normalisation": parameters.normalisation,
        "unicode": parameters.unicode,
        "width": parameters.seed_width,
        "scaled": parameters.scaled,
        "documents": sketch.documents,
        "tokens": sketch.tokens,
        "short_tokens": sketch.short_tokens,
        "inputs": list(sketch.inputs),
        "unread": sketch.unread,
        "digest": sketch.digest,
    }
    schema = _SCHEMA.with_metadata({_KEY: json.dumps(facts)})
    return pa.Table.from_arrays([pa.array(sketch.hashes, pa.uint64())], schema=schema)


def read_sketch(path: Path) -> DatasetSketch:
    """Read a sketch.

    Raises
    ------
    RegistryNotFound
        If there is no file, or it is not a sketch.
    RegistryVersion
        If its format is of another version.
    FingerprintMismatch
        If its shingles are not comparable with those of this version.
    CorruptFile
        If it is truncated or altered.
    """
    try:
        content = read_file(path, _MAX_BYTES)
    except OSError as error:
        raise RegistryNotFound(
            f"{path} cannot be read: {error.strerror or error}", remedy=_NOT_A_SKETCH
        ) from error
    try:
        with pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True) as file:
            facts = _facts(path, file.schema_arrow.metadata or {})
            parameters = _parameters(facts)
            require_comparable(parameters, str(path))
            sketch = DatasetSketch(
                Sketch(parameters, file.read().cast(_SCHEMA)["hash"].to_numpy()),
                documents=int(facts["documents"]),
                tokens=int(facts["tokens"]),
                short_tokens=int(facts["short_tokens"]),
                inputs=tuple(map(str, facts["inputs"])),
                unread=int(facts["unread"]),
            )
    except (pa.ArrowException, OSError, ValueError, LookupError, TypeError) as error:
        raise CorruptFile(f"{path} is damaged or cut short: {error}", remedy=_AGAIN) from error
    hashes = sketch.hashes
    is_sample = (hashes[1:] > hashes[:-1]).all() and (hashes < hash_bound(sketch.scaled)).all()
    if not is_sample or sketch.digest != facts["digest"]:
        raise CorruptFile(f"{path} was altered: its digest does not match", remedy=_AGAIN)
    return sketch


def _facts(path: Path, metadata: dict[bytes, bytes]) -> dict[str, Any]:
    facts = json.loads(metadata.get(_KEY, b"{}"))
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise RegistryNotFound(f"{path} is not a sketch", remedy=_NOT_A_SKETCH)
    if facts.get("version") != VERSION:
        raise RegistryVersion(
            f"{path} is a sketch of format {facts.get('version')}; this version reads {VERSION}",
            remedy="sketch the data again with this version, or read it with the one that wrote it",
        )
    return facts


def _parameters(facts: dict[str, Any]) -> Parameters:
    scaled = int(facts["scaled"])
    if not 1 <= scaled <= np.iinfo(np.int64).max:
        raise ValueError(f"it samples one in {scaled} shingles")
    return replace(
        sketch_parameters(scaled),
        normalisation=int(facts["normalisation"]),
        unicode=str(facts["unicode"]),
        seed_width=int(facts["width"]),
    )
