"""Cached readings: how they are named, stored, and loaded."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import count

from provenance.model.content.fingerprints import UInt8s
from provenance.pipeline.caching.cache_entries import EntryStore, load_entry
from provenance.pipeline.caching.result_cache import code_digest, digest_of
from provenance.pipeline.scan.reading_codec import decode_reading, encode_reading
from provenance.pipeline.scan.reading_validation import check_reading
from provenance.pipeline.scan.readings import Reading, RegistryIndex
from provenance.read.corpus.corpus_parts import Part


def context_digest(registries: Iterable[RegistryIndex], declarations: str) -> str:
    """Return the digest of what readings depend on, except for the part.

    Parameters
    ----------
    registries : iterable of RegistryIndex
        The registries that parts are matched against.
    declarations : str
        Everything that affects what rows declare (`Declarations.key`); empty where nothing does.
    """
    registry_keys = (registry_index.cache_key for registry_index in registries)
    return digest_of([code_digest(), *registry_keys, "declared", declarations])


def load_readings(
    cache: EntryStore | None, name: str | None, part: Part, registries: Sequence[RegistryIndex]
) -> Iterator[Reading]:
    """Yield the cached readings of a part, until one is missing or the part ends.

    Parameters
    ----------
    cache : EntryStore or None
        The cache.
    name : str or None
        Key from `reading_key`.
    part : Part
        The part.
    registries : sequence of RegistryIndex
        The registries that the part was matched against.
    """

    def load(content: UInt8s) -> Reading:
        reading = decode_reading(content, part.index, len(registries))
        check_reading(reading, registries)
        return reading

    for number in count():
        reading = load_entry(cache, _reading_name(cache, name, number), load)
        if reading is None:
            return
        yield reading
        if reading.is_last:
            return


def store_readings(
    cache: EntryStore | None, name: str | None, readings: Iterable[Reading]
) -> Iterator[Reading]:
    """Yield the readings of a part, and store them if the part has a name.

    The first one is stored last, so that it is there only if all of them are.
    """
    first: Reading | None = None
    for number, reading in enumerate(readings):
        if number:
            _store_reading(cache, name, number, reading)
        else:
            first = reading
        yield reading
    if first is not None:
        _store_reading(cache, name, 0, first)


def _store_reading(
    cache: EntryStore | None, name: str | None, number: int, reading: Reading
) -> None:
    name = _reading_name(cache, name, number)
    if cache is not None and name is not None and (cache.keeps_unread or not reading.unread):
        cache.store(name, encode_reading(reading))


def _reading_name(cache: EntryStore | None, name: str | None, number: int) -> str | None:
    """Return the name of the entry of a part's reading of the given number."""
    return name if cache is None or name is None or not number else cache.key(name, str(number))
