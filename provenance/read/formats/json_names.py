"""Names of members in lines of JSON that a sample of them lacks."""

import json
from collections.abc import Collection, Iterable

import numpy as np
import pyarrow as pa

from provenance.model.content.fingerprints import Flags, Int64s, UInt8s, UInt64s
from provenance.read.columns.name_words import is_label
from provenance.read.columns.nested_texts import is_list

_QUOTE, _COLON, _SPACE, _BACKSLASH = b'": \\'
_TEXT_STARTS = np.frombuffer(b'"[{', np.uint8)
_WORD_BYTES = 8
_WORD_MASKS = np.array([(1 << 8 * size) - 1 for size in range(_WORD_BYTES + 1)], np.uint64)
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def member_names(fields: Iterable[pa.Field]) -> frozenset[bytes]:
    """Return the names of members at any level, as they are and with escapes."""
    names = set[bytes]()
    for field in fields:
        names.add(field.name.encode(errors="surrogatepass"))
        names.add(json.dumps(field.name)[1:-1].encode())
        names |= _names_within(field.type)
    return frozenset(names)


def _names_within(kind: pa.DataType) -> frozenset[bytes]:
    if is_list(kind):
        return _names_within(kind.value_type)
    return member_names(kind) if pa.types.is_struct(kind) else frozenset()


def has_other_texts(data: bytes, names: Collection[bytes]) -> bool:
    """Return whether lines of JSON have members that may be text, other than those in `names`.

    Names are compared whatever their level, and those of more than 16 bytes by their size and their
    first and last eight bytes.

    Examples
    --------
    >>> line = b'{"text": "Late.", "notes": "None."}'
    >>> has_other_texts(line, [b"text"]), has_other_texts(line, [b"text", b"notes"])
    (True, False)
    """
    begins, ends = _name_spans(data)
    known = b"".join(b'"%s":' % name for name in names)
    hashes, own = _name_hashes(known, *_name_spans(known)), _name_hashes(data, begins, ends)
    is_other = ~np.isin(own, hashes, kind="sort")  # a table overflows in NumPy 2.0
    begins, ends = begins[is_other], ends[is_other]
    codes = np.frombuffer(data, np.uint8)
    values = _after_space(codes, _after_space(codes, ends + 1) + 1)
    may_be_text = np.isin(codes.take(values, mode="clip"), _TEXT_STARTS)
    may_be_text &= codes[ends - 1] != _BACKSLASH  # within a string
    spans = zip(begins[may_be_text].tolist(), ends[may_be_text].tolist(), strict=True)
    others = (name for begin, end in spans if (name := data[begin:end]) not in names)
    return not all(is_label(name.decode("utf-8", "replace")) for name in others)


def _name_spans(data: bytes) -> tuple[Int64s, Int64s]:
    """Return where strings begin and end that a colon follows."""
    codes = np.frombuffer(data, np.uint8)
    quotes: Int64s = np.flatnonzero(codes == _QUOTE)
    is_end: Flags = codes.take(_after_space(codes, quotes + 1), mode="clip") == _COLON
    places = np.flatnonzero(is_end[1:])
    return quotes[places] + 1, quotes[places + 1]


def _after_space(codes: UInt8s, places: Int64s) -> Int64s:
    """Return the places, or those that follow a space there."""
    after: Int64s = places + (codes.take(places, mode="clip") == _SPACE)
    return after


def _name_hashes(data: bytes, begins: Int64s, ends: Int64s) -> UInt64s:
    """Return hashes of the sizes of names, and of their first and last eight bytes."""
    data += b" " * _WORD_BYTES
    words = np.ndarray((len(data) - _WORD_BYTES,), "<u8", data, strides=(1,))
    sizes = ends - begins
    first = words[begins] & _WORD_MASKS[np.minimum(sizes, _WORD_BYTES)]
    last = words[np.maximum(ends - _WORD_BYTES, 0)]
    last[sizes <= _WORD_BYTES] = 0
    hashes: UInt64s = (first * _FACTOR + last) * _FACTOR + sizes.astype(np.uint64)
    return hashes
