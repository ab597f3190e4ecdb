"""Keep the readings of a corpus in a temporary file, so that memory does not grow with it."""

from dataclasses import replace
from tempfile import SpooledTemporaryFile
from threading import Lock
from weakref import finalize

import numpy as np

from provenance.match.scoring.corpus_sample import EMPTY_SAMPLE, NO_COPIES
from provenance.pipeline.scan.reading_codec import decode_reading, encode_reading
from provenance.pipeline.scan.readings import Reading, StoredReading
from provenance.temporary_files import storage_errors

_MAX_BYTES_IN_MEMORY = 1 << 25
"""Size from which readings are written to disk."""

_BYTES_PER_DECLARATION = 512
"""Bytes of a finding, which each text that declares something is."""


class ReadingStore:
    """Readings in an unnamed temporary file, which is removed when the process ends.

    Their samples and copies, which a corpus needs as a whole, are not stored.
    """

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(_MAX_BYTES_IN_MEMORY)  # noqa: SIM115 (closed with the store)
        self._lock = Lock()
        self._size = 0
        finalize(self, self._file.close)

    def add(self, reading: Reading) -> StoredReading:
        """Store a reading.

        Raises
        ------
        OutputError
            If the disk is full.
        """
        registries = len(reading.candidates)
        no_copies = registries * (NO_COPIES,)
        content = encode_reading(replace(reading, sample=EMPTY_SAMPLE, copies=no_copies))
        with self._lock, storage_errors():
            start = self._size
            self._file.seek(start)
            for chunk in content:
                self._file.write(chunk)
            self._size = self._file.tell()
            size = self._size - start

        def load() -> Reading:
            stored = np.empty(size, np.uint8)
            with self._lock, storage_errors():
                self._file.seek(start)
                self._file.readinto(stored.data)
            decoded = decode_reading(stored, reading_part, registries)
            return replace(decoded, spool=reading_spool)

        reading_part, reading_spool = reading.part, reading.spool
        arrays = sum(len(chunk) for chunk in content[3::2])  # between paddings
        memory_bytes = arrays + _BYTES_PER_DECLARATION * len(reading.declared)
        return StoredReading(
            reading.part,
            reading.counts,
            reading.skipped,
            reading.unread,
            reading.labels,
            reading.wordless,
            memory_bytes,
            load,
        )
