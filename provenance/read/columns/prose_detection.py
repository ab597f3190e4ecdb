"""Which columns of a table are prose to train on, and which only say again what others say."""

import re
from collections.abc import Mapping, Sequence
from itertools import islice

import pyarrow as pa

from provenance.read.columns.nested_texts import Leaves

HEADINGS = frozenset(
    {"title", "subtitle", "headline", "heading", "header", "subject", "summary", "abstract"}
    | {"highlights", "description", "caption", "excerpt", "teaser", "synopsis", "tldr"}
)
"""Texts that stand over others, or for them: read at any length."""

LABELS = frozenset(
    {"id", "ids", "uuid", "guid", "key", "index", "hash", "digest", "md5", "sha1", "sha256"}
    | {"url", "urls", "uri", "link", "links", "href", "domain", "host", "address", "email", "phone"}
    | {"path", "file", "filename", "folder", "repo", "dump", "source", "dataset", "split", "subset"}
    | {"label", "labels", "class", "category", "categories", "tag", "tags", "hashtags", "keywords"}
    | {"genre", "topic", "topics", "type", "kind", "format", "mime", "status", "score", "rating"}
    | {"lang", "language", "locale", "country", "city", "location", "place", "timezone"}
    | {"author", "authors", "user", "username", "creator", "editor", "name", "names", "by"}
    | {"date", "time", "timestamp", "created", "updated", "modified", "published", "added"}
    | {"licence", "license", "rights", "copyright", "version", "model", "engine", "device", "agent"}
    | {"json", "meta", "metadata", "html", "xml", "image", "images", "media", "audio", "video"}
    | {"parse", "tree", "pos", "ner", "lemmas", "lemmatized", "stemmed", "tokens", "tokenized"}
    | {"tokenised", "clean", "cleaned", "normalized", "normalised", "preprocessed", "processed"}
)
"""Words in the names of columns that label a text, or hold another form of it."""

_ROWS = 64
_BEGINNING = 400
_WHOLE = 1 << 17
_LEAST_WORDS, _LEAST_DISTINCT, _LEAST_LETTERS = 5.0, 0.5, 0.7
_ALL = 0.95
"""Of the rows: what a column says in so many of them, it says."""

_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_WORD = re.compile(r"\S*[^\W\d_]\S*")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_LETTERS = re.compile(r"[^\W\d_]|\s|[\u0300-\u036f\u0900-\u0dff]")
_STRUCTURE = ("{", "[", "<")
_JOINTS = re.compile(r"[\W_]+")


def is_heading(name: str) -> bool:
    """Whether a column is named as a heading: "title", "post_title", "ReviewHeadline"."""
    parts = _words_of(name)
    return bool(parts) and parts[-1] in HEADINGS and not is_label(name)


def is_label(name: str) -> bool:
    """Whether a column is named as something that is no text: "user_id", "sourceUrl"."""
    return not LABELS.isdisjoint(_words_of(name))


class Sampled:
    """What some rows of a table say, column by column.

    Parameters
    ----------
    table : pyarrow.Table
        The rows; columns may be of any type that holds text.
    """

    def __init__(self, table: pa.Table) -> None:
        self._said: Mapping[str, Sequence[str]] = {
            name: _said(table.column(name)) for name in table.column_names
        }
        self._told = {
            name: list(islice((row for row, text in enumerate(said) if text), _ROWS // 2))
            for name, said in self._said.items()
        }
        self._known: dict[str, dict[int, str]] = {name: {} for name in self._said}

    def is_prose(self, name: str) -> bool:
        """Whether a column holds sentences, differing from row to row."""
        texts = self._beginnings(name)
        return (
            self.words(name) >= _LEAST_WORDS
            and self.differs(name)
            and not sum(text.startswith(_STRUCTURE) for text in texts) * 2 > len(texts)
            and _share_of_letters(texts) >= _LEAST_LETTERS
        )

    def words(self, name: str) -> float:
        """Return the mean number of words in a row that has any.

        In scripts without spaces two characters are a word.
        """
        texts = self._beginnings(name)
        return sum(map(_count, texts)) / max(1, len(texts))

    def differs(self, name: str) -> bool:
        """Whether most rows say something of their own."""
        texts = self._beginnings(name)
        return bool(texts) and len({*texts}) >= _LEAST_DISTINCT * len(texts)

    def repeats(self, name: str, other: str) -> bool:
        """Whether a column says what another says too, give or take a few words."""
        rows = self._told[name]
        inside = around = len(rows)
        for row in rows:
            one, two = self._folded(name, row), self._folded(other, row)
            inside -= one not in two
            around -= two not in one or 2 * len(two) < len(one)
            if max(inside, around) < _ALL * len(rows):
                return False  # as nearly always after two rows: tables have thousands of columns
        return bool(rows)

    def is_silent(self, name: str) -> bool:
        """Whether no row of a column has text."""
        return not self._told[name]

    def _folded(self, name: str, row: int) -> str:
        known = self._known[name]
        if row not in known:
            known[row] = _folded(self._said[name][row])
        return known[row]

    def _beginnings(self, name: str) -> list[str]:
        texts = (text[:_BEGINNING] for text in self._said[name] if text)
        return list(islice(texts, _ROWS))


def says_again(one: str, other: str) -> bool:
    """Whether all of one text is in another, or half of it and more is all of the other.

    Case, punctuation and white space do not count.

    Examples
    --------
    >>> says_again("A title", "A TITLE. And a text."), says_again("A title", "")
    (True, False)
    """
    return _within(one, other) or _within(_folded(one, None), _folded(other, None))


def _within(one: str, other: str) -> bool:
    return one in other or (other in one and 2 * len(other) >= len(one))


def _said(column: pa.ChunkedArray) -> list[str]:
    """Return what each row says, whatever it is made of."""
    told: list[str] = []
    for chunk in column.chunks:
        joined = Leaves.of({"": chunk}).joined(len(chunk), " ")
        told += [(text or "").strip() for text in joined.to_pylist()]
    return told


def _count(text: str) -> float:
    unspaced = len(_UNSPACED.findall(text))
    return unspaced / 2 if unspaced * 2 > len(text) else len(_WORD.findall(text))


def _share_of_letters(texts: Sequence[str]) -> float:
    whole = "".join(texts)
    return len(_LETTERS.findall(whole)) / max(1, len(whole))


def _folded(text: str, most: int | None = _WHOLE) -> str:
    return _JOINTS.sub("", text[:most]).casefold()


def _words_of(name: str) -> list[str]:
    return [part.lower() for part in _PARTS.findall(name.rpartition(".")[2])]
