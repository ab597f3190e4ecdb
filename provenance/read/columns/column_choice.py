"""Choice of the columns of a table that hold text, ids, addresses and licences."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import ColumnMissing, TextMissing, UnsupportedFormat
from provenance.read.columns.column_paths import json_object, type_at, unique_names
from provenance.read.columns.json_schema import infer_schema
from provenance.read.columns.json_structures import are_structures
from provenance.read.columns.name_words import is_heading, is_label, may_be_text
from provenance.read.columns.nested_texts import TextLeaves, holds_text, is_list, nested_paths
from provenance.read.columns.prose_detection import ColumnSample
from provenance.read.columns.signal_columns import holds_headers, is_page, signal_paths
from provenance.read.columns.string_arrays import (
    as_strings,
    format_values,
    is_bytes,
    is_textual,
    null_invalid_utf8,
    text_sizes,
)

TEXT_GROUPS: tuple[tuple[str, ...], ...] = (
    ("text",),
    ("content",),
    ("raw_content",),
    ("page_content",),
    ("body",),
    ("messages",),
    ("conversations",),
    ("conversation",),
    ("full_text",),
    (
        *("system", "system_prompt", "instruction", "prompt", "question", "query"),
        *("input", "context", "output", "completion", "response", "answer", "answers"),
        *("chosen", "rejected"),
    ),
    ("document",),
    ("article",),
    ("paragraphs",),
    ("passage",),
    ("sentences",),
    ("markdown",),
    ("tweet_text",),
    ("tweet",),
    ("post",),
    ("comment",),
    ("review",),
    ("sentence",),
)
"""Names under which text is detected. All columns of the first group with a column in the table are
text; columns of later groups are text if they hold at least two words per row on average."""

_PLAIN_NAMES = frozenset(
    {"text", "content", "raw_content", "page_content", "body", "full_text", "article", "markdown"}
)
"""Names of texts that are read as they are, such as files of source code in JSON."""

WELL_KNOWN_NAMES = frozenset(name for group in TEXT_GROUPS for name in group)

ID_NAMES = ("id",)
URL_NAMES = (
    *("url", "uri", "link", "source_url", "permalink", "meta.url", "metadata.url"),
    *("warc_target_uri", "warc_headers.warc-target-uri", "domain", "host"),
)
LICENCE_NAMES = (
    *("licence", "license", "licenses", "license_name", "content_license"),
    *("max_stars_repo_licenses", "detected_licenses"),
    *("meta.license", "meta.licence", "metadata.license", "metadata.licence"),
)
METADATA_NAMES = ("metadata", "meta")
"""Names of columns of strings that may be objects in JSON."""
FETCH_DATE_NAMES = (
    *("warc_date", "crawl_date", "fetch_date", "date_download", "warc_headers.warc-date", "date"),
)
"""Names of the date on which a page was fetched, or, as the last one, may have been fetched."""

COLLECTED_NAMES = ("collected",)
"""Names of the day on which a row was collected, which decides the terms that apply to it."""

_PARSED = {
    "ids": ID_NAMES,
    "urls": URL_NAMES,
    "licences": LICENCE_NAMES,
    "fetched": FETCH_DATE_NAMES,
    "collected": COLLECTED_NAMES,
}
"""Names of metadata, by the member of `ColumnChoice` that has their paths."""

_METADATA = frozenset((*METADATA_NAMES, *(name for names in _PARSED.values() for name in names)))

TOKEN_ID_NAMES = frozenset({"input_ids", "token_ids", "tokens", "tokenized", "ids", "labels"})
"""Names of lists of numbers that stand for texts."""
_SURE_TOKEN_IDS = frozenset({"input_ids", "token_ids"})
"""Those among them that are nothing else."""

_LISTS = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
_MIN_WORDS = 2.0
"""Mean words per row; a column with fewer, named like a text, holds ids or labels."""
_SAMPLE_ROWS = 200
_MAX_LISTED = 10

SampleReader = Callable[[Sequence[str]], pa.Table]
"""Reads some rows of the given columns."""


def _ends_with(path: str, name: str) -> bool:
    return path.casefold().rpartition(".")[2] == name


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """Paths of the columns that are read; "meta.url" is a member of a struct.

    Parameters
    ----------
    texts : tuple of str
        Columns with text.
    ids, urls, licences, fetched : tuple of str
        Columns with metadata; a row takes the first value that is not null.
    signals : tuple of str
        What was recorded with a page: headers, tags, files of its site.
    parsed : tuple of str
        Columns of strings that are objects in JSON, with members among the metadata.
    repeated : tuple of str
        Columns that repeat those of `texts` in the sample: read in rows in which they do not.
    structures : tuple of str
        Columns of strings among these that are lists or objects in JSON.
    collected : tuple of str
        Columns with the day of collection.
    labels : tuple of str
        Columns that collections of the policy name.
    fallback : tuple of str
        Columns with the name of a text, or without any text in the sample: read in rows in which
        the others have no text.
    occasional : tuple of str
        Columns that are no prose in the sample: read in rows in which they hold a passage.
    """

    texts: tuple[str, ...]
    ids: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    fetched: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    parsed: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    fallback: tuple[str, ...] = ()
    structures: tuple[str, ...] = ()
    collected: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    occasional: tuple[str, ...] = ()

    @property
    def fetch_dates(self) -> tuple[str, ...]:
        """Columns whose date can only be that of fetching."""
        return tuple(path for path in self.fetched if not _ends_with(path, FETCH_DATE_NAMES[-1]))

    @property
    def dates(self) -> tuple[str, ...]:
        """Columns whose date may be that of fetching, or of publication."""
        return tuple(path for path in self.fetched if _ends_with(path, FETCH_DATE_NAMES[-1]))

    def all(self) -> tuple[str, ...]:
        """Return every path once."""
        paths = (*self.text_paths(), *self.metadata_paths(), *self.labels)
        within = {f"{name}.": name for name in self.parsed}
        return tuple(
            dict.fromkeys(
                next((name for start, name in within.items() if path.startswith(start)), path)
                for path in paths
            )
        )

    def text_paths(self) -> tuple[str, ...]:
        """Return the paths of all columns that are text in some rows."""
        return (*self.texts, *self.repeated, *self.fallback, *self.occasional)

    def metadata_paths(self) -> tuple[str, ...]:
        """Return the paths of all columns that are not text; labels may be."""
        return (
            *(*self.ids, *self.urls, *self.licences, *self.fetched, *self.signals),
            *self.collected,
        )


_WORD = r"\p{L}{2}|\p{Lo}"
"""Two letters, or one of a script without cases: numbers and dates have a single one at most."""
_CONTROL = r"[\x00-\x08\x0e-\x1a]"
"""Control characters: bytes that are valid UTF-8 by chance have them, text has not."""
_MIN_VALID_SHARE = 0.9
"""Share of the values in a sample that are valid UTF-8 if a column of bytes is text."""
_MAX_NAME_CHARS = 1 << 10
"""Length up to which a name is compared with the well-known ones."""


def find_columns(
    schema: pa.Schema,
    text_columns: Sequence[str],
    sample: SampleReader,
    *,
    file: str,
    labels: Sequence[str] = (),
) -> ColumnChoice:
    """Choose the columns of a table.

    Parameters
    ----------
    schema : pyarrow.Schema
        Of the table.
    text_columns : sequence of str
        Text columns given by the user; they are detected if empty.
    sample : callable
        Reads some rows; called only if names do not decide.
    file : str
        For errors.
    labels : sequence of str
        Columns that collections of the policy name; a table may lack them.

    Returns
    -------
    ColumnChoice
        All of its paths are in `schema`.

    Raises
    ------
    ColumnMissing
        If a given column is missing, or no column holds text.

    Notes
    -----
    Every column of prose is read, because a model would be trained on all of it: the first group of
    well-known names, then other columns that are named as a text or a heading, or are prose in a
    sample. A column that repeats one that is read already is read only where it differs, so that no
    word counts twice.
    """
    metadata = ColumnChoice(
        tuple(text_columns),
        ids=find_present(schema, ID_NAMES, is_scalar),
        urls=find_present(schema, URL_NAMES, is_textual),
        licences=find_present(schema, LICENCE_NAMES, holds_text),
        fetched=find_present(schema, FETCH_DATE_NAMES, is_scalar),
        signals=signal_paths(schema),
        collected=find_present(schema, COLLECTED_NAMES, is_scalar),
        labels=tuple(name for name in labels if type_at(schema, name) is not None),
    )
    metadata = _with_parsed_metadata(metadata, schema, sample, file, labels)
    for name in text_columns:
        check_column(schema, name, file)
    if text_columns:
        return _with_json_structures(metadata, schema, sample)
    schema = _with_texts_in_bytes(schema, sample)
    _refuse_texts_of_one_name(schema, file)
    _refuse_token_ids(schema, file, _SURE_TOKEN_IDS)
    metadata_paths = {path for path in metadata.metadata_paths() if not is_page(path)}
    choice = _choose_prose(schema, metadata_paths, sample)
    if choice is None:
        _refuse_token_ids(schema, file, TOKEN_ID_NAMES)
        choice = _choose_wordiest(schema, metadata_paths, sample, file)
    choice = replace(
        metadata,
        texts=choice.texts,
        repeated=choice.repeated,
        fallback=choice.fallback,
        occasional=choice.occasional,
    )
    return _with_json_structures(choice, schema, sample)


def _with_texts_in_bytes(schema: pa.Schema, sample: SampleReader) -> pa.Schema:
    """Return a schema in which columns of bytes that are text in the sample are strings.

    Some programs write strings to Parquet as bytes.
    """
    single = unique_names(schema)
    places = [
        place
        for place, field in enumerate(schema)
        if is_bytes(field.type) and field.name in single and not _is_label(field)
    ]
    if not places:
        return schema
    table = _head(sample([schema.field(place).name for place in places]))
    for place in places:
        field = schema.field(place)
        texts = as_strings(table[field.name].combine_chunks())
        readable = null_invalid_utf8(texts)
        valid, present = (len(texts) - one.null_count for one in (readable, texts))
        if (
            valid
            and valid >= _MIN_VALID_SHARE * present
            and not pc.any(pc.match_substring_regex(readable, _CONTROL)).as_py()
        ):
            schema = schema.set(place, field.with_type(pa.large_string()))
    return schema


def _with_json_structures(
    choice: ColumnChoice, schema: pa.Schema, sample: SampleReader
) -> ColumnChoice:
    """Add which columns of strings are lists or objects in JSON."""
    names = [
        name
        for name in dict.fromkeys(choice.text_paths())
        if normalise_name(name) not in _PLAIN_NAMES
        and name in schema.names
        and is_textual(schema.field(name).type)
    ]
    if not names:
        return choice
    table = _head(sample(names))
    texts = {name: format_values(table[name].combine_chunks()).to_pylist() for name in names}
    # A column that is empty in the sample may be JSON later; what is none is read as it stands.
    structures = (n for n in names if are_structures(texts[n]) or not any(texts[n]))
    return replace(choice, structures=tuple(structures))


def _refuse_texts_of_one_name(schema: pa.Schema, file: str) -> None:
    """Raise if several columns that may hold text have the same name.

    Raises
    ------
    ColumnMissing
        If so.
    """
    single = unique_names(schema)
    for field in schema:
        if (
            field.name not in single
            and holds_text(field.type)
            and not _is_label(field)
            and normalise_name(field.name) not in _METADATA
        ):
            raise duplicate_column_error(field.name, file)


def _with_parsed_metadata(
    choice: ColumnChoice,
    schema: pa.Schema,
    sample: SampleReader,
    file: str,
    labels: Sequence[str],
) -> ColumnChoice:
    """Add the metadata in columns of strings that are objects in JSON."""
    for name in find_present(schema, METADATA_NAMES, is_textual):
        texts = format_values(_head(sample([name]))[name].combine_chunks()).to_pylist()
        members = infer_schema(filter(None, map(json_object, texts)), file)
        found = {
            kind: tuple(
                f"{name}.{member}" for member in find_present(members, names, _is_printable)
            )
            for kind, names in _PARSED.items()
        }
        found["labels"] = tuple(
            label
            for label in labels
            if label.startswith(f"{name}.") and type_at(members, label[len(name) + 1 :]) is not None
        )
        if any(found.values()):
            added = {kind: (*getattr(choice, kind), *paths) for kind, paths in found.items()}
            choice = replace(choice, parsed=(*choice.parsed, name), **added)
    return choice


def _is_printable(kind: pa.DataType) -> bool:
    return holds_text(kind) or is_scalar(kind)


def _refuse_token_ids(schema: pa.Schema, file: str, names: Collection[str]) -> None:
    """Raise if a table has ids of tokens, in a column called so, where its text would be.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    if first_known_group(schema, TEXT_GROUPS):
        return
    for field in schema:
        name = normalise_name(field.name)
        is_list = any(is_kind(field.type) for is_kind in _LISTS)
        is_numbers = is_list and pa.types.is_integer(field.type.value_type)
        is_written = is_textual(field.type) or is_bytes(field.type)
        if name in names and (is_numbers or (is_written and name in _SURE_TOKEN_IDS)):
            raise UnsupportedFormat(
                f"{file}: its texts are token ids (column {field.name!r}), not words",
                remedy="check the dataset as it was before it was tokenised, or decode it with its "
                "tokenizer.",
            )


def has_prose(schema: pa.Schema, sample: SampleReader) -> bool:
    """Return whether the names of columns or the sample show prose, other than headings."""
    return _choose_prose(schema, set(), sample) is not None


def _choose_prose(
    schema: pa.Schema, metadata_paths: set[str], sample: SampleReader
) -> ColumnChoice | None:
    """Choose the columns of prose; None if neither names nor the sample show any."""
    sure = first_known_group(schema, TEXT_GROUPS)
    doubtful = [name for name in _possible_texts(schema, metadata_paths) if name not in sure]
    if not doubtful:
        return ColumnChoice(sure) if sure else None
    column_sample = ColumnSample(_head(sample([*sure, *doubtful])))
    well_known = _well_known_texts(schema)
    prose_names = [
        name for name in doubtful if _is_text(name, column_sample, is_well_known=name in well_known)
    ]
    if not sure and all(map(is_heading, prose_names)):
        return None
    texts = list(sure)
    repeated: list[str] = []
    # The longest first: a heading may be repeated in a text, but not a text in its heading.
    for name in sorted(prose_names, key=column_sample.words, reverse=True):
        is_repeated = any(column_sample.repeats(name, other) for other in texts)
        (repeated if is_repeated else texts).append(name)
    added = frozenset(texts).difference(sure)
    others = [name for name in doubtful if not is_label(name)]
    silent = {
        name
        for name in others
        if is_textual(schema.field(name).type) and column_sample.is_silent(name)
    }
    fallback = (well_known | silent).difference(texts, repeated)
    return ColumnChoice(
        (*sure, *(name for name in schema.names if name in added)),
        repeated=tuple(repeated),
        fallback=tuple(name for name in schema.names if name in fallback),
        occasional=tuple(name for name in others if name not in {*texts, *repeated}),
    )


def _possible_texts(schema: pa.Schema, metadata_paths: set[str]) -> list[str]:
    """Return the columns that may be text by their names and types."""
    well_known = _well_known_texts(schema)
    single = unique_names(schema)
    return [
        field.name
        for field in schema
        if field.name in single
        and (
            field.name in well_known
            or (
                (holds_text(field.type) or _is_empty(field.type))
                and field.name not in metadata_paths
                and (not _is_label(field) or _may_be_text(field))
            )
        )
    ]


def _is_empty(kind: pa.DataType) -> bool:
    """Return whether a type is that of nulls or empty lists alone, as in a sample of objects."""
    return _is_empty(kind.value_type) if pa.types.is_list(kind) else pa.types.is_null(kind)


def _is_label(field: pa.Field) -> bool:
    """Return whether a column labels a text, by its name, or has the headers of its page."""
    return is_label(field.name) or field.name.startswith("__") or holds_headers(field)


def _may_be_text(field: pa.Field) -> bool:
    """Return whether a column that is named as a label may hold texts."""
    kind = field.type.value_type if is_list(field.type) else field.type
    is_structure = pa.types.is_struct(kind) and any(
        holds_text(member.type) and not is_label(member.name) for member in kind
    )
    return (
        may_be_text(field.name, is_structure=is_structure)
        and (is_textual(kind) or is_structure)
        and not (field.name.startswith("__") or holds_headers(field))
    )


def _well_known_texts(schema: pa.Schema) -> set[str]:
    return {name for group in TEXT_GROUPS for name in find_present(schema, group, holds_text)}


def _is_text(name: str, column_sample: ColumnSample, *, is_well_known: bool) -> bool:
    if is_heading(name):
        return column_sample.differs(name)
    if is_label(name):
        return column_sample.is_lower_case_prose(name)
    return (
        column_sample.words(name) >= _MIN_WORDS if is_well_known else column_sample.is_prose(name)
    )


def _head(table: pa.Table) -> pa.Table:
    return table.slice(0, _SAMPLE_ROWS)


def check_column(schema: pa.Schema, name: str, file: str) -> None:
    """Raise if a text column is missing, ambiguous, or holds no text.

    Raises
    ------
    ColumnMissing
        With the columns of the table.
    """
    if schema.names.count(name) > 1:
        raise duplicate_column_error(name, file)
    kind = type_at(schema, name)
    if kind is None:
        matches = get_close_matches(name, schema.names, n=1, cutoff=0.6)
        guess = f"did you mean {matches[0]!r}? " if matches else ""
        raise ColumnMissing(
            f"{file}: column {name!r} is missing; the table has {format_names(schema.names)}",
            remedy=f"{guess}choose a column of the table with --text-column.",
        )
    if not holds_text(kind) and not is_bytes(kind):
        textual = [field.name for field in schema if holds_text(field.type)]
        raise ColumnMissing(
            f"{file}: column {name!r} holds {kind}, not text; columns with text are "
            f"{format_names(textual)}",
            remedy="choose a column with text with --text-column.",
        )


def format_names(names: Sequence[str]) -> str:
    """Return column names for a message: ten of them, and how many more there are.

    Examples
    --------
    >>> format_names(["id", "body"]), format_names([f"c{place}" for place in range(5000)])[-25:]
    ("['id', 'body']", "c8', 'c9'] and 4,990 more")
    """
    more = f" and {len(names) - _MAX_LISTED:,} more" if len(names) > _MAX_LISTED else ""
    return f"{[*names[:_MAX_LISTED]]}{more}"


def duplicate_column_error(name: str, file: str) -> ColumnMissing:
    """Return the error for a name that several columns have."""
    return ColumnMissing(
        f"{file}: the table has several columns called {name!r}",
        remedy="give each column a different name.",
    )


def first_known_group(schema: pa.Schema, groups: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the columns of the first group of which any is in the table; may be empty."""
    for group in groups:
        if paths := find_present(schema, group, holds_text):
            return paths
    return ()


def find_present(
    schema: pa.Schema, names: Sequence[str], fits: Callable[[pa.DataType], bool]
) -> tuple[str, ...]:
    """Return the paths whose normalised name is in `names`, in the order of `names`."""
    actual_names = {normalise_name(name): name for name in reversed(schema.names)}
    paths = []
    for name in names:
        parent, _, member = name.partition(".")
        path = ".".join(part for part in (actual_names.get(parent, parent), member) if part)
        kind = type_at(schema, path)
        if kind is not None and fits(kind):
            paths.append(path)
    return tuple(paths)


def split_by_group(paths: Sequence[str]) -> tuple[list[list[str]], list[str]]:
    """Split columns into the groups of well-known names, and other columns."""
    normalised = {path: normalise_name(path) for path in paths}
    groups = [[path for path in paths if normalised[path] in group] for group in TEXT_GROUPS]
    others = [path for path in paths if normalised[path] not in WELL_KNOWN_NAMES]
    return [group for group in groups if group], others


def without_headings(paths: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that are not headings; all, if there are only headings."""
    return tuple(path for path in paths if not is_heading(path)) or tuple(paths)


def is_scalar(kind: pa.DataType) -> bool:
    """Return whether values of `kind` can be formatted as one string."""
    is_odd = pa.types.is_null(kind) or pa.types.is_fixed_size_binary(kind)
    return not pa.types.is_nested(kind) and not is_bytes(kind) and not is_odd


def normalise_name(name: str) -> str:
    """Return a name in lower case with `_` between words; a very long name unchanged."""
    if len(name) > _MAX_NAME_CHARS:
        return name
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _choose_wordiest(
    schema: pa.Schema, metadata_paths: set[str], sample: SampleReader, file: str
) -> ColumnChoice:
    """Choose the column with the most text per row, and those with at least half as much."""
    single = unique_names(schema) - metadata_paths
    names = [
        field.name
        for field in schema
        if field.name in single
        and (is_textual(field.type) or (holds_text(field.type) and not _is_label(field)))
    ]
    table = sample(names) if names else pa.table({})
    # In CSV, numbers and dates are strings, too.
    worded = [name for name in names if _has_words(table, name)]
    if any(not is_label(name) for name in worded):
        # Addresses, paths and hashes may be longer than the text that they belong to.
        column_sample = ColumnSample(_head(table))
        names = [name for name in names if not is_label(name) or column_sample.is_prose(name)]
    means = dict(_mean_sizes(table, names))
    most = max(means.values(), default=0.0)
    if not most or not worded:
        raise _no_text_error(schema, file, is_certain=bool(most) or not names)
    well_known = _well_known_texts(schema)
    return ColumnChoice(
        tuple(name for name in names if means[name] >= most / 2),
        fallback=tuple(
            name
            for name in names
            if means[name] < most / 2
            and (name in well_known or not (means[name] or is_label(name) or name.startswith("__")))
        ),
        occasional=tuple(
            name
            for name in names
            if means[name] < most / 2 and not (is_label(name) or name.startswith("__"))
        ),
    )


def _no_text_error(schema: pa.Schema, file: str, *, is_certain: bool) -> ColumnMissing:
    """Return the error for a table without text.

    It is certain that there is none if no column is of a type and name that texts have.
    """
    byte_columns = [field.name for field in schema if is_bytes(field.type)]
    within = [path for field in schema for path in nested_paths(field.name, field.type)]
    within = [path for path in within if "." in path]
    suggestion = ", if there is one"
    if byte_columns:
        suggestion = f"; these hold bytes, which may be text: {format_names(byte_columns)}"
    elif within:
        suggestion = f"; there are strings in {format_names(within)}"
    kind = TextMissing if is_certain and not (byte_columns or within) else ColumnMissing
    return kind(
        f"{file}: no column holds text; the table has {format_names(schema.names)}",
        remedy=f"choose a column with --text-column{suggestion}.",
    )


def _has_words(table: pa.Table, name: str) -> bool:
    texts = (TextLeaves.of({name: chunk}).texts for chunk in table.column(name).chunks)
    return any(pc.any(pc.match_substring_regex(part, _WORD)).as_py() for part in texts)


def _mean_sizes(table: pa.Table, names: Sequence[str]) -> Iterator[tuple[str, float]]:
    for name in names:
        leaves = [TextLeaves.of({name: chunk}).texts for chunk in table.column(name).chunks]
        total = sum(int(text_sizes(texts).sum()) for texts in leaves)
        yield name, total / max(1, table.num_rows)
