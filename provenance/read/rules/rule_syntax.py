"""Parsing of a rule file; rules/README.md describes the format."""

import re
from collections.abc import Sequence
from dataclasses import replace

from provenance.model.rules.rule_library import Layer, Licence, Signal, Source, StatutoryException
from provenance.model.rules.terms import DateRange, Terms
from provenance.read.policy.validation import UncheckedValue
from provenance.read.rules.address_syntax import parse_addresses
from provenance.read.rules.rule_cases import parse_examples
from provenance.read.rules.rule_yaml import check_format
from provenance.read.rules.terms_syntax import (
    SECONDARY,
    START_BASES,
    START_NOTES,
    Vocabulary,
    parse_documents,
)

SOURCE_KEYS = (
    *("format", "id", "name", "aliases", "hosts", "addresses", "content-licence", "under"),
    *("parts", "other-parts"),
    *("documents", "cases"),
)
LICENCE_KEYS = (
    *("format", "id", "name", "aliases", "spdx", "hugging-face", "hosts"),
    *("documents", "cases"),
)
ROBOT_KEYS = ("name", "operator", "says")
SIGNAL_KEYS = ("format", "id", "name", "agents", "documents", "reads", "cases")
EXCEPTION_KEYS = ("format", "id", "name", "lifts", "transpositions", "documents", "cases")
TRANSPOSITION_KEYS = ("place", "from", "from-basis", "act", "clause", "notes", "stored-copy")
TRANSPOSITION_NEEDS = ("place", "from", "act", "stored-copy")
LIFTABLE = (Layer.COPYRIGHT.value, Layer.CONTRACT.value, Layer.ACCESS.value)
"""Layers that a law can set aside; not signals, whose effect the law itself defines."""

_HOST = re.compile(r"[^/\s:]+(?:/[^\s?#]+)?")


def parse_source(root: UncheckedValue, vocabulary: Vocabulary) -> Source:
    """Parse a file of `rules/sources`, without the documents of its parents."""
    entries = check_format(root, SOURCE_KEYS, ("id", "name", "hosts", "cases"))
    subject = _id(entries["id"])
    licence = entries.get("content-licence")
    if licence is None and "documents" not in entries and "under" not in entries:
        raise root.wrong(
            "both 'documents' and 'content-licence' are missing",
            "add the documents that bind, or the licence of all content.",
        )
    return Source(
        id=subject,
        name=entries["name"].text(),
        hosts=tuple(_host(entry) for entry in entries["hosts"].list()),
        terms=parse_documents(entries.get("documents"), subject, vocabulary),
        content_licence=None if licence is None else licence.text(),
        aliases=_texts(entries.get("aliases")),
        parts=_texts(entries.get("parts")),
        other_parts=_texts(entries.get("other-parts")),
        addresses=parse_addresses(entries.get("addresses")),
    )


def parents_of(root: UncheckedValue) -> Sequence[UncheckedValue]:
    """Return the ids of the sources whose documents apply to this source too."""
    entries = root.entries()
    return entries["under"].list() if "under" in entries else []


def parse_licence(root: UncheckedValue, vocabulary: Vocabulary) -> Licence:
    """Parse a file of `rules/licences`."""
    entries = check_format(root, LICENCE_KEYS, ("id", "name", "aliases", "documents", "cases"))
    subject = _id(entries["id"])
    spdx, hub = entries.get("spdx"), entries.get("hugging-face")
    identifiers = [each.text() for each in (spdx, hub) if each is not None]
    return Licence(
        id=subject,
        name=entries["name"].text(),
        aliases=tuple(dict.fromkeys([*_texts(entries["aliases"]), *identifiers])),
        terms=parse_documents(entries["documents"], subject, vocabulary),
        spdx=None if spdx is None else spdx.text(),
        hugging_face=None if hub is None else hub.text(),
        hosts=tuple(_host(entry) for entry in entries["hosts"].list())
        if "hosts" in entries
        else (),
    )


def parse_signal(root: UncheckedValue, vocabulary: Vocabulary) -> Signal:
    """Parse a file of `rules/signals`."""
    entries = check_format(root, SIGNAL_KEYS, ("id", "name", "documents", "cases"))
    subject = _id(entries["id"])
    parse_examples(root)
    return Signal(
        subject,
        entries["name"].text(),
        parse_documents(entries["documents"], subject, vocabulary),
        tuple(
            (document, tuple(name for name, _ in robots))
            for document, robots in _robots(entries).items()
        ),
        tuple(
            (name, statement)
            for robots in _robots(entries).values()
            for name, statement in robots
            if statement
        ),
    )


def _robots(entries: dict[str, UncheckedValue]) -> dict[str, list[tuple[str, str]]]:
    """Return the robots that each document of a signal is about, with their operators' words."""
    document_ids = [each.entries()["id"].text() for each in entries["documents"].list()]
    lists = entries["agents"].table(document_ids) if "agents" in entries else {}
    return {
        document: [_robot(each) for each in robots.list()] for document, robots in lists.items()
    }


def _robot(entry: UncheckedValue) -> tuple[str, str]:
    if isinstance(entry.value, str):
        return entry.text(), ""
    robot = entry.table(ROBOT_KEYS, ROBOT_KEYS)
    return robot["name"].text(), f"{robot['operator'].text()}: {robot['says'].text()}"


def parse_exception(root: UncheckedValue, vocabulary: Vocabulary) -> StatutoryException:
    """Parse a file of `rules/exceptions`."""
    entries = check_format(root, EXCEPTION_KEYS, ("id", "name", "lifts", "documents", "cases"))
    subject = _id(entries["id"])
    terms = parse_documents(entries["documents"], subject, vocabulary)
    if "transpositions" in entries:
        laws = (_law(entry, each) for entry in entries["transpositions"].list() for each in terms)
        terms = tuple(sorted(laws, key=lambda law: law.id))
    return StatutoryException(
        id=subject,
        name=entries["name"].text(),
        lifts=tuple(Layer(entry.word(LIFTABLE)) for entry in entries["lifts"].list()),
        terms=terms,
    )


def _law(entry: UncheckedValue, directive: Terms) -> Terms:
    """Return the national law that transposes a provision of a directive."""
    entries = entry.table(TRANSPOSITION_KEYS, TRANSPOSITION_NEEDS)
    place, basis = entries["place"].text(), entries.get("from-basis")
    record = replace(
        directive.record,
        from_basis="secondary report" if basis is None else basis.word(START_BASES),
        stored_on=None,
    )
    return replace(
        directive,
        id=f"{directive.subject}/{directive.id.split('/')[1]}/{place}",
        document=f"{entries['act'].text()} ({place}), for {directive.document}",
        period=DateRange(entries["from"].day(), directive.period.until),
        jurisdictions=(place,),
        clause=entries["clause"].text() if "clause" in entries else None,
        quotation_digest=None,
        stored_copy=entries["stored-copy"].text(),
        confidence=SECONDARY + START_NOTES[record.from_basis],
        notes=entries["notes"].text() if "notes" in entries else directive.notes,
        record=record,
    )


def _id(entry: UncheckedValue) -> str:
    subject, stem = entry.text(), entry.file.rsplit("/", 1)[-1].removesuffix(".yaml")
    if subject != stem:
        raise entry.wrong(
            f"the id {subject!r} is not the file's name, {stem!r}", "give both the same name."
        )
    return subject


def _host(entry: UncheckedValue) -> str:
    host = entry.text()
    name = host.split("/", 1)[0]
    if not _HOST.fullmatch(host) or name != name.lower() or "." not in name.strip("."):
        raise entry.wrong(
            f"{host!r} is not a host",
            "write its name alone, in lower case: example.org; or with a path: example.org/data/*.",
        )
    return host


def _texts(entry: UncheckedValue | None) -> tuple[str, ...]:
    return () if entry is None else tuple(each.text() for each in entry.list())
