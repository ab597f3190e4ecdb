"""Facts of records of a ledger from what people state, by the names of the command's options."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from provenance.model.json_encoding import from_json_value, to_json_value
from provenance.model.records.ledger import FACTS, Facts, RecordKind
from provenance.pipeline.ledger_records import digest_of_document, parse_dates, parse_day

_OBTAINED = ("account", "route", "agreement", "note", "corrects")
FACT_NAMES = {
    "dataset": ("name", "report", "sources", "collected", "made_from", "recipients", *_OBTAINED),
    "check": ("report",),
    "access": ("source", "application", "when", "calls", "items", "datasets", *_OBTAINED),
    "use": (
        *("dataset", "application", "purpose", "when", "model", "model_file", "recipients"),
        *("note", "corrects"),
    ),
    "destruction": (
        *("dataset", "on", "by", "method", "items", "copies_left", "receipt"),
        *("note", "corrects"),
    ),
    "withdrawal": ("ids", "source", "on", "reason", "restored", "corrects"),
}
"""Names of the facts of each kind of record."""

LISTS = frozenset({"sources", "datasets", "made_from"})
"""Facts of which there may be several."""

_FIELDS = {"when": "dates", "on": "destroyed", "model_file": "model_digest"}
"""Fields of facts that have another name than the option."""


class MissingFact(LookupError):
    """A fact is missing without which a record is about nothing."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def stated_facts(kind: RecordKind, given: Mapping[str, object]) -> Facts:
    """Return the facts of a kind of record.

    Parameters
    ----------
    kind : RecordKind
        The kind.
    given : mapping of str to object
        Values by the names of `FACT_NAMES`, as `OpenLedger.add` takes them.

    Raises
    ------
    MissingFact
        If one is missing that each record of the kind has.
    ValueError, TypeError or ProvenanceError
        If a value is wrong; the message names the fact.
    """
    document = {
        _FIELDS.get(name, name): _CONVERSIONS.get(name, _unchanged)(name, value)
        for name, value in given.items()
    }
    try:
        return from_json_value(FACTS[kind], document)
    except KeyError as error:
        names = {field: name for name, field in _FIELDS.items()}
        missing = str(error.args[0])
        raise MissingFact(names.get(missing, missing)) from error


def _unchanged(_: str, value: Any) -> object:
    return value


def _dates(name: str, value: Any) -> object:
    return to_json_value(parse_dates(name, value))


def _iso_day(name: str, value: Any) -> object:
    return to_json_value(value if isinstance(value, date) else parse_day(name, str(value)))


def _digest(_: str, value: Any) -> object:
    return digest_of_document(Path(value))


def _amount(name: str, value: Any) -> object:
    if isinstance(value, int) and value < 0:
        raise ValueError(f"{name} is at least 0, not {value}")
    return value


def _flag(name: str, value: Any) -> object:
    if str(value).lower() not in {"true", "false"}:
        raise ValueError(f"{name} is true or false, not {value}")
    return str(value).lower() == "true"


def _list(_: str, value: Any) -> object:
    return [value] if isinstance(value, str) else list(value)


def _recipients(_: str, value: Any) -> object:
    return [{"name": name, "kind": kind} for name, kind in dict(value).items()]


_CONVERSIONS: dict[str, Callable[[str, Any], object]] = {
    **dict.fromkeys(("when", "collected"), _dates),
    "on": _iso_day,
    **dict.fromkeys(("calls", "items"), _amount),
    **dict.fromkeys(("model_file", "receipt"), _digest),
    "restored": _flag,
    **dict.fromkeys(LISTS, _list),
    "recipients": _recipients,
}
