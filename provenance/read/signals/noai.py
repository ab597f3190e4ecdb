"""`noai` in the robots tag of a page, or in its X-Robots-Tag header."""

import re

from provenance.model.rules.signals import Notice, Stance

SIGNAL = "noai"
_NOAI = re.compile(r"(?<![\w-])noai(?![\w-])", re.IGNORECASE)


def noai_notice(where: str, value: str) -> Notice:
    """Return the notice of a list of directives, which may disallow machine learning.

    Parameters
    ----------
    where : str
        "header X-Robots-Tag", 'tag "robots"'.
    value : str
        The directives; a directive for a single robot counts for all. `noimageai` is about images
        and is ignored.
    """
    stance = Stance.DISALLOWS if _NOAI.search(value) else Stance.SILENT
    return Notice(SIGNAL, stance, f'{where}: "{value}"')
