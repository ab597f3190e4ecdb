"""What signals for machines say, told to a person: each with the line that decides, and its law."""

from collections.abc import Sequence
from dataclasses import dataclass

from provenance.model import Notice, Ruling, Stance
from provenance.report.sanitize import one_line
from provenance.report.terminal.rule_listing import COLOURS
from provenance.report.terminal.terminal_style import Pen

_MARKS = {Stance.DISALLOWS: "* ", Stance.ALLOWS: "- ", Stance.SILENT: "- "}


@dataclass(frozen=True, slots=True)
class Heard:
    """What was captured together, and what it says of training on a page.

    Parameters
    ----------
    title : str
        What it is called.
    page : str
        Address of the page; empty is the site's root.
    notices : tuple of (Notice, Ruling)
        What each signal says, and what the rules say that it means.
    unread : tuple of str
        Files that are not what they are called.
    named : tuple of str
        Lines that name an RSL document.
    licence : Ruling or None
        What the rules say of the licence that a card declares.
    """

    title: str
    page: str
    notices: tuple[tuple[Notice, Ruling], ...]
    unread: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    licence: Ruling | None = None


def signal_story(every: Sequence[Heard], pen: Pen) -> str:
    """Tell what captured files say of training, one capture after the other."""
    return "\n".join("\n".join(_lines(heard, pen)) + "\n" for heard in every)


def _lines(heard: Heard, pen: Pen) -> list[str]:
    against = [ruling for notice, ruling in heard.notices if notice.stance is Stance.DISALLOWS]
    asked = f", for {one_line(heard.page)}" if heard.page else ""
    lines = [pen.bold(line) for line in pen.wrap(f"{one_line(heard.title)}{asked}")]
    told = (
        f"Training is disallowed by {len(against)} of {len(heard.notices)} signals."
        if against
        else "No signal disallows training. That is not a permission."
    )
    lines += pen.wrap(told)
    for notice, ruling in heard.notices:
        lines += ["", *_notice(notice, ruling, pen)]
    for line in heard.named:
        lines += [
            "",
            *pen.wrap(f"robots.txt, {one_line(line)}, names an RSL document.", "- ", "  "),
        ]
    for name in heard.unread:
        lines += ["", *pen.wrap(f"{name} is not what it is called, and says nothing.", "- ", "  ")]
    if heard.licence is not None:
        said = f"The licence: {heard.licence.verdict} ({heard.licence.basis}). {heard.licence.why}"
        lines += ["", *pen.wrap(one_line(said), "  ", "  ")]
    return lines


def _notice(notice: Notice, ruling: Ruling, pen: Pen) -> list[str]:
    lines = pen.wrap(f"{notice.signal}: {notice.stance}", _MARKS[notice.stance], "  ")
    lines += pen.wrap(one_line(notice.why), "    ", "      ")
    if notice.stance is not Stance.DISALLOWS:
        return lines
    verdict = pen.paint(str(ruling.verdict), COLOURS[ruling.verdict])
    lines.append(f"    That is {verdict} ({ruling.basis}).")
    for reason in ruling.reasons[:1]:
        lines += pen.wrap(reason.terms.address, "    ", "    ") if reason.terms.address else []
    return lines
