"""Which column of a table is the text, the id, the address, the date."""

from collections.abc import Mapping
from difflib import get_close_matches

import pyarrow as pa

from provenance.errors import ColumnMissing
from provenance.read.dumps.dump import Dump
from provenance.read.strings import is_bytes, is_textual

KNOWN = {
    "text": "text body content fulltext tweettext tweet posttext commenttext comment message "
    "post selftext status sentence utterance caption transcript description title headline",
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
"""Names in order of preference, without case and punctuation."""


def found(schema: Mapping[str, pa.DataType], dump: Dump) -> dict[str, str]:
    """Return the column of each role that the table has.

    Parameters
    ----------
    schema : mapping of str to pyarrow.DataType
        The table's columns.
    dump : Dump
        Names columns that were given, and the file.

    Raises
    ------
    ColumnMissing
        If a named column is not there, or no column is known as the text.
    """
    roles = {
        role: column
        for role, names in KNOWN.items()
        if (column := _first(names.split(), schema, _FITS.get(role, _is_plain))) is not None
    }
    for role, named, option in (
        ("text", dump.text_column, "--text-column"),
        ("source", dump.source_column, "--source-column"),
    ):
        if named is not None:
            roles[role] = _named(named, option, schema, dump)
    if "text" not in roles:
        raise ColumnMissing(
            f"{dump.name}: no column is known as the text; the table has {sorted(schema)}",
            remedy="name the column with --text-column.",
        )
    return {role: column for role, column in roles.items() if not _taken(role, column, roles)}


def _taken(role: str, column: str, roles: Mapping[str, str]) -> bool:
    """Say whether a column that was named as the text would also be found as something else."""
    return role not in {"text", "source"} and column == roles["text"]


def _first(names: list[str], schema: Mapping[str, pa.DataType], fits: object) -> str | None:
    known = {_bare(column): column for column in reversed(list(schema))}
    for name in names:
        column = known.get(name)
        if column is not None and fits(schema[column]):  # type: ignore[operator]
            return column
    return None


def _named(name: str, option: str, schema: Mapping[str, pa.DataType], dump: Dump) -> str:
    if name in schema:
        return name
    near = get_close_matches(name, schema, n=1, cutoff=0.6)
    raise ColumnMissing(
        f"{dump.name}: column {name!r} is missing; the table has {sorted(schema)}",
        remedy=f"did you mean {option} {near[0]}?" if near else f"choose one with {option}.",
    )


def _bare(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _is_string(kind: pa.DataType) -> bool:
    return is_textual(kind) or is_bytes(kind) or bool(pa.types.is_null(kind))


def _is_plain(kind: pa.DataType) -> bool:
    return _is_string(kind) or bool(pa.types.is_integer(kind))


def _is_moment(kind: pa.DataType) -> bool:
    return _is_plain(kind) or bool(pa.types.is_temporal(kind) or pa.types.is_floating(kind))


_FITS = {"text": _is_string, "created_at": _is_moment}
