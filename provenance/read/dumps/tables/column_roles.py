"""Roles of the columns of a table of items: text, id, URL, date, author and others."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import ColumnMissing
from provenance.model.content.fingerprints import Flags
from provenance.model.content.tables import Items, Skipped
from provenance.read.columns.column_choice import SampleReader, duplicate_column_error, format_names
from provenance.read.columns.column_paths import type_at, unique_names
from provenance.read.columns.json_schema import infer_schema
from provenance.read.columns.nested_texts import is_list
from provenance.read.columns.string_arrays import (
    as_strings,
    format_values,
    is_textual,
    null_invalid_utf8,
    to_flags,
)
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import skipped_batch
from provenance.read.dumps.item_columns import (
    FALSE,
    PUBLISHED,
    TRUE,
    UNPUBLISHED,
    filterable,
    plain_name,
    to_strings,
)
from provenance.read.dumps.parsers.date_order import is_ambiguous
from provenance.read.dumps.parsers.timestamps import parse_timestamp
from provenance.read.dumps.tables.column_mapping import ITEM_MARK, TextParts, list_prefix
from provenance.read.dumps.tables.column_names import (
    AUTHOR_MEMBERS,
    AUTHOR_OBJECTS,
    FLAGS_OF_PUBLISHED,
    KNOWN_NAMES,
    LICENCE_MEMBERS,
    LICENCE_OBJECTS,
    MARK_ROLES,
    METADATA_NAMES,
    OTHER_MARKS,
    OWN_ID_NAMES,
    OWN_PREFIX,
    PAGE_NAMES,
    REPLY_NAMES,
    REPLY_TEXT_NAMES,
    REVIEW_WORD,
    REVIEWER_NAMES,
    ROLE_TYPES,
    SUMMARY_NAMES,
    TEXT_NAMES,
    TypePredicate,
    all_fitting,
    bare_name,
    fitting,
    is_anything,
    is_mark,
    is_name,
    is_names,
    is_string,
    is_string_or_list,
    name_words,
    text_prefix,
    unknown_texts,
)
from provenance.read.dumps.tables.nested_columns import texts_within
from provenance.read.dumps.tables.text_columns import find_text, have_words, texts_of, unread_texts
from provenance.read.formats.jsonl_blocks import parse_line

_OTHER_STATES = frozenset({"", "archived", "home", "sent", "unlisted"})
"""States of posts that may be published."""
_PLAIN_STATES = {"live", "publish", "published", "visible", "deleted", "trash", "trashed"}
"""States that only posts have: beside one of them, unknown states do not matter."""
_MAX_STATES = 8
"""A column of more values in a sample says something else of a row than whether it is public."""
MAX_SHARED_IDS = 0.05
"""Share of the texts in a sample that may have the id of another, if its name is another one."""
_CHAT_TABLES = (
    {"authorid", "author", "date", "content", "attachments", "reactions"},  # DiscordChatExporter
    {"date", "user", "message"},  # KakaoTalk
)
"""Columns of tables in which what the service says stands among what people wrote."""


@dataclass(frozen=True, slots=True)
class TableMapping:
    """What the columns of a table hold.

    Parameters
    ----------
    text : TextParts
        Columns of the text; of elements of a list, as if the list were a structure.
    fields : dict of str to str
        Path of each other field of `ITEMS` that the table has; "deleted" has marks of deleted rows,
        "system" those of notices of the service, "notice" texts that may be such.
    exploded : str or None
        List of which every element is an item.
    parsed : str or None
        Column of strings that are JSON objects, in which some of `fields` are.
    replies : tuple of str
        Columns with further items: lists of what others wrote below the text.
    unread : tuple of str
        Columns with texts that are not read, where the user does not name the text.
    unread_marks : mapping of str to sequence of str
        Columns that are not read, and by whose values, given here, rows may be private or deleted.
    """

    text: TextParts
    fields: Mapping[str, str]
    exploded: str | None = None
    parsed: str | None = None
    replies: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    unread_marks: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def paths(self) -> list[str]:
        """Return the paths to read."""
        paths = {*self.text.columns, *self.fields.values(), *self.replies}
        if self.parsed is not None:
            paths = {self.parsed if self.is_parsed(path) else path for path in paths}
        if self.exploded is not None:
            inner = f"{self.exploded}."
            paths = {path for path in paths if not f"{path}.".startswith(inner)} | {self.exploded}
        return sorted(paths)

    def is_parsed(self, path: str) -> bool:
        """Return whether a path is within the JSON of the `parsed` column."""
        return self.parsed is not None and path.startswith(f"{self.parsed}.")

    def is_of_element(self, path: str) -> bool:
        """Return whether a path is within the exploded list, so that it differs by item."""
        return self.exploded is not None and f"{path}.".startswith(f"{self.exploded}.")

    def unread_columns(self, file: str) -> Iterator[Items]:
        """Yield an entry, with a count of zero, for each column of texts or marks not read."""
        entries = []
        for path in self.unread:
            columns = (path,) if ITEM_MARK in path else (*self.text.paths, path)
            options = " ".join(f"--text-column '{column}'" for column in columns)
            reason = f"texts in the column {path!r} are not read; to read them, add {options}"
            entries.append(Skipped(file, reason, 0))
        for path, values in self.unread_marks.items():
            reason = (
                f"the column {path!r} ({', '.join(map(repr, values))}) is not read; if it marks "
                "rows that are not public, leave these out"
            )
            entries.append(Skipped(file, reason, 0))
        yield from skipped_batch(tuple(entries))

    def describe(self) -> dict[str, str]:
        """Return the columns by what they hold, as the user would name them."""
        names = {"item": "id", "created_at": "date"}
        text = (
            " + ".join(self.text.paths)
            if self.text.literals is None
            else "".join(
                f"{literal}{{{path}}}"
                for literal, path in zip(self.text.literals, self.text.paths, strict=False)
            )
        )
        text += "".join(f" or {path}" for path in self.text.others)
        fields = {names.get(field, field): path for field, path in self.fields.items()}
        replies = {"replies": " and ".join(self.replies)} if self.replies else {}
        shown = {field: path for field, path in fields.items() if field != "notice"}
        return {"text": text} | shown | replies


def find_roles(schema: pa.Schema, dump: Dump, sample: SampleReader) -> TableMapping:
    """Return which columns hold what: those that the user names, else those of well-known names.

    Parameters
    ----------
    schema : pyarrow.Schema
        Of the table.
    dump : Dump
        The file, and the columns named by the user.
    sample : callable
        Reads some rows of the given columns.

    Returns
    -------
    TableMapping
        A title is put before the text, unless the text is in one of `WHOLE_TEXT_NAMES`, or the user
        names text columns.

    Raises
    ------
    ColumnMissing
        If a named column is missing, or no column is recognised as the text.
    """
    sample = partial(_read_valid_sample, sample)
    given, text = dump.columns.fields, dump.columns.text
    options = dict(given.values())
    replies = _reply_columns(schema) if text is None else ()
    if text is not None:
        option = "--text-column" if text.literals is None else "--template"
        options |= dict.fromkeys(text.paths, option)
    exploded = list_prefix([*options])
    for path, option in options.items():
        is_text = text is not None and path in text.paths and text.literals is None
        _check_given(
            path, option, schema, dump, is_fit=is_string_or_list if is_text else is_anything
        )
    fields = {role: path.replace(ITEM_MARK, "") for role, (path, _) in given.items()}
    single = _columns_of_unique_names(schema)
    if text is None:
        _refuse_texts_of_one_name(schema, single, dump)
        others = pa.schema([field for field in single if field.name not in replies])
        text = find_text(others, fields, dump, sample)
    else:
        text = _without_marks(text)
    metadata = _metadata(single, sample)
    groups = _groups(single, exploded, text.paths[0], metadata)
    fields |= _find_fields(fields, groups, text, schema, sample)
    if {bare_name(name) for name in schema.names} in _CHAT_TABLES:
        fields["notice"] = text.paths[0]
    taken = {*fields.values(), *replies}
    unread = () if dump.columns.text else unread_texts(single, text, taken, sample)
    marks = _unread_marks(single, {*taken, *text.paths}, sample)
    return TableMapping(text, fields, exploded, _parsed(metadata), replies, unread, marks)


def _read_valid_sample(sample: SampleReader, names: Sequence[str]) -> pa.Table:
    """Read some rows, with null for strings that are not valid UTF-8, as in CSV in Latin-1."""
    table = sample(names)
    for place, name in enumerate(table.column_names):
        column = table.column(place).combine_chunks()
        if is_textual(column.type):
            texts = null_invalid_utf8(as_strings(filterable(column)))
            table = table.set_column(place, name, texts)
    return table


def _find_fields(
    given: Mapping[str, str],
    groups: list["_Group"],
    text: TextParts,
    schema: pa.Schema,
    sample: SampleReader,
) -> dict[str, str]:
    """Return the paths of the fields that the user does not name, by role."""
    fields = {**given}
    is_own = text_prefix(text.paths[-1]) == OWN_PREFIX
    for role in KNOWN_NAMES:
        if role not in fields and not (is_own and role == "author"):
            columns = [*dict.fromkeys(_role_columns(role, groups, fields, text))]
            columns = _choose_by_values(role, columns, text, schema, sample)
            fields |= {role: columns[0]} if columns else {}
    for role, path in _values_within_objects(schema).items():
        if role not in fields or (role not in given and _is_null(fields[role], schema)):
            fields[role] = path
    return fields


def _parsed(metadata: "_Metadata | None") -> str | None:
    return metadata.column if metadata is not None and metadata.is_text else None


def _columns_of_unique_names(schema: pa.Schema) -> pa.Schema:
    names = unique_names(schema)
    return pa.schema([field for field in schema if field.name in names])


def _refuse_texts_of_one_name(schema: pa.Schema, single: pa.Schema, dump: Dump) -> None:
    """Raise if columns of one name may hold the texts; `single` has the columns of other names.

    Raises
    ------
    ColumnMissing
        If so.
    """
    body = fitting(TEXT_NAMES.split(), single, is_string, ())
    if body is not None and bare_name(body) not in SUMMARY_NAMES.split():
        return
    repeated = unknown_texts(schema, single.names)
    if repeated:
        raise duplicate_column_error(repeated[0], dump.display_path)


class _Group(NamedTuple):
    """Columns, or members of a structure, in which a role is looked for."""

    prefix: str
    members: pa.Schema
    is_element: bool = False


def _groups(
    schema: pa.Schema, exploded: str | None, text: str, metadata: "_Metadata | None"
) -> list[_Group]:
    """Return where roles are looked for: in elements, columns, beside the text, in metadata."""
    groups = [_Group("", schema)]
    element = None if exploded is None else type_at(schema, exploded)
    if element is not None and pa.types.is_struct(element.value_type):
        members = pa.schema(list(element.value_type))
        groups.insert(0, _Group(f"{exploded}.", members, is_element=True))
    elif "." in text:
        around = text.rpartition(".")[0]
        kind = type_at(schema, around)
        if kind is not None and pa.types.is_struct(kind):
            groups.append(_Group(f"{around}.", pa.schema(list(kind))))
    if metadata is not None:
        groups.append(_Group(f"{metadata.column}.", metadata.members))
    return groups


def _role_columns(
    role: str, groups: list[_Group], fields: Mapping[str, str], text: TextParts
) -> Iterator[str]:
    """Yield the columns that may have a role, the likeliest first: named like the text."""
    taken, prefix = {*fields.values(), *text.columns}, text_prefix(text.paths[-1])
    usual, fits = KNOWN_NAMES[role].split(), ROLE_TYPES.get(role, is_names)
    if role == "author" and REVIEW_WORD in name_words(text.paths[-1]):
        usual = [*REVIEWER_NAMES.split(), *usual]
    names = [*(f"{prefix}{name}" for name in usual if prefix), *usual]
    for group in groups:
        if group.is_element and role == "item":  # may only be distinct within its list
            continue
        inner = {path.removeprefix(group.prefix) for path in taken if path.startswith(group.prefix)}
        for name in all_fitting(names, group.members, fits, inner):
            yield f"{group.prefix}{name}"


def _choose_by_values(
    role: str, columns: list[str], text: TextParts, schema: pa.Schema, sample: SampleReader
) -> list[str]:
    """Return those of the columns whose names fit a role that have values that do."""
    if role == "item":
        columns = [path for path in columns if not _is_shared(path, text, schema, sample)]
    elif role == "created_at" and len(columns) > 1:  # "published" may be an address
        columns = [path for path in columns if _has_dates(path, schema, sample)] or columns
    elif role == "deleted_at":
        return [path for path in columns if _has_moments(path, schema, sample)]
    elif role in ("deleted", "private", "draft", "system"):
        return [path for path in columns if _has_marks(path, schema, sample)]
    elif role in ("status", "visibility"):
        is_told = partial(_says_what_is_published, role)
        return [path for path in columns if is_told(path, schema, sample)]
    return _filled(columns, schema, sample, _have_addresses if role == "url" else _have_names)


def _unread_marks(
    schema: pa.Schema, taken: Collection[str], sample: SampleReader
) -> dict[str, list[str]]:
    """Return the columns named as marks that are not read, with the values that rows differ in."""
    usual = [name for role in MARK_ROLES for name in KNOWN_NAMES[role].split()]
    found = {}
    for name in all_fitting([*usual, *OTHER_MARKS.split()], schema, is_mark, taken):
        values = {*pc.fill_null(texts_of(sample([name]), name), "").to_pylist()}
        if 2 <= len(values) <= _MAX_STATES and not any(map(parse_timestamp, values)):
            found[name] = sorted(values)
    return found


def _has_marks(path: str, schema: pa.Schema, sample: SampleReader) -> bool:
    """Return whether a column has marks: not how many were removed, nor words that are unknown."""
    if path not in schema.names or pa.types.is_boolean(schema.field(path).type):
        return True
    values = {*pc.utf8_lower(texts_of(sample([path]), path).drop_null()).to_pylist()}
    others = values.difference(TRUE, FALSE)
    return not any(value.replace(".", "", 1).isdecimal() for value in others) and (
        not others or not values.isdisjoint(TRUE)
    )


def _says_what_is_published(role: str, path: str, schema: pa.Schema, sample: SampleReader) -> bool:
    """Return whether the values of a column say of rows whether they are published."""
    if path not in schema.names:
        return False
    is_flag = bare_name(path).endswith(FLAGS_OF_PUBLISHED)
    if pa.types.is_boolean(schema.field(path).type):
        return is_flag
    values = {value.lower() for value in texts_of(sample([path]), path).drop_null().to_pylist()}
    published = PUBLISHED if is_flag else PUBLISHED.difference(TRUE)
    if not values & (published | {"private"} | _PLAIN_STATES):
        return False
    is_plain = is_flag or role == "visibility" or bool(values & _PLAIN_STATES)
    return is_plain or values <= PUBLISHED | UNPUBLISHED | _OTHER_STATES


def _is_null(path: str, schema: pa.Schema) -> bool:
    kind = type_at(schema, path)
    return kind is not None and bool(pa.types.is_null(kind))


def _filled(
    columns: list[str],
    schema: pa.Schema,
    sample: SampleReader,
    have_values: Callable[[pa.Array], Flags],
) -> list[str]:
    """Return those of several columns that have half as many values as the fullest at least."""
    names = [name for name in columns if name in schema.names and is_name(schema.field(name).type)]
    if len(columns) < 2 or not names:
        return columns
    table = sample(names)
    counts = {name: int(have_values(texts_of(table, name)).sum()) for name in names}
    least = max(1, *counts.values()) / 2
    return [name for name in columns if counts.get(name, least) >= least] or columns


def _have_names(texts: pa.Array) -> Flags:
    """Return a mask of the texts that are not blank, nor the number 0, which is nobody's."""
    return have_words(texts) & to_flags(pc.fill_null(pc.not_equal(texts, "0"), False))


def _have_addresses(texts: pa.Array) -> Flags:
    """Return a mask of the texts that are addresses, and not only paths on a site."""
    return to_flags(pc.match_substring(pc.fill_null(texts, ""), "://"))


def _has_moments(path: str, schema: pa.Schema, sample: SampleReader) -> bool:
    """Return whether a column has dates, or is named as one."""
    if bare_name(path) not in KNOWN_NAMES["deleted"].split() or path not in schema.names:
        return True
    if pa.types.is_temporal(schema.field(path).type):
        return True
    values = {*texts_of(sample([path]), path).drop_null().to_pylist()}
    return any(parse_timestamp(value) is not None for value in values)


def _has_dates(path: str, schema: pa.Schema, sample: SampleReader) -> bool:
    if path not in schema.names or not is_textual(schema.field(path).type):
        return True
    values = texts_of(sample([path]), path).drop_null().to_pylist()
    return any(parse_timestamp(value) is not None or is_ambiguous(value) for value in values)


def _is_shared(path: str, text: TextParts, schema: pa.Schema, sample: SampleReader) -> bool:
    """Return whether an id is that of a post to which several texts belong, such as comments."""
    if bare_name(path) in OWN_ID_NAMES or not {path, *text.paths} <= {*schema.names}:
        return False
    table = sample([path, *text.columns])
    ids = texts_of(table, path).to_pylist()
    columns = [to_strings(table[part].combine_chunks()) for part in text.columns]
    texts = text.join(columns).to_pylist()
    pairs = {pair for pair in zip(ids, texts, strict=True) if pair[0] and plain_name(pair[0])}
    shared = len(pairs) - len({native for native, _ in pairs})
    return shared > MAX_SHARED_IDS * len(pairs)


def _reply_columns(schema: pa.Schema) -> tuple[str, ...]:
    return tuple(
        field.name
        for field in schema
        if bare_name(field.name) in REPLY_NAMES and _has_replies(field.type)
    )


def _has_replies(kind: pa.DataType) -> bool:
    if is_list(kind):
        kind = kind.value_type
        # Lists that are all empty in the sample may not be later.
        is_known = is_textual(kind) or pa.types.is_null(kind)
        return bool(is_known) or any(texts_within(kind, "", REPLY_TEXT_NAMES))
    if not pa.types.is_struct(kind):
        return False
    page = next((field.type for field in kind if field.name in PAGE_NAMES), None)
    if page is not None and is_list(page):
        return _has_replies(page)
    if not all(is_list(field.type) for field in kind):
        return False
    elements = pa.schema([(field.name, field.type.value_type) for field in kind])
    is_span = any("start" in bare_name(name) for name in elements.names)
    return not is_span and fitting(TEXT_NAMES.split(), elements, is_textual, ()) is not None


def item_column(schema: pa.Schema) -> str | None:
    """Return the column of the items' ids, if the table has one."""
    return fitting(KNOWN_NAMES["item"].split(), schema, ROLE_TYPES["item"], ())


def url_column(schema: pa.Schema) -> str | None:
    """Return the column of addresses, if the table has one."""
    return fitting(KNOWN_NAMES["url"].split(), schema, is_names, ())


class _Metadata(NamedTuple):
    """A column of metadata."""

    column: str
    members: pa.Schema
    is_text: bool
    """Whether the column has strings that are objects in JSON."""


def _metadata(schema: pa.Schema, sample: SampleReader) -> _Metadata | None:
    """Return the first column of metadata that has members."""
    actual_names = {bare_name(name): name for name in reversed(schema.names)}
    for column in (actual_names[name] for name in METADATA_NAMES if name in actual_names):
        kind = schema.field(column).type
        if pa.types.is_struct(kind):
            return _Metadata(column, pa.schema(list(kind)), is_text=False)
        if is_textual(kind):
            objects = map(parse_metadata, format_values(sample([column])[column].combine_chunks()))
            members = infer_schema([entry for entry in objects if entry], column)
            if len(members):
                return _Metadata(column, members, is_text=True)
    return None


def parse_metadata(value: object) -> dict[str, object]:
    """Return the object that a string is in JSON; an empty one if it is none."""
    text = value.as_py() if isinstance(value, pa.Scalar) else value
    record = parse_line(text.encode()) if isinstance(text, str) else ""
    return {} if isinstance(record, str) else record


def _values_within_objects(schema: pa.Schema) -> dict[str, str]:
    """Return the paths of values in columns of structures by what they say."""
    moment = fitting(KNOWN_NAMES["created_at"].split(), schema, pa.types.is_struct, ())
    moments = () if moment is None else (moment,)
    found = {
        "author": _name_within(schema, AUTHOR_OBJECTS, AUTHOR_MEMBERS),
        "licence": _name_within(schema, LICENCE_OBJECTS, LICENCE_MEMBERS),
        "created_at": _name_within(schema, moments, "seconds"),  # as Firestore has it
        "visibility": _name_within(schema, ("privacy",), "value"),  # as Facebook's interface has it
    }
    return {role: path for role, path in found.items() if path is not None}


def _name_within(schema: pa.Schema, objects: Sequence[str], members: str) -> str | None:
    for column in objects:
        kind = type_at(schema, column)
        if kind is not None and pa.types.is_struct(kind):
            inner = fitting(members.split(), pa.schema(list(kind)), is_name, ())
            if inner is not None:
                return f"{column}.{inner}"
    return None


def _without_marks(text: TextParts) -> TextParts:
    return TextParts(tuple(path.replace(ITEM_MARK, "") for path in text.paths), text.literals)


def _check_given(
    path: str, option: str, schema: pa.Schema, dump: Dump, *, is_fit: TypePredicate
) -> None:
    if schema.names.count(path) > 1:
        raise duplicate_column_error(path, dump.display_path)
    kind = _type_of(schema, path)
    if kind is None:
        matches = get_close_matches(path, schema.names, n=1, cutoff=0.6)
        raise ColumnMissing(
            f"{dump.display_path}: column {path!r} is missing; "
            f"the table has {format_names(schema.names)}",
            remedy=f"did you mean {option} {matches[0]}?"
            if matches
            else f"choose one with {option}.",
        )
    if not is_fit(kind):
        inside = f", such as {path}{ITEM_MARK}" if is_list(kind) else ""
        raise ColumnMissing(
            f"{dump.display_path}: column {path!r} holds {kind}, not text",
            remedy=f"choose a column of text with {option}{inside}.",
        )


def _type_of(schema: pa.Schema, path: str) -> pa.DataType | None:
    """Return the type at a path, which may go through a list."""
    outer, mark, inner = path.partition(ITEM_MARK)
    kind = type_at(schema, outer)
    if not mark or kind is None:
        return kind
    if not is_list(kind):
        return None
    inner = inner.removeprefix(".")
    if not inner:
        return kind.value_type
    return type_at(kind.value_type, inner) if pa.types.is_struct(kind.value_type) else None
