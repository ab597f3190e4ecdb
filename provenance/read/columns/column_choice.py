"""Which columns of a table hold what: text, id, address, licence."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

import pyarrow as pa

from provenance.errors import ColumnMissing
from provenance.read.columns.column_paths import kind_of, single_names
from provenance.read.columns.nested_texts import holds_text
from provenance.read.columns.prose_detection import Sampled, is_heading, is_label
from provenance.read.columns.signal_columns import is_page, signal_paths
from provenance.read.columns.string_arrays import is_bytes, is_textual, sizes, strings

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
"""Names under which text is found by itself. The first group of which a column is there is text
for sure, every column of it; those of later groups, if they hold more than a word."""

WELL_KNOWN = frozenset(name for group in TEXT_GROUPS for name in group)

IDS = ("id",)
ADDRESSES = (
    *("url", "uri", "link", "source_url", "permalink", "meta.url", "metadata.url"),
    *("domain", "host"),
)
LICENCES = (
    *("licence", "license", "licenses", "license_name", "license_type", "content_license"),
    *("meta.license", "meta.licence", "metadata.license", "metadata.licence"),
)
FETCHED = ("warc_date", "crawl_date", "fetch_date", "date_download", "date")
"""When a page was fetched."""

_FEW = 2.0
"""Words in a row; a column of fewer, named like a text, holds ids or labels."""
_SAMPLED = 200
_LISTED = 10

Sample = Callable[[Sequence[str]], pa.Table]
"""Reads some rows of the columns named."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Paths of the columns that are read; "meta.url" is a member of a structure.

    Parameters
    ----------
    texts : tuple of str
        Where the text is.
    ids, urls, licences, fetched : tuple of str
        Where they are; a row takes the first that is not null.
    signals : tuple of str
        What came with a page: headers, tags, files of its site.
    repeated : tuple of str
        Columns that repeat those of `texts` in the sample: read in rows in which they do not.
    spare : tuple of str
        Columns with the name of a text, or without any text in the sample: read in rows in which
        the others have no text.
    """

    texts: tuple[str, ...]
    ids: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    fetched: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    spare: tuple[str, ...] = ()

    def all(self) -> tuple[str, ...]:
        """Return every path once."""
        texts = (*self.texts, *self.repeated, *self.spare)
        return tuple(dict.fromkeys((*texts, *self.beside())))

    def beside(self) -> tuple[str, ...]:
        """Return the paths of what is no text."""
        return (*self.ids, *self.urls, *self.licences, *self.fetched, *self.signals)


_LONGEST = 1 << 10
"""Characters of a name that might be well known."""


def find_columns(schema: pa.Schema, named: Sequence[str], sample: Sample, *, file: str) -> Columns:
    """Find the columns of a corpus.

    Parameters
    ----------
    schema : pyarrow.Schema
        Of the table.
    named : sequence of str
        Text columns that the user named; none finds them.
    sample : callable
        Asked only where names do not settle it.
    file : str
        For errors.

    Returns
    -------
    Columns
        Of which each is in `schema`.

    Raises
    ------
    ColumnMissing
        If a column that was named is not there, or none holds text.

    Notes
    -----
    Every column of prose is read, because a model would be trained on all of it: the first group
    of well-known names, then what else is named as text or as a heading, or shows in a sample that
    it is prose. What only repeats a column that is read already is read where it does not, so that
    no word counts twice.
    """
    beside = Columns(
        tuple(named),
        ids=present(schema, IDS, is_scalar),
        urls=present(schema, ADDRESSES, is_textual),
        licences=present(schema, LICENCES, holds_text),
        fetched=present(schema, FETCHED, is_scalar),
        signals=signal_paths(schema),
    )
    for name in named:
        check_column(schema, name, file)
    if named:
        return beside
    taken = {path for path in beside.beside() if not is_page(path)}
    chosen = _prose(schema, taken, sample) or _wordiest(schema, taken, sample, file)
    return replace(beside, texts=chosen.texts, repeated=chosen.repeated, spare=chosen.spare)


def _prose(schema: pa.Schema, taken: set[str], sample: Sample) -> Columns | None:
    """Choose the columns of prose; None where no name and no sample tells one."""
    sure = well_known(schema, TEXT_GROUPS)
    doubtful = [name for name in _doubtful(schema, taken) if name not in sure]
    if not doubtful:
        return Columns(sure) if sure else None
    sampled = Sampled(_head(sample([*sure, *doubtful])))
    known = _known(schema)
    found = [name for name in doubtful if _is_text(name, sampled, known=name in known)]
    if not sure and all(map(is_heading, found)):
        return None
    texts = list(sure)
    repeated: list[str] = []
    # The longest first: a heading may repeat a text, but no text is only its heading.
    for name in sorted(found, key=sampled.words, reverse=True):
        again = any(sampled.repeats(name, other) for other in texts)
        (repeated if again else texts).append(name)
    read = frozenset(texts).difference(sure)
    unread = known.union(filter(sampled.is_silent, doubtful)).difference(texts, repeated)
    return Columns(
        (*sure, *(name for name in schema.names if name in read)),
        repeated=tuple(repeated),
        spare=tuple(name for name in schema.names if name in unread),
    )


def _doubtful(schema: pa.Schema, taken: set[str]) -> list[str]:
    """List the columns that may be text, going by their names and types."""
    known = _known(schema)
    single = single_names(schema)
    return [
        field.name
        for field in schema
        if field.name in single
        and (
            field.name in known
            or (
                is_textual(field.type)
                and field.name not in taken
                and not (is_label(field.name) or field.name.startswith("__"))
            )
        )
    ]


def _known(schema: pa.Schema) -> set[str]:
    return {name for group in TEXT_GROUPS for name in present(schema, group, holds_text)}


def _is_text(name: str, sampled: Sampled, *, known: bool) -> bool:
    if is_heading(name):
        return sampled.differs(name)
    return sampled.words(name) >= _FEW if known else sampled.is_prose(name)


def _head(table: pa.Table) -> pa.Table:
    return table.slice(0, _SAMPLED)


def check_column(schema: pa.Schema, name: str, file: str) -> None:
    """Refuse a text column that is not there, is there twice, or holds no text.

    Raises
    ------
    ColumnMissing
        With the columns that there are.
    """
    if schema.names.count(name) > 1:
        raise repeated(name, file)
    kind = kind_of(schema, name)
    if kind is None:
        near = get_close_matches(name, schema.names, n=1, cutoff=0.6)
        guess = f"did you mean {near[0]!r}? " if near else ""
        raise ColumnMissing(
            f"{file}: column {name!r} is missing; the table has {listed(schema.names)}",
            remedy=f"{guess}name a column of the table with --text-column.",
        )
    if not holds_text(kind) and not is_bytes(kind):
        textual = [field.name for field in schema if holds_text(field.type)]
        raise ColumnMissing(
            f"{file}: column {name!r} holds {kind}, not text; columns with text are "
            f"{listed(textual)}",
            remedy="name a column with text with --text-column.",
        )


def listed(names: Sequence[str]) -> str:
    """Return names of columns for a message: ten of them, and how many more there are.

    Examples
    --------
    >>> listed(["id", "body"]), listed([f"c{place}" for place in range(5000)])[-25:]
    ("['id', 'body']", "c8', 'c9'] and 4,990 more")
    """
    more = f" and {len(names) - _LISTED:,} more" if len(names) > _LISTED else ""
    return f"{[*names[:_LISTED]]}{more}"


def repeated(name: str, file: str) -> ColumnMissing:
    """Say that two columns have one name: neither is what was meant for sure."""
    return ColumnMissing(
        f"{file}: a column called {name!r} stands more than once in the table",
        remedy="give each column a name of its own.",
    )


def well_known(schema: pa.Schema, groups: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the columns of the first group of which any is there; none where no group is."""
    for group in groups:
        if paths := present(schema, group, holds_text):
            return paths
    return ()


def present(
    schema: pa.Schema, names: Sequence[str], fits: Callable[[pa.DataType], bool]
) -> tuple[str, ...]:
    """Return the paths that go by one of `names`, in the order of `names`."""
    spelt = {plain_name(name): name for name in reversed(schema.names)}
    found = []
    for name in names:
        parent, _, member = name.partition(".")
        path = ".".join(part for part in (spelt.get(parent, parent), member) if part)
        kind = kind_of(schema, path)
        if kind is not None and fits(kind):
            found.append(path)
    return tuple(found)


def in_groups(paths: Sequence[str]) -> tuple[list[list[str]], list[str]]:
    """Sort columns into the groups of well-known names, and those of other names."""
    plain = {path: plain_name(path) for path in paths}
    groups = [[path for path in paths if plain[path] in group] for group in TEXT_GROUPS]
    others = [path for path in paths if plain[path] not in WELL_KNOWN]
    return [group for group in groups if group], others


def bodies(paths: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that are no headings; all, where there are none but headings."""
    return tuple(path for path in paths if not is_heading(path)) or tuple(paths)


def is_scalar(kind: pa.DataType) -> bool:
    """Whether values of `kind` can be written as one word."""
    is_odd = pa.types.is_null(kind) or pa.types.is_fixed_size_binary(kind)
    return not pa.types.is_nested(kind) and not is_bytes(kind) and not is_odd


def plain_name(name: str) -> str:
    """Return a name in lower case, with `_` between its words; a very long one as it is."""
    if len(name) > _LONGEST:
        return name
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _wordiest(schema: pa.Schema, taken: set[str], sample: Sample, file: str) -> Columns:
    """Choose the columns with the most text a row, and those with half as much."""
    single = single_names(schema) - taken
    names = [field.name for field in schema if is_textual(field.type) and field.name in single]
    means = dict(_means(sample(names), names)) if names else {}
    most = max(means.values(), default=0.0)
    if not most:
        raise _without_text(schema, file)
    known = _known(schema)
    return Columns(
        tuple(name for name in names if means[name] >= most / 2),
        spare=tuple(
            name
            for name in names
            if means[name] < most / 2
            and (name in known or not (means[name] or is_label(name) or name.startswith("__")))
        ),
    )


def _without_text(schema: pa.Schema, file: str) -> ColumnMissing:
    """Say that no column is text; or that one would be, did another not have its name."""
    single = single_names(schema)
    for field in schema:
        if field.name not in single and holds_text(field.type):
            return repeated(field.name, file)
    named = [field.name for field in schema if is_bytes(field.type)]
    which = f"; of bytes, which may be text, are {listed(named)}" if named else ", if there is one"
    return ColumnMissing(
        f"{file}: no column holds text; the table has {listed(schema.names)}",
        remedy=f"name the column with --text-column{which}.",
    )


def _means(table: pa.Table, names: Sequence[str]) -> Iterator[tuple[str, float]]:
    for name in names:
        chunks = table.column(name).chunks
        total = sum(int(sizes(strings(chunk)).sum()) for chunk in chunks)
        yield name, total / max(1, table.num_rows)
