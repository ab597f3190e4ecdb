"""Extend spans over text that normalisation drops at the edges of an item.

A post that ends in a link or an emoji is found by its words, but its span should end where the post
ends. The dropped pieces at both edges of an item are stored, outward from its words; a span in a
document is widened over the pieces that the document also has.
"""

from dataclasses import dataclass

import numpy as np

from provenance.fingerprint.tokenizer.html_and_string_escapes import (
    AMPERSAND,
    BACKSLASH,
    TokenizerTables,
    is_word,
    tokenizer_tables,
    unescape,
)
from provenance.fingerprint.tokenizer.link_stripping import address_end, link_end
from provenance.fingerprint.tokenizer.unicode_tables import DROPPED
from provenance.fingerprint.tokenizer.unicode_words import decode, fold_entry, mention_end
from provenance.jit.decorators import Scalar, inlined, kernel, kernel_part
from provenance.model.content.fingerprints import (
    DroppedEdges,
    Int32s,
    Int64s,
    Texts,
    Tokens,
    UInt8s,
    UInt32s,
)

LINK, AT_NAME, REPOST = 1, 2, 3
"""Codes of pieces that are not a single sign."""

REACH = 1024
"""Bytes on each side in which pieces are searched."""

_MAX_PIECES = 32  # pieces per side
_SPACES = (0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)
_BRACKETS = (0x3C, 0x3E, 0x5B, 0x5D)  # of placeholders: <url>


@dataclass(frozen=True, slots=True)
class Spans:
    """Ranges of texts that matches cover, and the gaps around them.

    Parameters
    ----------
    texts : ndarray of int64, shape (n,)
        Text of each match.
    starts, ends : ndarray of int64, shape (n,)
        In bytes, from the first matched token to the last.
    lows, highs : ndarray of int64, shape (n,)
        End of the token before, and start of the token after; equal to `starts` or `ends` if the
        item's own first or last token is not in the match.
    """

    texts: Int64s
    starts: Int64s
    ends: Int64s
    lows: Int64s
    highs: Int64s


def dropped_edges(texts: Texts, tokens: Tokens) -> DroppedEdges:
    """Return the dropped pieces at both edges of every text."""
    count = len(texts)
    lead, trail = np.empty(count * _MAX_PIECES, np.uint32), np.empty(count * _MAX_PIECES, np.uint32)
    lead_offsets, trail_offsets = np.zeros(count + 1, np.int64), np.zeros(count + 1, np.int64)
    _edges_all(
        texts.data,
        texts.offsets,
        (tokens.starts, tokens.ends, tokens.offsets),
        tokenizer_tables(),
        (lead, lead_offsets, trail, trail_offsets),
    )
    return DroppedEdges(
        lead[: lead_offsets[-1]], lead_offsets, trail[: trail_offsets[-1]], trail_offsets
    )


def widen_spans(texts: Texts, spans: Spans, item_edges: DroppedEdges) -> tuple[Int64s, Int64s]:
    """Widen spans over the dropped pieces that the matched item also has.

    Parameters
    ----------
    texts : Texts
        The documents.
    spans : Spans
        Matches in them.
    item_edges : DroppedEdges
        Row `i` is of the item of span `i`.

    Returns
    -------
    starts, ends : ndarray of int64, shape (n,)
        In bytes; each span contains the original one.
    """
    starts, ends = spans.starts.copy(), spans.ends.copy()
    _widen_all(
        texts.data,
        texts.offsets,
        (spans.texts, spans.lows, spans.highs),
        tokenizer_tables(),
        (item_edges.lead, item_edges.lead_offsets, item_edges.trail, item_edges.trail_offsets),
        (starts, ends),
    )
    return starts, ends


@kernel
def _edges_all(
    data: UInt8s,
    text_offsets: Int64s,
    tokens: tuple[Int32s, Int32s, Int64s],
    tables: TokenizerTables,
    out: tuple[UInt32s, Int64s, UInt32s, Int64s],
) -> None:
    token_starts, token_ends, token_offsets = tokens
    lead, lead_offsets, trail, trail_offsets = out
    codes, firsts, lasts = (
        np.empty(REACH, np.uint32),
        np.empty(REACH, np.int64),
        np.empty(REACH, np.int64),
    )
    for text in range(len(text_offsets) - 1):
        view = data[text_offsets[text] : text_offsets[text + 1]]
        before, after = lead_offsets[text], trail_offsets[text]
        if token_offsets[text] < token_offsets[text + 1]:
            start = np.int64(token_starts[token_offsets[text]])
            end = np.int64(token_ends[token_offsets[text + 1] - 1])
            count = _pieces(
                view, _search_start(view, 0, start), start, tables, codes, firsts, lasts
            )
            for place in range(min(count, _MAX_PIECES)):
                lead[before] = codes[count - 1 - place]
                before += 1
            count = _pieces(view, end, min(view.size, end + REACH), tables, codes, firsts, lasts)
            for place in range(min(count, _MAX_PIECES)):
                trail[after] = codes[place]
                after += 1
        lead_offsets[text + 1], trail_offsets[text + 1] = before, after


@kernel
def _widen_all(
    data: UInt8s,
    text_offsets: Int64s,
    spans: tuple[Int64s, Int64s, Int64s],
    tables: TokenizerTables,
    item_edges: tuple[UInt32s, Int64s, UInt32s, Int64s],
    out: tuple[Int64s, Int64s],
) -> None:
    texts, lows, highs = spans
    lead, lead_offsets, trail, trail_offsets = item_edges
    starts, ends = out
    codes, firsts, lasts = (
        np.empty(REACH, np.uint32),
        np.empty(REACH, np.int64),
        np.empty(REACH, np.int64),
    )
    for span in range(len(texts)):
        view = data[text_offsets[texts[span]] : text_offsets[texts[span] + 1]]
        wanted = lead[lead_offsets[span] : lead_offsets[span + 1]]
        if wanted.size and lows[span] < starts[span]:
            near = _search_start(view, lows[span], starts[span])
            count = _pieces(view, near, starts[span], tables, codes, firsts, lasts)
            piece_count = _count_common(codes[:count][::-1], wanted)
            if piece_count > 0:
                starts[span] = firsts[count - piece_count]
        wanted = trail[trail_offsets[span] : trail_offsets[span + 1]]
        if wanted.size and ends[span] < highs[span]:
            high = min(highs[span], ends[span] + REACH)
            count = _pieces(view, ends[span], high, tables, codes, firsts, lasts)
            piece_count = _count_common(
                codes[:count:1], wanted
            )  # a strided view, as above: one compilation
            if piece_count > 0:
                ends[span] = lasts[piece_count - 1]


@inlined
def _search_start(view: UInt8s, low: Scalar, start: Scalar) -> Scalar:
    near = max(low, start - REACH)
    while near < start and view[near] & 0xC0 == 0x80:
        near += 1
    return near


@kernel_part
def _count_common(codes: UInt32s, wanted: UInt32s) -> Scalar:
    """Count the document's pieces, outward, that the item has in the same order."""
    count, place = 0, 0
    for index in range(codes.size):
        match = place
        while match < wanted.size and wanted[match] != codes[index]:
            match += 1
        if match < wanted.size:
            count, place = index + 1, match + 1
        elif codes[index] not in _BRACKETS:
            break
        elif count == index and index > 1 and codes[index - 2] in _BRACKETS:
            count = index + 1  # the closing bracket of a placeholder
    return count


@kernel_part
def _pieces(  # noqa: C901, PLR0913 (a range, the tables, three output columns)
    view: UInt8s,
    at: Scalar,
    end: Scalar,
    tables: TokenizerTables,
    codes: UInt32s,
    firsts: Int64s,
    lasts: Int64s,
) -> Scalar:
    count = 0
    while at < end and count < codes.size:
        first = at
        point, size = decode(view, at, end)
        at += size
        if point in (AMPERSAND, BACKSLASH):
            point, at = unescape(view, first, end, tables)
            if point == BACKSLASH:
                continue  # escapes the sign after it
        if point <= 0x20 or point in _SPACES:
            continue
        if point == 0x40 or point == 0xFF20:  # noqa: PLR1714 (a tuple of two compiles worse)
            code, at = AT_NAME, mention_end(view, at, end, tables)
        elif point < 0x80 and is_word(point):
            code, at = _dropped_word(view, at, end, tables)
        elif fold_entry(point, tables) == DROPPED and not _is_apostrophe(point):
            if count:
                lasts[count - 1] = at
            continue
        else:
            code = _sign_code(point)
        codes[count], firsts[count], lasts[count] = code, first, at
        count += 1
    return count


@kernel_part
def _dropped_word(
    view: UInt8s, at: Scalar, end: Scalar, tables: TokenizerTables
) -> tuple[Scalar, Scalar]:
    """Return the code and end of a dropped word, whose first letter was before `at`."""
    stop = at
    while stop < end and is_word(view[stop]):
        stop += 1
    if stop - at == 1:
        return REPOST, stop
    if stop < end and view[stop] == 0x2E:
        return LINK, address_end(view, stop, end, tables)
    return LINK, link_end(view, stop, end, tables)


@inlined
def _is_apostrophe(point: Scalar) -> Scalar:
    return point == 0x27 or 0x2018 <= point <= 0x201B or point == 0x2BC


@inlined
def _sign_code(point: Scalar) -> Scalar:
    """Return the code of a sign; signs that editors replace by each other have the same code."""
    if _is_apostrophe(point):
        return 0x27
    if 0x201C <= point <= 0x201F or point in (0xAB, 0xBB):
        return 0x22
    if 0x2010 <= point <= 0x2015:
        return 0x2D
    return 0x2E if point == 0x2026 else point
