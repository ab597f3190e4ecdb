"""Every format that a report can be rendered in. Another one is one file, and one line here."""

from collections.abc import Callable

from provenance.model import Report
from provenance.report import html, resultfile, terminal

RENDERERS: dict[str, Callable[[Report], str]] = {
    "html": html.html_page,
    "json": resultfile.render,
    "terminal": terminal.render,
}


def render(name: str, report: Report) -> str:
    """Render a report in a format.

    Parameters
    ----------
    name : str
        A key of `RENDERERS`.
    report : Report
        What to render.

    Returns
    -------
    str
        The whole text, its last line ended.
    """
    return RENDERERS[name](report)
