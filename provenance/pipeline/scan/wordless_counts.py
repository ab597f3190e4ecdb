"""Counts of texts that are not words, by file and column, to say what could not be compared."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.fingerprint.wordless_texts import IDENTIFIER, KINDS, WORDS, wordless_kinds
from provenance.model.content.fingerprints import Int64s, Texts, Tokens
from provenance.model.results.result import WordlessTexts

_MIN_BYTES = 20
"""Shorter texts, such as the answer "42", show what a column holds only if nearly all are so."""
_MAX_SHARE, _MAX_SHORT_SHARE = 0.2, 0.9
"""Share of the texts of a column from which it is not words: long ones, and with short ones."""
_MIN_FILE_SHARE = 0.05
"""Share of the bytes of its file from which a column of short texts is more than labels."""
_PLACE = re.compile(r"\[\d+\]")


class _Texts(NamedTuple):
    """Numbers of texts of a column, or of one kind of these."""

    texts: int = 0
    long: int = 0
    tokens: int = 0
    bytes: int = 0

    def __add__(self, other: "_Texts") -> "_Texts":  # type: ignore[override]
        return _Texts(*(a + b for a, b in zip(self, other, strict=True)))


_Place = tuple[str, int]
"""A file and a row."""
_Column = tuple[str, str]
"""A file, or the suffix of text files, and the name of a column."""


@dataclass(frozen=True, slots=True)
class WordlessCounts:
    """Counts of the texts of a corpus, and of those that are not words.

    Parameters
    ----------
    documents : int
        Documents with a text that is not words.
    totals : mapping
        All texts, by file and column.
    kinds : mapping
        Texts by file, column and kind, with the first of these.
    """

    documents: int = 0
    totals: Mapping[_Column, _Texts] = field(default_factory=dict)
    kinds: Mapping[tuple[str, str, int], tuple[_Texts, _Place]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, batch: pa.RecordBatch, tokens: Tokens, documents: Int64s, *, are_files: bool
    ) -> "WordlessCounts":
        """Count some texts.

        Parameters
        ----------
        batch : pyarrow.RecordBatch
            Of schema `DOCUMENTS`.
        tokens : Tokens
            Their tokens.
        documents : ndarray of int64
            The document of each text.
        are_files : bool
            Whether each text is a file: then those with the same suffix count as one collection.
        """
        texts = Texts.of(batch.column("text"))
        kinds, sizes, lengths = (
            wordless_kinds(texts),
            np.diff(texts.offsets),
            np.diff(tokens.offsets),
        )
        totals: dict[_Column, _Texts] = {}
        by_kind: dict[tuple[str, str, int], tuple[_Texts, _Place]] = {}
        for column, rows in _columns(batch, are_files=are_files):
            totals[column] = _count(rows, sizes, lengths)
            for kind in np.unique(kinds[rows]):
                if kind != WORDS:
                    chosen = rows[kinds[rows] == kind]
                    first = (
                        batch["file"][int(chosen[0])].as_py(),
                        batch["row"][int(chosen[0])].as_py(),
                    )
                    by_kind[(*column, int(kind))] = _count(chosen, sizes, lengths), first
        return cls(len(np.unique(documents[kinds != WORDS])), totals, by_kind)

    @classmethod
    def merge(cls, parts: Iterable["WordlessCounts"]) -> "WordlessCounts":
        """Return the counts of several parts, in any order."""
        documents = 0
        totals: dict[_Column, _Texts] = {}
        kinds: dict[tuple[str, str, int], tuple[_Texts, _Place]] = {}
        for part in parts:
            documents += part.documents
            for column, count in part.totals.items():
                totals[column] = totals.get(column, _Texts()) + count
            for key, (count, first) in part.kinds.items():
                known, place = kinds.get(key, (_Texts(), first))
                kinds[key] = known + count, min(place, first)
        return cls(documents, totals, kinds)

    def to_json(self) -> list[object]:
        """Return it as JSON has it."""
        return [
            self.documents,
            [[*column, *count] for column, count in self.totals.items()],
            [[*key, *count, *first] for key, (count, first) in self.kinds.items()],
        ]

    @classmethod
    def from_json(cls, content: list[Any]) -> "WordlessCounts":
        """Return what `to_json` has written.

        Raises
        ------
        ValueError, TypeError
            If the content is something else.
        """
        documents, totals, kinds = content
        return cls(
            int(documents),
            {(name, column): _Texts(*count) for name, column, *count in totals},
            {
                (name, column, kind): (_Texts(*count), (file, row))
                for name, column, kind, *count, file, row in kinds
            },
        )

    def summary(self) -> tuple[WordlessTexts, ...]:
        """Return what is not words, by file, column and kind."""
        of_files: dict[str, int] = {}
        wordless: dict[_Column, list[_Texts]] = {}
        for (name, _), count in self.totals.items():
            of_files[name] = of_files.get(name, 0) + count.bytes
        for (name, column, kind), (count, _) in self.kinds.items():
            sure = count._replace(long=0) if kind == IDENTIFIER else count
            wordless.setdefault((name, column), []).append(sure)
        return tuple(
            WordlessTexts(
                name,
                column,
                KINDS[kind],
                count.texts,
                self.totals[name, column].texts,
                count.tokens,
                count.bytes,
                *first,
                is_whole=_is_wordless(
                    wordless[name, column], self.totals[name, column], of_files[name]
                ),
            )
            for (name, column, kind), (count, first) in sorted(self.kinds.items())
        )


NO_WORDLESS_COUNTS = WordlessCounts()


def _is_wordless(kinds: Iterable[_Texts], total: _Texts, of_file: int) -> bool:
    """Return whether a column is not words, given its texts that are not."""
    wordless = sum(kinds, _Texts())
    return wordless.long >= _MAX_SHARE * total.texts or (
        wordless.texts >= _MAX_SHORT_SHARE * total.texts
        and total.bytes >= _MIN_FILE_SHARE * of_file
    )


def _count(rows: Int64s, sizes: Int64s, lengths: Int64s) -> _Texts:
    return _Texts(
        len(rows),
        int((sizes[rows] >= _MIN_BYTES).sum()),
        int(lengths[rows].sum()),
        int(sizes[rows].sum()),
    )


def _columns(batch: pa.RecordBatch, *, are_files: bool) -> Iterable[tuple[_Column, Int64s]]:
    """Return the columns of a batch, and the rows of each; places in lists are left out."""
    files, fields = (pc.dictionary_encode(batch[name]) for name in ("file", "field"))
    names = [_suffix(name) if are_files else name for name in files.dictionary.to_pylist()]
    paths = [_PLACE.sub("[]", path) for path in fields.dictionary.to_pylist()]
    pairs = files.indices.to_numpy().astype(np.int64) * len(paths) + fields.indices.to_numpy()
    rows_of: dict[_Column, list[Int64s]] = {}
    order = np.argsort(pairs, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(pairs[order])) + 1):
        place, path = divmod(int(pairs[rows[0]]), len(paths))
        rows_of.setdefault((names[place], paths[path]), []).append(rows)
    return [(column, np.sort(np.concatenate(rows))) for column, rows in rows_of.items()]


def _suffix(name: str) -> str:
    return f"*{PurePosixPath(name).suffix}"
