"""Limits of what a server can make a transfer cost: time, and sizes of small files."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from provenance.errors import RegistryError

MANIFEST_BYTES = 1 << 24
"""Largest manifest that is fetched."""

SIGNATURE_BYTES = 1 << 20
"""Largest file of signatures that is fetched."""

PATIENCE_SECONDS = 30.0
"""Time that a transfer may take whatever arrives."""

FILE_SECONDS = 2.0
"""Time that it may take in addition for each file."""

SLOWEST_BYTES_PER_SECOND = 16_000
"""Rate at which it must make progress apart from that."""

_LEAST_SECONDS = 0.01


class TransferPace:
    """The time for which a transfer may be waited for, which grows with what arrives.

    Parameters
    ----------
    address : str
        Where from, to be named in errors.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._bytes, self._waited, self._allowed = 0, 0.0, PATIENCE_SECONDS

    def begin_file(self) -> None:
        """Allow the time of one more file."""
        self._allowed += FILE_SECONDS

    @contextmanager
    def waiting(self) -> Iterator[float]:
        """Count the time within the context, and yield the seconds after which it is to time out.

        Raises
        ------
        RegistryError
            If it did.
        """
        start = time.monotonic()
        try:
            yield max(self._allowed - self._waited, _LEAST_SECONDS)
        except TimeoutError as error:
            self._waited += time.monotonic() - start
            raise self._error() from error
        self._waited += time.monotonic() - start

    def advance(self, size_bytes: int) -> None:
        """Allow the time of what has arrived.

        Raises
        ------
        RegistryError
            If that took longer.
        """
        self._bytes += size_bytes
        self._allowed += size_bytes / SLOWEST_BYTES_PER_SECOND
        if self._waited >= self._allowed:
            raise self._error()

    def _error(self) -> RegistryError:
        return RegistryError(
            f"{self._address} is too slow: {self._bytes:,} bytes in {self._waited:,.0f} seconds",
            remedy="try again, which continues where this ended; or ask its owner for another "
            "address",
        )
