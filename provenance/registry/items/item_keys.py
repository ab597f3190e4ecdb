"""Identity and order of items.

An item is identified by its source, the site of its address, and its id. Items are ordered by date;
those of one second, and those without a date, by the hash of their identity. So the order depends
on the items alone, not on the segments that they are in.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.jit.decorators import kernel
from provenance.model.content.fingerprints import Flags, Int64s, Texts, UInt8s, UInt32s, UInt64s
from provenance.registry.schema import single_chunk

# Hosts of one site, such as those for mobile devices and earlier designs.
_SITE = r"^(?i:[a-z][a-z0-9+.-]*)://(?:(?i:www|m|mobile|old|new|amp)\.)?(?P<site>[^/:?#@]+)"

_RENAMED = {"twitter.com": "x.com"}
"""Sites that moved and kept the ids of their items."""


def url_sites(urls: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Return the site of each URL, on which an item's id is unique; empty where there is no URL.

    Parameters
    ----------
    urls : pyarrow.Array or ChunkedArray of string
        URLs of items.

    Returns
    -------
    pyarrow.Array or ChunkedArray of string
        Of the same kind as `urls`, without nulls.
    """
    if urls.null_count == len(urls):
        return pc.fill_null(urls, "")
    sites = pc.struct_field(pc.extract_regex(urls, _SITE), "site")
    sites = pc.utf8_lower(sites).fill_null("")
    for old, new in _RENAMED.items():
        sites = pc.if_else(pc.equal(sites, old), new, sites)
    return sites


_DATE_BITS, _HASH_BITS = 34, 30  # of an order key
IDENTITY_BITS = _HASH_BITS
"""Number of bits that `identity_bits` returns."""

_UNDATED = (1 << _DATE_BITS) - 1
_EPOCH = 1 << (_DATE_BITS - 1)

FIRST_DATE, LAST_DATE = -_EPOCH, _UNDATED - 1 - _EPOCH
"""Dates to which those beyond are clipped in an order key, in seconds since 1970."""

_MIX_1 = np.uint64(0x9E3779B97F4A7C15)
_MIX_2 = np.uint64(0xBF58476D1CE4E5B9)


def identity_hashes(
    sources: pa.ChunkedArray, sites: pa.ChunkedArray, items: pa.ChunkedArray
) -> UInt64s:
    """Hash the identity of each item: its source, site and id, all without nulls."""
    hashes = np.full(len(items), _MIX_2)
    for column in (sources, sites, items):
        texts = Texts.of(single_chunk(column).cast(pa.large_string()))
        _mix_texts(texts.data, texts.offsets, hashes)
    return hashes


def order_keys(created_at: pa.ChunkedArray, identities: UInt64s) -> UInt64s:
    """Return the keys by which items are ordered.

    Parameters
    ----------
    created_at : pyarrow.ChunkedArray of int64
        Seconds since 1970; null if unknown.
    identities : ndarray of uint64
        As `identity_hashes` returns them.

    Returns
    -------
    ndarray of uint64
        Seconds in the upper 34 bits, those beyond 272 years from 1970 clipped; the upper bits of
        the identity in the rest.
    """
    seconds = pc.fill_null(created_at, _UNDATED).to_numpy()
    dates = np.where(seconds == _UNDATED, _UNDATED, np.clip(seconds + _EPOCH, 0, _UNDATED - 1))
    return (dates.astype(np.uint64) << np.uint64(_HASH_BITS)) | (bits_of_identities(identities))


def first_key(seconds: int) -> np.uint64:
    """Return the lowest order key of the items of a second or later; see `order_keys`."""
    date = min(max(seconds + _EPOCH, 0), _UNDATED - 1)
    return np.uint64(date << _HASH_BITS)


UNDATED_KEY = np.uint64(_UNDATED << _HASH_BITS)
"""The lowest order key of the items without a date, which come last."""


def item_dates(keys: UInt64s) -> Int64s:
    """Return the seconds since 1970 of the items that have a date, from their order keys."""
    dates = (keys >> np.uint64(_HASH_BITS)).astype(np.int64)
    return np.asarray(dates[dates != _UNDATED] - _EPOCH)


def are_later(keys: UInt64s, others: UInt64s) -> Flags:
    """Return which items have a later date than others; those without a date have not."""
    dates, other_dates = keys >> np.uint64(_HASH_BITS), others >> np.uint64(_HASH_BITS)
    return np.asarray((dates > other_dates) & (dates != _UNDATED))


def identity_bits(keys: UInt64s) -> UInt32s:
    """Return the part of order keys that the items' identity determines."""
    return np.asarray(keys & np.uint64((1 << _HASH_BITS) - 1), np.uint32)


def bits_of_identities(identities: UInt64s) -> UInt32s:
    """Return the part of order keys that identities determine (see `identity_hashes`)."""
    return np.asarray(identities >> np.uint64(64 - _HASH_BITS), np.uint32)


@kernel
def _mix_texts(data: UInt8s, offsets: Int64s, hashes: UInt64s) -> None:
    """Mix the bytes of a text into each hash."""
    for row in range(len(hashes)):
        state = hashes[row] ^ np.uint64(offsets[row + 1] - offsets[row])
        for place in range(offsets[row], offsets[row + 1]):
            state = (state ^ np.uint64(data[place])) * _MIX_1
            state ^= state >> np.uint64(29)
        state *= _MIX_2
        hashes[row] = state ^ (state >> np.uint64(32))
