"""Find the stretches of texts that are marked as quotations: quotes, quoted lines, italics."""

import numpy as np

from provenance.jit.decorators import Scalar, inlined, kernel, kernel_part
from provenance.model.content.fingerprints import Int64s, Texts, UInt8s

IN_QUOTES = 1
"""Between quotation marks of any language."""

IN_BLOCK = 2
"""In a line that begins with `>`, or between the tags of a block quotation."""

IN_ITALICS = 4
"""Between single asterisks or underscores, or between the tags of italics."""

IN_VERSE = 8
"""In lines as of a poem or a song."""

_MAX_QUOTATION = 8_000
"""Bytes between marks or tags that belong together; more, and one of them is missing."""

_BLANK_LINE, _VERSE_LINE, _OTHER_LINE = 0, 1, 2

_MIN_VERSE, _SHORTEST_LINE, _LONGEST_LINE = 4, 12, 60
"""Least number of lines of verse; least and largest size of each, in bytes."""

_NONE, _SINGLE, _EITHER, _OPENING, _CLOSING = 0, 1, 2, 3, 4

_TAB, _NEWLINE, _RETURN, _SPACE = 9, 10, 13, 32
_BLANKS = (_TAB, _NEWLINE, _RETURN, _SPACE)
_AMPERSAND, _ASTERISK, _SLASH, _SEMICOLON, _LESS, _GREATER, _UNDERSCORE = b"&*/;<>_"
_BRACKET, _END_BRACKET, _EQUALS, _AT, _SMALL_S = b"[]=@s"
_UPPER_A, _UPPER_Z, _LOWER_A, _LOWER_Z, _ZERO, _NINE = b"AZaz09"
_STRAIGHT, _APOSTROPHE = b"\"'"
_MIN_DELIMITER = 3
"""Straight marks in a row that delimit a string of a program."""

_PROMPT = 3
"""Signs `>` before an example in Python; quotations so deep have shallower ones beside them."""

_ENDS = tuple(b".,!?)%")
"""Signs behind a word."""

_ESCAPED_GREATER = tuple(b"&gt;")
_ESCAPED_QUOTE = tuple(b"&quot;")
_BLOCKQUOTE = tuple(b"blockquote")
_QUOTE = tuple(b"quote")
_EM = tuple(b"em")
_I = tuple(b"i")
_TIS, _TWAS, _THEM, _TIL = tuple(b"tis"), tuple(b"twas"), tuple(b"em"), tuple(b"til")


def quotation_flags(texts: Texts) -> UInt8s:
    """Return, for each byte of `texts.data`, what marks it as a quotation.

    Parameters
    ----------
    texts : Texts
        The texts.

    Returns
    -------
    ndarray of uint8, shape (len(texts.data),)
        Sum of `IN_QUOTES`, `IN_BLOCK`, `IN_ITALICS` and `IN_VERSE`; 0 where nothing marks it.
    """
    flags = np.zeros(len(texts.data), np.uint8)
    _flag_all(texts.data, texts.offsets, flags)
    return flags


def widen_to_marks(
    texts: Texts, flags: UInt8s, rows: Int64s, spans: tuple[Int64s, Int64s]
) -> tuple[Int64s, Int64s]:
    """Widen byte ranges to the ends of the quotations that their first and last bytes lie in.

    Parameters
    ----------
    texts : Texts
        The texts.
    flags : ndarray of uint8
        As `quotation_flags` returns it.
    rows : ndarray of int64, shape (n,)
        Text of each range.
    spans : (ndarray of int64, ndarray of int64), each of shape (n,)
        Start and end in bytes, within each text; not empty.

    Returns
    -------
    starts, ends : ndarray of int64, shape (n,)
        In bytes.
    """
    starts, ends = spans[0].copy(), spans[1].copy()
    _widen_all(texts.offsets, flags, rows, (starts, ends))
    return starts, ends


@kernel
def _widen_all(offsets: Int64s, flags: UInt8s, rows: Int64s, spans: tuple[Int64s, Int64s]) -> None:
    starts, ends = spans
    for index in range(len(rows)):
        low, high = offsets[rows[index]], offsets[rows[index] + 1]
        start, end = low + starts[index], low + ends[index]
        if flags[start]:
            while start > low and flags[start - 1]:
                start -= 1
        if flags[end - 1]:
            while end < high and flags[end]:
                end += 1
        starts[index], ends[index] = start - low, end - low


@kernel
def _flag_all(data: UInt8s, offsets: Int64s, flags: UInt8s) -> None:
    for row in range(len(offsets) - 1):
        low, high = offsets[row], offsets[row + 1]
        _flag_quotes(data, low, high, flags)
        _flag_italics(data, low, high, flags)
        _flag_lines(data, low, high, flags)
        _flag_verse(data, low, high, flags)
        _flag_tags(data, low, high, flags, _LESS, _BLOCKQUOTE, np.uint8(IN_BLOCK))
        _flag_tags(data, low, high, flags, _BRACKET, _QUOTE, np.uint8(IN_BLOCK))
        _flag_tags(data, low, high, flags, _LESS, _EM, np.uint8(IN_ITALICS))
        _flag_tags(data, low, high, flags, _LESS, _I, np.uint8(IN_ITALICS))
        _flag_tags(data, low, high, flags, _BRACKET, _I, np.uint8(IN_ITALICS))


@kernel_part
def _flag_quotes(data: UInt8s, low: Scalar, high: Scalar, flags: UInt8s) -> None:
    """Flag what is between quotation marks; single and double ones are paired separately.

    Three straight marks in a row delimit a string of a program, which quotes nobody.
    """
    double, single = np.int64(-1), np.int64(-1)
    place = low
    while place < high:
        sign, size = _quotation_mark(data, place, high)
        delimiter = _delimiter_size(data, place, high)
        if delimiter:
            size = delimiter
        elif sign == _SINGLE:
            single = _pair(data, (low, high, place, size), sign, single, flags)
        elif sign:
            double = _pair(data, (low, high, place, size), sign, double, flags)
        elif _ends_paragraph(data, place, high):
            single = np.int64(-1)  # else apostrophes would pair up
        place += size


@inlined
def _delimiter_size(data: UInt8s, place: Scalar, high: Scalar) -> Scalar:
    """Return the number of equal straight marks from a place on, if these are three or more."""
    size = np.int64(0)
    if data[place] in (_STRAIGHT, _APOSTROPHE):
        while place + size < high and data[place + size] == data[place]:
            size += 1
    return size if size >= _MIN_DELIMITER else np.int64(0)


@kernel_part
def _pair(
    data: UInt8s,
    sign_place: tuple[Scalar, Scalar, Scalar, Scalar],
    sign: Scalar,
    opened: Scalar,
    flags: UInt8s,
) -> Scalar:
    """Take in a quotation mark; return the place of the one that is open after it, or -1."""
    low, high, place, size = sign_place
    opens, closes = _direction(data, low, high, place, size, sign)
    # Who quotes a post with its author's name passes it on: its words stay the source's.
    opens = opens and not (place + size < high and data[place + size] == _AT)
    if sign == _SINGLE:
        opens = opens and not _abbreviates(data, high, place, size)
        closes = closes and not _is_possessive(data, low, high, place, size)
    is_open = opened >= 0 and place - opened <= _MAX_QUOTATION
    if is_open and closes:
        _add_flag(flags, opened, place + size, np.uint8(IN_QUOTES))
        return np.int64(-1)
    # Each paragraph of a long quotation begins with a mark; only the last one ends with one.
    if opens and not (is_open and _begins_line(data, low, place)):
        return place
    return opened


@kernel_part
def _flag_italics(data: UInt8s, low: Scalar, high: Scalar, flags: UInt8s) -> None:
    """Flag what is between single asterisks or underscores."""
    opened, place = np.int64(-1), low
    while place < high:
        byte, size = data[place], np.int64(1)
        if byte in (_ASTERISK, _UNDERSCORE):
            while place + size < high and data[place + size] == byte:
                size += 1
            if size == 2:  # bold
                pass
            elif opened >= 0 and data[opened] == byte and _ends_word(data, low, place):
                _add_flag(flags, opened, place + size, np.uint8(IN_ITALICS))
                opened = np.int64(-1)
            elif _begins_word(data, low, high, place, size):
                opened = place
        elif _ends_paragraph(data, place, high):
            opened = np.int64(-1)
        place += size


@inlined
def _ends_paragraph(data: UInt8s, place: Scalar, high: Scalar) -> Scalar:
    return data[place] == _NEWLINE and place + 1 < high and data[place + 1] == _NEWLINE


@kernel_part
def _flag_lines(data: UInt8s, low: Scalar, high: Scalar, flags: UInt8s) -> None:
    """Flag lines that begin with `>`; with `>>>` only beside others, or they are examples."""
    prompts_quote = False
    for is_second in (False, True):
        begins_line, line_quoted = True, False
        for place in range(low, high):
            byte = data[place]
            if byte == _NEWLINE:
                begins_line, line_quoted = True, False
            elif begins_line and byte not in (_TAB, _RETURN, _SPACE):
                begins_line = False
                depth = _quotation_depth(data, place, high)
                prompts_quote = prompts_quote or 0 < depth < _PROMPT
                line_quoted = depth > 0 and (depth != _PROMPT or prompts_quote)
            if line_quoted and is_second:
                flags[place] |= np.uint8(IN_BLOCK)


@inlined
def _quotation_depth(data: UInt8s, place: Scalar, high: Scalar) -> Scalar:
    """Return the number of signs `>` at the beginning of a line, spaces between them left out."""
    depth = np.int64(0)
    while place < high:
        if data[place] == _GREATER:
            depth, place = depth + 1, place + 1
        elif _is_word(data, place, high, _ESCAPED_GREATER):
            depth, place = depth + 1, place + len(_ESCAPED_GREATER)
        elif depth and data[place] == _SPACE:
            place += 1
        else:
            break
    return depth


@kernel_part
def _flag_tags(  # noqa: PLR0913 (a text, where its tags are marked, and which)
    data: UInt8s,
    low: Scalar,
    high: Scalar,
    flags: UInt8s,
    sign: Scalar,
    name: Scalar,
    flag: Scalar,
) -> None:
    """Flag what is between the tags of a name, from the first that opens to each that closes."""
    count, first = np.int64(0), low
    for place in range(low, high):
        step = _tag_step(data, place, high, name) if data[place] == sign else 0
        if not step:
            continue
        if place - first > _MAX_QUOTATION:
            count = np.int64(0)
        if step > 0:
            first = first if count else place
        elif count:
            _add_flag(flags, first, place, flag)
        count = max(count + step, np.int64(0))


@kernel_part
def _flag_verse(data: UInt8s, low: Scalar, high: Scalar, flags: UInt8s) -> None:
    """Flag several short lines in succession that begin with a capital letter, as verse does."""
    lines, blanks, first, end = np.int64(0), np.int64(0), low, low
    place = low
    while place < high:
        start = place
        while place < high and data[place] != _NEWLINE:
            place += 1
        kind = _line_kind(data, start, place)
        if kind == _VERSE_LINE:
            if not lines:
                first = start
            lines, blanks, end = lines + 1, np.int64(0), place
        elif kind == _BLANK_LINE and lines and not blanks:
            blanks = np.int64(1)
        else:
            if lines >= _MIN_VERSE:
                _add_flag(flags, first, end, np.uint8(IN_VERSE))
            lines, blanks = np.int64(0), np.int64(0)
        place += 1
    if lines >= _MIN_VERSE:
        _add_flag(flags, first, end, np.uint8(IN_VERSE))


@kernel_part
def _line_kind(data: UInt8s, start: Scalar, end: Scalar) -> Scalar:
    while start < end and data[start] in (_TAB, _RETURN, _SPACE):
        start += 1
    while start < end and data[end - 1] in (_TAB, _RETURN, _SPACE):
        end -= 1
    if start == end:
        return _BLANK_LINE
    while start < end and not _is_letter(data[start]):  # quotation marks, signs of italics
        start += 1
    spaces = np.int64(0)
    for place in range(start, end):
        spaces += data[place] == _SPACE
    is_short = _SHORTEST_LINE <= end - start <= _LONGEST_LINE and spaces >= 2
    begins = start < end and (data[start] >= 0x80 or _UPPER_A <= data[start] <= _UPPER_Z)
    return _VERSE_LINE if is_short and begins else _OTHER_LINE


@kernel_part
def _tag_step(data: UInt8s, place: Scalar, high: Scalar, name: Scalar) -> Scalar:
    """Return 1 where a tag of that name opens, -1 where it closes, else 0."""
    closes = place + 1 < high and data[place + 1] == _SLASH
    begin = place + (2 if closes else 1)
    after = begin + len(name)
    if after >= high or not _is_word(data, begin, high, name):
        return 0
    if data[after] == (_GREATER if data[place] == _LESS else _END_BRACKET):
        return -1 if closes else 1
    if data[place] == _LESS:
        has_more = data[after] in _BLANKS  # attributes
    else:
        has_more = len(name) > 1 and data[after] in (_EQUALS, _SPACE)  # who is quoted
    return 1 if has_more and not closes else 0


@kernel_part
def _is_word(data: UInt8s, place: Scalar, high: Scalar, word: Scalar) -> Scalar:
    """Return whether lower-case ASCII stands at a place, in either case."""
    if place + len(word) > high:
        return False
    for index in range(len(word)):
        byte = data[place + index]
        if _UPPER_A <= byte <= _UPPER_Z:
            byte += np.uint8(32)
        if byte != word[index]:
            return False
    return True


@inlined
def _add_flag(flags: UInt8s, begin: Scalar, end: Scalar, flag: Scalar) -> None:
    for place in range(begin, end):
        flags[place] |= flag


@kernel_part
def _quotation_mark(  # noqa: C901, PLR0911 (one sign after the other)
    data: UInt8s, place: Scalar, high: Scalar
) -> tuple[Scalar, Scalar]:
    """Return the kind of quotation mark at a place, and its size in bytes; `_NONE` for none."""
    byte = data[place]
    if byte == 0x22:
        return _EITHER, 1
    if byte == 0x27:
        return _SINGLE, 1
    if byte == _AMPERSAND and _is_word(data, place, high, _ESCAPED_QUOTE):
        return _EITHER, 6
    if byte == 0xC2 and place + 1 < high:  # of French
        if data[place + 1] == 0xAB:
            return _OPENING, 2
        return (_CLOSING, 2) if data[place + 1] == 0xBB else (_NONE, 1)
    if byte not in (0xE2, 0xE3) or place + 2 >= high or data[place + 1] != 0x80:
        return _NONE, 1
    last = data[place + 2]
    if byte == 0xE3:  # of Chinese and Japanese
        if last in (0x8A, 0x8C, 0x8E, 0x9D):
            return _OPENING, 3
        return (_CLOSING, 3) if last in (0x8B, 0x8D, 0x8F, 0x9E, 0x9F) else (_NONE, 3)
    if last in (0x98, 0x99, 0x9A, 0x9B):
        return _SINGLE, 3
    if last in (0x9C, 0x9E, 0xB9):  # the opening ones
        return _OPENING, 3
    return (_CLOSING, 3) if last in (0x9D, 0x9F, 0xBA) else (_NONE, 3)


@kernel_part
def _direction(
    data: UInt8s, low: Scalar, high: Scalar, place: Scalar, size: Scalar, sign: Scalar
) -> tuple[Scalar, Scalar]:
    """Return whether a quotation mark can open a quotation, and whether it can close one.

    The words beside it decide, since languages use the same signs in different directions; between
    words that are not separated by spaces, the sign itself decides.
    """
    begins = _begins_word(data, low, high, place, size)
    ends = _ends_word(data, low, place) and not (
        place + size < high and _is_letter(data[place + size])
    )
    if begins != ends or sign == _SINGLE:
        return begins, ends and not begins
    return sign in (_OPENING, _EITHER), sign in (_CLOSING, _EITHER)


@kernel_part
def _abbreviates(data: UInt8s, high: Scalar, place: Scalar, size: Scalar) -> Scalar:
    """Return whether an apostrophe stands for letters that a word or a year begins with."""
    after = place + size
    if after >= high or (size > 1 and data[place + 2] != 0x99):
        return False
    if _ZERO <= data[after] <= _NINE:
        return True
    return (
        _is_whole_word(data, after, high, _TIS)
        or _is_whole_word(data, after, high, _TWAS)
        or _is_whole_word(data, after, high, _THEM)
        or _is_whole_word(data, after, high, _TIL)
    )


@kernel_part
def _is_whole_word(data: UInt8s, place: Scalar, high: Scalar, word: Scalar) -> Scalar:
    end = place + len(word)
    return _is_word(data, place, high, word) and (end >= high or not _is_letter(data[end]))


@kernel_part
def _is_possessive(data: UInt8s, low: Scalar, high: Scalar, place: Scalar, size: Scalar) -> Scalar:
    """Return whether an apostrophe behind an s and before another word marks a possessor."""
    after = place + size
    return (
        place > low
        and data[place - 1] == _SMALL_S
        and after + 1 < high
        and data[after] == _SPACE
        and _is_letter(data[after + 1])
    )


@kernel_part
def _begins_word(data: UInt8s, low: Scalar, high: Scalar, place: Scalar, size: Scalar) -> Scalar:
    """Return whether a sign stands before a word, not behind one."""
    after = place + size
    if after >= high or data[after] in _BLANKS:
        return False
    return place == low or not (_is_letter(data[place - 1]) or data[place - 1] in _ENDS)


@inlined
def _ends_word(data: UInt8s, low: Scalar, place: Scalar) -> Scalar:
    return place > low and data[place - 1] not in _BLANKS


@inlined
def _is_letter(byte: Scalar) -> Scalar:
    return (
        byte >= 0x80
        or (_ZERO <= byte <= _NINE)
        or (_UPPER_A <= byte <= _UPPER_Z)
        or (_LOWER_A <= byte <= _LOWER_Z)
    )


@kernel_part
def _begins_line(data: UInt8s, low: Scalar, place: Scalar) -> Scalar:
    while place > low and data[place - 1] in (_TAB, _RETURN, _SPACE, _GREATER, _SEMICOLON):
        place -= 1
    return place == low or data[place - 1] == _NEWLINE
