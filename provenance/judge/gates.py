"""Policies: evaluate their gates and waivers, and check their names against the rules."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from fnmatch import translate
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from provenance.errors import PolicyError, UnknownSource
from provenance.judge.binding_terms import ELSEWHERE, Places
from provenance.judge.identifiers import Licences, Names
from provenance.model.results.result import GateOutcome, Violation, WaiverOutcome
from provenance.model.rules.policy import Gate, Policy, Waiver
from provenance.model.rules.rule_library import Library
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import Verdict

_STANDINGS = {
    Verdict.FORBIDDEN: "forbidden for {purpose}",
    Verdict.UNKNOWN: "of unknown status for {purpose}",
    Verdict.RESTRICTED: "restricted for {purpose}",
    Verdict.PERMITTED: "permitted for {purpose}",
}
_NEXT_STEPS = {
    Verdict.FORBIDDEN: "Leave the content out ({how}), or sign an agreement and write it under "
    "[[agreements]] in the policy",
    Verdict.UNKNOWN: "Read the remedy of each source in the report: a missing date, rule or "
    "permission makes it unknown",
    Verdict.RESTRICTED: "Meet the conditions that the report names, and then raise the limit",
    Verdict.PERMITTED: "Raise the limit",
}
_CLEANING = "provenance clean writes the dataset without it"
_REMOVAL_OF_ROWS = "the findings name its rows"
_WAIVER = "or, if a named person approves these findings, write a waiver under [[waivers]]"


def evaluate_gates(
    gates: Sequence[Gate], shares: Sequence[tuple[float, float]]
) -> tuple[GateOutcome, ...]:
    """Evaluate each gate.

    Parameters
    ----------
    gates : sequence of Gate
        Of the policy.
    shares : sequence of (share, low)
        For each gate, in [0, 1]: the exclusive, uncontested, unwaived share of its content, and the
        lower end of its interval.
    """
    return tuple(
        GateOutcome(gate, share, low, low <= gate.limit)
        for gate, (share, low) in zip(gates, shares, strict=True)
    )


def mark_undecided(
    outcomes: Sequence[GateOutcome], lows: Sequence[float]
) -> tuple[GateOutcome, ...]:
    """Mark gates that pass only because a sample was checked.

    Parameters
    ----------
    outcomes : sequence of GateOutcome
        Of a sample.
    lows : sequence of float
        For each, the lower end of its share's interval if the whole corpus were like the sample.
    """
    return tuple(
        replace(outcome, undecided=outcome.passed and low > outcome.gate.limit)
        for outcome, low in zip(outcomes, lows, strict=True)
    )


def violations(
    outcomes: Sequence[GateOutcome],
    circumstances: Circumstances,
    *,
    among_new: bool = False,
    cleanable: bool = True,
) -> tuple[Violation, ...]:
    """Describe the gates that failed.

    Parameters
    ----------
    outcomes : sequence of GateOutcome
        Of all gates.
    circumstances : Circumstances
        Of the check.
    among_new : bool
        Whether they are about new content, because there is a baseline.
    cleanable : bool
        Whether `provenance clean` can write the corpus again: it is in files of this machine.
    """
    content = "new content" if among_new else "content"
    how = _CLEANING if cleanable else _REMOVAL_OF_ROWS
    return tuple(
        _violation(outcome, circumstances, content, how)
        for outcome in outcomes
        if not outcome.passed
    )


def _violation(
    outcome: GateOutcome, circumstances: Circumstances, content: str, how: str
) -> Violation:
    gate, step = outcome.gate, _NEXT_STEPS[outcome.gate.verdict].replace("{how}", how)
    content = content if gate.source is None else f"{content} of {gate.source}"
    standing = _STANDINGS[gate.verdict].format(purpose=circumstances.purpose)
    standing += "" if gate.basis is None else f" ({gate.basis})"
    return Violation(
        gate=str(gate),
        message=(
            f"{_percent(outcome.share)} of {gate.unit} (at least {_percent(outcome.low)}) is "
            f"{content} that is {standing}; the policy "
            f"allows {_percent(gate.limit)}"
        ),
        remedy=f"{_collection_hint(circumstances)}{step}; {_WAIVER}.",
    )


def _collection_hint(circumstances: Circumstances) -> str:
    if circumstances.collected is not None:
        return ""
    return (
        "If you know when the content was collected, say so (--collected): other terms may apply. "
    )


def _percent(share: float) -> str:
    """Format a share; a small one is not rounded to zero.

    Examples
    --------
    >>> _percent(0.0523), _percent(0.0000041), _percent(0.0), _percent(1.0)
    ('5.2 %', '0.00041 %', '0 %', '100 %')
    """
    percent = 100 * share
    digits = f"{percent:.1f}" if percent >= 1 else f"{percent:.2g}"
    if "e" in digits:
        digits = f"{percent:.12f}"[:15].rstrip("0")
    return f"{digits.removesuffix('.0')} %"


def check_known(policy: Policy, library: Library) -> None:
    """Check that the rules have what a policy names.

    Raises
    ------
    PolicyError
        The first of `unknown_names`.
    """
    for error in unknown_names(policy, library):
        raise error


def unknown_names(policy: Policy, library: Library) -> Iterator[PolicyError]:
    """Yield an error for each name in a policy that the rules do not have.

    A jurisdiction that no document names can be right, if it is a code. An agreement is on a
    source or a licence: on an expression of licences, it would match nothing.
    """
    exceptions = [exception.id for exception in library.exceptions]
    for claim in policy.circumstances.claims:
        if claim not in exceptions:
            yield _unknown_name(
                f"claims: the rules have no statutory exception {claim!r}", claim, exceptions
            )
    bases = [basis.id for basis in library.bases]
    for gate in policy.gates:
        if gate.basis is not None and gate.basis not in bases:
            yield _unknown_name(
                f"the gate {gate}: the rules have no basis {gate.basis!r}", gate.basis, bases
            )
    yield from _agreements_on_expressions(policy, library)
    yield from _unknown_jurisdictions(policy, library)


def check_collected(policy: Policy, today: date) -> None:
    """Check that no stated day of collection is in the future, as misspelt years are.

    Parameters
    ----------
    policy : Policy
        The policy.
    today : date
        In UTC.

    Raises
    ------
    PolicyError
        If one is.
    """
    stated = [("collected", policy.circumstances.collected)]
    stated += [
        (f"collection {each.name!r}: collected", each.collected) for each in policy.collections
    ]
    for where, days in stated:
        future = None if days is None else days.day_to_come(today)
        if future is not None:
            raise PolicyError(
                f"{where}: {future} is in the future; today is {today}",
                remedy="correct the day (--collected, or `collected` in the policy), leave the end "
                "of a period open (2023-06-01..), or set the clock of this machine.",
            )


def _agreements_on_expressions(policy: Policy, library: Library) -> Iterator[PolicyError]:
    licences = Licences(library)
    for agreement in policy.agreements:
        if licences.has_expression(agreement.source):
            yield PolicyError(
                f"agreement {agreement.reference!r}: {agreement.source!r} is an expression of "
                "licences, not one of them",
                remedy="write an agreement for each licence in it that the contract replaces",
            )


def _unknown_jurisdictions(policy: Policy, library: Library) -> Iterator[PolicyError]:
    for place in _jurisdictions(policy):
        if not _PLACE_CODE.fullmatch(place) and _unknown_place(place, library):
            yield PolicyError(
                f"jurisdiction: {place!r} is not a code, and no document names it",
                remedy="write the code of a country, such as DE or US, or EU or EEA",
            )


def check_signals(signals: Collection[str], library: Library) -> None:
    """Check that the rules have every signal that is declared for the content.

    Raises
    ------
    UnknownSource
        If one is unknown: it would be silently ignored.
    """
    names = [signal.id for signal in library.signals]
    names += [
        "/".join(terms.id.split("/")[:2]) for signal in library.signals for terms in signal.terms
    ]
    for signal in signals:
        if signal not in names:
            near = get_close_matches(signal, names, n=1)
            raise UnknownSource(
                f"the rules have no signal {signal!r}",
                remedy=f"did you mean {near[0]!r}?"
                if near
                else "see `provenance rules list --kind signal`.",
            )


def with_source_ids(policy: Policy, library: Library, sources: Collection[str]) -> Policy:
    """Return a policy whose gates and waivers name sources by their ids, as findings do.

    Parameters
    ----------
    policy : Policy
        The policy, with any names of the sources, such as `twitter`.
    library : Library
        The rules.
    sources : collection of str
        Sources of the registries: findings have their names as they are.
    """
    names = Names(library)

    def name_of(source: str | None) -> str | None:
        return source if source is None or source in sources else names.id_of(source) or source

    return replace(
        policy,
        gates=tuple(replace(gate, source=name_of(gate.source)) for gate in policy.gates),
        waivers=tuple(replace(each, source=name_of(each.source)) for each in policy.waivers),
    )


def policy_warnings(policy: Policy, library: Library) -> tuple[str, ...]:
    """Return warnings about names in a policy that the rules do not have."""
    names = Names(library)
    sources = {
        **{f"gate {gate}": gate.source for gate in policy.gates},
        **{f"agreement {signed.reference!r}": signed.source for signed in policy.agreements},
        **{f"collection {each.name!r}": each.source for each in policy.collections},
        **{f"waiver {waiver.id!r}": waiver.source for waiver in policy.waivers},
    }
    unknown = tuple(
        f"{where}: {warning}"
        for where, source in sources.items()
        if source is not None and (warning := names.warning(source)) is not None
    )
    return (
        *unknown,
        *(each for place in _jurisdictions(policy) for each in _unknown_place(place, library)),
    )


_PLACE_CODE = re.compile("[A-Za-z]{2,3}")


def _jurisdictions(policy: Policy) -> tuple[str, ...]:
    """Return the places that a policy states, each once."""
    stated = [policy.circumstances.jurisdiction, *(c.jurisdiction for c in policy.collections)]
    return tuple(dict.fromkeys(place for place in stated if place))


def _unknown_place(jurisdiction: str, library: Library) -> tuple[str, ...]:
    """Return a warning if no document names a jurisdiction, which may be misspelt."""
    all_terms = (
        *(terms for source in library.sources for terms in source.terms),
        *(terms for licence in library.licences for terms in licence.terms),
        *(terms for signal in library.signals for terms in signal.terms),
        *(terms for exception in library.exceptions for terms in exception.terms),
    )
    places = sorted({place for terms in all_terms for place in terms.jurisdictions} - {ELSEWHERE})
    known = {place.casefold() for place in places} | Places(library).names
    if jurisdiction.casefold() in known:
        return ()
    choices = ", ".join(places)
    return (f"jurisdiction {jurisdiction!r}: no document names it; the documents name {choices}",)


def _unknown_name(message: str, word: str, choices: Collection[str]) -> PolicyError:
    near = get_close_matches(word, choices, n=1)
    choice = f"did you mean {near[0]!r}?" if near else f"choose one of: {', '.join(choices)}."
    return PolicyError(message, remedy=choice)


Column: TypeAlias = Sequence[str | None]
WAIVER_COLUMNS = {
    "source": "source",
    "documents": "document",
    "item": "item",
    "dataset": "file",
    "rule": "terms",
}
"""The column of the findings that each field of a waiver is matched with."""
_GLOBS = ("documents", "dataset", "rule")
Mask = npt.NDArray[np.bool_]


def waive(
    waivers: Sequence[Waiver], today: date, findings: Mapping[str, Column]
) -> tuple[list[str | None], tuple[WaiverOutcome, ...]]:
    """Match waivers with findings.

    Parameters
    ----------
    waivers : sequence of Waiver
        The first unexpired one that covers a finding excuses it.
    today : date
        A waiver is valid until the day before it expires.
    findings : mapping of str to sequences of str or None, all of one length
        The columns of the findings that `WAIVER_COLUMNS` names.

    Returns
    -------
    waived : list of str or None
        Id of the waiver that excuses each finding; None if there is none.
    outcomes : tuple of WaiverOutcome
        One for each waiver, in order, including unused and expired ones.
    """
    columns = {
        cover: pa.array(findings[name], pa.string()).dictionary_encode()
        for cover, name in WAIVER_COLUMNS.items()
    }
    length = len(columns["source"])
    excused_by = np.full(length, -1, np.int64)
    outcomes = []
    for index, waiver in enumerate(waivers):
        covered = _cover_mask(waiver, columns, length)
        expired = waiver.is_over(today)
        if not expired:
            covered &= excused_by < 0
            excused_by[covered] = index
        outcomes.append(WaiverOutcome(waiver, expired, int(covered.sum())))
    # Index -1 refers to the last element: no waiver.
    ids = [*(waiver.id for waiver in waivers), None]
    return [ids[index] for index in excused_by.tolist()], tuple(outcomes)


def _cover_mask(waiver: Waiver, columns: Mapping[str, pa.DictionaryArray], length: int) -> Mask:
    covered = np.ones(length, np.bool_)
    for cover, column in columns.items():
        text = getattr(waiver, cover)
        if text is not None and cover in _GLOBS:
            covered &= _matching(column, re.compile(translate(text)))
        elif text is not None:
            place = column.dictionary.index(text).as_py()  # -1 if absent
            covered &= column.indices.fill_null(-2).to_numpy(zero_copy_only=False) == place
    return covered


def _matching(column: pa.DictionaryArray, pattern: re.Pattern[str]) -> Mask:
    # Only the few distinct values are matched; one more element, False, is for null.
    hits = [pattern.fullmatch(value) is not None for value in column.dictionary.to_pylist()]
    codes = column.indices.fill_null(len(hits)).to_numpy(zero_copy_only=False)
    covered: Mask = np.array([*hits, False])[codes]
    return covered
