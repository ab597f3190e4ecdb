"""How an item presents the passage that a text shares with it: quoted, attributed, or its own."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.fingerprint.offsets import slice_bytes, widen_ranges
from provenance.fingerprint.quotation_marks import (
    IN_BLOCK,
    IN_ITALICS,
    IN_QUOTES,
    IN_VERSE,
    quotation_flags,
    widen_to_marks,
)
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.match.candidates.candidate_table import Candidates
from provenance.match.origins import ItemMarks
from provenance.model.content.fingerprints import Flags, Floats, Int64s, Texts, Tokens, UInt8s
from provenance.pipeline.locate.claims import item_lengths
from provenance.pipeline.scan.readings import RegistryIndex

_CONTEXT_CHARACTERS = 90
"""Characters beside a quotation that may name its author."""

_FULL_NAME = r"\p{Lu}[\p{L}.'\x{2019}]*(?:[\t \x{00A0}]+\p{Lu}[\p{L}.'\x{2019}]*){1,4}"
"""Two to five words in a line that begin with capitals: one after a dash may be any word."""

_DASH = r"(?:\s*(?:[\x{2010}-\x{2015}~]{1,3}|-{2,3})\s*|\s*-|[\t \x{00A0}]*-\s*)"
"""A dash; a single hyphen with a space behind it, at the beginning of a line, is a bullet."""

NAMED_AFTER = (
    r"^(?:[\s\p{P}]{0,6}?\p{P}\s*by\s+[*_\"“'(]*\p{Lu}[\p{L}.]+"
    r"|[\t \x{00A0}.,!?\"'\x{2019}\x{201D}\x{00BB}*_)]{0,6}"
    + _DASH
    + r"[*_\"“'(]*"
    + _FULL_NAME
    + ")"
)
"""A name behind a quotation, after a dash or after "by"."""

_SPEAKING = (
    *("said", "says", "saying", "wrote", "writes", "quote[ds]?", "quoting", "quotation", "states"),
    *("according to", "in the words of", "words of", "proverb", "verse", "poem", "lyrics?"),
    *("chapter", "article", "amendment", "scripture", "psalm", "excerpt", "passage", "declared"),
    *(
        "dit",
        "écrit",
        "citation",
        "selon",
        "sagte?",
        "schrieb",
        "zitat",
        "laut",
        "dijo",
        "escribió",
    ),
    *("según", "cita", "disse", "escreveu", "segundo", "ha detto", "scrisse", "zei", "schreef"),
)
_NAMED_BEFORE = r"(?i)\b(?:" + "|".join(_SPEAKING) + r")\b[^.!?]{0,60}[:,]?[\s\p{P}]{0,6}$"
"""A word of speaking or writing before a quotation."""

_TAG = r"(?:[#@]\w+|https?://\S+|\([^()]{0,60}\)|[\s\p{P}\p{S}])"
"""What may stand behind a signature: tags, names of accounts, addresses, something in brackets."""

_SIGNED = r"[.!?\"\x{2019}\x{201D}\x{00BB}*_]" + _DASH + r"[*_]*" + _FULL_NAME + _TAG + "*$"
"""A full name behind a dash at the end of an item."""

_CALLED_QUOTATION = (
    r"(?i)#(?:\w*quotes?|quote\w+|quotation\w*|qotd|\w*lyrics?|proverbs?|zitate?|citations?)\b"
)
"""A tag by which the author of an item says that its words are somebody else's."""

BEFORE_WORD = r"(?:^|[\s(\[\"“'\x{2018}*_,;.!?])"
"""What stands before a word that is no tag and no account's name."""

WORD = r"[\p{L}\p{N}'\x{2019}]+,?[ \x{00A0}]+"
"""A word behind which a sentence runs on in its line."""

_WORD_AT_END, _WORD_AT_START = rf"{BEFORE_WORD}{WORD}$", r"^,?[ \x{00A0}]+[\p{L}\p{N}]"

_SIGNED_WORK = _DASH + r"[*_\[]*" + _FULL_NAME + r",[\t ]*(?:from[\t ]+)?[\"“*_][^\n]{2,90}$"
"""An author's full name and the title of a work behind a dash at the end of an item."""

_LONGEST_HEADLINE = 15
"""Tokens of an item up to which it may be the title of a page."""

_CAPITALISED = r"(?:^|[^\p{L}])\p{Lu}\p{Ll}[\p{L}'\x{2019}]{2,}"
_UNCAPITALISED = r"(?:^|[^\p{L}'\x{2019}])\p{Ll}[\p{L}'\x{2019}]{3,}"
"""Words of four letters and more; shorter ones begin small in titles, too."""

_FEWEST_CAPITALISED, _CAPITALISED_SHARE = 3, 0.8

_TITLE_OF_PAGE = (
    r"(?i:\[(?:video|pdf|audio|image|infographic)\])|\((?:19|20)\d\d\)\s*$"
    r"|[ \t](?:[|\x{2013}\x{2014}\x{2022}\x{00B7}\x{00BB}:]|--?)[ \t]+\p{Lu}[\p{L}.&'\x{2019}]*"
    r"(?:[ \t]+\p{Lu}[\p{L}.&'\x{2019}]*){0,3}\s*$"
)
"""The kind of a page, the year of an old one, or the name of a site at the end of a title."""

_PERSONAL = (
    r"(?i)(?:^|[^\p{L}])(?:I|I['\x{2019}]\p{L}+|my|me|mine|myself|we|our|us|you|your)"
    r"(?:$|[^\p{L}'\x{2019}])|\n"
)
"""Words of somebody who speaks, or a second line: neither is in a title."""

_TAIL_CHARACTERS = 160
"""Characters at the end of an item that may hold a signature and tags."""

_LONGEST_SIGNED = 60
"""Tokens of an item from which a name at its end is its author's signature."""

_CITED_AFTER = (
    r"(?i)^[\s\p{P}]{0,6}(?:said|says|wrote|writes|dit|écrit|sagte|schrieb|dijo|disse|escreveu)\b"
)
"""A word of speaking behind a quotation."""


MARK_COLUMNS = pa.schema(
    [
        *((name, pa.float64()) for name in ("quoted", "italic", "verse")),
        *(
            (name, pa.bool_())
            for name in ("attributed", "signed", "begins_sentence", "ends_sentence", "headline")
        ),
    ]
)
"""Columns that `measure_item_marks` returns."""


def measure_item_marks(
    texts: Texts, tokens: Tokens, rows: Int64s, candidates: Candidates
) -> dict[str, pa.Array]:
    """Return how items present the passages that candidates match.

    Parameters
    ----------
    texts, tokens : Texts, Tokens
        The items and their tokens.
    rows : ndarray of int64, shape (n,)
        Item of each candidate.
    candidates : Candidates
        The matches.

    Returns
    -------
    dict of str to pyarrow.Array
        `quoted`, `italic`, `verse`: share of the matched words that stand between quotation marks
        or in quoted lines, in italics, and in lines of verse; `attributed`: whether the words
        beside them name another author; `signed`: whether the item ends with an author and a work,
        or is short and ends with a name or calls itself a quotation; `begins_sentence` and
        `ends_sentence`: whether no sentence of the item runs on into them, and out of them;
        `headline`: whether the item is written like the title of a page.
    """
    flags = quotation_flags(texts)
    share, has_words = _marked_shares(texts, tokens, flags, rows, candidates)
    before, after = _contexts(texts, tokens, flags, rows, candidates)
    return {
        "quoted": pa.array(share(IN_QUOTES | IN_BLOCK), mask=~has_words),
        "italic": pa.array(share(IN_ITALICS), mask=~has_words),
        "verse": pa.array(share(IN_VERSE), mask=~has_words),
        "attributed": pa.array(_attribution_mask(before, after) & has_words),
        "signed": pa.array(_signature_mask(texts, tokens, rows) & has_words),
        "begins_sentence": pc.invert(pc.match_substring_regex(before, _WORD_AT_END)),
        "ends_sentence": pc.invert(pc.match_substring_regex(after, _WORD_AT_START)),
        "headline": pa.array(_headline_mask(texts, tokens)[rows]),
    }


def _marked_shares(
    texts: Texts, tokens: Tokens, flags: UInt8s, rows: Int64s, candidates: Candidates
) -> tuple[Callable[[int], Floats], Flags]:
    """Return the share of the matched words that have some flags, and which candidates have any."""
    owners = np.repeat(np.arange(len(rows)), np.diff(candidates.run_offsets))
    bases, ends = tokens.offsets[rows][owners], tokens.offsets[rows + 1][owners]
    firsts = np.minimum(bases + candidates.runs[:, 0], ends)
    lasts = np.minimum(firsts + candidates.runs[:, 2], ends)  # a stored text may have been cut
    token_rows = np.repeat(np.arange(len(texts)), np.diff(tokens.offsets))
    token_flags = flags[texts.offsets[token_rows] + tokens.starts]
    counts = np.bincount(owners, lasts - firsts, len(rows))

    def share(bits: int) -> Floats:
        sums = np.concatenate([[0], np.cumsum((token_flags & bits) > 0)])
        marked = np.bincount(owners, sums[lasts] - sums[firsts], len(rows))
        return np.asarray(marked / np.maximum(counts, 1))

    return share, counts > 0


def _quoted(
    texts: Texts, tokens: Tokens, rows: Int64s, candidates: Candidates
) -> dict[str, pa.Array]:
    """Return column `quoted` of `measure_item_marks` alone."""
    share, has_words = _marked_shares(texts, tokens, quotation_flags(texts), rows, candidates)
    return {"quoted": pa.array(share(IN_QUOTES | IN_BLOCK), mask=~has_words)}


def read_item_marks(
    candidates: Candidates, owners: Int64s, registries: Sequence[RegistryIndex]
) -> ItemMarks:
    """Return how items present the passages that candidates match; reads the items' texts.

    Parameters
    ----------
    candidates : Candidates
        The matches.
    owners : ndarray of int64, shape (n,)
        Index of the registry of each.
    registries : sequence of RegistryIndex
        The registries.
    """
    columns = _read_marks(candidates, owners, registries, measure_item_marks, MARK_COLUMNS)
    return to_item_marks(item_shares(candidates, owners, registries), columns)


def read_quoted_shares(
    candidates: Candidates, owners: Int64s, registries: Sequence[RegistryIndex]
) -> Floats:
    """Return `quoted` of `read_item_marks` alone, which takes a fraction of the time."""
    schema = pa.schema([MARK_COLUMNS.field("quoted")])
    return _shares(_read_marks(candidates, owners, registries, _quoted, schema)["quoted"])


def _read_marks(
    candidates: Candidates,
    owners: Int64s,
    registries: Sequence[RegistryIndex],
    measure: Callable[[Texts, Tokens, Int64s, Candidates], dict[str, pa.Array]],
    schema: pa.Schema,
) -> dict[str, pa.ChunkedArray]:
    """Return columns of a schema, measured in the items' texts; null where these are unknown."""
    tables, places, base = [schema.empty_table()], np.full(len(owners), -1), 0
    for owner, registry_index in enumerate(registries):
        rows = np.flatnonzero(owners == owner)
        if not len(rows) or not registry_index.registry.manifest.keeps_texts:
            continue
        for batch in np.split(rows, range(_ITEMS_PER_BATCH, len(rows), _ITEMS_PER_BATCH)):
            matches = candidates.take(batch)
            items, item_places = np.unique(matches.items, return_inverse=True)
            texts = Texts.of(registry_index.registry.text_array(items))
            marks = measure(texts, tokenise(texts), item_places, matches)
            tables.append(pa.table(marks, schema))
        places[rows], base = np.arange(len(rows)) + base, base + len(rows)
    table = pa.concat_tables(tables).take(pa.array(places, mask=places < 0))
    return dict(zip(table.column_names, table.columns, strict=True))


def to_item_marks(shares: Floats, columns: Mapping[str, pa.ChunkedArray]) -> ItemMarks:
    """Return marks from columns `MARK_COLUMNS`, which are null where the item's text is unknown.

    Parameters
    ----------
    shares : ndarray of float64, shape (n,)
        Share of its item that each passage is.
    columns : mapping of str to pyarrow.ChunkedArray
        The columns.
    """
    return ItemMarks(
        item_shares=shares,
        quoted=_shares(columns["quoted"]),
        italic=_shares(columns["italic"]),
        verse=_shares(columns["verse"]),
        attributed=_flags(columns["attributed"]),
        signed=_flags(columns["signed"]),
        begins_sentence=_flags(columns["begins_sentence"]),
        ends_sentence=_flags(columns["ends_sentence"]),
        headline=_flags(columns["headline"]),
    )


def _shares(column: pa.ChunkedArray) -> Floats:
    return np.asarray(pc.fill_null(column, np.nan).to_numpy(), np.float64)


def _flags(column: pa.ChunkedArray) -> Flags:
    return np.asarray(pc.fill_null(column, False).to_numpy(), bool)


def item_shares(
    candidates: Candidates, owners: Int64s, registries: Sequence[RegistryIndex]
) -> Floats:
    """Return the share of its item that each passage is, from first to last token."""
    lengths = item_lengths(owners, candidates.items, registries)
    extents = candidates.item_ends.astype(np.int64) - candidates.item_starts
    return np.asarray(extents / np.maximum(lengths, 1))


_ITEMS_PER_BATCH = 4096


def _contexts(
    texts: Texts, tokens: Tokens, flags: UInt8s, rows: Int64s, candidates: Candidates
) -> tuple[pa.Array, pa.Array]:
    """Return the text before and behind each passage, or the quotation that it is in."""
    if not len(tokens.hashes):
        empty = pa.array([""] * len(rows), pa.large_string())
        return empty, empty
    limits = tokens.offsets[rows + 1] - 1
    first = np.minimum(tokens.offsets[rows] + candidates.item_starts, limits)
    last = np.minimum(tokens.offsets[rows] + candidates.item_ends - 1, limits)
    starts, ends = tokens.starts[first].astype(np.int64), tokens.ends[last].astype(np.int64)
    starts, ends = widen_to_marks(texts, flags, rows, (starts, np.maximum(ends, starts + 1)))
    lows, highs = widen_ranges(texts, rows, (starts, ends), _CONTEXT_CHARACTERS)
    before = slice_bytes(texts, rows, lows, starts).column()
    return before, slice_bytes(texts, rows, ends, highs).column()


def _attribution_mask(before: pa.Array, after: pa.Array) -> Flags:
    """Return whether the text beside each passage names an author."""
    named = pc.or_(
        pc.match_substring_regex(before, _NAMED_BEFORE),
        pc.or_(
            pc.match_substring_regex(after, NAMED_AFTER),
            pc.match_substring_regex(after, _CITED_AFTER),
        ),
    )
    return np.asarray(named.to_numpy(zero_copy_only=False), bool)


def _signature_mask(texts: Texts, tokens: Tokens, rows: Int64s) -> Flags:
    """Return whether each item ends with an author and a work, or is short and a quotation's.

    A short one ends with a name, or calls itself a quotation.
    """
    ends = np.diff(texts.offsets)[rows]
    lows, _ = widen_ranges(texts, rows, (ends, ends), _TAIL_CHARACTERS)
    tails = slice_bytes(texts, rows, lows, ends).column()
    is_signed = pc.or_(
        pc.match_substring_regex(tails, _SIGNED), pc.match_substring_regex(tails, _CALLED_QUOTATION)
    )
    signed = is_signed.to_numpy(zero_copy_only=False)
    is_short = np.diff(tokens.offsets)[rows] <= _LONGEST_SIGNED
    names_work = pc.match_substring_regex(tails, _SIGNED_WORK).to_numpy(zero_copy_only=False)
    return np.asarray((signed & is_short) | names_work, bool)


def _headline_mask(texts: Texts, tokens: Tokens) -> Flags:
    """Return whether each item is written like the title of a page."""
    is_headline = np.diff(tokens.offsets) <= _LONGEST_HEADLINE
    short = texts.column().filter(pa.array(is_headline))
    capitalised, others = (
        pc.count_substring_regex(short, pattern).to_numpy(zero_copy_only=False)
        for pattern in (_CAPITALISED, _UNCAPITALISED)
    )
    is_title, is_personal = (
        pc.match_substring_regex(short, pattern).to_numpy(zero_copy_only=False)
        for pattern in (_TITLE_OF_PAGE, _PERSONAL)
    )
    is_capitalised = (capitalised >= _FEWEST_CAPITALISED) & (
        capitalised >= _CAPITALISED_SHARE * (capitalised + others)
    )
    is_headline[is_headline] = (is_capitalised | is_title) & ~is_personal
    return np.asarray(is_headline, bool)
