"""Turn texts into tokens (normalisation 3) in one pass over their UTF-8 bytes.

Dropped: links and their placeholders in datasets, mentions, the mark of a repost, apostrophes,
diacritics and case. HTML character references and string escapes are decoded. Every character that
is neither a letter nor a digit separates words. In scripts without spaces each character, with its
vowel signs and tone marks, is a token that weighs half a word.

A text is scanned for runs of word bytes, 64 bytes at a time (`byte_scan`). Each run takes the
fastest path that can read it:

1. plain ASCII words, eight at a time (`ascii_words.hash_plain_words`);
2. words with one apostrophe (`ascii_words.hash_contracted_word`);
3. words seen before (`word_cache`);
4. characters that are tokens by themselves (`unicode_words.read_single_characters`);
5. alphabetic words, letter by letter (`unicode_words.read_alphabetic_word`);
6. anything else, character by character (`unicode_words.read_word`).
"""

import unicodedata
from typing import NamedTuple, TypeAlias

import numpy as np

from provenance.errors import InputError
from provenance.fingerprint.tokenizer.ascii_words import NT, hash_contracted_word, hash_plain_words
from provenance.fingerprint.tokenizer.byte_scan import (
    BLOCK,
    MAX_SPECIAL_BITS,
    RUN_PADDING,
    find_runs,
    has_no_special,
    next_special,
    run_bounds,
    special_bits,
)
from provenance.fingerprint.tokenizer.contractions import (
    SPACE,
    append_suffix,
    is_quote,
    may_be_split,
    rejoin_contraction,
)
from provenance.fingerprint.tokenizer.html_and_string_escapes import (
    AMPERSAND,
    BACKSLASH,
    TokenizerTables,
    tokenizer_tables,
)
from provenance.fingerprint.tokenizer.link_stripping import may_be_stripped, strip_or_count
from provenance.fingerprint.tokenizer.unicode_words import (
    SIGN_KIND,
    WORD_KIND,
    is_sign,
    may_be_single_character,
    read_alphabetic_word,
    read_single_characters,
    read_word,
    single_character_hashes,
    single_character_token,
    takes_sign,
    with_kind,
)
from provenance.fingerprint.tokenizer.word_cache import (
    CACHE_SIZE,
    MAX_CACHED_BYTES,
    cache_hash,
    cached_hash,
)
from provenance.fingerprint.tokenizer.word_hash import LOWER, absorb, finish
from provenance.jit.decorators import Scalar, inlined, inlined_source, kernel, kernel_part
from provenance.jit.intrinsics import load64, trailing_zeros
from provenance.jit.vectors import LANES
from provenance.model.content.fingerprints import (
    Int32s,
    Int64s,
    Parameters,
    Texts,
    Tokens,
    UInt8s,
    UInt32s,
    UInt64s,
)

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_MAX_TEXT_BYTES = (1 << 31) - 1  # token offsets are 32-bit

Columns: TypeAlias = tuple[UInt32s, Int32s, Int32s]
"""Hashes, starts and ends of tokens."""

Part: TypeAlias = tuple[UInt8s, Int64s]
"""Bytes, and the offsets of texts in them."""


class TokenizerState(NamedTuple):
    """Lookup tables and scratch memory of the tokenizer.

    Parameters
    ----------
    tables : TokenizerTables
        Folded text of every character.
    character_hashes : ndarray of uint32
        Hashes of characters that are tokens: `single_character_hashes`.
    specials, special_bytes : ndarray
        Bit mask of a text's special bytes, as 64-bit words and as a view of the same memory.
    runs : ndarray of int32
        Starts and ends of the runs of word bytes.
    word_cache : ndarray of uint64
        Cache of words: see `word_cache`.
    """

    tables: TokenizerTables
    character_hashes: UInt32s
    specials: UInt64s
    special_bytes: UInt8s
    runs: Int32s
    word_cache: UInt64s


def current_parameters() -> Parameters:
    """Return the fingerprint parameters of this version."""
    return Parameters(unicode=unicodedata.unidata_version)


def tokenise(texts: Texts) -> Tokens:
    """Tokenize texts.

    Parameters
    ----------
    texts : Texts
        Any number of texts, each shorter than 2 GiB.

    Returns
    -------
    Tokens
        In the order of the texts.

    Raises
    ------
    InputError
        If a text has 2 GiB or more.
    """
    longest = int(np.diff(texts.offsets).max(initial=0))
    if longest > _MAX_TEXT_BYTES:
        raise InputError(f"a text has {longest:,} bytes", remedy="split texts of 2 GiB or more")
    offsets = np.zeros(len(texts) + 1, np.int64)
    state = tokenizer_state(longest)
    into = _empty_columns(int(texts.offsets[-1] - texts.offsets[0]), len(texts))
    first = 0
    for part in _padded_parts(texts):
        end = first + len(part[1]) - 1
        _tokenize_all(part, state, into, offsets[first : end + 1])
        first = end
    hashes, starts, ends = into
    count = int(offsets[-1])
    return Tokens(hashes[:count], starts[:count], ends[:count], offsets)


def tokenizer_state(longest: int) -> TokenizerState:
    """Allocate the state for texts of at most `longest` bytes."""
    specials = np.empty(longest // BLOCK + 3, np.uint64)
    return TokenizerState(
        tables=tokenizer_tables(),
        character_hashes=single_character_hashes(),
        specials=specials,
        special_bytes=specials.view(np.uint8),
        runs=np.empty(longest + RUN_PADDING, np.int32),
        word_cache=np.zeros(CACHE_SIZE, np.uint64),
    )


def _empty_columns(size: int, count: int) -> Columns:
    """Allocate columns for the tokens of `count` texts with `size` bytes in total."""
    # A token takes at least two bytes, except the last one of a text; `LANES` are written at once.
    most = size // 2 + count + LANES
    return np.empty(most, np.uint32), np.empty(most, np.int32), np.empty(most, np.int32)


def _padded_parts(texts: Texts) -> tuple[Part, Part]:
    """Copy the last texts, so that at least `BLOCK` bytes can be read after every text."""
    last = int(np.searchsorted(texts.offsets[1:], len(texts.data) - BLOCK, "right"))
    padded = np.zeros(int(texts.offsets[-1] - texts.offsets[last]) + BLOCK, np.uint8)
    padded[:-BLOCK] = texts.data[texts.offsets[last] : texts.offsets[-1]]
    first, rest = texts.offsets[: last + 1], texts.offsets[last:] - texts.offsets[last]
    return (texts.data, first), (padded, rest)


@kernel
def _tokenize_all(part: Part, state: TokenizerState, tokens: Columns, offsets: Int64s) -> None:
    # In a function of its own, because a kernel counts references to its arrays at every call.
    _tokenize_texts(part, state, tokens, offsets)


@kernel_part
def _tokenize_texts(texts: Part, state: TokenizerState, tokens: Columns, offsets: Int64s) -> None:
    (data, bounds), specials, runs = texts, state.specials, state.runs
    # One call for all texts: a call with these arrays takes longer than reading a short text.
    for text in range(len(bounds) - 1):
        view = data[bounds[text] : bounds[text + 1]]
        before = count = offsets[text]
        run_count = find_runs(view, specials, runs)
        place, run, special = np.int64(0), np.int64(0), np.int64(-1)
        while run < run_count:
            start, stop = run_bounds(runs, run)
            if start >= place:
                special = next_special(specials, special, start)
                word_count = hash_plain_words(view, runs, (run, run_count), special, tokens, count)
                run, count = run + word_count, count + word_count
                if run == run_count:
                    break
                start, stop = run_bounds(runs, run)
                hashed = _lookup_word(view, start, stop, state)
                if hashed != np.uint64(0):
                    _append_token(tokens, count, hashed, start, stop)
                    run, count = run + 1, count + 1
                    continue
            place = max(place, start)
            count, place = _read_run(view, place, stop, state, tokens, (before, count))
            run += 1
        offsets[text + 1] = count


@inlined_source
def _read_run(
    view: UInt8s,
    place: Scalar,
    stop: Scalar,
    state: TokenizerState,
    tokens: Columns,
    counts: tuple[Scalar, Scalar],
) -> tuple[Scalar, Scalar]:
    """Read the rest of a run; see `_read_general`."""
    before, count = counts
    count, place = read_single_characters(view, place, stop, state.character_hashes, tokens, counts)
    while place < stop:
        count, place = _read_general(view, place, stop, state, tokens, (before, count))
    return count, place


@inlined
def _lookup_word(view: UInt8s, start: Scalar, stop: Scalar, state: TokenizerState) -> Scalar:
    """Return the hash of a contracted or cached word, 0 for any other."""
    length, hashed = stop - start, np.uint64(0)
    if length <= MAX_CACHED_BYTES:
        odd = special_bits(state.special_bytes, start, stop)
        if odd != np.uint64(0):
            hashed = hash_contracted_word(view, start, length, odd)
        if hashed == np.uint64(0):
            hashed = cached_hash(state.word_cache, view, start, length)
    return hashed


@inlined
def _append_token(
    tokens: Columns, count: Scalar, hashed: Scalar, start: Scalar, stop: Scalar
) -> None:
    hashes, starts, ends = tokens
    at = np.uint64(count)
    hashes[at], starts[at], ends[at] = hashed, start, stop


@inlined_source
def _read_general(  # noqa: C901, PLR0912, PLR0915 (the rare cases of the hot loop)
    view: UInt8s,
    place: Scalar,
    stop: Scalar,
    state: TokenizerState,
    tokens: Columns,
    counts: tuple[Scalar, Scalar],
) -> tuple[Scalar, Scalar]:
    """Read the token at `place`, in a run of word bytes that ends at `stop`.

    Parameters
    ----------
    counts : tuple of int
        Number of tokens before this text, and now.

    Returns
    -------
    count, after : int
        Number of tokens now, and the offset to continue from.
    """
    tables, specials, characters = state.tables, state.special_bytes, state.character_hashes
    before, count = counts
    hashes, starts, ends = tokens
    if may_be_single_character(view, place, characters):
        token, size = single_character_token(view, place, characters)
        if token and not is_sign(token):
            _append_token(tokens, count, token, place, place + size)
            return count + 1, place + size
    start, end, kind, first, length = place, np.int64(view.size), WORD_KIND, place, np.int64(-1)
    odd = special_bits(specials, start, stop)
    is_short = stop - start <= MAX_SPECIAL_BITS
    if odd == np.uint64(0) and (is_short or has_no_special(specials, start, stop)):
        mixed, last = np.uint64(0), stop
        while stop - place >= 8:
            mixed = absorb(mixed, load64(view, place) | LOWER)
            place += 8
        rest = (load64(view, place) | LOWER) & ~(_ALL << np.uint64(8 * (stop - place)))
        length, place = stop - start, stop
    else:
        cut = min(stop, start + MAX_SPECIAL_BITS)
        mixed, rest, length, last, place = read_alphabetic_word(view, (start, cut), odd, tables)
        if place == cut and cut < stop:
            length = np.int64(-1)  # the word may continue
    # `n't` is left out: it may belong to the word before it.
    is_run = length > 0 and last == stop and rest != NT
    if length <= 0:
        if is_quote(view[start]) and count > before and ends[count - 1] == start - 1:
            after = rejoin_contraction(view, start, end, tables, hashes, starts, ends, count - 1)
            if after > start:
                return count, after
        if length < 0:
            plain = np.int64(trailing_zeros(odd | np.uint64(1 << MAX_SPECIAL_BITS)))
            plain = min(plain, stop - start)
            kind, mixed, rest, length, first, last, place = read_word(
                view, start, end, plain, tables
            )
        if kind == SIGN_KIND and takes_sign(tokens, counts, first):
            hashes[count - 1] += np.uint32(with_kind(finish(mixed, rest, length), kind))
            ends[count - 1] = last
        if length == 0 or kind == SIGN_KIND:
            return count, place
    hashed = finish(mixed, rest, length)
    if kind != WORD_KIND:
        hashed = with_kind(hashed, kind)
    elif rest == NT and length == 2 and _is_split_off(view, first, last, tokens, counts):
        append_suffix(view, tables, hashes, starts, ends, count - 1, NT, np.int64(2))
        ends[count - 1] = last
        return count, place
    _append_token(tokens, count, hashed, first, last)
    if length < 8 and may_be_stripped(rest):
        count, last = strip_or_count(view, first, last, rest, tables, (before, count))
        return count, max(place, last)
    if is_run and stop - start <= MAX_CACHED_BYTES:
        cache_hash(state.word_cache, view, start, stop - start, hashed)
    return count + 1, place


@inlined
def _is_split_off(
    view: UInt8s,
    start: Scalar,
    stop: Scalar,
    tokens: Columns,
    counts: tuple[Scalar, Scalar],
) -> Scalar:
    """Return whether `n't` was split off the previous word."""
    before, count = counts
    hashes, starts, ends = tokens
    if stop - start <= 2 or count == before:
        return False
    tail = ends[count - 1]
    is_mark = stop - start <= 5 or view[start + 1] in (AMPERSAND, BACKSLASH)
    follows_space = start == tail + 1 and view[tail] == SPACE
    return follows_space and is_mark and may_be_split(hashes, starts, ends, count - 1)
