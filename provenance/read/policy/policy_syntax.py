"""Parsing of the tables of a policy."""

from collections.abc import Sequence, Set

from provenance.model.rules.policy import (
    DEFAULT_ORIGINS,
    MAX_DOCUMENT,
    SELECTS,
    Agreement,
    Collection,
    OriginRule,
    Route,
    UndecidedRule,
)
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import OTHER_MODEL, Actor, ModelScope, Purpose
from provenance.read.corpus.size_limits import parse_size
from provenance.read.policy.date_syntax import parse_collected, parse_term
from provenance.read.policy.validation import UncheckedValue, format_value

CHECK_KEYS = (
    *("purpose", "collected", "actor", "jurisdiction", "commercial", "model", "affiliate"),
    *("text_columns", "registries", "backgrounds", "calibration", "signals", "max_document"),
    "chance",
    *("own_probability", "quoted_probability", "undecided"),
    *("common_background", "withdrawn", "withdrawn_key"),
)
AGREEMENT_KEYS = (
    *("source", "purposes", "from", "until", "reference", "digest"),
    *("survives", "deletion", "models", "affiliates", "authors"),
)
COLLECTION_KEYS = (
    *("name", *SELECTS, "value", "collected", "actor", "jurisdiction", "commercial"),
    *("route", "agreement"),
)
MODEL_SCOPES = tuple(scope.value for scope in ModelScope if scope is not ModelScope.ANY)


def parse_circumstances(
    check: dict[str, UncheckedValue], claims: UncheckedValue | None
) -> Circumstances:
    """Parse `[check]`, and the exceptions claimed in `[claims]`."""
    purpose, collected = check.get("purpose"), check.get("collected")
    actor, jurisdiction = check.get("actor"), check.get("jurisdiction")
    return Circumstances(
        purpose=Purpose.PRETRAINING if purpose is None else purpose.one_of(Purpose),
        collected=None if collected is None else parse_collected(collected),
        actor=None if actor is None else actor.one_of(Actor),
        jurisdiction=None if jurisdiction is None else jurisdiction.text(),
        commercial=check["commercial"].truth() if "commercial" in check else None,
        model=parse_model(check["model"]) if "model" in check else None,
        affiliate=_truth(check.get("affiliate")),
        claims=tuple(
            name
            for name, entry in ({} if claims is None else claims.entries()).items()
            if entry.truth()
        ),
    )


def parse_max_document(entry: UncheckedValue | None) -> int:
    """Parse the largest size of a document, such as "64MB"."""
    if entry is None:
        return MAX_DOCUMENT
    size = parse_size(entry.text())
    if size is None:
        raise entry.wrong(f"{entry.text()!r} is not a size", "write it as 64MB, 1GB or 500000.")
    return size


CHANCE_RANGE = (1e-40, 100.0)
"""Chance matches per million words that may be accepted."""


def parse_chance(entry: UncheckedValue) -> float:
    """Parse the number of chance matches that are accepted per million words."""
    least, most = CHANCE_RANGE
    value = entry.value
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise entry.wrong(
            f"{format_value(value)} is not a number of chance matches per million words",
            f"write a number from {least:g} to {most:g}: 1 is the default, 0.1 for a court.",
        )
    return float(value)


def parse_origins(check: dict[str, UncheckedValue]) -> OriginRule:
    """Parse what is said of words whose origin is not certain."""
    undecided = check.get("undecided")
    return OriginRule(
        _probability(check.get("own_probability"), DEFAULT_ORIGINS.own, 0.5, 0.99),
        _probability(check.get("quoted_probability"), DEFAULT_ORIGINS.quoted, 0.0, 0.5),
        DEFAULT_ORIGINS.undecided if undecided is None else undecided.one_of(UndecidedRule),
    )


def _probability(entry: UncheckedValue | None, default: float, least: float, most: float) -> float:
    if entry is None:
        return default
    value = entry.value
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise entry.wrong(
            f"{format_value(value)} is not a probability from {least:g} to {most:g}",
            f"write such a number, or leave it out: {default:g} is the default.",
        )
    return float(value)


def parse_model(entry: UncheckedValue) -> tuple[str, ...]:
    """Parse the kinds of the model; with `other`, it is of no kind that is not listed."""
    kinds = [each.word((*MODEL_SCOPES, OTHER_MODEL)) for each in entry.list()]
    return tuple(dict.fromkeys(kinds))


def parse_agreement(entry: UncheckedValue) -> Agreement:
    """Parse an entry of `[[agreements]]`."""
    entries = entry.table(AGREEMENT_KEYS, ("source", "purposes", "reference"))
    digest, models = entries.get("digest"), entries.get("models")
    agreement = Agreement(
        source=entries["source"].text(),
        purposes=tuple(purpose.one_of(Purpose) for purpose in entries["purposes"].list()),
        period=parse_term(entry),
        reference=entries["reference"].text(),
        digest=None if digest is None else digest.sha256(),
        survives=_truth(entries.get("survives")),
        deletion=_truth(entries.get("deletion")),
        models=None
        if models is None
        else tuple(each.word((*MODEL_SCOPES, OTHER_MODEL)) for each in models.list()),
        affiliates=_truth(entries.get("affiliates")),
        authors=_truth(entries.get("authors")) or False,
    )
    if agreement.survives and agreement.deletion:
        raise entry.wrong(
            f"agreement {agreement.reference!r}: what must be deleted at its end (`deletion`) "
            "cannot be used after it (`survives`)",
            "set `survives = false`; models that were trained before the end are not in question.",
        )
    if models is not None and not agreement.models:
        raise models.wrong("it covers no model", "leave `models` out if it covers all.")
    return agreement


def _truth(entry: UncheckedValue | None) -> bool | None:
    return None if entry is None else entry.truth()


def parse_collections(
    collections: list[UncheckedValue], agreements: Sequence[Agreement]
) -> tuple[Collection, ...]:
    """Parse all `[[collections]]`, in order; `agreements` are those of the policy."""
    parsed: dict[str, Collection] = {}
    for entry in collections:
        collection = _collection(entry, {each.reference for each in agreements})
        if collection.name in parsed:
            raise entry.wrong(
                f"two collections have the name {collection.name!r}", "rename one of them."
            )
        parsed[collection.name] = collection
    return tuple(parsed.values())


def _collection(entry: UncheckedValue, references: Set[str]) -> Collection:
    entries = entry.table(COLLECTION_KEYS, ("name",))
    selects = {key: entries[key].text() for key in SELECTS if key in entries}
    if not selects:
        raise entry.wrong(
            "the collection contains everything",
            f"name at least one of: {', '.join(SELECTS)}; what holds for all content belongs "
            "in [check].",
        )
    if ("column" in entries) != ("value" in entries):
        absent = "value" if "column" in entries else "column"
        raise entry.wrong(
            f"{absent!r} is missing", 'write both: column = "meta.snapshot", value = "2021-*".'
        )
    agreement = entries["agreement"].text() if "agreement" in entries else None
    if agreement is not None and agreement not in references:
        raise entries["agreement"].wrong(
            f"no agreement has the reference {agreement!r}",
            "write it under [[agreements]], or correct the reference.",
        )
    return Collection(
        name=entries["name"].text(),
        **selects,
        value=entries["value"].text() if "value" in entries else None,
        collected=parse_collected(entries["collected"]) if "collected" in entries else None,
        actor=entries["actor"].one_of(Actor) if "actor" in entries else None,
        jurisdiction=entries["jurisdiction"].text() if "jurisdiction" in entries else None,
        commercial=entries["commercial"].truth() if "commercial" in entries else None,
        route=entries["route"].one_of(Route) if "route" in entries else None,
        agreement=agreement,
    )


def parse_texts(entry: UncheckedValue | None) -> tuple[str, ...]:
    """Parse a list of strings; empty if missing."""
    return () if entry is None else tuple(text.text() for text in entry.list())


def parse_paths(entry: UncheckedValue | None) -> tuple[str, ...]:
    """Parse a list of paths; empty if missing."""
    return () if entry is None else tuple(path.file_path() for path in entry.list())
