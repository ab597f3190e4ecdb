"""Arrays on disk, in NumPy's own format: viewed where they are mapped, not read."""

from io import BytesIO
from pathlib import Path
from tokenize import TokenError
from types import TracebackType
from typing import Self, TypeVar

import numpy as np
import numpy.typing as npt

from provenance.errors import CorruptFile
from provenance.registry.manifest import REMEDY
from provenance.registry.mapped_files import MappedFile

N = TypeVar("N", bound=np.generic)

_LONGEST_HEADER = 1 << 17
_ALIGNED = 64


class ArraySink:
    """An array that grows on disk; its length is known when it is closed.

    Parameters
    ----------
    path : Path
        The file.
    dtype : type
        What it holds; on disk always little-endian.
    """

    def __init__(self, path: Path, dtype: type[np.generic]) -> None:
        self._dtype = np.dtype(dtype).newbyteorder("<")
        self._count = 0
        self._file = path.open("wb")
        self._file.write(_header(self._dtype, 0))

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
                self._file.write(_header(self._dtype, self._count))


def _header(dtype: np.dtype[np.generic], count: int) -> bytes:
    # NumPy leaves room for the length to grow: the header of any length has one size.
    made = BytesIO()
    facts = {"descr": dtype.str, "fortran_order": False, "shape": (count,)}
    np.lib.format.write_array_header_1_0(made, facts)
    return made.getvalue()


def map_array(file: MappedFile, dtype: type[N], count: int | None = None) -> npt.NDArray[N]:
    """View a data file as an array; only what is looked at is read.

    Parameters
    ----------
    file : MappedFile
        The file.
    dtype : type
        What it holds.
    count : int or None
        How much the manifest says that there is, where it does.

    Returns
    -------
    ndarray
        Changes to it stay in memory.

    Raises
    ------
    DigestMismatch, CorruptFile
        If the file is damaged, or holds more or less than it is said to.
    """
    memory, path = file.checked(), file.path
    try:
        head = BytesIO(memory[:_LONGEST_HEADER])
        np.lib.format.read_magic(head)
        shape, _, found = np.lib.format.read_array_header_1_0(head)
    except (ValueError, SyntaxError, TokenError) as error:
        raise CorruptFile(f"{path} is damaged: {error}", remedy=REMEDY) from error
    start = head.tell()
    if found != np.dtype(dtype).newbyteorder("<") or len(shape) != 1 or start % _ALIGNED:
        raise CorruptFile(f"{path} holds {found} in {len(shape)} dimensions", remedy=REMEDY)
    if shape[0] * found.itemsize != len(memory) - start:
        raise CorruptFile(f"{path} has not the length that it states", remedy=REMEDY)
    if count is not None and shape[0] != count:
        raise CorruptFile(f"{path} has {shape[0]} values; the manifest says {count}", remedy=REMEDY)
    return np.frombuffer(memory, found, shape[0], start)
