"""Columns of strings that are lists or objects in JSON, such as chats in CSV: read as these."""

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa

from provenance.read.columns.nested_texts import TextLeaves, texts_within
from provenance.read.columns.string_arrays import (
    as_strings,
    null_invalid_utf8,
    replace_surrogates,
)
from provenance.read.formats.json_objects import decode, is_too_deep


def structure_texts(text: str, name: str) -> Iterator[tuple[str, str]]:
    r"""Yield the texts in a list or object in JSON, each with its name; another text as it is.

    Examples
    --------
    >>> list(structure_texts('[{"role": "user", "content": "Hi\\u00e9"}]', "chat"))
    [('chat[0].content', 'Hié')]
    >>> list(structure_texts("[sic] Hi", "chat"))
    [('chat', '[sic] Hi')]
    """
    value = _parse_structure(text)
    yield from texts_within(text if value is None else value, name)


def are_structures(texts: Iterable[str | None]) -> bool:
    """Return whether most texts that are not blank are lists or objects, with texts in them."""
    present = [text for text in texts if text and not text.isspace()]
    values = [value for text in present if (value := _parse_structure(text)) is not None]
    has_text = any(text.strip() for value in values for _, text in texts_within(value, ""))
    return has_text and 2 * len(values) > len(present)


def structure_leaves(name: str, column: pa.Array) -> TextLeaves:
    """Return the texts in a column of lists or objects in JSON; null is kept."""
    rows, fields, texts = list[int](), list[str](), list[str | None]()
    for row, text in enumerate(null_invalid_utf8(as_strings(column)).to_pylist()):
        for field, inner in [(name, None)] if text is None else structure_texts(text, name):
            rows.append(row)
            fields.append(replace_surrogates(field))
            texts.append(None if inner is None else replace_surrogates(inner))
    return TextLeaves(
        np.array(rows, np.int64), pa.array(fields, pa.string()), pa.array(texts, pa.large_string())
    )


def _parse_structure(text: str) -> list[object] | dict[str, object] | None:
    if not text.lstrip().startswith(("[", "{")):
        return None
    try:
        value = decode(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list | dict) and not is_too_deep(value) else None
