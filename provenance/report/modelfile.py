"""model.parquet: what a corpus's own words are like, for later checks to be weighed by."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.errors import CorruptFile, DatasetNotFound
from provenance.model import CorpusModel

NAME = "model.parquet"

_FORMAT = "provenance/model/1"
_KEY = b"provenance"
_COPY = pa.struct([("registry", pa.int32()), ("item", pa.uint32())])
_SCHEMA = pa.schema(
    [
        pa.field("passage", pa.uint64(), nullable=False),
        pa.field("tokens", pa.large_list(pa.uint32()), nullable=False),
        pa.field("copies", pa.large_list(_COPY), nullable=False),
    ]
)
"""A row a passage of the sample: its hash, those of its words, and the items of which it holds a
copy, each by the number of its registry and its own there."""

_REMEDY = "check the earlier dataset again with --output, and name that report"


def write_model(model: CorpusModel, path: Path) -> None:
    """Write a model, compressed.

    Parameters
    ----------
    model : CorpusModel
        What to write.
    path : Path
        The file to make.
    """
    counts = np.bincount(model.copied[:, 0], minlength=len(model.hashes))
    copies = pa.StructArray.from_arrays(
        [model.copied[:, 1].astype(np.int32), model.copied[:, 2].astype(np.uint32)],
        fields=list(_COPY),
    )
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    told = {
        "format": _FORMAT,
        "normalisation": model.normalisation,
        "language": model.language,
        "bound": str(model.bound),
        "registries": model.registries,
        "digest": model.digest,
    }
    columns = [
        pa.array(model.hashes, pa.uint64()),
        pa.LargeListArray.from_arrays(model.offsets, pa.array(model.tokens, pa.uint32())),
        pa.LargeListArray.from_arrays(offsets, copies),
    ]
    schema = _SCHEMA.with_metadata({_KEY: json.dumps(told)})
    table = pa.Table.from_arrays(columns, schema=schema)
    pq.write_table(table, path, compression="zstd", write_statistics=False)


def has_model(folder: Path) -> bool:
    """Whether a report's folder holds a model: earlier versions kept none."""
    return (folder / NAME).exists()


def read_model(folder: Path) -> CorpusModel:
    """Read the model of a report back.

    Parameters
    ----------
    folder : Path
        The report's.

    Raises
    ------
    DatasetNotFound
        If it has none.
    CorruptFile
        If it is damaged, or was altered.
    """
    path = folder / NAME
    try:
        model, digest = _read(path)
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        raise DatasetNotFound(
            f"there is no model of a corpus at {str(path)!r}: {error.strerror or error}",
            remedy=_REMEDY,
        ) from error
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise CorruptFile(f"{str(path)!r} cannot be read: {error}", remedy=_REMEDY) from error
    if model.digest != digest:
        raise CorruptFile(f"{str(path)!r} was altered: its digest is another", remedy=_REMEDY)
    return model


def _read(path: Path) -> tuple[CorpusModel, str]:
    table = pq.ParquetFile(path).read()
    told = json.loads((table.schema.metadata or {})[_KEY])
    if told["format"] != _FORMAT:
        raise ValueError(f"its format is {told['format']!r}, not {_FORMAT!r}")
    table = table.cast(_SCHEMA).combine_chunks()
    tokens, copies = (_one(table[name]) for name in ("tokens", "copies"))
    pairs = copies.flatten()
    passages = np.repeat(np.arange(len(table)), np.diff(copies.offsets.to_numpy()))
    numbers = [pairs.field(name).to_numpy().astype(np.int64) for name in ("registry", "item")]
    model = CorpusModel(
        normalisation=str(told["normalisation"]),
        language=str(told["language"]),
        bound=int(told["bound"]),
        hashes=table["passage"].to_numpy(),
        tokens=tokens.flatten().to_numpy(),
        offsets=tokens.offsets.to_numpy(),
        registries=tuple(map(str, told["registries"])),
        copied=np.stack([passages.astype(np.int64), *numbers], axis=1),
    )
    return model, str(told["digest"])


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
