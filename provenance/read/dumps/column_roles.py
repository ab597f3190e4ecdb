"""Roles of the columns of a table of items: text, id, URL, date, author and others."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches

import pyarrow as pa

from provenance.errors import ColumnMissing
from provenance.read.columns.column_choice import duplicate_column_error, format_names
from provenance.read.columns.column_paths import type_at
from provenance.read.columns.string_arrays import is_bytes, is_textual
from provenance.read.dumps.dump_file import Dump

TypePredicate = Callable[[pa.DataType], bool]

KNOWN_NAMES = {
    "text": "text body content fulltext tweettext tweet posttext commenttext comment message "
    "post selftext status sentence utterance caption transcript description title headline",
    "title": "title headline",
    "item": "idstr id itemid nativeid tweetid statusid postid commentid messageid docid "
    "documentid uuid guid uri",
    "url": "url permalink link href sourceurl pageurl posturl webpage",
    "created_at": "createdat createdutc created creationdate publishedat published publishdate "
    "publicationdate pubdate postedat timestamp datetime date time",
    "author": "author username screenname userscreenname user authorname by creator handle "
    "ownerdisplayname account",
    "language": "language lang languagecode",
    "licence": "licence license contentlicense contentlicence",
}
"""Names of each role in order of preference, without case and punctuation."""


def find_roles(schema: pa.Schema, dump: Dump) -> dict[str, str]:
    """Return the column of each role that the table has.

    Parameters
    ----------
    schema : pyarrow.Schema
        Of the table.
    dump : Dump
        The file, and the columns given by the user.

    Returns
    -------
    dict of str to str
        Paths by the fields of `ITEMS`, "text" among them. "title" replaces a missing text, as in
        posts that only link; never a text column given by the user.

    Raises
    ------
    ColumnMissing
        If a given column is missing, or no column is recognised as the text.
    """
    roles = {}
    for role, column, option in (
        ("text", dump.text_column, "--text-column"),
        ("source", dump.source_column, "--source-column"),
    ):
        if column is not None:
            roles[role] = _given_column(column, option, schema, dump)
    for role, names in KNOWN_NAMES.items():
        if role not in roles and not (role == "title" and dump.text_column):
            path = _first_fitting(names.split(), schema, _FITS.get(role, _is_name), roles)
            roles |= {role: path} if path else {}
    return roles if "text" in roles else roles | {"text": _only_text_column(schema, roles, dump)}


def _first_fitting(
    names: list[str], schema: pa.Schema, fits: TypePredicate, roles: Mapping[str, str]
) -> str | None:
    actual_names = {_fold(name): name for name in reversed(schema.names)}
    for name in names:
        column = actual_names.get(name)
        if column is None or column == roles.get("text") or schema.names.count(column) > 1:
            continue
        if fits(schema.field(column).type):
            return str(column)
    return None


def _only_text_column(schema: pa.Schema, roles: Mapping[str, str], dump: Dump) -> str:
    """Return the only string column without another role."""
    used = set(roles.values())
    candidates = [
        field.name for field in schema if is_textual(field.type) and field.name not in used
    ]
    if len(candidates) != 1:
        raise ColumnMissing(
            f"{dump.display_path}: no column is recognised as the text; the table has "
            f"{format_names(schema.names)}",
            remedy="choose the column with --text-column.",
        )
    return str(candidates[0])


def _given_column(name: str, option: str, schema: pa.Schema, dump: Dump) -> str:
    if schema.names.count(name) > 1:
        raise duplicate_column_error(name, dump.display_path)
    kind = type_at(schema, name)
    if kind is None:
        matches = get_close_matches(name, schema.names, n=1, cutoff=0.6)
        raise ColumnMissing(
            f"{dump.display_path}: column {name!r} is missing; "
            f"the table has {format_names(schema.names)}",
            remedy=f"did you mean {option} {matches[0]}?"
            if matches
            else f"choose one with {option}.",
        )
    if not _is_string(kind):
        raise ColumnMissing(
            f"{dump.display_path}: column {name!r} holds {kind}, not text",
            remedy=f"choose a column of text with {option}.",
        )
    return name


def _fold(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _is_string(kind: pa.DataType) -> bool:
    return is_textual(kind) or is_bytes(kind) or bool(pa.types.is_null(kind))


def _is_name(kind: pa.DataType) -> bool:
    return _is_string(kind) or bool(pa.types.is_integer(kind))


def _is_number(kind: pa.DataType) -> bool:
    # A missing value in a column of integers may have turned it into floats.
    return _is_name(kind) or bool(pa.types.is_floating(kind))


def _is_timestamp(kind: pa.DataType) -> bool:
    return _is_number(kind) or bool(pa.types.is_temporal(kind))


_FITS = {"text": _is_string, "title": _is_string, "item": _is_number, "created_at": _is_timestamp}
