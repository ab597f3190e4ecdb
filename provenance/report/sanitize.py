"""Untrusted text made safe for terminals, links, JSON, Markdown and CSV.

All writers of a format use its function here. Terminal text loses escape sequences; control
characters are shown as numbers. JSON has escapes for them. Markdown shows the text literally:
nothing in it is markup, mentions a user or becomes a link. No cell of CSV is a formula.
"""

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

from provenance.model.json_encoding import to_json_value
from provenance.report.text.cell_width import truncate
from provenance.terminal_safety import HIDDEN_PATTERN, escape_text

if TYPE_CHECKING:
    import pyarrow as pa

# Complete escape sequences are dropped; `escape_text` shows the remains of broken ones.
_SEQUENCE = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, cursor
    "|(?:\x1b\\]|\x9d)[^\x07\x1b\x9c]{0,4096}(?:\x07|\x1b\\\\|\x9c)"  # titles, hyperlinks
)


def one_line(text: str) -> str:
    r"""Return a text on one line, without escape sequences and with white space collapsed.

    Parameters
    ----------
    text : str
        Untrusted.

    Returns
    -------
    str
        Without control characters.

    Examples
    --------
    >>> one_line("a\x1b[31mb\n\tc")
    'ab c'
    """
    return one_line_fragment(text).strip()


def one_line_fragment(text: str) -> str:
    """Return a part of a line as `one_line` does, but keep a space at either end."""
    return escape_text(re.sub(r"\s+", " ", _SEQUENCE.sub("", text)))


def safe_url(address: str | None) -> str | None:
    """Return an address if it is safe to link: http or https only.

    Parameters
    ----------
    address : str or None
        Untrusted; ``javascript:`` and ``data:`` addresses would run in the reader's browser.

    Returns
    -------
    str or None
        The address, or None if it must stay plain text.
    """
    if address and re.match(r"https?://[^\s\\]+\Z", address, re.IGNORECASE):
        return None if HIDDEN_PATTERN.search(address) else address
    return None


def shorten_line(text: str, limit: int) -> str:
    """Return an untrusted text on one line of at most `limit` characters."""
    return truncate(one_line(text[: 4 * limit]), limit)


def dump_json(value: Any, indent: int | None = None) -> str:
    r"""Serialize a value as JSON.

    Parameters
    ----------
    value : dict, list, str, int, float, bool or None
        May contain untrusted texts.
    indent : int or None
        Spaces per level; None writes one line.

    Returns
    -------
    str
        Equal to the value when parsed. Control and bidirectional characters, and lone surrogates
        of odd file names, are written as ``\u`` escapes.

    Examples
    --------
    >>> print(dump_json({"a": "\u202eb"}))
    {"a": "\u202eb"}
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    return HIDDEN_PATTERN.sub(_escape_units, text).replace("##[", "#\\u0023[")


def _escape_units(match: re.Match[str]) -> str:
    return "".join(f"\\u{unit:04x}" for unit in _units(ord(match[0])))


def _units(code: int) -> tuple[int, ...]:
    if code < 0x10000:
        return (code,)
    return 0xD800 + ((code - 0x10000) >> 10), 0xDC00 + ((code - 0x10000) & 0x3FF)


MAX_CELL_LENGTH = 32_000
"""Characters of a cell of CSV; spreadsheets allow 32,767."""

_FORMULA = re.compile(
    "(^|[;|])(?=(?:[^\\w;|]|[_\u115f\u1160\u3164\uffa0])*?[-=+@\uff1d\uff0b\uff0d\uff20])"
)
"""Starts of formulas for spreadsheets that split cells at `,`, `;` or `|`. Invisible characters,
four of which are letters, and punctuation may precede a formula."""


def csv_cell(value: Any) -> Any:
    """Return a value as a cell of CSV that no spreadsheet takes for a formula."""
    if isinstance(value, list):
        value = dump_json(value) if value else ""
    if not isinstance(value, str):
        return to_json_value(value)
    text = _FORMULA.sub(r"\1'", one_line(value[: MAX_CELL_LENGTH + 1]))
    return text[:MAX_CELL_LENGTH] + "…" if len(text) > MAX_CELL_LENGTH else text


def csv_text(table: "pa.Table") -> str:
    """Return a table as CSV, with a header."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(map(csv_cell, table.column_names))
    for batch in table.to_batches(10_000):
        columns = (map(csv_cell, column.to_pylist()) for column in batch.columns)
        writer.writerows(zip(*columns, strict=True))
    return out.getvalue()


_MARKUP = re.compile(r"[\\`*_\[\]|~!$#{}]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
"""Not escaped with backslashes, which some renderers show, and take what follows for HTML."""
_TAG_START = re.compile(r"<(?=[A-Za-z/!?])")
_BLOCK_START = re.compile(r"\A(\d*)(?:(?<=\d)([.)])(?=\s|\Z)|(?<!\d)([-+=]))")
# Code hosts notify users who are mentioned and turn addresses into links.
_MENTION_OR_LINK = re.compile(r"[@#]|://|www\.", re.IGNORECASE)
_NOT_URL = re.compile(r"[^A-Za-z0-9\-._~:/?#@!$&'*+,;=%]")


def markdown_code(text: str, limit: int = 120) -> str:
    """Return an untrusted text as a Markdown code span, also valid in a table cell.

    Parameters
    ----------
    text : str
        Untrusted.
    limit : int
        Maximum length in characters.

    Examples
    --------
    >>> print(markdown_code("a|b < c <script>"))
    `a[U+007C]b < c [U+003C]script>`
    """
    line = shorten_line(text, limit).replace("`", "[U+0060]").replace("|", "[U+007C]")
    line = _TAG_START.sub("[U+003C]", line)
    return f"`{line}`" if line else "(empty)"


def markdown_text(text: str, limit: int = 1000) -> str:
    r"""Escape sentences with untrusted parts for Markdown.

    Parameters
    ----------
    text : str
        Text between backticks becomes code.
    limit : int
        Maximum length in characters.

    Returns
    -------
    str
        Without other markup; words that would mention a user or become links are code.

    Examples
    --------
    >>> print(markdown_text("Run `provenance clean`, *now*, says @somebody"))
    Run `provenance clean`, \*now\*, says `@somebody`
    """
    parts = shorten_line(text, limit).split("`")
    if len(parts) % 2 == 0:  # an unpaired backtick stays literal
        parts[-2:] = [parts[-2] + "`" + parts[-1]]
    escaped = "".join(
        (markdown_code(part, limit) if part else "") if number % 2 else _escape_words(part)
        for number, part in enumerate(parts)
    )
    return _BLOCK_START.sub(r"\1\\\2\3", escaped)


def markdown_link(label: str, address: str | None) -> str:
    """Return a text as code, linked to an address if that is safe."""
    target = safe_url(address)
    if target is None or len(target) > 2000:
        return markdown_code(label)
    return f"[{markdown_code(label)}](<{_NOT_URL.sub(_percent, target)}>)"


def markdown_row(*cells: str) -> str:
    """Return a table row of cells that are already escaped."""
    return f"| {' | '.join(cells)} |"


def markdown_table(heads: tuple[str, ...], rows: list[str]) -> str:
    """Return a table; columns whose heading ends in a colon are right-aligned."""
    marks = ["--:" if head.endswith(":") else "---" for head in heads]
    return "\n".join(
        [markdown_row(*(head.rstrip(":") for head in heads)), markdown_row(*marks), *rows]
    )


def markdown_details(title: str, *blocks: str) -> str:
    """Return a collapsed section under a trusted title."""
    body = "\n\n".join(blocks)
    return f"<details>\n<summary>{title}</summary>\n\n{body}\n\n</details>"


def _escape_words(text: str) -> str:
    return "".join(
        markdown_code(word, len(word)) if _MENTION_OR_LINK.search(word) else _escape_markup(word)
        for word in re.split(r"(\s+)", text)
    )


def _escape_markup(word: str) -> str:
    return "".join(_ENTITIES.get(c, c) for c in _MARKUP.sub(r"\\\g<0>", word))


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))
