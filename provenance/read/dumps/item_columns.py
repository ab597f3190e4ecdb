"""Conversion of the columns of a table to items, without a loop over rows."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import Flags, Int64s, Texts
from provenance.model.content.tables import ITEMS, Items
from provenance.read.columns.nested_texts import TextLeaves, is_list
from provenance.read.columns.string_arrays import (
    as_strings,
    format_values,
    invalid_utf8,
    is_blank,
    is_bytes,
    is_textual,
    null_where,
    to_flags,
)
from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import (
    DELETED_PATTERN,
    NO_SOURCE,
    ROUNDED_ID,
    DeletionRecord,
    ItemRecord,
    RowFault,
    make_deletions,
)
from provenance.read.dumps.parsers.html_text import plain_text
from provenance.read.dumps.parsers.json_posts import names_text
from provenance.read.dumps.parsers.timestamps import parse_timestamps
from provenance.read.dumps.tables.column_mapping import NULL_TEXTS

TRUE = ("true", "t", "yes", "y", "x", "1", "1.0")
"""Values, in lower case, by which a column of deleted or private rows marks one."""
FALSE = frozenset({"false", "f", "no", "n", "0", "0.0", "", "null", "none", "nan", "\\n"})
"""Values, in lower case, by which such a column marks none."""
TEXT_SEPARATOR = "\n"
"""Stands between the texts of a list."""
PUBLISHED = frozenset(
    {"publish", "published", "public", "everyone", "approved", "visible", "live", *TRUE}
)
UNPUBLISHED = frozenset(
    {"draft", "auto-draft", "private", "pending", "future", "scheduled", "queued", "hidden", "spam"}
    | {"trash", "trashed", "deleted", "removed", "direct", "followers", "followers_only"}
    | {
        "friends",
        "all_friends",
        "friends_of_friends",
        "self",
        "usemask",
        "custom",
        "members",
        "paid",
        "false",
        "f",
        "no",
        "0",
        "0.0",
    }
    | {"n", "unpublished", "unapproved", "limited", "subscribers"}
    | {"inherit", "post-trashed", "moderated", "only me", "-2", "-1", "2", "3"}
)
"""Values, in lower case, by which a column says that a row is published, or not.

Numbers and some words are those of WordPress, XenForo, MyBB and phpBB."""

NULL_NAMES = NULL_TEXTS | {"none", "nil", "undefined", "[]"}
"""What programs write for a name that is missing."""

_MARKS = frozenset({"deleted", "private", "draft", "status", "visibility", "system"})
_DATE_OR_MARK = rf"[1-9]|^(?:{'|'.join(TRUE)})$"
"""In a date of deletion of a row that is deleted; others have zeros, a dash, `False` or `never`."""
_NO_DATES = ("0001-01-01", "1970-01-01")
"""Days for a missing date."""

_TEXT = pa.large_string()
_LIST = re.compile(r"""\[\s*(?:(?:'[^'\\]*'|"[^"\\]*")\s*(?:,\s*|(?=\])))+\]""")
_LIST_ELEMENT = re.compile(r"""'([^']*)'|"([^"]*)\"""")
"""A list of names as Python or JSON writes it, in a cell: `['Ann', 'Ben']`."""
_OBJECT_WITH_NAME = re.compile(
    r"""\{.*?["'](?:login|user_?name|screen_?name|handle|name)["']\s*:\s*"""
    r"""(?P<quote>["'])(?P<name>[^"']+)(?P=quote)""",
    re.IGNORECASE | re.DOTALL,
)
_REPOST_START = "RT @"
_REPOST_PATTERN = r"^RT @(?P<author>\w{1,20}): "
"""A repost of X as a row of a table, which has only its text: `RT @ann: …`."""
_REPOST = re.compile(_REPOST_PATTERN)
_DELETED = re.compile(DELETED_PATTERN, re.IGNORECASE)
_BEGINS_PLACEHOLDER = np.isin(np.arange(256), list(b"[ \t\r\n"))
"""Whether a byte may be the first of a text that `_DELETED` matches."""
_NOTICE = re.compile(
    r"Joined the server\.|Pinned a message\.|Started a (?:thread|call)\b.*|Changed the channel .*"
    r"|Left the group\.|(?:Added|Removed) .* (?:to|from) the group\."
    r"|(?:Added|Removed) a recipient\.|.* (?:joined|left) (?:this|the) chat ?room\.?"
    r"|.*님이 (?:들어왔습니다|나갔습니다|.*초대했습니다)\.?|.*님을 내보냈습니다\.?"
    r"|삭제된 메시지입니다\.|채팅방 관리자가 메시지를 가렸습니다\.?"
    r"|(?P<actor>.*) (?:has )?invited .*"
)
"""Messages that Discord and KakaoTalk write themselves."""


def build_items(columns: Mapping[str, pa.Array], rows: Int64s, dump: Dump, prefix: str) -> Items:
    """Return columns as items.

    Parameters
    ----------
    columns : mapping of str to pyarrow.Array
        By field of `ITEMS`, of which "text" is required; and "place", if rows hold several items:
        the number of each within its row, which makes its id unique.
    rows : ndarray of int64
        Row numbers in the file.
    dump : Dump
        The file.
    prefix : str
        Prefix of the row number in the id of an item without an id.
    """
    columns = {**columns, "text": to_strings(columns["text"])}
    faults: list[RowFault] = []
    for reason, check in _CHECKS:
        flags = check(columns, dump)
        if flags is not None and flags.any():
            faults += [RowFault(int(row), reason) for row in rows[flags]]
            is_kept = pa.array(~flags)
            columns = {role: column.filter(is_kept) for role, column in columns.items()}
            rows = rows[~flags]
    roles = columns.keys() - {"text", "created_at", "place"}
    fields = {role: _without_null_names(_to_names(columns[role])) for role in roles}
    for role in {"item", "author"} & fields.keys():
        fields[role] = _without_fraction(fields[role])
    fields["text"] = columns["text"]
    author = original_authors(columns["text"], fields.get("author"))
    fields |= {} if author is None else {"author": _without_objects(author)}
    places = _to_names(columns["place"]) if "place" in columns else None
    fields["item"] = _ids(fields.get("item"), rows, prefix, places)
    if dump.columns.text_format == "html":
        fields["text"] = pa.array(map(plain_text, fields["text"].to_pylist()), _TEXT)
    fields["source"] = _sources(fields.get("source"), len(rows), dump.source)
    if "created_at" in columns:
        fields["created_at"] = parse_timestamps(columns["created_at"])
    arrays = [
        _cast(fields[field.name], field.type)
        if field.name in fields
        else pa.nulls(len(rows), field.type)
        for field in ITEMS
    ]
    batch = pa.RecordBatch.from_arrays(arrays, schema=ITEMS)
    return Items(batch, skipped_rows.count_by_reason(dump.name, faults))


def select_items(
    fields: Mapping[str, pa.Array],
    faults: Sequence[tuple[str, pa.Array]],
    rows: Int64s,
    dump: Dump,
    deletions: Sequence[DeletionRecord] = (),
) -> Items:
    """Return the rows of a dump that are items, and counts of the others.

    Parameters
    ----------
    fields : mapping of str to pyarrow.Array
        By field of `ITEMS`; the source is that of the dump.
    faults : sequence of (str, pyarrow.Array)
        Reasons why a row is not an item, and masks; of several, the first one counts.
    rows : ndarray of int64
        Row numbers in the file.
    dump : Dump
        The file.
    deletions : sequence of DeletionRecord
        What rows say was deleted.
    """
    is_kept = np.ones(len(rows), np.bool_)
    found: list[RowFault] = []
    for reason, mask in faults:
        flags = to_flags(mask) & is_kept
        found += [RowFault(row, reason) for row in rows[flags].tolist()]
        is_kept &= ~flags
    columns = {**fields, "source": pa.repeat(pa.scalar(dump.source, _TEXT), len(rows))}
    if found:
        kept = pa.array(is_kept)
        columns = {name: column.filter(kept) for name, column in columns.items()}
    arrays = [
        _cast(columns[field.name], field.type)
        if field.name in columns
        else pa.nulls(int(is_kept.sum()), field.type)
        for field in ITEMS
    ]
    batch = pa.RecordBatch.from_arrays(arrays, schema=ITEMS)
    skipped = skipped_rows.count_by_reason(dump.name, sorted(found))
    return Items(batch, skipped, deletions=make_deletions(deletions))


def _cast(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return a column as another type."""
    try:
        return column.cast(kind)
    except pa.ArrowInvalid:  # a slice far from the beginning of its buffer: copied, it has another
        return column.take(pa.array(np.arange(len(column)))).cast(kind)


def _is_null(columns: Mapping[str, pa.Array], _: Dump) -> Flags | None:
    text = columns["text"]
    return to_flags(pc.is_null(text)) if text.null_count else None


def _is_invalid(columns: Mapping[str, pa.Array], _: Dump) -> Flags | None:
    return invalid_utf8(columns["text"])


def _is_blank(columns: Mapping[str, pa.Array], _: Dump) -> Flags | None:
    return is_blank(columns["text"])


def _is_placeholder(columns: Mapping[str, pa.Array], _: Dump) -> Flags | None:
    return is_placeholder(columns["text"])


def _is_deleted(columns: Mapping[str, pa.Array], _: Dump) -> Flags | None:
    return _marked(columns.get("deleted"))


def _has_deletion_date(columns: Mapping[str, pa.Array], _: Dump) -> Flags | None:
    if "deleted_at" not in columns:
        return None
    dates = _without_null_names(_to_names(columns["deleted_at"]))
    dates = pc.fill_null(dates, "")
    flags = to_flags(pc.match_substring_regex(dates, _DATE_OR_MARK, ignore_case=True))
    for day in _NO_DATES:
        flags = flags & ~to_flags(pc.starts_with(dates, day))
    return flags


def _is_draft(columns: Mapping[str, pa.Array], _: Dump) -> Flags | None:
    return _marked(columns.get("draft"))


def _is_private(columns: Mapping[str, pa.Array], _: Dump) -> Flags | None:
    return _marked(columns.get("private"))


def _is_unpublished(columns: Mapping[str, pa.Array], _: Dump) -> Flags | None:
    return _marked(columns.get("status"), UNPUBLISHED)


def _is_invisible(columns: Mapping[str, pa.Array], _: Dump) -> Flags | None:
    return _marked(columns.get("visibility"), UNPUBLISHED)


def _marked(column: pa.Array | None, values: Collection[str] = TRUE) -> Flags | None:
    if column is None:
        return None
    marks = pc.utf8_lower(format_values(column))
    return to_flags(pc.is_in(marks, value_set=pa.array(values, marks.type)))


def _is_of_system(columns: Mapping[str, pa.Array], _: Dump) -> Flags | None:
    return _marked(columns.get("system"))


def _is_notice(columns: Mapping[str, pa.Array], _: Dump) -> Flags | None:
    if "notice" not in columns:
        return None
    texts = columns["text"].to_pylist()
    authors = (
        _to_names(columns["author"]).to_pylist() if "author" in columns else [None] * len(texts)
    )
    return np.array([is_notice(*said) for said in zip(texts, authors, strict=True)], bool)


def is_notice(text: str, author: str | None) -> bool:
    """Return whether a message of a chat is what the service says of its author.

    Examples
    --------
    >>> is_notice("Joined the server.", None), is_notice("ann invited ben.", "ann")
    (True, True)
    >>> is_notice("ann invited ben.", "cat")
    False
    """
    match = _NOTICE.fullmatch(text)
    return match is not None and match["actor"] in {None, author}


def row_fault(text: str, values: Mapping[str, object], author: str | None) -> str | None:
    """Return the reason why a row with a text is no item, as `build_items` does; else None."""
    if not text or text.isspace():
        return skipped_rows.EMPTY
    marks = {role: str(value).lower() for role, value in values.items() if role in _MARKS}
    if (
        _DELETED.fullmatch(text)
        or marks.get("deleted") in TRUE
        or _is_deletion_date(plain_name(names_text(values.get("deleted_at"))))
    ):
        return skipped_rows.DELETED
    states = (marks.get(role) for role in ("status", "visibility"))
    is_private = any(marks.get(role) in TRUE for role in ("private", "draft"))
    if is_private or not UNPUBLISHED.isdisjoint(states):
        return skipped_rows.NOT_PUBLIC
    is_of_service = marks.get("system") in TRUE or ("notice" in values and is_notice(text, author))
    return skipped_rows.SERVICE if is_of_service else None


def _is_deletion_date(text: str | None) -> bool:
    is_date = text is not None and re.search(_DATE_OR_MARK, text, re.IGNORECASE) is not None
    return is_date and not str(text).startswith(_NO_DATES)


def is_private(record: ItemRecord | RowFault) -> bool:
    """Return whether a row is left out because it is private, and so is what is in it."""
    return isinstance(record, RowFault) and record.reason == skipped_rows.NOT_PUBLIC


def _has_no_source(columns: Mapping[str, pa.Array], dump: Dump) -> Flags | None:
    if dump.source or "source" not in columns:
        return None
    return to_flags(pc.is_null(_to_names(columns["source"])))


_CHECKS: tuple[tuple[str, Callable[[Mapping[str, pa.Array], Dump], Flags | None]], ...] = (
    (skipped_rows.NULL, _is_null),
    (skipped_rows.NOT_UTF8, _is_invalid),
    (skipped_rows.EMPTY, _is_blank),
    (skipped_rows.DELETED, _is_placeholder),
    (skipped_rows.DELETED, _is_deleted),
    (skipped_rows.DELETED, _has_deletion_date),
    (skipped_rows.NOT_PUBLIC, _is_private),
    (skipped_rows.NOT_PUBLIC, _is_draft),
    (skipped_rows.NOT_PUBLIC, _is_unpublished),
    (skipped_rows.NOT_PUBLIC, _is_invisible),
    (skipped_rows.SERVICE, _is_of_system),
    (skipped_rows.SERVICE, _is_notice),
    (NO_SOURCE, _has_no_source),
)
"""Reasons why a row is not an item, in order: each check may rely on those before it."""


def _ids(values: pa.Array | None, rows: Int64s, prefix: str, places: pa.Array | None) -> pa.Array:
    if values is not None:
        values = null_where(pc.match_substring_regex(values, ROUNDED_ID), values)
        if not values.null_count and places is None:
            return values
    row_ids = pc.binary_join_element_wise(
        pa.scalar(prefix, _TEXT), pa.array(rows).cast(_TEXT), pa.scalar("#", _TEXT)
    )
    ids = row_ids if values is None else pc.coalesce(values, row_ids)
    if places is None:
        return ids
    return pc.binary_join_element_wise(ids, places, pa.scalar(".", _TEXT))


def _sources(values: pa.Array | None, count: int, default: str) -> pa.Array:
    if values is None:
        return pa.repeat(pa.scalar(default, _TEXT), count)
    return pc.fill_null(values, default)


def is_placeholder(texts: pa.LargeStringArray) -> Flags:
    """Return a mask of the texts that stand for deleted ones; a null is none."""
    view = Texts.of(texts)
    filled = np.flatnonzero(np.diff(view.offsets))
    # Few texts begin with such a byte: only those are matched, which takes a third of the time.
    likely = filled[_BEGINS_PLACEHOLDER[view.data[view.offsets[filled]]]]
    flags = np.zeros(len(texts), np.bool_)
    if len(likely):
        found = pc.match_substring_regex(
            texts.take(pa.array(likely)), f"^(?:{DELETED_PATTERN})$", ignore_case=True
        )
        flags[likely] = to_flags(pc.fill_null(found, False))
    return flags


def to_strings(column: pa.Array) -> pa.Array:
    """Return a column of texts as `large_string`, not validated; null for other types.

    Lists of texts are joined, with each in a line of its own.
    """
    if is_text_list(column.type):
        return TextLeaves.of({"": column}).join_rows(len(column), TEXT_SEPARATOR)
    if is_textual(column.type) or is_bytes(column.type):
        return as_strings(filterable(column))
    return pa.nulls(len(column), _TEXT)


def filterable(column: pa.Array) -> pa.Array:
    """Return a column as a type that Arrow can filter; it cannot filter views yet."""
    if pa.types.is_string_view(column.type):
        return column.cast(pa.large_string())
    if pa.types.is_binary_view(column.type):
        return column.cast(pa.large_binary())
    return column


def is_text_list(kind: pa.DataType) -> bool:
    """Return whether values of a type are lists of texts: sentences, paragraphs."""
    return is_list(kind) and is_textual(kind.value_type)


def _to_names(column: pa.Array) -> pa.Array:
    """Return names and numbers as strings, with null for empty ones."""
    if pa.types.is_floating(column.type):
        column = _restore_integers(column)
    if is_list(column.type) and pa.types.is_struct(column.type.value_type):
        return pa.array([names_text(value) for value in column.to_pylist()], _TEXT)
    if pa.types.is_nested(column.type):
        return TextLeaves.of({"": column}).join_rows(len(column), ", ")
    return non_empty(format_values(column))


def _without_null_names(names: pa.Array) -> pa.Array:
    """Return a column of names as `plain_name` returns each."""
    names = null_where(pc.is_in(names, value_set=pa.array(NULL_NAMES, names.type)), names)
    if not pc.any(pc.starts_with(names, "[")).as_py():
        return names
    return pa.array([name and plain_name(name) for name in names.to_pylist()], names.type)


def _without_objects(names: pa.Array) -> pa.Array:
    """Return a column of names as `name_in_object` returns each."""
    if not pc.any(pc.starts_with(names, "{")).as_py():
        return names
    return pa.array([name and name_in_object(name) for name in names.to_pylist()], names.type)


def name_in_object(name: str) -> str:
    """Return the name that is in an object as JSON or Python writes it; else what is given.

    Examples
    --------
    >>> name_in_object("{'id': 7, 'screen_name': 'ann'}"), name_in_object("ann")
    ('ann', 'ann')
    """
    match = _OBJECT_WITH_NAME.match(name) if name.startswith("{") else None
    return name if match is None else match["name"]


def plain_name(name: str | None) -> str | None:
    """Return a name; None for what stands for a missing one, and the names in a list as one.

    Examples
    --------
    >>> plain_name("Ann"), plain_name("['Ann', 'Ben']"), plain_name("nan"), plain_name("[deleted]")
    ('Ann', 'Ann, Ben', None, None)
    """
    if name is None or name in NULL_NAMES:
        return None
    if "[" not in name:  # as nearly always
        return name
    if _DELETED.fullmatch(name):
        return None
    if not _LIST.fullmatch(name):
        return name
    elements = (one or other for one, other in _LIST_ELEMENT.findall(name))
    return ", ".join(filter(None, elements)) or None


def non_empty(texts: pa.Array) -> pa.Array:
    """Return texts with null for empty ones."""
    return null_where(pc.equal(pc.binary_length(texts), 0), texts)


def non_blank(texts: pa.Array) -> pa.Array:
    """Return texts with null for those of white space alone."""
    return null_where(pa.array(is_blank(texts)), texts)


def first_of(
    batch: pa.RecordBatch, names: Sequence[str], clean: Callable[[pa.Array], pa.Array]
) -> pa.Array:
    """Return of each row the first text of some columns that `clean` leaves; null if none."""
    columns = [clean(batch[name]) for name in names if name in batch.schema.names]
    return pc.coalesce(*columns) if columns else pa.nulls(len(batch), _TEXT)


def concatenate(*parts: str | pa.Array | pa.Scalar) -> pa.Array:
    """Return columns and constants joined, row by row; null where a column is null."""
    columns = [pa.scalar(part, _TEXT) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*columns, pa.scalar("", _TEXT))


def _without_fraction(names: pa.Array) -> pa.Array:
    """Return ids without the fraction that a gap among integers has given them in CSV: 7 of 7.0."""
    if not pc.any(pc.ends_with(names, ".0")).as_py():
        return names
    return pc.replace_substring_regex(names, r"^(\d+)\.0$", r"\1")


def _restore_integers(column: pa.Array) -> pa.Array:
    """Convert floats from a column of integers with gaps back to integers: 7.0 to 7.

    Large ones lost their last digits and become null, as they might be the id of another post.
    """
    exact = 2.0 ** (np.finfo(column.type.to_pandas_dtype()).nmant + 1)
    column = column.cast(pa.float64())
    column = pc.if_else(pc.less(pc.abs(column), exact), column, None)
    try:
        return column.cast(pa.int64())
    except pa.ArrowInvalid:
        return column


def original_author(text: str, author: str | None) -> str | None:
    """Return who wrote what a repost repeats; the given author if the text is no repost.

    Examples
    --------
    >>> original_author("RT @ben: a lantern", "ann"), original_author("a lantern", "ann")
    ('ben', 'ann')
    """
    match = _REPOST.match(text) if text.startswith(_REPOST_START) else None
    return author if match is None else match["author"]


def original_authors(texts: pa.Array, authors: pa.Array | None) -> pa.Array | None:
    """Return the authors of a column of texts, as `original_author`; None if none are known."""
    if not pc.any(pc.starts_with(texts, _REPOST_START)).as_py():
        return authors
    parts = pc.extract_regex(texts, pattern=_REPOST_PATTERN)
    named = pc.struct_field(parts, "author").cast(texts.type)
    return named if authors is None else pc.coalesce(named, authors)
