"""Choice of the columns of a table of items that hold the text, or what to choose."""

import re
from collections.abc import Collection, Mapping, Sequence
from shlex import quote

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import ColumnMissing, UnsupportedFormat
from provenance.model.content.fingerprints import Flags
from provenance.read.columns.column_choice import SampleReader, format_names
from provenance.read.columns.name_words import is_label
from provenance.read.columns.prose_detection import ColumnSample
from provenance.read.columns.string_arrays import format_values, is_textual, to_flags
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_columns import TEXT_SEPARATOR, is_text_list, to_strings
from provenance.read.dumps.tables.column_mapping import (
    ITEM_MARK,
    TextParts,
    without_null_texts,
)
from provenance.read.dumps.tables.column_names import (
    AUTHOR_OBJECTS,
    CODE_NAMES,
    KNOWN_NAMES,
    LIST_NAMES,
    METADATA_NAMES,
    OWN_PREFIX,
    SUMMARY_NAMES,
    TEXT_NAMES,
    TITLE_NAMES,
    WHOLE_TEXT_NAMES,
    all_fitting,
    bare_name,
    fitting,
    has_values,
    is_string,
    name_words,
    text_prefix,
    unknown_texts,
)
from provenance.read.dumps.tables.nested_columns import (
    inner_texts,
    is_of_reply,
    last_member,
    mapped_rows,
    texts_within,
)
from provenance.read.formats.refusals import TO_LINES

_MARKUP_WORDS = frozenset({"html", "xml"})
"""Words in the names of columns that have the same text as markup."""
_MIN_MARKUP_SHARE = 0.2
"""Share of the rows of a sample that need to have their text in such columns alone."""
_NO_PROSE = r"^(?:[!-~]*|[\d\s:.,/+TZ-]*|\{.*)$"
"""Values that are identifiers, addresses, dates or JSON."""
_MIN_TITLES = 10
"""So many texts have to have titles before equal ones mean that these are not their own."""
_MARKS = re.compile(r"[^\w\s]+")
_MIN_PROSE_ROWS, _MAX_LABEL_WORDS = 3, 3
"""A column of an unknown name is the text if it has prose in so many rows, and others labels."""
_MAX_LABEL_CHARS = 20
"""Values of a column of an unknown name that have no space and are no longer are not texts."""
_SENTENCE_END = r"[.!?。]\W*$"
_MIN_SENTENCE_CHARS = 30
"""Mean length of the texts in a list, above which they are no names or other labels."""
_MAX_SUGGESTED = 3


def has_text_by_name(schema: pa.Schema) -> bool:
    """Return whether a column is called as texts usually are."""
    return fitting([*TEXT_NAMES.split(), *TITLE_NAMES.split()], schema, is_string, ()) is not None


def find_text(
    schema: pa.Schema, fields: Mapping[str, str], dump: Dump, sample: SampleReader
) -> TextParts:
    """Return the columns that hold the text, by their names or by what is in them."""
    taken = {*fields.values()}
    body = _named_text(schema, taken, sample)
    body = body or fitting(TEXT_NAMES.split(), schema, is_string, taken)
    body = body or fitting(LIST_NAMES.split(), schema, is_text_list, taken)
    prefix = "" if body is None else text_prefix(body)
    titles = TITLE_NAMES.split()
    titles = [*(f"{prefix}{name}" for name in titles if prefix), *titles]
    title = fitting(titles, schema, is_string, taken)
    if body is None and title is not None:
        body = _only_prose(unknown_texts(schema, {*taken, title}), schema, sample)
    if body is not None and text_prefix(body) == OWN_PREFIX:
        title = None
    if body is None and title is not None:
        _check_is_text(title, (title,), schema, sample, dump)
    if body is not None and bare_name(body) in SUMMARY_NAMES.split():
        _check_is_text(body, tuple(filter(None, (title, body))), schema, sample, dump)
    if body is not None:
        _refuse_second_text(body, schema, taken, sample, dump)
    if body is not None and (
        bare_name(body) in WHOLE_TEXT_NAMES.split() or _is_shared_title(title, sample)
    ):
        title = None
    paths = tuple(path for path in (title, body) if path is not None)
    others = () if body is None else _other_texts(body, schema, taken, sample)
    return TextParts(paths or (_only_text_column(schema, taken, dump, sample),), others=others)


def _is_shared_title(title: str | None, sample: SampleReader) -> bool:
    """Return whether titles are those of what several texts are about: a product, a thread."""
    if title is None:
        return False
    table = sample([title])
    filled = int(have_words(texts_of(table, title)).sum())
    return filled >= _MIN_TITLES and not ColumnSample(table).differs(title)


def _named_text(schema: pa.Schema, taken: Collection[str], sample: SampleReader) -> str | None:
    """Return the first column with a name of texts, and half as many of them as another."""
    names = [*dict.fromkeys(all_fitting(TEXT_NAMES.split(), schema, has_values, taken))]
    if len(names) < 2:
        return names[0] if names else None
    table = sample(names)
    texts = {name: to_strings(table[name].combine_chunks()) for name in names}
    others = [name for name in names if not _is_other_form(name)]
    counts = [_prose_count(texts[name]) for name in others]
    counts = counts if any(counts) else [_prose_count(texts[name]) for name in names]
    least = max(counts) / 2
    return next((name for name in names if have_words(texts[name]).sum() >= least), names[0])


def _is_other_form(name: str) -> bool:
    """Return whether a column has summaries of texts, or their markup."""
    words = {*name_words(name), bare_name(name)}
    return any(word in SUMMARY_NAMES.split() or "html" in word for word in words)


def _prose_count(texts: pa.Array) -> int:
    is_other = pc.match_substring_regex(pc.fill_null(without_null_texts(texts), ""), _NO_PROSE)
    return len(texts) - int(to_flags(is_other).sum())


def _refuse_second_text(
    body: str, schema: pa.Schema, taken: Collection[str], sample: SampleReader, dump: Dump
) -> None:
    """Raise if another column has texts of its own: "text.1", or those of comments beside posts.

    Raises
    ------
    ColumnMissing
        If so.
    """
    words = name_words(body)
    kind = words[1:] if len(words) == 2 else []
    others = [
        name
        for name in schema.names
        if name not in taken
        and name != body
        and has_values(schema.field(name).type)
        and (
            re.fullmatch(rf"{re.escape(body)}\.\d+", name)
            or (kind and name_words(name)[1:] == kind and bare_name(name) in TEXT_NAMES.split())
        )
    ]
    if not others:
        return
    table = sample([body, *others])
    texts = to_strings(table[body].combine_chunks())
    for name in others:
        second = to_strings(table[name].combine_chunks())
        both = have_words(texts) & have_words(second)
        if (both & to_flags(pc.fill_null(pc.not_equal(texts, second), False))).any():
            raise ColumnMissing(
                f"{dump.display_path}: both {body!r} and {name!r} have texts",
                remedy=f"join them with {_options((body, name))}, or choose one."
                if name.startswith(f"{body}.")
                else f"choose one with {_options((body,))}, and read the other with `registry "
                f"add` and {_options((name,))}.",
            )


def _other_texts(
    body: str, schema: pa.Schema, taken: Collection[str], sample: SampleReader
) -> tuple[str, ...]:
    """Return the columns that have texts where `body` is blank: forms of it, one for each row."""
    forms = [name for name in TEXT_NAMES.split() if name not in SUMMARY_NAMES.split()]
    named = [*dict.fromkeys(all_fitting(forms, schema, has_values, {body, *taken}))]
    unknown = unknown_texts(schema, {body, *taken, *named})
    markup = [name for name in unknown if _MARKUP_WORDS & {*name_words(name)}]
    if not named and not markup:
        return ()
    table = sample([body, *named, *markup])
    has_text = {
        name: have_words(to_strings(table[name].combine_chunks())) for name in table.schema.names
    }
    is_blank = ~has_text.pop(body)
    in_markup = sum((is_blank & has_text[name] for name in markup), np.zeros(len(table), bool))
    if in_markup.sum() <= _MIN_MARKUP_SHARE * len(table):
        markup = []  # pages of which no text could be extracted
    return tuple(name for name in (*named, *markup) if (is_blank & has_text[name]).any())


def unread_texts(
    schema: pa.Schema, text: TextParts, taken: Collection[str], sample: SampleReader
) -> tuple[str, ...]:
    """Return the columns with prose of their own that are not read: a response beside a text.

    Parameters
    ----------
    schema : pyarrow.Schema
        Of the table.
    text : TextParts
        Columns that are read as the text.
    taken : collection of str
        Other columns that are read.
    sample : callable
        Reads some rows of the given columns.
    """
    read = [name for name in text.columns if name in schema.names]
    titles = {name for name in schema.names if bare_name(name) in TITLE_NAMES.split()}
    names = unknown_texts(schema, {*taken, *text.paths, *titles})
    names += [name for name in _lists_of_sentences(schema, sample) if name not in (*read, *taken)]
    found: list[str] = []
    if names:
        columns = ColumnSample(
            table := sample([*names, *(set(read) - {*names})]), reads_objects=False
        )
        found = [
            name
            for name in names
            if columns.is_prose(name)
            and "private" not in name_words(name)
            and (not is_label(name) or _ends_sentences(table, name))
            and (name not in text.others or _are_both_filled(name, text.paths[-1], table))
            and not any(_repeats(name, other, table) for other in (*read, *names) if other != name)
        ]
    return (*found, *_texts_beside(schema, {*taken, *(path.split(".")[0] for path in text.paths)}))


def _repeats(name: str, other: str, table: pa.Table) -> bool:
    """Return whether a column has what another has, in the rows in which both have words."""
    texts = [to_strings(table[column].combine_chunks()) for column in (name, other)]
    both = pa.array(have_words(texts[0]) & have_words(texts[1]))
    rows = pa.table({"name": texts[0].filter(both), "other": texts[1].filter(both)})
    return ColumnSample(rows).repeats("name", "other")


def _are_both_filled(name: str, other: str, table: pa.Table) -> bool:
    one, two = (have_words(to_strings(table[each].combine_chunks())) for each in (name, other))
    return bool((one & two).any())


def _ends_sentences(table: pa.Table, name: str) -> bool:
    texts = texts_of(table, name).drop_null()
    ends = to_flags(pc.match_substring_regex(texts, _SENTENCE_END))
    return bool(ends.sum() * 2 > len(texts))


def _texts_beside(schema: pa.Schema, taken: Collection[str]) -> list[str]:
    """Return the paths of texts in structures, or lists of them, right beside the text."""
    ignored = {bare_name(name) for name in (*AUTHOR_OBJECTS, *METADATA_NAMES)}
    return [
        path
        for field in schema
        if field.name not in taken and bare_name(field.name) not in ignored
        if not is_label(field.name)
        for *_, path in texts_within(field.type, field.name, TEXT_NAMES)
        if path.count(".") == 1 and bare_name(last_member(path)) not in SUMMARY_NAMES.split()
    ]


def have_words(texts: pa.Array) -> Flags:
    """Return a mask of the texts that are not blank."""
    texts = without_null_texts(texts)
    return to_flags(pc.match_substring_regex(pc.fill_null(texts, ""), r"\S"))


def _only_text_column(
    schema: pa.Schema, taken: Collection[str], dump: Dump, sample: SampleReader
) -> str:
    """Return the only string column without another role, if its values are no labels."""
    if not len(schema):
        raise empty_file_error(dump.display_path)
    candidates = unknown_texts(schema, taken)
    _refuse_other_separator(schema, dump)
    if (code := _code_column(schema, taken, sample)) is not None:
        return code
    if (prose := _only_prose(candidates, schema, sample)) is not None:
        return prose
    inner = inner_texts(schema, TEXT_NAMES)
    if (
        len(candidates) != 1
        or inner
        or _has_labels(sample(candidates)[candidates[0]].combine_chunks())
    ):
        raise ColumnMissing(
            f"{dump.display_path}: no column is recognised as the text; the table has "
            f"{format_names(schema.names)}",
            remedy="choose the column with "
            f"--text-column{_suggestion(schema, candidates, sample)}.",
        )
    return str(candidates[0])


def _refuse_other_separator(schema: pa.Schema, dump: Dump) -> None:
    """Raise if the name of the only column has those of several, between marks such as `~`.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    names = [bare_name(part) for part in _MARKS.split(schema.names[0])]
    known = {*f"{TEXT_NAMES} {TITLE_NAMES} {' '.join(KNOWN_NAMES.values())}".split()}
    if len(schema) == 1 and len(known.intersection(names)) > 1:
        mark = _MARKS.search(schema.names[0])
        raise UnsupportedFormat(
            f"{dump.display_path}: its cells are separated by {mark and mark[0]!r}",
            remedy="write the table again, with commas or tabs between cells.",
        )


def _code_column(schema: pa.Schema, taken: Collection[str], sample: SampleReader) -> str | None:
    """Return the column of source code, if there is one."""
    for name in all_fitting(CODE_NAMES.split(), schema, is_textual, taken):
        texts = texts_of(sample([name]), name).drop_null()
        is_code = to_flags(pc.match_substring(texts, "\n"))
        if is_code.sum() * 2 > len(texts):
            return name
    return None


def empty_file_error(name: str) -> UnsupportedFormat:
    """Return the error for the file `name`, which has no content."""
    return UnsupportedFormat(
        f"{name}: the file is empty",
        remedy="fetch it again, or remove it if nothing is missing.",
    )


def _only_prose(candidates: Sequence[str], schema: pa.Schema, sample: SampleReader) -> str | None:
    """Return the only one of several columns that has prose; None if others may have some, too.

    Others may have the same texts in another form; but HTML and lists may not have longer ones.
    """
    markup = [name for name in candidates if _MARKUP_WORDS & {*name_words(name)}]
    candidates = [name for name in candidates if not is_label(name)]
    if not candidates or inner_texts(schema, TEXT_NAMES):
        return None
    table = sample(candidates)
    if len(table) < _MIN_PROSE_ROWS:
        return None
    columns = ColumnSample(table, reads_objects=False)
    prose = max(filter(columns.is_prose, candidates), key=columns.words, default=None)
    if prose is None or not all(
        columns.words(name) < _MAX_LABEL_WORDS or _repeats(name, prose, table)
        for name in candidates
        if name != prose
    ):
        return None
    longer = [*markup, *_lists_of_sentences(schema, sample)]
    lengths = _mean_lengths([prose, *longer], sample)
    return prose if max(lengths.values()) == lengths[prose] else None


def _suggestion(schema: pa.Schema, candidates: Sequence[str], sample: SampleReader) -> str:
    """Return columns to be named: a text within structures or lists, or the longest one."""
    if (rows := mapped_rows(schema)) is not None:
        return f"; members are named by what they hold: `jq -c '{rows}'` makes rows of them"
    inner = _alternatives(inner_texts(schema, TEXT_NAMES))
    if (rows := _deep_list(inner)) and len(sample(schema.names[:1])) == 1:
        return f"; it is one object around a list: `jq -c '.{rows}'` makes rows of it"
    texts = (
        inner,
        _prose_choices([*candidates, *_lists_of_sentences(schema, sample)], sample),
        inner_texts(schema, "value")[:1],
        [(path,) for path in _unknown_members(schema)[:_MAX_SUGGESTED]],
    )
    for choices in texts:
        options = [_options(text) for text in choices if _can_read(text)]
        if options:
            return f", such as {' or '.join(options)}"
    if (packed := _column_of_objects(candidates, sample)) is not None:
        path = packed if packed.isidentifier() else f'"{packed}"'
        return f"; {packed!r} has objects in JSON: `jq -c '.{path} | fromjson'` makes rows of them"
    return ""


def _unknown_members(schema: pa.Schema) -> list[str]:
    """Return the paths of the strings in structures whose names say nothing."""
    paths = []
    for field in schema:
        if pa.types.is_struct(field.type):
            members = pa.schema(list(field.type))
            names = (name for name in unknown_texts(members, ()) if not is_label(name))
            paths += [f"{field.name}.{path}" for path in (*names, *_unknown_members(members))]
    return paths


def _column_of_objects(candidates: Sequence[str], sample: SampleReader) -> str | None:
    """Return the first column whose values are objects in JSON."""
    for name in candidates:
        texts = texts_of(sample([name]), name).drop_null()
        if len(texts) and pc.all(pc.match_substring_regex(texts, r"^\s*\{.*\}\s*$")).as_py():
            return name
    return None


def _deep_list(texts: Sequence[tuple[str, ...]]) -> str:
    """Return the path of the elements of a list within structures that have the first text."""
    around, mark, _ = texts[0][-1].partition(ITEM_MARK) if texts else ("", "", "")
    return texts[0][-1].rpartition(".")[0] if mark and "." in around else ""


def _alternatives(paths: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the first of the paths of texts, and others of the same name."""
    alike = [path for path in paths if last_member(path[-1]) == last_member(paths[0][-1])]
    return alike[:_MAX_SUGGESTED]


def _lists_of_sentences(schema: pa.Schema, sample: SampleReader) -> list[str]:
    """Return the columns of lists of texts, not of labels such as names or addresses."""
    lists = (name for name in schema.names if is_text_list(schema.field(name).type))
    return [name for name in lists if not is_label(name) and _has_sentences(name, sample)]


def _has_sentences(name: str, sample: SampleReader) -> bool:
    texts = texts_of(sample([name]), name).drop_null().to_pylist()
    lines = [line for text in texts for line in text.split(TEXT_SEPARATOR)]
    spaced = [line for line in lines if " " in line]
    return len(spaced) * 2 > len(lines) and sum(map(len, lines)) > _MIN_SENTENCE_CHARS * len(lines)


def _prose_choices(candidates: Sequence[str], sample: SampleReader) -> list[tuple[str, ...]]:
    """Return the longest column of prose, and all of them together."""
    longest = _prose_columns(candidates, sample)[:1]
    if not longest:
        return []
    columns = ColumnSample(sample(candidates), reads_objects=False)
    prose = tuple(name for name in candidates if columns.is_prose(name) or name in longest)
    return [(longest[0],), *([prose] if len(prose) > 1 else [])]


def _can_read(text: Sequence[str]) -> bool:
    return text[-1].count(ITEM_MARK) <= 1


def _options(columns: Sequence[str]) -> str:
    return " ".join(f"--text-column '{path}'" for path in columns)


def _has_labels(values: pa.Array) -> bool:
    texts = format_values(values)
    is_text = pc.or_(
        pc.greater(pc.utf8_length(texts), _MAX_LABEL_CHARS),
        pc.match_substring_regex(texts, r"\S\s"),
    )
    return not pc.any(is_text).as_py()


def _check_is_text(
    column: str, joined: Sequence[str], schema: pa.Schema, sample: SampleReader, dump: Dump
) -> None:
    """Raise if a table has texts beside its titles or summaries, in structures or longer ones.

    Raises
    ------
    ColumnMissing
        If so.
    """
    columns = _prose_columns(unknown_texts(schema, joined), sample)
    if columns:
        table = sample([column, *columns])
        columns = [name for name in columns if not _repeats(name, column, table)]
    columns += _lists_of_sentences(schema, sample)
    inner = inner_texts(schema, TEXT_NAMES)
    if columns:  # answers to a question say little of a text
        inner = [path for path in inner if not is_of_reply(path[-1])]
    if bare_name(column) not in TITLE_NAMES.split():
        lists = [path for path in _texts_beside(schema, joined) if ITEM_MARK in path]
        inner = [path for path in inner if path[-1] in lists]
    if inner:
        options = " or ".join(map(_options, _alternatives(inner)))
        choice = f"choose them with {options}" if _can_read(inner[0]) else TO_LINES
        raise ColumnMissing(
            f"{dump.display_path}: only {column!r} is recognised, and there are texts in "
            f"{inner[0][-1]!r}",
            remedy=f"{choice.rstrip('.')}, or keep to --text-column {column}.",
        )
    lengths = _mean_lengths([column, *columns], sample)
    longest = max(columns, key=lambda name: lengths[name], default=column)
    if lengths[longest] > lengths[column]:
        options = " ".join(f"--text-column {quote(name)}" for name in (*joined, longest))
        raise ColumnMissing(
            f"{dump.display_path}: only {column!r} is recognised, and {longest!r} has longer texts",
            remedy=f"join them with {options}, or choose one.",
        )


def _prose_columns(columns: Sequence[str], sample: SampleReader) -> list[str]:
    """Return the columns whose values are not all identifiers, dates or JSON; the longest first."""
    if not columns:
        return []
    table = sample(columns)
    prose = [
        name
        for name in columns
        if pc.any(pc.invert(pc.match_substring_regex(texts_of(table, name), _NO_PROSE))).as_py()
    ]
    lengths = _mean_lengths(prose, sample)
    return sorted(prose, key=lambda name: -lengths[name])


def _mean_lengths(columns: Sequence[str], sample: SampleReader) -> dict[str, float]:
    table = sample(columns)
    return {name: pc.mean(pc.binary_length(texts_of(table, name))).as_py() or 0 for name in columns}


def texts_of(table: pa.Table, name: str) -> pa.Array:
    """Return a column of a sample as strings."""
    column = table[name].combine_chunks()
    return to_strings(column) if is_text_list(column.type) else format_values(column)
