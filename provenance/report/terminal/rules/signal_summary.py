"""Summary of machine-readable signals, each with its decisive line and verdict."""

from collections.abc import Sequence
from dataclasses import dataclass

from provenance.model.rules.rulings import Ruling
from provenance.model.rules.signals import Notice, Stance
from provenance.report.sanitize import one_line
from provenance.report.terminal.rules.rule_listing import COLOURS
from provenance.report.terminal.terminal_style import TerminalStyle

_MARKS = {Stance.DISALLOWS: "* ", Stance.ALLOWS: "- ", Stance.SILENT: "- "}


@dataclass(frozen=True, slots=True)
class CapturedSignals:
    """Files that were captured together, and what they say about training on a page.

    Parameters
    ----------
    title : str
        Name of the capture.
    page : str
        Address of the page; empty for the root of the site.
    notices : tuple of (Notice, Ruling)
        Each signal with its ruling.
    unread : tuple of str
        Names of files that are not valid.
    rsl_lines : tuple of str
        Lines of robots.txt that name an RSL document.
    licence : Ruling or None
        Ruling on the licence that a dataset card declares.
    sources : tuple of (str, Ruling or None)
        The datasets that a card names as its sources, each with the ruling on it; None if no rule
        knows it.
    """

    title: str
    page: str
    notices: tuple[tuple[Notice, Ruling], ...]
    unread: tuple[str, ...] = ()
    rsl_lines: tuple[str, ...] = ()
    licence: Ruling | None = None
    sources: tuple[tuple[str, Ruling | None], ...] = ()


def signal_summary(captures: Sequence[CapturedSignals], style: TerminalStyle) -> str:
    """Summarise what captured files say about training."""
    return "\n".join("\n".join(_lines(capture, style)) + "\n" for capture in captures)


def _lines(capture: CapturedSignals, style: TerminalStyle) -> list[str]:
    against = [ruling for notice, ruling in capture.notices if notice.stance is Stance.DISALLOWS]
    page = f", for {one_line(capture.page)}" if capture.page else ""
    lines = [style.bold(line) for line in style.wrap(f"{one_line(capture.title)}{page}")]
    verdict = (
        f"Training is disallowed by {len(against)} of {len(capture.notices)} signals."
        if against
        else "No signal disallows training. This is not a permission."
    )
    lines += style.wrap(verdict)
    for notice, ruling in capture.notices:
        lines += ["", *_notice(notice, ruling, style)]
    for line in capture.rsl_lines:
        lines += [
            "",
            *style.wrap(f"robots.txt, {one_line(line)}, names an RSL document.", "- ", "  "),
        ]
    for name in capture.unread:
        lines += [
            "",
            *style.wrap(f"{name} is not a valid file of that name and was ignored.", "- ", "  "),
        ]
    if capture.licence is not None:
        sentence = (
            f"Licence: {capture.licence.verdict} ({capture.licence.basis}). {capture.licence.why}"
        )
        lines += ["", *style.wrap(one_line(sentence), "  ", "  ")]
    for name, on_source in capture.sources:
        sentence = (
            f"Source {name}: unknown. No rule knows this dataset."
            if on_source is None
            else f"Source {name}: {on_source.verdict} ({on_source.basis}). {on_source.why}"
        )
        lines += ["", *style.wrap(one_line(sentence), "  ", "  ")]
    return lines


def _notice(notice: Notice, ruling: Ruling, style: TerminalStyle) -> list[str]:
    lines = style.wrap(f"{notice.signal}: {notice.stance}", _MARKS[notice.stance], "  ")
    lines += style.wrap(one_line(notice.why), "    ", "      ")
    if notice.stance is not Stance.DISALLOWS:
        return lines
    verdict = style.paint(str(ruling.verdict), COLOURS[ruling.verdict])
    lines.append(f"    Verdict: {verdict} ({ruling.basis}).")
    for reason in ruling.reasons[:1]:
        lines += style.wrap(reason.terms.address, "    ", "    ") if reason.terms.address else []
    return lines
