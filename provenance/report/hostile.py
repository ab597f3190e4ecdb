"""Texts that somebody else wrote, made harmless to show."""

import re

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
