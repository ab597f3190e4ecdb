"""`noai` in the robots tag of a page, or in its X-Robots-Tag header."""

import re

from provenance.model import Notice, Stance

SIGNAL = "noai"
_NO = re.compile(r"(?<![\w-])noai(?![\w-])", re.IGNORECASE)


def noai_notice(where: str, value: str) -> Notice:
    """Say whether a list of directives says no to machine learning.

    Parameters
    ----------
    where : str
        "header X-Robots-Tag", 'tag "robots"'.
    value : str
        The directives; before some of them a robot may be named. Whoever it is, the no counts.
        `noimageai` is about pictures, and says nothing of text.
    """
    stance = Stance.DISALLOWS if _NO.search(value) else Stance.SILENT
    return Notice(SIGNAL, stance, f'{where}: "{value}"')
