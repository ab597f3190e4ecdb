"""Recognise texts without words, such as ids of tokens: what copies nobody can compare.

Texts are compared word by word, so that nothing is ever found in these, whatever they stand for.
Character references and escapes that the tokenizer decodes are read as what they stand for.
"""

import numpy as np

from provenance.fingerprint.tokenizer.html_and_string_escapes import (
    AMPERSAND,
    BACKSLASH,
    TokenizerTables,
    tokenizer_tables,
    unescape,
)
from provenance.jit.decorators import Scalar, inlined, kernel, kernel_part
from provenance.model.content.fingerprints import Int64s, Texts, UInt8s

WORDS, NUMBERS, PIECES, STRINGS, LETTERS, IDENTIFIER, ESCAPES = range(7)
"""Kinds of texts."""

KINDS = {
    NUMBERS: "numbers",
    PIECES: "pieces of words, as tokenizers write them",
    STRINGS: "strings of letters and digits, such as base64, hashes or hexadecimal bytes",
    LETTERS: "letters that stand alone, not joined to words",
    IDENTIFIER: "addresses or identifiers",
    ESCAPES: "escaped characters",
}
"""What texts without words consist of, as reports say."""

_LOWER, _UPPER, _DIGIT, _LETTER, _IDEOGRAPH, _BLANK, _SYMBOL = range(7)
"""Kinds of characters; an ideograph is a word by itself."""

_SIZE, _CHUNKS, _MARKS, _WORD, _NUMBER, _STRING, _RUNS, _SINGLES, _PAIRS, _OTHER, _DIGITS = range(
    11
)
"""Counts of a text: bytes other than blanks, stretches between blanks, marks of tokenizers; bytes
of words, of numbers and of strings; runs of letters, of one letter only, and of these right behind
another; bytes beyond ASCII; digits."""
_ESCAPED, _DIGIT_GROUPS, _LETTER_GROUPS, _TYPES, _FIRST_TYPE = range(11, 16)
"""Further counts: bytes of escaped characters; groups of digits, and groups of letters, also where
both stand in one run, until more groups of letters differ than are kept from here on; how many
differ."""
_KEPT_TYPES = 3
_COLUMNS = _FIRST_TYPE + _KEPT_TYPES

_MIN_STRING, _MIN_UNBROKEN = 8, 40
"""Bytes of a run that may be no word if letters and digits alternate, and that is none anyhow."""
_MIN_STRING_SHARE, _MAX_WORD_SHARE = 0.6, 0.15
_MIN_MARK_SHARE, _MIN_MARKS = 0.1, 3
_MIN_SINGLES, _MIN_SINGLE_SHARE, _MIN_PAIR_SHARE = 16, 0.8, 0.6
_MIN_GROUPS, _MIN_DIGIT_GROUPS, _MIN_MEAN_DIGITS = 20, 0.3, 2
"""Groups of letters, all of a few types, of which a text consists that numbers its words; groups of
digits for each, and digits in these."""
_MIN_ESCAPED, _MIN_ESCAPED_SHARE, _MIN_SPARSE_SHARE, _MIN_MEAN_CHUNK = 12, 0.85, 0.1, 80
"""Bytes of escaped characters, and their share: alone, or where hardly a blank is left."""
_BLOCK_BYTES, _ONE = 64, np.uint64(1)
_SHORTEST_IDENTIFIER, _SURE_IDENTIFIER, _LONGEST_IDENTIFIER = 4, 20, 300

_SPACE, _HASH, _AT, _PERCENT, _HEXADECIMAL = b" #@%x"
_DOTTED_G = (0xC4, 0xA0)
"""How byte-level tokenizers write a space; and, as the next one, the end of a line."""
_DOTTED_C = (0xC4, 0x8A)
_LOWER_BLOCK = (0xE2, 0x96, 0x81)
"""How SentencePiece writes a space."""
_END_OF_WORD = tuple(b"</w>")


def wordless_kinds(texts: Texts) -> UInt8s:
    """Return what each text consists of.

    Parameters
    ----------
    texts : Texts
        The texts.

    Returns
    -------
    ndarray of uint8
        `WORDS`, or a key of `KINDS`. A text may be of words and hold some numbers, or a few words
        and an image in base64: most of it decides. Texts in scripts without spaces, code, formulas
        and signs alone count as words.

    Examples
    --------
    >>> import pyarrow as pa
    >>> texts = pa.array(["9206 44239 11 290", "Call me in 1984", "Ġthe Ġquick Ċ"], "large_string")
    >>> [KINDS.get(kind) for kind in wordless_kinds(Texts.of(texts)).tolist()]
    ['numbers', None, 'pieces of words, as tokenizers write them']
    """
    counts = np.zeros((len(texts.offsets) - 1, _COLUMNS), np.int64)
    decoded = np.empty(np.diff(texts.offsets).max(initial=0), np.uint8)
    _measure_all(texts.data, texts.offsets, tokenizer_tables(), decoded, counts)
    sizes, chunks, marks, word, number, string, runs, singles, pairs, other, digits = counts.T[:11]
    escaped, digit_groups, letter_groups, types = counts.T[11:_FIRST_TYPE]
    is_numbered = (
        (letter_groups >= _MIN_GROUPS)
        & (types <= _KEPT_TYPES)
        & (digit_groups >= _MIN_DIGIT_GROUPS * letter_groups)
        & (digits >= _MIN_MEAN_DIGITS * digit_groups)
    )
    is_escaped = (escaped >= _MIN_ESCAPED_SHARE * sizes) | (
        (escaped >= _MIN_SPARSE_SHARE * sizes) & (sizes >= _MIN_MEAN_CHUNK * chunks)
    )
    characters = word + number + string
    is_spaced = (singles >= _MIN_SINGLES) & (singles >= _MIN_SINGLE_SHARE * runs)
    is_chunk = (chunks == 1) & (other == 0) & (sizes <= _LONGEST_IDENTIFIER)
    may_be_identifier = (sizes >= _SURE_IDENTIFIER) | (
        (digits > 0) & (sizes >= _SHORTEST_IDENTIFIER)
    )
    conditions = [
        is_spaced & (pairs >= _MIN_PAIR_SHARE * singles),
        (marks >= np.minimum(_MIN_MARKS, chunks)) & (marks > _MIN_MARK_SHARE * chunks),
        string > _MIN_STRING_SHARE * characters,
        (escaped >= _MIN_ESCAPED) & is_escaped,
        ((number + string > 0) & (word <= _MAX_WORD_SHARE * characters)) | is_numbered,
        is_chunk & may_be_identifier & (characters > 0),
    ]
    return np.select(
        conditions, [LETTERS, PIECES, STRINGS, ESCAPES, NUMBERS, IDENTIFIER], WORDS
    ).astype(np.uint8)


@kernel
def _measure_all(
    data: UInt8s, offsets: Int64s, tables: TokenizerTables, decoded: UInt8s, counts: Int64s
) -> None:
    for row in range(len(offsets) - 1):
        start, end = offsets[row], offsets[row + 1]
        if _may_be_escaped(data, start, end):
            _measure(decoded, 0, _decode(data, start, end, tables, decoded), counts[row])
        else:
            _measure(data, start, end, counts[row])


@kernel_part
def _may_be_escaped(data: UInt8s, start: Scalar, end: Scalar) -> Scalar:
    at, is_escape = start, False
    while at < end and not is_escape:
        stop = min(at + _BLOCK_BYTES, end)
        for place in range(np.uint64(at), np.uint64(stop)):  # without exits, it is vectorised
            is_escape |= (data[place] == AMPERSAND) | (data[place] == BACKSLASH)
        at = stop
    return is_escape


@kernel_part
def _decode(
    data: UInt8s, start: Scalar, end: Scalar, tables: TokenizerTables, decoded: UInt8s
) -> Scalar:
    """Write a text with the characters that its references and escapes stand for.

    Returns
    -------
    int
        Its bytes: no more than before, as a character of two bytes takes four to escape.
    """
    at, size = start, 0
    while at < end:
        if data[at] == AMPERSAND or data[at] == BACKSLASH:
            point, at = unescape(data, at, end, tables)
            size = _write_utf8(point, decoded, size)
        else:
            decoded[size] = data[at]
            at, size = at + 1, size + 1
    return size


@inlined
def _write_utf8(point: Scalar, target: UInt8s, at: Scalar) -> Scalar:
    """Write a character, and return the place behind it."""
    if point < 0x80:
        target[at] = point
        return at + 1
    following = 1 if point < 0x800 else (2 if point < 0x10000 else 3)
    lead = 0xC0 if following == 1 else (0xE0 if following == 2 else 0xF0)
    target[at] = lead | (point >> (6 * following))
    for place in range(1, following + 1):
        target[at + place] = 0x80 | ((point >> (6 * (following - place))) & 0x3F)
    return at + following + 1


@kernel_part
def _measure(data: UInt8s, start: Scalar, end: Scalar, counts: Int64s) -> None:
    """Count what a text consists of."""
    at, single_end, blank_end = start, start - 2, start - 2
    is_after_blank = True
    while at < end:
        size, kind = _character(data, at, end)
        if kind == _BLANK:
            blank_end = at + size if at in (single_end, blank_end) else blank_end
            at, is_after_blank = at + size, True
            continue
        counts[_CHUNKS] += is_after_blank
        if _may_be_mark(data[np.uint64(at)]):
            counts[_MARKS] += _is_mark(data, at, start, end, is_after_blank)
        is_after_blank = False
        if kind >= _IDEOGRAPH:
            counts[_SIZE] += size
            counts[_OTHER] += size > 1
            if data[np.uint64(at)] == _PERCENT or data[np.uint64(at)] == BACKSLASH:
                counts[_ESCAPED] += _escape_size(data, at, end)
            if kind == _IDEOGRAPH:
                counts[_TYPES] = _KEPT_TYPES + 1
                counts[_WORD] += size
                counts[_RUNS] += 1
            at += size
            continue
        stop, is_single = _measure_run(data, at, end, counts)
        if is_single:
            counts[_PAIRS] += at - single_end <= 1 or at == blank_end
            single_end = stop
        at = stop


@inlined
def _word_end(data: UInt8s, start: Scalar, end: Scalar) -> Scalar:
    """Return the end of a word of ASCII letters, small but for the first; `start` if it is none."""
    at = np.uint64(start)
    stop = at if data[at] | 32 < 97 or data[at] | 32 > 122 else at + _ONE
    while at < stop < np.uint64(end) and 97 <= data[stop] <= 122:
        stop += _ONE
    is_whole = stop == np.uint64(end) or _ends_word(data[stop])
    return np.int64(stop) if is_whole else start


@inlined
def _ends_word(byte: Scalar) -> Scalar:
    is_letter = 97 <= byte | 32 <= 122
    return not (is_letter or 48 <= byte <= 57 or byte >= 0x80)


@kernel_part
def _measure_run(data: UInt8s, start: Scalar, end: Scalar, counts: Int64s) -> Scalar:
    """Count what a run of letters and digits is; return its end, and whether it is one letter."""
    stop = _word_end(data, start, end)
    if stop == start or stop - start >= _MIN_UNBROKEN:
        return _measure_mixed_run(data, start, end, counts)
    if counts[_TYPES] <= _KEPT_TYPES:
        _count_groups(data, start, stop, counts)
    counts[_SIZE] += stop - start
    counts[_WORD] += stop - start
    counts[_RUNS] += 1
    counts[_SINGLES] += stop - start == 1
    return stop, stop - start == 1


@kernel_part
def _measure_mixed_run(data: UInt8s, start: Scalar, end: Scalar, counts: Int64s) -> Scalar:
    """Count what a run of any letters and digits is, as `_measure_run` does."""
    at, before, units, digits, changes, hexadecimal = start, -1, 0, 0, 0, 0
    while at < end:
        size, kind = _character(data, at, end)
        if kind >= _IDEOGRAPH or (units > 0 and _is_pair(data, at, end, _DOTTED_G)):
            break
        digits += kind == _DIGIT
        changes += kind != before and before >= 0
        is_prefix = units == 1 and data[at] | 32 == 120 and data[start] == 48  # 0x
        is_digit = kind == _DIGIT or (size == 1 and data[at] | 32 <= 102)
        hexadecimal += 1 if is_digit or is_prefix else 0
        at, before, units = at + size, kind, units + 1
    if counts[_TYPES] <= _KEPT_TYPES:
        _count_groups(data, start, at, counts)
    length = at - start
    is_plain = length == units
    counts[_SIZE] += length
    counts[_DIGITS] += digits
    counts[_OTHER] += length - units
    is_hexadecimal = digits > 0 and hexadecimal == units
    is_mixed = 4 * changes >= units if digits > 0 else 2 * changes >= units
    # One letter may be that of an exponent.
    if digits == units or (is_hexadecimal and (length < _MIN_STRING or digits == units - 1)):
        counts[_NUMBER] += length
    elif is_plain and (
        length >= _MIN_UNBROKEN or (length >= _MIN_STRING and (is_hexadecimal or is_mixed))
    ):
        counts[_STRING] += length
    else:
        counts[_WORD] += length
        counts[_RUNS] += 1
        counts[_SINGLES] += units == 1
        return at, units == 1
    return at, False


@kernel_part
def _count_groups(data: UInt8s, start: Scalar, end: Scalar, counts: Int64s) -> None:
    """Count the groups of digits and of letters in a run, and the different ones of letters."""
    at, before, group = start, -1, 0
    while at < end:
        size, kind = _character(data, at, end)
        if kind == _DIGIT:
            counts[_DIGIT_GROUPS] += before != _DIGIT
            if before >= 0 and before != _DIGIT:
                _count_type(group, counts)
            group = 0
        else:
            for place in range(at, at + size):
                group = (group * 31 + data[place] + 1) & 0x7FFFFFFF
        at, before = at + size, kind
    if before >= 0 and before != _DIGIT:
        _count_type(group, counts)


@kernel_part
def _count_type(group: Scalar, counts: Int64s) -> None:
    counts[_LETTER_GROUPS] += 1
    types = counts[_TYPES]
    for kept in range(min(types, _KEPT_TYPES)):
        if counts[_FIRST_TYPE + kept] == group:
            return
    if types < _KEPT_TYPES:
        counts[_FIRST_TYPE + types] = group
    counts[_TYPES] += 1


@kernel_part
def _escape_size(data: UInt8s, at: Scalar, end: Scalar) -> Scalar:
    """Return the bytes of the escaped character that begins here, such as %20; 0 if none does."""
    if data[at] == _PERCENT:
        size, digits = 3, 1
    elif data[at] == BACKSLASH and end - at > 1 and data[at + 1] == _HEXADECIMAL:
        size, digits = 4, 2
    else:
        return 0
    if end - at < size:
        return 0
    for place in range(at + digits, at + size):
        letter = data[place] | 32
        if not (48 <= data[place] <= 57 or 97 <= letter <= 102):
            return 0
    return size


@inlined
def _character(data: UInt8s, at: Scalar, end: Scalar) -> Scalar:
    """Return the size and the kind of a character."""
    byte = data[np.uint64(at)]
    if byte < 0x80:
        if 48 <= byte <= 57:
            return 1, _DIGIT
        if 97 <= byte <= 122:
            return 1, _LOWER
        if 65 <= byte <= 90:
            return 1, _UPPER
        return 1, _BLANK if byte <= _SPACE else _SYMBOL
    size = 2 if byte < 0xE0 else (3 if byte < 0xF0 else 4)
    size = min(size, end - at)
    following = data[at + 1] if size > 1 else 0
    return size, _kind_beyond_ascii(byte, following, data[at + 2] if size > 2 else 0)


@inlined
def _kind_beyond_ascii(first: Scalar, second: Scalar, third: Scalar) -> Scalar:
    if first < 0xC3:  # signs of Latin-1
        return _BLANK if second == 0xA0 else _SYMBOL
    if first < 0xE0:
        is_digit = (first == 0xD9 and 0xA0 <= second <= 0xA9) or (
            first == 0xDB and 0xB0 <= second <= 0xB9
        )
        return _DIGIT if is_digit else _LETTER
    if first == 0xE2:  # punctuation, arrows, operators, blocks
        return _SYMBOL
    if first == 0xEF and second == 0xBC and 0x90 <= third <= 0x99:
        return _DIGIT
    is_hangul = 0xEA <= first <= 0xED and (first > 0xEA or second >= 0xB0)
    return _LETTER if first < 0xE2 or is_hangul else _IDEOGRAPH


@inlined
def _may_be_mark(byte: Scalar) -> Scalar:
    """Return whether a mark of a tokenizer may begin with a byte."""
    is_ascii_mark = (byte == _HASH) | (byte == _AT) | (byte == _END_OF_WORD[0])
    return is_ascii_mark | (byte == _DOTTED_G[0]) | (byte == _LOWER_BLOCK[0])


@kernel_part
def _is_mark(
    data: UInt8s, at: Scalar, start: Scalar, end: Scalar, is_after_blank: Scalar
) -> Scalar:
    """Return whether a mark stands here with which tokenizers tell where words begin or end."""
    byte = data[at]
    if byte == 0xC4:
        return _is_pair(data, at, end, _DOTTED_G) or _is_pair(data, at, end, _DOTTED_C)
    if byte == _LOWER_BLOCK[0]:
        is_block = end - at > 3 and data[at + 1] == 0x96 and data[at + 2] == 0x81
        return is_block and (at == start or _character(data, at - 1, at)[1] > _IDEOGRAPH)
    if byte == _HASH:
        is_double = is_after_blank and end - at > 2 and data[at + 1] == _HASH
        return is_double and _character(data, at + 2, end)[1] <= _LETTER
    if byte == _AT:
        is_end = end - at == 2 or (end - at > 2 and data[at + 2] <= _SPACE)
        return is_end and not is_after_blank and data[at + 1] == _AT
    if end - at < len(_END_OF_WORD) or is_after_blank:
        return False
    return (
        data[at] == _END_OF_WORD[0]
        and data[at + 1] == _END_OF_WORD[1]
        and data[at + 2] == _END_OF_WORD[2]
        and data[at + 3] == _END_OF_WORD[3]
    )


@inlined
def _is_pair(data: UInt8s, at: Scalar, end: Scalar, pair: Scalar) -> Scalar:
    return end - at > 1 and data[at] == pair[0] and data[at + 1] == pair[1]
