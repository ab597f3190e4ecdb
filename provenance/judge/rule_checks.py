"""Check rules: their cases, their quotations, differences between versions, and selections."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date

from provenance.errors import ProvenanceError
from provenance.judge.binding_terms import DAY
from provenance.judge.gates import check_known, check_signals
from provenance.judge.rulings import Judge
from provenance.model.rules.policy import Agreement, Policy
from provenance.model.rules.rule_library import Library, Licence, Signal, Source, StatutoryException
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import DateRange, Terms, Verdict

CASE_CONTRACT = "the contract of the case"
"""Reference of the agreement in a case with `agreed: true`."""


@dataclass(frozen=True, slots=True)
class Case:
    """A test case of a rule file.

    Parameters
    ----------
    place : str
        Path of the case: "sources/x.yaml: cases.finds[0]".
    file : str
        Id of the source, licence, signal or exception of the file.
    subject : str
        Source, licence or signal whose content is judged.
    item_date, licence : date or None, str or None
        Date of publication and declared licence of the content.
    circumstances : Circumstances
        All other circumstances.
    verdict : Verdict
        Expected verdict.
    basis, terms : str or None
        Expected basis and terms; None if the case does not state them.
    signals : tuple of str
        Machine-readable signals that came with the content.
    agreed : bool
        Whether an agreement for the purpose has been signed.
    """

    place: str
    file: str
    subject: str
    item_date: date | None
    licence: str | None
    circumstances: Circumstances
    verdict: Verdict
    basis: str | None
    terms: str | None
    signals: tuple[str, ...] = ()
    agreed: bool = False


def differences(case: Case, library: Library) -> tuple[str, ...]:
    """Describe how the outcome of a case differs from the expected one; empty if it does not."""
    circumstances = case.circumstances
    try:
        check_signals(case.signals, library)
        check_known(Policy(circumstances), library)
    except ProvenanceError as error:
        return (f"{case.place}: {error.message}; {error.remedy}",)
    contract = Agreement(case.subject, (circumstances.purpose,), DateRange(), CASE_CONTRACT)
    judge = Judge(library, circumstances, [contract] if case.agreed else [])
    ruling = judge.rule(case.subject, case.item_date, case.licence, case.signals).ruling
    expected = {"verdict": case.verdict, "basis": case.basis, "terms": case.terms}
    return tuple(
        f"{case.place}: {what} is {getattr(ruling, what)}, not {value}; {ruling.why}"
        for what, value in expected.items()
        if value is not None and getattr(ruling, what) != value
    )


LONGEST = 40
"""Words of the longest quotation that is searched."""

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKUP = re.compile(
    r"<[^>]{1,200}>|[*`\\]|(?<!\w)_|_(?!\w)|^\s*(?:#+|>|[-+]|\d+\.)\s", re.MULTILINE
)
_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\xa0": " "})
_OPENING, _CLOSING = "\"'([{", "\"')]}.,;:!?"


def find_quotations(text: str, wanted: frozenset[str]) -> frozenset[str]:
    """Return the digests of quotations that occur in a text.

    Parameters
    ----------
    text : str
        A stored copy: plain text, Markdown or HTML.
    wanted : frozenset of str
        SHA-256 digests of quotations of up to `LONGEST` words.

    Returns
    -------
    frozenset of str
        Digests of quotations whose words occur in the text, ignoring markup and line breaks.
    """
    digests: set[str] = set()
    for candidate in _candidates(text):
        digest = hashlib.sha256(candidate.encode()).hexdigest()
        if digest in wanted:
            digests.add(digest)
    return frozenset(digests)


def _candidates(text: str) -> Iterator[str]:
    """Yield every run of words that may be a quotation."""
    plain = _MARKUP.sub("", _LINK.sub(r"\1", text))
    versions = {" ".join(v.split()) for v in (text, plain, plain.translate(_QUOTES))}
    for version in sorted(versions):
        words = version.split()
        for start in range(len(words)):
            for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
                yield from _strip_marks(" ".join(words[start:end]))


def _strip_marks(run: str) -> Iterator[str]:
    """Yield a run of words with its surrounding punctuation, and with that removed one by one."""
    while True:
        tail = run
        yield tail
        while tail and tail[-1] in _CLOSING:
            tail = tail[:-1]
            yield tail
        if not run or run[0] not in _OPENING:
            return
        run = run[1:]


Entry = Source | Licence | Signal | StatutoryException
KINDS = ("source", "licence", "signal", "exception")


@dataclass(frozen=True, slots=True)
class Selection:
    """Criteria for selecting statements; None selects all.

    Parameters
    ----------
    subjects : tuple of str
        Ids or aliases of sources, licences, signals and exceptions; empty selects all.
    kind : str or None
        One of `KINDS`.
    verdict, basis, binds : Verdict or None, str or None, str or None
        Verdict, basis, and role that is bound.
    day : date or None
        A day on which it is in force.
    confidence : str or None
        Prefix of its confidence: "verified", "secondary", "not verified".
    """

    subjects: tuple[str, ...] = ()
    kind: str | None = None
    verdict: Verdict | None = None
    basis: str | None = None
    binds: str | None = None
    day: date | None = None
    confidence: str | None = None


def entries(library: Library) -> dict[str, tuple[Entry, ...]]:
    """Return all entries of a library, by kind."""
    every = (library.sources, library.licences, library.signals, library.exceptions)
    return dict(zip(KINDS, every, strict=True))


def select_entries(
    library: Library, wanted: Selection
) -> Iterator[tuple[Entry, tuple[Terms, ...]]]:
    """Yield each entry that has selected statements, with these."""
    for kind, kind_entries in entries(library).items():
        for entry in kind_entries if wanted.kind in (None, kind) else ():
            names = {entry.id, *getattr(entry, "aliases", ())}
            if wanted.subjects and not names & set(wanted.subjects):
                continue
            statements = tuple(terms for terms in entry.terms if _meets_criteria(terms, wanted))
            if statements:
                yield entry, statements


def _meets_criteria(terms: Terms, wanted: Selection) -> bool:
    day = None if wanted.day is None else DateRange(wanted.day, wanted.day + DAY)
    return (
        wanted.verdict in (None, terms.verdict)
        and wanted.basis in (None, terms.basis)
        and (wanted.binds is None or wanted.binds in terms.binds)
        and (day is None or terms.period.overlaps(day))
        and (wanted.confidence is None or terms.confidence.startswith(wanted.confidence))
    )


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one statement.

    Parameters
    ----------
    terms : str
        Its id.
    old, new : Terms or None
        None if it was added or removed.
    parts : tuple of str
        Names of the fields that changed.
    """

    terms: str
    old: Terms | None
    new: Terms | None
    parts: tuple[str, ...] = ()


def changes_between(old: Library, new: Library) -> tuple[Change, ...]:
    """Return every statement that was added, removed or changed, by id."""
    before, after = _statements(old), _statements(new)
    return tuple(
        Change(name, before.get(name), after.get(name), _parts(before.get(name), after.get(name)))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    )


def _statements(library: Library) -> dict[str, Terms]:
    return {t.id: t for every in entries(library).values() for entry in every for t in entry.terms}


def _parts(old: Terms | None, new: Terms | None) -> tuple[str, ...]:
    if old is None or new is None:
        return ()
    names = (part.name for part in fields(Terms))
    return tuple(name for name in names if getattr(old, name) != getattr(new, name))
