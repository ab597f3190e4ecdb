"""What the user says about the columns of a table of items."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import InputError
from provenance.model.content.fingerprints import Flags
from provenance.read.columns.string_arrays import (
    is_blank,
    null_invalid_utf8,
    null_where,
    replace_surrogates,
    to_flags,
)

TextFormat = Literal["plain", "html"]
ITEM_MARK = "[]"
"""Follows a list in a path: `files[].content` makes an item of each element."""
NULL_TEXTS = frozenset({"NaN", "nan", "None", "null", "NULL", "\\N", "<NA>", "N/A", "n/a", "#N/A"})
"""What programs write for a text that is missing."""
_MAX_NULL_BYTES = max(map(len, NULL_TEXTS))

_TEXT = pa.large_string()
_PARAGRAPHS = "\n\n"
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_ESCAPES = {r"\n": "\n", r"\t": "\t"}


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Columns of a table by what they hold, as far as the user names them.

    Parameters
    ----------
    text_columns : tuple of str
        Columns whose texts are joined, with an empty line between them.
    template : str or None
        Text of an item, with columns in braces: "{title} {body}".
    id_column, date_column, url_column, author_column, licence_column : str or None
        Columns of the item's id, date, address, author and licence.
    source_column : str or None
        Column of the source.
    text_format : "plain", "html" or None
        "html" converts texts from HTML; "plain" keeps them even if they look like markup or JSON.
    """

    text_columns: tuple[str, ...] = ()
    template: str | None = None
    id_column: str | None = None
    date_column: str | None = None
    url_column: str | None = None
    author_column: str | None = None
    licence_column: str | None = None
    source_column: str | None = None
    text_format: TextFormat | None = None

    @property
    def text(self) -> "TextParts | None":
        """Return what a text is made of; None if the user does not say."""
        if self.template is not None:
            return parse_template(self.template)
        return TextParts(_clean(self.text_columns)) if self.text_columns else None

    @property
    def fields(self) -> dict[str, tuple[str, str]]:
        """Return column and option by the field of `ITEMS`, without those that are not named."""
        columns = {
            "item": (self.id_column, "--id-column"),
            "created_at": (self.date_column, "--date-column"),
            "url": (self.url_column, "--url-column"),
            "author": (self.author_column, "--author-column"),
            "licence": (self.licence_column, "--licence-column"),
            "source": (self.source_column, "--source-column"),
        }
        return {
            field: (replace_surrogates(column), option)
            for field, (column, option) in columns.items()
            if column is not None
        }

    @property
    def names_columns(self) -> bool:
        """Return whether any column is named, so that the dump is a table."""
        return self.text is not None or bool(self.fields)


NO_COLUMNS = ColumnMapping()
"""The user names no columns."""


@dataclass(frozen=True, slots=True)
class TextParts:
    """The columns that make up a text.

    Parameters
    ----------
    paths : tuple of str
        Columns.
    literals : tuple of str or None
        Texts before, between and after them, one more than columns. None joins the columns that
        are not blank with an empty line.
    others : tuple of str
        Columns with the text of rows in which the last one of `paths` is blank.
    """

    paths: tuple[str, ...]
    literals: tuple[str, ...] | None = None
    others: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Return all columns that are read, in the order in which `join` takes them."""
        return self.paths + self.others

    def join(self, columns: Sequence[pa.Array]) -> pa.Array:
        """Return the texts of some rows: null where all columns are null, "" if all are blank."""
        before = len(self.paths) - 1
        columns = [*map(without_null_texts, columns)]
        columns = [*columns[:before], _first_present(columns[before:])]
        if self.literals is None and len(columns) == 1:
            return columns[0]
        is_null, is_silent = columns[0].is_null(), _is_silent(columns[0])
        for column in columns[1:]:
            is_null, is_silent = pc.and_(is_null, column.is_null()), is_silent & _is_silent(column)
        if self.literals is None:
            joined = _present_or_empty(columns[0])
            for column in columns[1:]:
                joined = _join_paragraphs(joined, _present_or_empty(column))
        else:
            pieces: list[object] = [pa.scalar(self.literals[0], _TEXT)]
            for column, literal in zip(columns, self.literals[1:], strict=True):
                pieces += [pc.fill_null(column, ""), pa.scalar(literal, _TEXT)]
            joined = pc.binary_join_element_wise(*pieces, pa.scalar("", _TEXT))
            joined = pc.if_else(pa.array(is_silent), pa.scalar("", _TEXT), joined)
        return null_where(is_null, joined)

    def join_values(self, values: Sequence[str | None]) -> str | None:
        """Return the text of one row, as `join`."""
        before = len(self.paths) - 1
        values = [None if value in NULL_TEXTS else value for value in values]
        present = (value for value in values[before:] if value and not value.isspace())
        values = [*values[:before], next(present, values[before])]
        if all(value is None for value in values):
            return None
        if self.literals is None and len(values) == 1:
            return values[0]
        if not any(value and not value.isspace() for value in values):
            return ""
        if self.literals is None:
            return _PARAGRAPHS.join(value for value in values if value and not value.isspace())
        pairs = zip(values, self.literals[1:], strict=True)
        return self.literals[0] + "".join(f"{value or ''}{literal}" for value, literal in pairs)


def without_null_texts(texts: pa.Array) -> pa.Array:
    """Return texts with null for what programs write for a text that is missing."""
    is_short = pc.fill_null(pc.less_equal(pc.binary_length(texts), _MAX_NULL_BYTES), False)
    if not is_short.true_count:  # as in most columns
        return texts
    flags = to_flags(is_short).copy()
    flags[flags] = to_flags(
        pc.is_in(texts.filter(is_short), value_set=pa.array(NULL_TEXTS, texts.type))
    )
    return null_where(pa.array(flags), texts)


def parse_template(template: str) -> TextParts:
    r"""Parse a template; `\n` and `\t` in it stand for a line break and a tab.

    Raises
    ------
    InputError
        If it names no column.

    Examples
    --------
    >>> parse_template(r"{title}\nby {author.name}")
    TextParts(paths=('title', 'author.name'), literals=('', '\nby ', ''), others=())
    """
    for escape, character in _ESCAPES.items():
        template = template.replace(escape, character)
    parts = _PLACEHOLDER.split(replace_surrogates(template))
    if len(parts) == 1:
        raise InputError(
            f"the template {template!r} names no column",
            remedy="write columns in braces: --template '{title}\\n{body}'.",
        )
    return TextParts(tuple(parts[1::2]), tuple(parts[::2]))


def list_prefix(paths: Sequence[str]) -> str | None:
    """Return the path of the list of which every element is an item; None if there is none.

    Raises
    ------
    InputError
        If paths name elements of several lists.
    """
    prefixes = {path.partition(ITEM_MARK)[0] for path in paths if ITEM_MARK in path}
    if len(prefixes) > 1 or any(path.count(ITEM_MARK) > 1 for path in paths):
        raise InputError(
            f"the columns {', '.join(sorted(paths))} are in several lists",
            remedy="name columns of one list, such as files[].content and files[].path.",
        )
    return prefixes.pop() if prefixes else None


def _first_present(columns: Sequence[pa.Array]) -> pa.Array:
    """Return the first text that is not blank of each row; that of the first column if all are."""
    if len(columns) == 1:
        return columns[0]
    present = [null_where(pa.array(_is_silent(column)), column) for column in columns]
    return pc.coalesce(*present, columns[0])


def _present_or_empty(texts: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(_is_silent(texts)), pa.scalar("", _TEXT), texts)


def _join_paragraphs(first: pa.Array, second: pa.Array) -> pa.Array:
    # `binary_join_element_wise` skips nulls, too, but leaves out rows where all are null.
    is_single = pc.or_(pc.equal(first, ""), pc.equal(second, ""))
    separator = pc.if_else(is_single, pa.scalar("", _TEXT), pa.scalar(_PARAGRAPHS, _TEXT))
    return pc.binary_join_element_wise(first, separator, second, pa.scalar("", _TEXT))


def _is_silent(texts: pa.Array) -> Flags:
    return to_flags(texts.is_null()) | is_blank(null_invalid_utf8(texts))


def _clean(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(replace_surrogates, names))
