"""An answer to a rights-holder in words: Markdown, a cover letter, and lines for the terminal."""

import re

from provenance.model.records.audit import Audit, AuditSection, Standing, Statement
from provenance.report.sanitize import markdown_text, shorten_line
from provenance.report.terminal.terminal_style import TerminalStyle

DRAFT, NAME_STATED = "DRAFT FOR REVIEW BY COUNSEL", "name stated"
_MENTION = re.compile(r"([^\s(]*@\S*?)(?=[:,.;)]*(?:\s|\Z))")
_MAX_CHARACTERS = 4000
_OPENING = "We have searched our records and the reports of checks of our datasets."
_ENCLOSED = (
    "The enclosed answer has all points, with the evidence that each line rests on. Lines are "
    "marked as measured, as declared by our staff, or as what cannot be known. A writer of records "
    "is a machine and a user on it."
)

STANDINGS = {
    Standing.MEASURED: "found by comparing texts, or read from files whose digests are given",
    Standing.DECLARED: "recorded by people, or stated for this answer; nobody has checked it by "
    "measurement. A writer of records is a machine and a user on it",
    Standing.UNKNOWABLE: "neither measured nor recorded, or beyond what can be measured",
}


def withheld(audit: Audit) -> str:
    """Return which points an answer leaves out; empty if it has all."""
    if not audit.withheld:
        return ""
    numbers = ", ".join(map(str, audit.withheld))
    return (
        f"Withheld from this answer: {'point' if len(audit.withheld) == 1 else 'points'} {numbers}."
    )


def title(audit: Audit) -> str:
    """Return the title of an answer."""
    query = audit.query
    subjects = [
        query.source_name or query.source,
        query.domain,
        None if query.author is None else f"author {query.author}",
        None if query.works is None else f"works in {query.works}",
        None if query.item is None else _item(query.item),
    ]
    return f"Content of {', '.join(each for each in subjects if each is not None)} in datasets"


def _item(item: str) -> str:
    return "a given text" if len(item.split()) > 1 else f"item {item}"


def markdown(audit: Audit) -> str:
    """Render an answer as Markdown; every line has a number, and says how it is known."""
    lines = [*_draft(audit), f"# {markdown_text(title(audit))}", ""]
    lines += ["Each line says how it is known:", ""]
    lines += [f"- **{standing}**: {meaning}" for standing, meaning in STANDINGS.items()]
    if audit.withheld:
        lines += ["", withheld(audit)]
    for section in audit.sections:
        lines += ["", f"## {section.number}. {section.title}", ""]
        lines += [
            f"- {section.number}.{place} **{line.standing}**: {_markdown_line(line)}"
            for place, line in enumerate(section.statements, 1)
        ]
    return "\n".join(lines) + "\n"


def letter(audit: Audit) -> str:
    """Render the cover letter of an answer, as Markdown: the lines that answer what was asked."""
    request = audit.request
    to = request.requester or "[name and address]"
    about = f" (your reference {request.reference})" if request.reference else ""
    lines = [*_draft(audit), f"To: {markdown_text(to)}", ""]
    lines += [f"**{markdown_text(title(audit) + about)}**", ""]
    lines += ["Dear Sir or Madam,", "", _OPENING, ""]
    for section in audit.sections:
        chosen = [line for line in section.statements if line.in_letter]
        if chosen:
            lines += [f"**{section.title}**", ""]
            lines += [f"- {_markdown_line(line)} ({line.standing})" for line in chosen]
            lines.append("")
    if audit.withheld:
        lines += [withheld(audit), ""]
    lines += [
        _ENCLOSED if not audit.withheld else _ENCLOSED.replace("all points", "the other points"),
        "",
        "Yours faithfully,",
        "",
        markdown_text(request.stated_name or "[name, function, date]"),
    ]
    return "\n".join(lines) + "\n"


def terminal(audit: Audit, style: TerminalStyle) -> str:
    """Render an answer for a terminal."""
    lines = [] if audit.request.stated_name else [style.bold(DRAFT), ""]
    lines += style.wrap(title(audit))
    lines += style.wrap(withheld(audit)) if audit.withheld else []
    for section in audit.sections:
        lines += ["", style.bold(f"{section.number}  {section.title}")]
        for number, line in _numbered(section):
            text = shorten_line(f"{number}  [{line.standing}] {_full(line)}", _MAX_CHARACTERS)
            lines += style.wrap(text, "  ", "      ")
    return "\n".join(lines) + "\n"


def _numbered(section: AuditSection) -> list[tuple[str, Statement]]:
    return [(f"{section.number}.{n}", line) for n, line in enumerate(section.statements, 1)]


def _draft(audit: Audit) -> list[str]:
    return [] if audit.request.stated_name else [f"**{DRAFT}**", ""]


def _full(line: Statement) -> str:
    return f"{line.text} ({', '.join(line.rests_on)})" if line.rests_on else line.text


def _markdown_line(line: Statement) -> str:
    text = _full(line)
    if "`" not in text:
        # Names such as posts@2023-01 become code anyway: without the colon after them.
        text = _MENTION.sub(r"`\1`", text)
    return markdown_text(text, _MAX_CHARACTERS)
