"""One rule file, from its YAML to the nouns; rules/README.md describes the format."""

import re
from collections.abc import Collection, Hashable
from dataclasses import dataclass
from typing import Any

import yaml

from provenance.errors import RuleSyntax
from provenance.judge import RESERVED_BASES
from provenance.model import (
    Actor,
    Basis,
    DateRange,
    Licence,
    Purpose,
    Say,
    Source,
    Terms,
    TimeAxis,
    Verdict,
)
from provenance.read.checked import Checked
from provenance.read.datesyntax import end, first_day

ACTORS = (
    *(actor.value for actor in Actor),
    *("any", "platform", "platform-licensee", "dataset-distributor", "heritage-institution"),
)
CONFIDENCES = ("verified on a stored copy", "secondary source only", "not verified")
START_BASES = ("document date", "first seen", "secondary report", "not verified")
PERIOD_KEYS = (
    *("from", "from-basis", "until", "versions", "verdict", "basis", "uses", "binds"),
    *("jurisdictions", "clause", "paraphrase", "condition", "confidence", "stored-copy"),
    *("stored-on", "quotation-sha256"),
)
PERIOD_NEEDS = ("verdict", "basis", "uses", "binds", "jurisdictions", "paraphrase", "confidence")
DOCUMENT_KEYS = ("id", "title", "address", "time-axis", "periods")
SOURCE_KEYS = ("id", "name", "hosts", "content-licence", "documents", "cases")
LICENCE_KEYS = ("id", "name", "aliases", "documents", "cases")

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Combination:
    """What `verdicts.yaml` holds.

    Parameters
    ----------
    strictest_first : tuple of Verdict
        The order of strictness.
    never_assumed : tuple of str
        Actors that an unset actor is never taken for.
    bases : tuple of Basis
        Weightiest first.
    """

    strictest_first: tuple[Verdict, ...]
    never_assumed: tuple[str, ...]
    bases: tuple[Basis, ...]


class _Loader(yaml.CSafeLoader):
    """A safe loader that refuses a key written twice, which YAML would let win silently."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for index, key in enumerate(keys):
            if key in keys[:index]:
                mark = node.value[index][0].start_mark
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} stands twice", mark)
        return super().construct_mapping(node, deep)


def parse_yaml(content: bytes, file: str) -> Checked:
    """Parse a rule file, believing nothing yet."""
    try:
        value = yaml.load(content, _Loader)  # noqa: S506 - a subclass of the safe loader
    except yaml.MarkedYAMLError as error:
        line = 0 if error.problem_mark is None else error.problem_mark.line + 1
        raise RuleSyntax(
            f"{file}: not valid YAML: line {line}: {error.problem}",
            remedy="correct the line named; text with `: ` or `#` in it needs quotes.",
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        raise RuleSyntax(
            f"{file}: not valid YAML: {' '.join(str(error).split())}",
            remedy="save it as UTF-8 text; a day is written year-month-day.",
        ) from error
    return Checked(value, file, "", RuleSyntax)


def parse_combination(root: Checked) -> Combination:
    """Read `verdicts.yaml`: how the verdicts of several documents combine."""
    keys = ("strictest-first", "never-assumed", "bases")
    entries = root.table(keys, keys)
    order = tuple(entry.one_of(Verdict) for entry in entries["strictest-first"].list())
    if sorted(order) != sorted(Verdict):
        raise entries["strictest-first"].wrong(
            f"{[str(verdict) for verdict in order]} is not an order of all verdicts",
            f"write each of these once: {', '.join(Verdict)}.",
        )
    bases = tuple(_basis(entry) for entry in entries["bases"].list())
    known = {basis.id for basis in bases}
    if missing := [name for name in RESERVED_BASES if name not in known]:
        raise entries["bases"].wrong(
            f"the judge gives the basis {missing[0]!r}, which is not described",
            f"add it, with `say` and `meaning`: {missing[0]}.",
        )
    actors = tuple(entry.word(ACTORS) for entry in entries["never-assumed"].list())
    return Combination(order, actors, bases)


def parse_source(root: Checked, bases: Collection[str]) -> Source:
    """Read a file of `rules/sources`."""
    entries = root.table(SOURCE_KEYS, ("id", "name", "hosts", "cases"))
    subject = _id(entries["id"])
    licence = entries.get("content-licence")
    if licence is None and "documents" not in entries:
        raise root.wrong(
            "neither 'documents' nor 'content-licence' is there",
            "add the documents that bind, or the licence that all content stands under.",
        )
    return Source(
        id=subject,
        name=entries["name"].text(),
        hosts=tuple(_host(entry) for entry in entries["hosts"].list()),
        terms=_documents(entries.get("documents"), subject, bases),
        content_licence=None if licence is None else licence.text(),
    )


def parse_licence(root: Checked, bases: Collection[str]) -> Licence:
    """Read a file of `rules/licences`."""
    entries = root.table(LICENCE_KEYS, ("id", "name", "aliases", "documents", "cases"))
    subject = _id(entries["id"])
    return Licence(
        id=subject,
        name=entries["name"].text(),
        aliases=tuple(entry.text() for entry in entries["aliases"].list()),
        terms=_documents(entries["documents"], subject, bases),
    )


def _id(entry: Checked) -> str:
    subject, stem = entry.text(), entry.file.rsplit("/", 1)[-1].removesuffix(".yaml")
    if subject != stem:
        raise entry.wrong(
            f"the id {subject!r} is not the file's name, {stem!r}", "give both the same name."
        )
    return subject


def _host(entry: Checked) -> str:
    host = entry.text()
    if host != host.lower() or "/" in host or "." not in host.strip("."):
        raise entry.wrong(
            f"{host!r} is not a host", "write its name alone, in lower case: example.org."
        )
    return host


def _basis(entry: Checked) -> Basis:
    entries = entry.table(("id", "say", "meaning"), ("id", "say", "meaning"))
    return Basis(entries["id"].text(), entries["meaning"].text(), entries["say"].one_of(Say))


def _documents(
    documents: Checked | None, subject: str, bases: Collection[str]
) -> tuple[Terms, ...]:
    found: dict[str, Terms] = {}
    for document in [] if documents is None else documents.list():
        entries = document.table(DOCUMENT_KEYS, ("id", "title", "time-axis", "periods"))
        for period in entries["periods"].list():
            terms = _terms(period, entries, subject, bases)
            if terms.id in found:
                raise period.wrong(
                    f"two periods are called {terms.id!r}",
                    "give the document's second statement an id of its own.",
                )
            found[terms.id] = terms
    return tuple(found[name] for name in sorted(found))


def _terms(
    period: Checked, document: dict[str, Checked], subject: str, bases: Collection[str]
) -> Terms:
    entries = period.table(PERIOD_KEYS, PERIOD_NEEDS)
    verdict, basis = entries["verdict"].one_of(Verdict), entries["basis"].word(bases)
    confidence = entries["confidence"].word(CONFIDENCES)
    _check_honest(period, verdict, basis, confidence)
    start = entries.get("from")
    name = f"{subject}/{document['id'].text()}"
    return Terms(
        id=name if start is None else f"{name}/{start.value}",
        subject=subject,
        document=document["title"].text(),
        address=_optional(document, "address"),
        period=_period(period, start, entries.get("until")),
        time_axis=document["time-axis"].one_of(TimeAxis),
        binds=tuple(entry.word(ACTORS) for entry in entries["binds"].list()),
        uses=tuple(entry.one_of(Purpose) for entry in entries["uses"].list()),
        jurisdictions=tuple(entry.text() for entry in entries["jurisdictions"].list()),
        verdict=verdict,
        basis=basis,
        clause=_optional(entries, "clause"),
        paraphrase=entries["paraphrase"].text(),
        condition=_optional(entries, "condition"),
        quotation_digest=_digest(entries.get("quotation-sha256")),
        stored_copy=_optional(entries, "stored-copy"),
        confidence=confidence + _start_in_words(entries.get("from-basis")),
    )


def _check_honest(period: Checked, verdict: Verdict, basis: str, confidence: str) -> None:
    unread = basis == "not-verified" or confidence == "not verified"
    if unread and (verdict, basis, confidence) != (
        Verdict.UNKNOWN,
        "not-verified",
        "not verified",
    ):
        raise period.wrong(
            f"nobody verified it ({basis}, {confidence}), yet it gives {verdict}",
            "write verdict: unknown, basis: not-verified, confidence: not verified.",
        )
    if basis == "silence" and verdict is not Verdict.UNKNOWN:
        raise period.wrong(f"silence gives no verdict {verdict}", "write verdict: unknown.")


def _period(period: Checked, start: Checked | None, until: Checked | None) -> DateRange:
    # A version that ended "in 2024" counts to the last day on which it may have been in force.
    first = None if start is None else first_day(start)
    last = None if until is None else end(until)
    try:
        return DateRange(first, last)
    except ValueError as error:
        raise period.wrong(str(error), "`until` is the first day after the period.") from error


def _start_in_words(entry: Checked | None) -> str:
    basis = "document date" if entry is None else entry.word(START_BASES)
    return {"document date": "", "not verified": "; its first day is not verified"}.get(
        basis, f"; its first day: {basis}"
    )


def _digest(entry: Checked | None) -> str | None:
    if entry is None:
        return None
    digest = entry.text()
    if not _SHA256.fullmatch(digest):
        raise entry.wrong(f"{digest!r} is not a SHA-256", "write 64 hexadecimal digits.")
    return digest


def _optional(entries: dict[str, Checked], key: str) -> str | None:
    return entries[key].text() if key in entries else None
