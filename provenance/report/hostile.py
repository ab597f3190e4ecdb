"""Texts that somebody else wrote, made harmless to show."""

import re

HIDDEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, but for tab and newline
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # turn the direction of writing
    "\u2028\u2029\u206a-\u206f\ufff9-\ufffb"  # break lines, or were meant for layout
    "\ud800-\udfff\U000e0000-\U000e007f"  # halves of characters, and invisible letters
)
"""Characters that are never shown as themselves, as the inside of a regular expression's set."""

_HIDDEN = re.compile(f"[{HIDDEN}]")
# A whole escape sequence means nothing to a reader; what is left of a broken one is caught above.
_SEQUENCE = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, cursor
    "|(?:\x1b\\]|\x9d)[^\x07\x1b\x9c]{0,4096}(?:\x07|\x1b\\\\|\x9c)"  # titles, hyperlinks
)


def visible(text: str) -> str:
    r"""Show what would act, or hide, by its number.

    Parameters
    ----------
    text : str
        Anybody's.

    Returns
    -------
    str
        Whatever hides, by its number; pictures of control characters are in too few fonts.

    Examples
    --------
    >>> visible("a\x1b[31mb\u202ec")
    'a[U+001B][31mb[U+202E]c'
    """
    # All that hides is among what Python calls not printable; most texts hold nothing of that.
    return text if text.isprintable() else _HIDDEN.sub(_sign, text)


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
        return None if _HIDDEN.search(address) else address
    return None


def _sign(match: re.Match[str]) -> str:
    return f"[U+{ord(match[0]):04X}]"
