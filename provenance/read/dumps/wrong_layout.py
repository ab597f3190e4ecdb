"""Signs in the items of a table that it is not one: headers, markup, a single text, no values."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import InputError, WrongLayout
from provenance.fingerprint.wordless_texts import KINDS, WORDS, wordless_kinds
from provenance.model.content.fingerprints import Texts
from provenance.model.content.tables import Items
from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.sources.mail import MESSAGE_START

SAMPLE_ITEMS = 20_000
MAX_COPIES_SHARE = 0.2
MIN_COPIES = 20
"""So many items with the same text, or rows that cannot be read, are a sign beside the share."""
MAX_SMALL_COPIES_SHARE, MIN_SMALL_COPIES = 0.8, 5
"""As above, for tables of few rows."""
_SHORTEST_POST = 80
"""Characters from which a text is no filler, such as "not available": a bot may have posted it on
many rows, and it is kept, as one item and its copies."""
_BYTES = "bytes as Python shows them"
_EMAILS = "e-mails with their headers"
_CUT = "cut short, as they end in dots"
_MIN_CUT = 5
"""A few texts may end in dots as they are."""
_SHARES = {
    _EMAILS: 0.02,
    "headers of a protocol": 0.02,
    "JSON": 0.2,
    "HTML": 0.2,
    _BYTES: 0.2,
    "cut short by the service": 0.02,
    _CUT: 0.5,
}
_REMEDIES = {
    **dict.fromkeys(("cut short by the service", _CUT), "give the whole texts, or keep these with"),
    _EMAILS: "write each to a file of its own, and give the folder, or keep them with",
    "HTML": "convert them to text with --text-format html, or keep them with",
    "JSON": "write rows with the texts in it, choose another column with --text-column, or keep "
    "such texts with",
    _BYTES: "decode them (ast.literal_eval(text).decode()), or keep them with",
}
_OTHER_COLUMN = "choose the column with --text-column, or keep such texts with"
_MAX_WORDLESS_SHARE = 0.5
_WORDLESS_REMEDY = (
    "give the texts as they were before they were encoded, choose the column with --text-column, "
    "or keep such texts with --text-format plain."
)
_MIN_SIGNS = 2
_MAX_TESTED = 2000
_MAX_SHOWN_CHARS = 60
_MAX_SEARCHED_CHARS, _MAX_HEAD_CHARS = 20_000, 2000
_CHARS_PER_MARK = 1000

_HEADER = re.compile(
    r"(?:WARC/\d|WARC-[A-Z]|HTTP/\d|(?:Content-(?:Type|Length)|Message-ID|Received|Return-Path|"
    r"MIME-Version): |X-[A-Z][\w-]+: .*\n[A-Z][\w-]+: )",
    re.IGNORECASE,
)
_BYTES_LITERAL = re.compile(r"""b(['"]).*\1""", re.DOTALL)
_CUT_SHORT = re.compile(r"\[\+\d+ chars\]\s*$")
_MARKUP = re.compile(
    r"</(?:a|p|b|i|em|strong|div|span|code|pre|li|ul|ol|blockquote|h\d|table|td|tr|body|html|r|t)>"
    r"|</[a-z]+:[a-z]+>|<(?:p|br ?/?)>|&(?:#\d{2,5}|#x[0-9a-f]{2,5}|quot|amp|lt|gt|nbsp);",
    re.IGNORECASE,
)


def refuse_wrong_layout(batches: Iterator[Items], dump: Dump) -> Iterator[Items]:
    """Yield the items of a table, unless the first ones show that it is none.

    Raises
    ------
    WrongLayout
        If more than 20 % of the items have the same text, or of the rows cannot be read, many texts
        are protocol headers, JSON or HTML, or a column that the user named is empty.
    """
    sample: list[Items] = []
    count, fault = 0, None
    try:
        for items in batches:
            sample.append(items)
            count += items.batch.num_rows
            if count >= SAMPLE_ITEMS:
                break
    except InputError as error:
        fault = error  # raised after the items before it
    _check_faults(sample, dump)
    _check_values(sample, dump)
    if dump.columns.text_format is None:
        _check_texts(sample, dump)
    yield from sample
    if fault is not None:
        raise fault
    yield from batches


def _check_faults(sample: list[Items], dump: Dump) -> None:
    """Check that most rows can be read."""
    kept = sum(items.batch.num_rows for items in sample)
    for reason, remedy in skipped_rows.REMEDIES.items():
        skipped = (entry for items in sample for entry in items.skipped)
        count = sum(entry.count for entry in skipped if entry.reason == reason)
        if _are_too_many(count, kept + count):
            raise WrongLayout(
                f"{dump.display_path}: {count:,} of the first {kept + count:,} rows cannot be "
                f"read: {reason}",
                remedy=remedy,
            )


def _check_values(sample: list[Items], dump: Dump) -> None:
    """Check that columns that the user named have values."""
    count = sum(items.batch.num_rows for items in sample)
    skipped = sum(entry.count for items in sample for entry in items.skipped)
    if dump.columns.text is not None and not count and skipped:
        raise WrongLayout(
            f"{dump.display_path}: none of the first {skipped:,} rows has a text in "
            f"{', '.join(map(repr, dump.columns.text.paths))}",
            remedy="choose another column with --text-column; --dry-run shows some rows.",
        )
    for field, (column, option) in dump.columns.fields.items():
        if count and field not in {"item", "source"} and _all_null(sample, field):
            kind = "date that can be read" if field == "created_at" else "value"
            raise WrongLayout(
                f"{dump.display_path}: column {column!r} has no {kind} in the first {count:,} "
                "items",
                remedy=f"choose another column with {option}, or leave the option out.",
            )


def _all_null(sample: list[Items], field: str) -> bool:
    return all(items.batch[field].null_count == items.batch.num_rows for items in sample)


def _check_texts(sample: list[Items], dump: Dump) -> None:
    texts = pa.chunked_array([items.batch["text"] for items in sample], pa.large_string())
    if not len(texts):
        return
    step = max(1, len(texts) // _MAX_TESTED)
    tested = texts.take(pa.array(range(0, len(texts), step))).to_pylist()
    for kind, is_sign in _SIGNS.items():
        signs = [text for text in tested if is_sign(text)]
        least = _MIN_CUT if kind is _CUT else min(_MIN_SIGNS, len(tested))
        if len(signs) >= least and len(signs) > _SHARES[kind] * len(tested):
            remedy = _REMEDIES.get(kind, _OTHER_COLUMN)
            raise WrongLayout(
                f"{dump.display_path}: {len(signs) / len(tested):.0%} of the texts are {kind}, "
                f"such as {_shown(signs[0])}",
                remedy=f"{remedy} --text-format plain.",
            )
    _check_words(tested, dump)
    _check_copies(texts, dump)


def _check_words(tested: list[str], dump: Dump) -> None:
    """Check that most texts are words, as those of a corpus are checked."""
    kinds = wordless_kinds(Texts.of(pa.array(tested, pa.large_string())))
    counts = Counter(kinds[kinds != WORDS].tolist())
    if counts.total() < min(_MIN_SIGNS, len(tested)) or (
        counts.total() <= _MAX_WORDLESS_SHARE * len(tested)
    ):
        return
    [(kind, _)] = counts.most_common(1)
    raise WrongLayout(
        f"{dump.display_path}: {counts.total() / len(tested):.0%} of the texts are "
        f"{KINDS[kind]}, such as {_shown(tested[kinds.tolist().index(kind)])}",
        remedy=_WORDLESS_REMEDY,
    )


def _check_copies(texts: pa.ChunkedArray, dump: Dump) -> None:
    # Equal texts are of equal length, and lengths are counted faster.
    _, most = _most_frequent(pc.binary_length(texts))
    if not _are_too_many(most, len(texts)):
        return
    text, most = _most_frequent(texts)
    is_post = len(text) >= _SHORTEST_POST and most <= MAX_SMALL_COPIES_SHARE * len(texts)
    if _are_too_many(most, len(texts)) and not is_post:
        raise WrongLayout(
            f"{dump.display_path}: {most / len(texts):.0%} of the rows have the same text, "
            f"{_shown(text)}",
            remedy="choose the column with --text-column, or keep such texts with "
            "--text-format plain.",
        )


def _most_frequent(values: pa.ChunkedArray) -> tuple[Any, int]:
    """Return the most frequent value, and how often it occurs."""
    distinct, counts = pc.value_counts(values).flatten()
    most = pc.max(counts)
    return distinct[pc.index(counts, most).as_py()].as_py(), int(most.as_py())


def _are_too_many(copies: int, count: int) -> bool:
    is_small = copies >= MIN_SMALL_COPIES and copies > MAX_SMALL_COPIES_SHARE * count
    return is_small or (copies >= MIN_COPIES and copies > MAX_COPIES_SHARE * count)


def _is_json(text: str) -> bool:
    """Return whether a text is JSON, with or without a title before it."""
    _, _, below = text.partition("\n\n")
    return _is_object_or_list(text) or _is_object_or_list(below)


def _is_object_or_list(text: str) -> bool:
    stripped = text.strip()
    if not (stripped.startswith(('{"', "[{", '["')) and stripped.endswith(("}", "]"))):
        return False
    try:
        return isinstance(json.loads(stripped), dict | list)
    except (ValueError, RecursionError):
        return False


def _is_html(text: str) -> bool:
    """Return whether a text has markup everywhere, rather than here and there as Markdown has."""
    if "<" not in text and "&" not in text:
        return False
    beginning = text[:_MAX_SEARCHED_CHARS]
    return len(_MARKUP.findall(beginning)) * _CHARS_PER_MARK >= max(1, len(beginning))


_SIGNS: dict[str, Callable[[str], object]] = {
    _EMAILS: lambda text: MESSAGE_START.match(text[:_MAX_HEAD_CHARS].encode("utf-8", "replace")),
    "headers of a protocol": _HEADER.match,
    "JSON": _is_json,
    "HTML": _is_html,
    _BYTES: _BYTES_LITERAL.fullmatch,
    "cut short by the service": _CUT_SHORT.search,
    _CUT: lambda text: text.rstrip().endswith(("...", "…")),
}


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= _MAX_SHOWN_CHARS else line[:_MAX_SHOWN_CHARS] + "…")
