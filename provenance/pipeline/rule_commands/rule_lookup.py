"""Look up rules: list, show, explain, and draw their timeline."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TypedDict, Unpack

from provenance.errors import RuleError, UnknownSource
from provenance.judge.gates import check_collected, check_known, check_signals
from provenance.judge.identifiers import Licences
from provenance.judge.rule_checks import KINDS, Entry, Selection, entries, select_entries
from provenance.judge.rulings import Judge
from provenance.model.rules.policy import Policy
from provenance.model.rules.rule_library import Library
from provenance.model.rules.rulings import Ruling, VerdictPeriod
from provenance.model.rules.terms import Actor, Verdict
from provenance.read.policy.policy_file import PolicyOptions, load_policy, override, parse_day
from provenance.read.rules.rule_files import load_rules
from provenance.report.terminal.rules.rule_listing import rule_card, rule_list
from provenance.report.terminal.rules.ruling_explanation import ruling_explanation
from provenance.report.terminal.rules.verdict_timeline import timeline_text
from provenance.report.terminal.terminal_style import TerminalStyle

ROLES = {
    "as scraper": Actor.SCRAPER,
    "as account holder": Actor.ACCOUNT_HOLDER,
    "as API developer": Actor.API_DEVELOPER,
    "as recipient of a copy": Actor.RECIPIENT,
}
"""Rows of a timeline, below the strictest role."""


class RuleFilters(TypedDict, total=False):
    """Filters of `rules list`; None selects all."""

    subjects: tuple[str, ...]
    kind: str | None
    verdict: str | None
    basis: str | None
    binds: str | None
    day: str | None
    confidence: str | None


def list_rules(rules: Path | None, style: TerminalStyle, **filters: Unpack[RuleFilters]) -> str:
    """List the statements that match the filters."""
    library = load_rules(rules)
    verdict, day = filters.get("verdict"), filters.get("day")
    statements = [t for kind in entries(library).values() for entry in kind for t in entry.terms]
    _check_filter("basis", filters.get("basis"), {terms.basis for terms in statements})
    _check_filter(
        "role", filters.get("binds"), {role for terms in statements for role in terms.binds}
    )
    selection = Selection(
        subjects=tuple(_find_entry(library, name).id for name in filters.get("subjects", ())),
        kind=filters.get("kind"),
        verdict=None if verdict is None else Verdict(verdict),
        basis=filters.get("basis"),
        binds=filters.get("binds"),
        day=None if day is None else parse_day(day, "--on"),
        confidence=filters.get("confidence"),
    )
    return rule_list(select_entries(library, selection), style)


def show_rule(subject: str, rules: Path | None, style: TerminalStyle) -> str:
    """Show everything that the rules say about a source, licence, signal or exception."""
    library = load_rules(rules)
    return rule_card(_find_entry(library, subject), library.conditions, style)


def explain_rule(
    subject: str,
    rules: Path | None,
    style: TerminalStyle,
    policy: Policy,
    content: tuple[str | None, str | None, tuple[str, ...]],
) -> str:
    """Explain the ruling on content of a source.

    Parameters
    ----------
    subject : str
        Source, licence or signal.
    rules : Path or None
        Folder of the user's own rules.
    style : TerminalStyle
        Style of the output.
    policy : Policy
        Circumstances and agreements.
    content : tuple of (str or None, str or None, tuple of str)
        Date of publication, declared licence, and signals.
    """
    name, ruling = rule_on(subject, rules, policy, content)
    return ruling_explanation(name, ruling, policy.circumstances, style)


def rule_on(
    subject: str,
    rules: Path | None,
    policy: Policy,
    content: tuple[str | None, str | None, tuple[str, ...]],
) -> tuple[str, Ruling]:
    """Return the name of a source, licence or signal, and the ruling on content of it.

    Parameters are those of `explain_rule`.
    """
    library, today = load_rules(rules), datetime.now(tz=UTC).date()
    check_known(policy, library)
    check_collected(policy, today)
    published, licence, signals = content
    check_signals(signals, library)
    name, subject = _find_subject(library, subject)
    judge = Judge(library, policy.circumstances, policy.agreements, today)
    day = None if published is None else parse_day(published, "--published")
    return name, judge.rule(subject, day, licence, signals).ruling


def show_timeline(subject: str, rules: Path | None, style: TerminalStyle, policy: Policy) -> str:
    """Show the rulings by day of collection, for the strictest role and for each role."""
    library, today = load_rules(rules), datetime.now(tz=UTC).date()
    check_known(policy, library)
    check_collected(policy, today)
    (name, subject), circumstances = _find_subject(library, subject), policy.circumstances
    rows = dict(_timeline_rows(library, subject, policy, today))
    title = style.bold(f"{name}: {circumstances.purpose}, by the day of collection")
    return f"{title}\n\n{timeline_text(rows, circumstances.collected, today, style)}"


def resolve_policy(path: str | None, **options: Unpack[PolicyOptions]) -> Policy:
    """Return the policy that options describe, on top of a policy file if one is named."""
    policy = Policy() if path is None else load_policy(path, Path.cwd())
    return override(policy, **options)


def _timeline_rows(
    library: Library, subject: str, policy: Policy, today: date
) -> Iterator[tuple[str, Sequence[VerdictPeriod]]]:
    base_circumstances = policy.circumstances
    roles = {"strictest of all roles": None, **ROLES} if base_circumstances.actor is None else {}
    for name, role in (
        roles or {f"as {base_circumstances.actor}": base_circumstances.actor}
    ).items():
        circumstances = replace(base_circumstances, collected=None, actor=role)
        judge = Judge(library, circumstances, policy.agreements, today)
        yield name, judge.rule(subject).ruling.timeline


def _check_filter(name: str, value: str | None, values: Collection[str]) -> None:
    """Raise for a value that no statement has; an empty list would look like an answer."""
    if value is None or value in values:
        return
    suggestions = get_close_matches(value, values, n=1)
    raise RuleError(
        f"no statement of the rules has the {name} {value!r}",
        remedy=f"did you mean {suggestions[0]!r}?"
        if suggestions
        else f"known are: {', '.join(sorted(values))}.",
    )


def _find_subject(library: Library, subject: str) -> tuple[str, str]:
    """Return name and id of an entry; an expression of licences is its own."""
    if Licences(library).has_expression(subject):
        return subject, subject
    entry = _find_entry(library, subject)
    return entry.name, entry.id


def _find_entry(library: Library, subject: str) -> Entry:
    entries_by_id = {entry.id: entry for kind in KINDS for entry in entries(library)[kind]}
    names = {
        alias: entry for entry in entries_by_id.values() for alias in getattr(entry, "aliases", ())
    }
    match = (
        entries_by_id.get(subject.casefold()) or names.get(subject) or names.get(subject.casefold())
    )
    if match is None:
        suggestions = get_close_matches(subject, [*entries_by_id, *names], n=1)
        raise UnknownSource(
            f"the rules have no entry {subject!r}",
            remedy=f"did you mean {suggestions[0]!r}?"
            if suggestions
            else "see `provenance rules list`.",
        )
    return match
