"""Arrays in NumPy's file format, written incrementally and memory-mapped."""

from io import BytesIO
from pathlib import Path
from tokenize import TokenError
from types import TracebackType
from typing import Self, TypeVar

import numpy as np
import numpy.typing as npt

from provenance.errors import CorruptFile
from provenance.registry.files.mapped_files import MappedFile
from provenance.registry.manifest import REMEDY

N = TypeVar("N", bound=np.generic)

_MAX_HEADER_BYTES = 1 << 17
_ALIGNMENT = 64


class ArraySink:
    """An array that is appended to on disk; its header is written on closing.

    Parameters
    ----------
    path : Path
        The file.
    dtype : type
        Type of its elements; stored little-endian.
    """

    def __init__(self, path: Path, dtype: type[np.generic]) -> None:
        self._dtype = np.dtype(dtype).newbyteorder("<")
        self._count = 0
        self._file = path.open("wb")
        self._file.write(_npy_header(self._dtype, 0))

    def put(self, values: npt.NDArray[np.generic]) -> None:
        """Append values."""
        self._file.write(np.ascontiguousarray(values, self._dtype).data)
        self._count += len(values)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._file:
            if kind is None:
                self._file.seek(0)
                self._file.write(_npy_header(self._dtype, self._count))


def _npy_header(dtype: np.dtype[np.generic], count: int) -> bytes:
    # NumPy pads the header, so that its size does not depend on the length.
    buffer = BytesIO()
    facts = {"descr": dtype.str, "fortran_order": False, "shape": (count,)}
    np.lib.format.write_array_header_1_0(buffer, facts)
    return buffer.getvalue()


def map_array(file: MappedFile, dtype: type[N], count: int | None = None) -> npt.NDArray[N]:
    """Return a data file as an array, without reading it.

    Parameters
    ----------
    file : MappedFile
        The file.
    dtype : type
        Type of its elements.
    count : int or None
        Number of elements stated in the manifest, if any.

    Returns
    -------
    ndarray
        Changes to it stay in memory.

    Raises
    ------
    DigestMismatch, CorruptFile
        If the file is damaged, or its length differs.
    """
    memory, path = file.content(), file.path
    try:
        head = BytesIO(memory[:_MAX_HEADER_BYTES])
        np.lib.format.read_magic(head)
        shape, _, stored_dtype = np.lib.format.read_array_header_1_0(head)
    except (ValueError, SyntaxError, TokenError) as error:
        raise CorruptFile(f"{path} is damaged: {error}", remedy=REMEDY) from error
    start = head.tell()
    if stored_dtype != np.dtype(dtype).newbyteorder("<") or len(shape) != 1 or start % _ALIGNMENT:
        raise CorruptFile(f"{path} holds {stored_dtype} in {len(shape)} dimensions", remedy=REMEDY)
    if shape[0] * stored_dtype.itemsize != len(memory) - start:
        raise CorruptFile(f"{path} has a different length from that in its header", remedy=REMEDY)
    if count is not None and shape[0] != count:
        raise CorruptFile(f"{path} has {shape[0]} values; the manifest says {count}", remedy=REMEDY)
    return np.frombuffer(memory, stored_dtype, shape[0], start)
