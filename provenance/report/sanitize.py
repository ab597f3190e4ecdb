"""Texts that somebody else wrote, made harmless to show.

JSON in which nothing acts: whatever hides or steers stands as its number.

Texts of others in Markdown: shown as they are, and nothing in them is markup.
"""

import json
import re
from typing import Any

from provenance.report.text.cell_width import shortened
from provenance.terminal_safety import HIDDEN_PATTERN, visible

# A whole escape sequence means nothing to a reader; what is left of a broken one is caught above.
_SEQUENCE = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, cursor
    "|(?:\x1b\\]|\x9d)[^\x07\x1b\x9c]{0,4096}(?:\x07|\x1b\\\\|\x9c)"  # titles, hyperlinks
)


def one_line(text: str) -> str:
    r"""Show a text on one line of a terminal: without escape sequences, white space collapsed.

    Parameters
    ----------
    text : str
        Anybody's.

    Returns
    -------
    str
        Nothing in it steers a terminal.

    Examples
    --------
    >>> one_line("a\x1b[31mb\n\tc")
    'ab c'
    """
    return inline(text).strip()


def inline(text: str) -> str:
    """Do what `one_line` does, but keep a space at either end: for pieces of a line.

    Parameters
    ----------
    text : str
        Anybody's.

    Returns
    -------
    str
        Nothing in it steers a terminal.
    """
    return visible(re.sub(r"\s+", " ", _SEQUENCE.sub("", text)))


def web_address(address: str | None) -> str | None:
    """Give an address that may stand in a link: http or https, and nothing else.

    Parameters
    ----------
    address : str or None
        Anybody's; ``javascript:`` and ``data:`` addresses run in the reader's browser.

    Returns
    -------
    str or None
        The address, or None where it must stay plain text.
    """
    if address and re.match(r"https?://[^\s\\]+\Z", address, re.IGNORECASE):
        return None if HIDDEN_PATTERN.search(address) else address
    return None


def short(text: str, limit: int) -> str:
    """Make a text that somebody may have written fit into one line of so many characters."""
    return shortened(one_line(text[: 4 * limit]), limit)


def json_text(value: Any, indent: int | None = None) -> str:
    r"""Write a value as JSON.

    Parameters
    ----------
    value : dict, list, str, int, float, bool or None
        Of anybody's texts.
    indent : int or None
        Spaces a level; None writes one line.

    Returns
    -------
    str
        Equal to the value when read back. What could steer a terminal or turn a line around, and
        lone surrogates of odd file names, stand as ``\u`` escapes.

    Examples
    --------
    >>> print(json_text({"a": "\u202eb"}))
    {"a": "\u202eb"}
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    return HIDDEN_PATTERN.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return "".join(f"\\u{unit:04x}" for unit in _units(ord(match[0])))


def _units(code: int) -> tuple[int, ...]:
    if code < 0x10000:
        return (code,)
    return 0xD800 + ((code - 0x10000) >> 10), 0xDC00 + ((code - 0x10000) & 0x3FF)


_ACTING = re.compile(r"[\\`*_\[\]<>|~&!$#{}]")
_AT_START = re.compile(r"\A(\d*)(?:(?<=\d)([.)])(?=\s|\Z)|(?<!\d)([-+=]))")
# Hosts of Markdown notify whoever is named so, and link what looks like an address.
_CALLING = re.compile(r"[@#]|://|www\.", re.IGNORECASE)
_URL_KEPT = re.compile(r"[^A-Za-z0-9\-._~:/?#@!$&'*+,;=%]")


def code(text: str, limit: int = 120) -> str:
    """Show a text of anybody's as code.

    Parameters
    ----------
    text : str
        Anybody's.
    limit : int
        Characters of it that are shown.

    Returns
    -------
    str
        A span of code that no text can leave, in a table's cell neither.

    Examples
    --------
    >>> print(code("a|b <script>"))
    `a[U+007C]b <script>`
    """
    shown = short(text, limit).replace("`", "[U+0060]").replace("|", "[U+007C]")
    return f"`{shown}`" if shown else "(empty)"


def prose(text: str, limit: int = 1000) -> str:
    r"""Show sentences, of which somebody may have written parts.

    Parameters
    ----------
    text : str
        What stands between backticks is set as code.
    limit : int
        Characters of it that are shown.

    Returns
    -------
    str
        Nothing else in it is markup; words that would call somebody, or be made links, are code.

    Examples
    --------
    >>> print(prose("Run `provenance clean`, *now*, says @somebody"))
    Run `provenance clean`, \*now\*, says `@somebody`
    """
    parts = short(text, limit).split("`")
    if len(parts) % 2 == 0:  # a lone backtick is a backtick
        parts[-2:] = [parts[-2] + "`" + parts[-1]]
    shown = "".join(
        (code(part, limit) if part else "") if number % 2 else _words(part)
        for number, part in enumerate(parts)
    )
    return _AT_START.sub(r"\1\\\2\3", shown)


def link(label: str, address: str | None) -> str:
    """Show a text as code that leads to an address, where that is one of the web."""
    target = web_address(address)
    if target is None or len(target) > 2000:
        return code(label)
    return f"[{code(label)}](<{_URL_KEPT.sub(_percent, target)}>)"


def row(*cells: str) -> str:
    """Write the row of a table, of cells in which nothing acts."""
    return f"| {' | '.join(cells)} |"


def table(heads: tuple[str, ...], rows: list[str]) -> str:
    """Write a table; a head that ends in a colon has its column to the right."""
    marks = ["--:" if head.endswith(":") else "---" for head in heads]
    return "\n".join([row(*(head.rstrip(":") for head in heads)), row(*marks), *rows])


def folded(title: str, *blocks: str) -> str:
    """Fold something away under a title, which is ours."""
    body = "\n\n".join(blocks)
    return f"<details>\n<summary>{title}</summary>\n\n{body}\n\n</details>"


def _words(text: str) -> str:
    return "".join(
        code(word, len(word)) if _CALLING.search(word) else _ACTING.sub(r"\\\g<0>", word)
        for word in re.split(r"(\s+)", text)
    )


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))
