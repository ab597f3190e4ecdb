"""Detection of columns of prose, and of columns that repeat others, from a sample of rows."""

import re
from collections.abc import Mapping, Sequence
from itertools import islice

import pyarrow as pa

from provenance.read.columns.json_structures import are_structures, structure_texts
from provenance.read.columns.nested_texts import TextLeaves
from provenance.read.columns.string_arrays import is_textual

_SAMPLE_ROWS = 64
_BEGINNING_CHARS = 400
_MAX_FOLDED_CHARS = 1 << 17
_MIN_WORDS, _MIN_DISTINCT_SHARE, _MIN_LETTER_SHARE = 5.0, 0.5, 0.7
_MIN_REPEATED_SHARE = 0.95
"""Share of rows in which a column has to repeat another to count as its repetition."""

_WORD = re.compile(r"\S*[^\W\d_]\S*")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_LETTERS = re.compile(r"[^\W\d_]|\s|[\u0300-\u036f\u0900-\u0dff]")
_STRUCTURE = ("{", "[", "<")
_QUOTED_LIST = ("['", '["')
"""Beginnings of a list of strings, as Python and JSON write it."""
_PYTHON = ("{'", "[{'")
"""Beginnings of objects as Python writes them, such as chats in CSV that pandas wrote."""
_SEPARATORS = re.compile(r"[\W_]+")
_LONGER = 4
"""A text so many times as long as another is hardly the same."""


class ColumnSample:
    """Texts in a sample of rows, column by column.

    Parameters
    ----------
    table : pyarrow.Table
        The rows; columns may be of any type that holds text.
    reads_objects : bool, optional
        Whether strings that are objects, as JSON or Python writes them, may be prose.
    """

    def __init__(self, table: pa.Table, *, reads_objects: bool = True) -> None:
        self._texts: Mapping[str, Sequence[str]] = {
            name: _row_texts(table.column(name), reads_objects) for name in table.column_names
        }
        self._is_code = _is_code if reads_objects else is_structure
        self._rows_with_text = {
            name: frozenset(row for row, text in enumerate(texts) if text)
            for name, texts in self._texts.items()
        }
        self._folded_texts: dict[str, dict[int, str]] = {name: {} for name in self._texts}

    def is_prose(self, name: str) -> bool:
        """Return whether a column holds sentences that differ from row to row."""
        texts = self._beginnings(name)
        return (
            self.words(name) >= _MIN_WORDS
            and self.differs(name)
            and not sum(map(self._is_code, texts)) * 2 > len(texts)
            and _letter_share(texts) >= _MIN_LETTER_SHARE
        )

    def is_lower_case_prose(self, name: str) -> bool:
        """Return whether a column holds prose, and not lists of names or addresses."""
        words = _WORD.findall(" ".join(self._beginnings(name)))
        return self.is_prose(name) and 2 * sum(word[:1].isupper() for word in words) <= len(words)

    def words(self, name: str) -> float:
        """Return the mean number of words in rows with text.

        In scripts without spaces two characters count as a word.
        """
        texts = self._beginnings(name)
        return sum(map(_count_words, texts)) / max(1, len(texts))

    def differs(self, name: str) -> bool:
        """Return whether at least half of the texts are distinct."""
        texts = self._beginnings(name)
        return bool(texts) and len({*texts}) >= _MIN_DISTINCT_SHARE * len(texts)

    def repeats(self, name: str, other: str) -> bool:
        """Return whether a column repeats the texts of another, but for a few words.

        Only rows with both texts count.
        """
        rows = sorted(self._rows_with_text[name] & self._rows_with_text[other])[: _SAMPLE_ROWS // 2]
        inside = around = len(rows)
        for row in rows:
            text, other_text = self._fold_row(name, row), self._fold_row(other, row)
            inside -= text not in other_text
            around -= other_text not in text or 2 * len(other_text) < len(text)
            if max(inside, around) < _MIN_REPEATED_SHARE * len(rows):
                return False  # most pairs end after two rows; tables may have thousands of columns
        return bool(rows)

    def is_silent(self, name: str) -> bool:
        """Return whether no row of a column has text."""
        return not self._rows_with_text[name]

    def _fold_row(self, name: str, row: int) -> str:
        cache = self._folded_texts[name]
        if row not in cache:
            cache[row] = _fold(self._texts[name][row])
        return cache[row]

    def _beginnings(self, name: str) -> list[str]:
        texts = (text[:_BEGINNING_CHARS] for text in self._texts[name] if text)
        return list(islice(texts, _SAMPLE_ROWS))


def repeats_text(text: str, other: str) -> bool:
    """Return whether a text is contained in another, or contains it and is at most twice as long.

    Case, punctuation and white space are ignored.

    Examples
    --------
    >>> repeats_text("A title", "A TITLE. And a text."), repeats_text("A title", "")
    (True, False)
    """
    if _is_contained(text, other):
        return True
    folded = _fold(other, None)
    # A beginning tells of a text that is far longer.
    beginning = _fold(text, _LONGER * len(other))
    if len(beginning) > 2 * len(folded):
        return False
    return _is_contained(_fold(text, None), folded)


def _is_contained(text: str, other: str) -> bool:
    return text in other or (other in text and 2 * len(other) >= len(text))


def _row_texts(column: pa.ChunkedArray, reads_objects: bool) -> list[str]:
    """Return the joined texts of each row."""
    texts: list[str] = []
    for chunk in column.chunks:
        row_texts = TextLeaves.of({"": chunk}).join_rows(len(chunk), " ")
        texts += [(text or "").strip() for text in row_texts.to_pylist()]
    is_read = reads_objects or not any(text.startswith("{") for text in texts)
    if is_read and is_textual(column.type) and are_structures(texts):
        return [" ".join(inner for _, inner in structure_texts(text, "")).strip() for text in texts]
    return texts


def _count_words(text: str) -> float:
    unspaced = len(_UNSPACED.findall(text))
    return unspaced / 2 if unspaced * 2 > len(text) else len(_WORD.findall(text))


def is_structure(text: str) -> bool:
    """Return whether a text begins as JSON or markup does, and is no list of strings."""
    return text.startswith(_STRUCTURE) and not text.startswith(_QUOTED_LIST)


def _is_code(text: str) -> bool:
    return is_structure(text) and not text.startswith(_PYTHON)


def _letter_share(texts: Sequence[str]) -> float:
    text = "".join(texts)
    return len(_LETTERS.findall(text)) / max(1, len(text))


def _fold(text: str, most: int | None = _MAX_FOLDED_CHARS) -> str:
    return _SEPARATORS.sub("", text[:most]).casefold()
