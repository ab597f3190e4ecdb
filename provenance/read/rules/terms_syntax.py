"""Parsing of the documents of a rule file, and of their periods, into terms."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from provenance.model.rules.terms import (
    Actor,
    DateRange,
    ModelScope,
    Precedence,
    Purpose,
    Record,
    SubjectMatter,
    Terms,
    TimeAxis,
    Verdict,
)
from provenance.read.policy.date_syntax import parse_end, parse_first_day, parse_period
from provenance.read.policy.validation import UncheckedValue

ACTORS = (
    *(actor.value for actor in Actor),
    *("any", "platform", "platform-licensee", "dataset-distributor"),
)
GENERAL_LAW = "general law"
"""Confidence of what follows from the law itself, without a document that somebody could read."""
LEGAL_BASES = {
    "default-copyright": Verdict.FORBIDDEN,
    "public-domain": Verdict.RESTRICTED,
    "undeclared": Verdict.UNKNOWN,
}
"""Bases of what follows from the law itself, with its verdict."""
SECONDARY = "secondary source only"
CONFIDENCES = ("verified on a stored copy", SECONDARY, "not verified", GENERAL_LAW)
START_BASES = ("document date", "first seen", "secondary report", "not verified")
END_STATUSES = ("ended", "in the latest stored copy", "not verified", "not tracked")
PERIOD_KEYS = (
    *("from", "from-basis", "until", "supersedes", "unseen", "versions", "verdict", "basis"),
    *("subject", "where-signal", "uses", "model-scope", "binds", "jurisdictions", "clause"),
    *("paraphrase", "condition"),
    *("conditions", "precedence", "confidence", "stored-copy", "stored-on", "first-seen"),
    *("last-seen", "latest-copy", "end-status", "quotation-sha256", "reviewed-by", "reviewed-on"),
)
PERIOD_NEEDS = ("verdict", "basis", "uses", "binds", "jurisdictions", "paraphrase", "confidence")
DOCUMENT_KEYS = ("id", "title", "address", "kind", "notes", "time-axis", "periods")
DOCUMENT_NEEDS = ("id", "title", "time-axis", "periods")

START_NOTES = {
    "document date": "",
    "first seen": "; its first day is the one on which it was first seen",
    "secondary report": "; its first day is from a secondary report",
    "not verified": "; its first day is not verified",
}
"""What is said of a first day that the document itself does not give."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that `verdicts.yaml` defines for use in rule files.

    Parameters
    ----------
    bases, conditions : collection of str
        Ids.
    """

    bases: Collection[str]
    conditions: Collection[str]


def parse_documents(
    documents: UncheckedValue | None, subject: str, vocabulary: Vocabulary
) -> tuple[Terms, ...]:
    """Parse every version of every document of a subject, in order of their ids."""
    terms_by_id: dict[str, Terms] = {}
    places: list[tuple[UncheckedValue, Terms]] = []
    for document in [] if documents is None else _non_empty_list(documents):
        entries = document.table(DOCUMENT_KEYS, DOCUMENT_NEEDS)
        for period in _non_empty_list(entries["periods"]):
            terms = _terms(period, entries, subject, vocabulary)
            if terms.id in terms_by_id:
                raise period.wrong(
                    f"two periods are called {terms.id!r}",
                    "give the document's second statement an id of its own.",
                )
            terms_by_id[terms.id] = terms
            places.append((period, terms))
    for period, terms in places:
        if terms.supersedes is not None and terms.supersedes not in terms_by_id:
            raise period.entries()["supersedes"].wrong(
                f"{terms.supersedes!r} is not a version in this file",
                f"choose one of: {', '.join(terms_by_id)}.",
            )
    return tuple(terms_by_id[name] for name in sorted(terms_by_id))


def _terms(
    period: UncheckedValue,
    document: dict[str, UncheckedValue],
    subject: str,
    vocabulary: Vocabulary,
) -> Terms:
    entries = period.table(PERIOD_KEYS, PERIOD_NEEDS)
    verdict, basis = entries["verdict"].one_of(Verdict), entries["basis"].word(vocabulary.bases)
    confidence = entries["confidence"].word(CONFIDENCES)
    _check_consistent(period, verdict, basis, confidence)
    start = entries.get("from")
    name = f"{subject}/{document['id'].text()}"
    span = _period(period, start, entries.get("until"))
    record = _record(entries)
    scope, precedence = entries.get("model-scope"), entries.get("precedence")
    quotation, subject_matter = entries.get("quotation-sha256"), entries.get("subject")
    return Terms(
        id=name if start is None else f"{name}/{start.value}",
        subject=subject,
        document=document["title"].text(),
        address=_optional(document, "address"),
        period=span,
        time_axis=document["time-axis"].one_of(TimeAxis),
        binds=tuple(entry.word(ACTORS) for entry in _non_empty_list(entries["binds"])),
        uses=tuple(entry.one_of(Purpose) for entry in entries["uses"].list()),
        jurisdictions=tuple(entry.text() for entry in _non_empty_list(entries["jurisdictions"])),
        verdict=verdict,
        basis=basis,
        clause=_optional(entries, "clause"),
        paraphrase=entries["paraphrase"].text(),
        condition=_optional(entries, "condition"),
        quotation_digest=None if quotation is None else quotation.sha256(),
        stored_copy=_optional(entries, "stored-copy"),
        confidence=confidence + START_NOTES[record.from_basis],
        model_scope=ModelScope.ANY if scope is None else scope.one_of(ModelScope),
        conditions=_conditions(entries.get("conditions"), vocabulary),
        precedence=Precedence.STRICTER if precedence is None else precedence.one_of(Precedence),
        supersedes=_optional(entries, "supersedes"),
        unseen=_end_uncertainty(entries, record, span),
        kind=_optional(document, "kind"),
        notes=_optional(document, "notes"),
        record=record,
        subject_matter=SubjectMatter.CONTENT
        if subject_matter is None
        else subject_matter.one_of(SubjectMatter),
        where_signal=_optional(entries, "where-signal"),
    )


def _non_empty_list(entry: UncheckedValue) -> list[UncheckedValue]:
    """Return the value as a list of at least one entry."""
    entries = entry.list()
    if not entries:
        raise entry.wrong("the list is empty", "add at least one entry.")
    return entries


def _record(entries: dict[str, UncheckedValue]) -> Record:
    days = {
        key.replace("-", "_"): entries[key].day()
        for key in ("first-seen", "last-seen", "latest-copy", "reviewed-on")
        if key in entries
    }
    start, status = entries.get("from-basis"), entries.get("end-status")
    reviewer = entries.get("reviewed-by")
    versions = entries["versions"].list() if "versions" in entries else []
    if (reviewer is None) is ("reviewed_on" in days):
        date_or_name = entries["reviewed-on"] if reviewer is None else reviewer
        raise date_or_name.wrong(
            "a review needs a name and a day", "write `reviewed-by` and `reviewed-on`, or neither."
        )
    return Record(
        from_basis="document date" if start is None else start.word(START_BASES),
        versions=tuple(_partial_date(entry) for entry in versions),
        stored_on=_partial_date(entries["stored-on"]) if "stored-on" in entries else None,
        end_status="not tracked" if status is None else status.word(END_STATUSES),
        reviewed_by=None if reviewer is None else reviewer.text(),
        **days,
    )


def _partial_date(entry: UncheckedValue) -> str:
    parse_first_day(entry)
    return str(entry.value)


def _end_uncertainty(
    entries: dict[str, UncheckedValue], record: Record, span: DateRange
) -> DateRange | None:
    if "unseen" in entries:
        if not entries["unseen"].table(("from", "until")):
            raise entries["unseen"].wrong("it has no day", "add `from`, `until` or both.")
        return parse_period(entries["unseen"])
    if record.end_status != "not verified" or record.last_seen is None:
        return None
    # A text that is missing in a later copy ended on some day after it was last seen.
    return DateRange(record.last_seen + timedelta(days=1), span.until)


def _conditions(entry: UncheckedValue | None, vocabulary: Vocabulary) -> tuple[str, ...]:
    entries = [] if entry is None else entry.list()
    for each in entries:
        for tag in each.text().split(" or "):
            each.part(tag).word(vocabulary.conditions)
    return tuple(each.text() for each in entries)


def _check_consistent(
    period: UncheckedValue, verdict: Verdict, basis: str, confidence: str
) -> None:
    entries = period.entries()
    is_unverified = basis == "not-verified" or confidence == "not verified"
    if is_unverified and (verdict, basis, confidence) != (
        Verdict.UNKNOWN,
        "not-verified",
        "not verified",
    ):
        raise period.wrong(
            f"it is not verified ({basis}, {confidence}), but gives {verdict}",
            "write verdict: unknown, basis: not-verified, confidence: not verified.",
        )
    if basis == "automated-access" and verdict is Verdict.FORBIDDEN:
        raise period.wrong(
            "a limit on robots is not a ban on training, but it is forbidden (automated-access)",
            "write verdict: restricted; or the basis of the ban.",
        )
    if verdict is Verdict.PERMITTED and not confidence.startswith("verified"):
        raise period.wrong(
            f"it is permitted, but the evidence is: {confidence}",
            "write verdict: restricted, or read the document and say where its copy is stored.",
        )
    if confidence.startswith("verified") and not (
        "stored-copy" in entries or "quotation-sha256" in entries
    ):
        raise period.wrong(
            "it is verified on a stored copy, but has neither `stored-copy` nor `quotation-sha256`",
            "say where the copy is stored, or give the digest of the words that were read.",
        )
    if confidence == GENERAL_LAW and LEGAL_BASES.get(basis) is not verdict:
        ways = (f"{each} ({follows})" for follows, each in LEGAL_BASES.items())
        raise period.wrong(
            f"it follows from the law alone, but gives {verdict} ({basis})",
            f"write the verdict and basis of one of these: {', '.join(ways)}.",
        )
    if "where-signal" in entries and verdict is not Verdict.FORBIDDEN:
        raise period.wrong(
            f"it is {verdict} where content carries a signal, but signals only forbid",
            "write verdict: forbidden, or state it without where-signal.",
        )
    if basis == "silence" and verdict is not Verdict.UNKNOWN:
        raise period.wrong(f"a silent document cannot be {verdict}", "write verdict: unknown.")


def _period(
    period: UncheckedValue, start: UncheckedValue | None, until: UncheckedValue | None
) -> DateRange:
    # A version that ended "in 2024" counts until the last day on which it may have been in force.
    first = None if start is None else parse_first_day(start)
    last = None if until is None else parse_end(until)
    try:
        return DateRange(first, last)
    except ValueError as error:
        raise period.wrong(str(error), "`until` is the first day after the period.") from error


def _optional(entries: dict[str, UncheckedValue], key: str) -> str | None:
    return entries[key].text() if key in entries else None
