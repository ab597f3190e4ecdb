"""The law book asked, for the front door: rules listed, shown, explained, drawn over time."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TypedDict, Unpack

from provenance.errors import RuleError, UnknownSource
from provenance.judge.gates import check_known, check_signals
from provenance.judge.rule_checks import KINDS, Entry, Selection, entries, selected
from provenance.judge.rulings import Judge
from provenance.model import Actor, Library, Policy, Stretch, Verdict
from provenance.read.policy.policy_file import PolicyOptions, load_policy, override, parse_day
from provenance.read.rules.rule_files import load_rules
from provenance.report.terminal.rule_listing import rule_card, rule_list
from provenance.report.terminal.ruling_explanation import ruling_explanation
from provenance.report.terminal.terminal_style import TerminalStyle
from provenance.report.terminal.verdict_timeline import timeline_text

ROLES = {
    "as scraper": Actor.SCRAPER,
    "as account holder": Actor.ACCOUNT_HOLDER,
    "as API developer": Actor.API_DEVELOPER,
    "as recipient of a copy": Actor.RECIPIENT,
}
"""Rows of a timeline, below that of the strictest."""


class Filters(TypedDict, total=False):
    """What `rules list` is narrowed to; None takes all."""

    subjects: tuple[str, ...]
    kind: str | None
    verdict: str | None
    basis: str | None
    binds: str | None
    day: str | None
    confidence: str | None


def listed_rules(rules: Path | None, style: TerminalStyle, **filters: Unpack[Filters]) -> str:
    """List the statements that fit."""
    library = load_rules(rules)
    verdict, day = filters.get("verdict"), filters.get("day")
    every = [t for kind in entries(library).values() for each in kind for t in each.terms]
    _check_word("basis", filters.get("basis"), {terms.basis for terms in every})
    _check_word("role", filters.get("binds"), {role for terms in every for role in terms.binds})
    wanted = Selection(
        subjects=tuple(_entry(library, each).id for each in filters.get("subjects", ())),
        kind=filters.get("kind"),
        verdict=None if verdict is None else Verdict(verdict),
        basis=filters.get("basis"),
        binds=filters.get("binds"),
        day=None if day is None else parse_day(day),
        confidence=filters.get("confidence"),
    )
    return rule_list(selected(library, wanted), style)


def shown_rule(subject: str, rules: Path | None, style: TerminalStyle) -> str:
    """Show all that the rules say of one source, licence, signal or exception."""
    library = load_rules(rules)
    return rule_card(_entry(library, subject), library.conditions, style)


def explained_rule(
    subject: str,
    rules: Path | None,
    style: TerminalStyle,
    asked: Policy,
    content: tuple[str | None, str | None, tuple[str, ...]],
) -> str:
    """Tell what holds for content of a source, and why.

    Parameters
    ----------
    subject : str
        Source, licence or signal.
    rules : Path or None
        A folder of rules of one's own.
    style : Pen
        How it is written.
    asked : Policy
        Circumstances and agreements.
    content : tuple of (str or None, str or None, tuple of str)
        When it was published, the licence that it declares, and the signals that came with it.
    """
    library, today = load_rules(rules), datetime.now(tz=UTC).date()
    check_known(asked, library)
    published, licence, signals = content
    check_signals(signals, library)
    entry = _entry(library, subject)
    judge = Judge(library, asked.circumstances, asked.agreements, today)
    day = None if published is None else parse_day(published)
    ruling = judge.rule(entry.id, day, licence, signals).ruling
    return ruling_explanation(entry.name, ruling, asked.circumstances, style)


def timeline_of(subject: str, rules: Path | None, style: TerminalStyle, asked: Policy) -> str:
    """Draw what holds for each day of collection, for anybody and for each role."""
    library, today = load_rules(rules), datetime.now(tz=UTC).date()
    check_known(asked, library)
    entry, circumstances = _entry(library, subject), asked.circumstances
    rows = dict(_rows(library, entry.id, asked, today))
    title = style.bold(f"{entry.name}: {circumstances.purpose}, by the day of collection")
    return f"{title}\n\n{timeline_text(rows, circumstances.collected, today, style)}"


def asked_policy(path: str | None, **options: Unpack[PolicyOptions]) -> Policy:
    """Return what is asked: the options alone, or on top of a policy that is named."""
    policy = Policy() if path is None else load_policy(path, Path.cwd())
    return override(policy, **options)


def _rows(
    library: Library, subject: str, asked: Policy, today: date
) -> Iterator[tuple[str, Sequence[Stretch]]]:
    given = asked.circumstances
    roles = {"strictest of all roles": None, **ROLES} if given.actor is None else {}
    for name, role in (roles or {f"as {given.actor}": given.actor}).items():
        circumstances = replace(given, collected=None, actor=role)
        judge = Judge(library, circumstances, asked.agreements, today)
        yield name, judge.rule(subject).ruling.timeline


def _check_word(what: str, word: str | None, known: Collection[str]) -> None:
    """Refuse a word that no statement has: a list of nothing would look like an answer."""
    if word is None or word in known:
        return
    near = get_close_matches(word, known, n=1)
    raise RuleError(
        f"no statement of the rules has the {what} {word!r}",
        remedy=f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(sorted(known))}.",
    )


def _entry(library: Library, subject: str) -> Entry:
    every = {entry.id: entry for kind in KINDS for entry in entries(library)[kind]}
    names = {alias: entry for entry in every.values() for alias in getattr(entry, "aliases", ())}
    found = every.get(subject.casefold()) or names.get(subject) or names.get(subject.casefold())
    if found is None:
        near = get_close_matches(subject, [*every, *names], n=1)
        raise UnknownSource(
            f"the rules know no {subject!r}",
            remedy=f"did you mean {near[0]!r}?" if near else "see `provenance rules list`.",
        )
    return found
