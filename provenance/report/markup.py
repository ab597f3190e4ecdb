"""Texts of others in Markdown: shown as they are, and nothing in them is markup."""

import re

from provenance.report.hostile import web_address
from provenance.report.problems import short

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
