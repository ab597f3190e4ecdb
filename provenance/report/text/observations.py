"""Sentences on what was observed beside the shares."""

from provenance.model.results.result import Observation, ObservationKind, Result
from provenance.report.text.number_format import count


def observation_sentences(result: Result) -> tuple[str, ...]:
    """Return a sentence for each observation."""
    names = {ruling.source: ruling.name for ruling in result.rulings}
    return tuple(_sentence(each, names) for each in result.observations)


def _sentence(observation: Observation, names: dict[str, str]) -> str:
    documents = count(observation.documents, "document")
    have = "has" if observation.documents == 1 else "have"
    declare = "declares" if observation.documents == 1 else "declare"
    source = names.get(observation.source or "", observation.source)
    match observation.kind:
        case ObservationKind.WITHDRAWN | ObservationKind.OPTED_OUT:
            return f"{documents} {_WITHHELD[observation.kind]}; {_WHERE}."
        case ObservationKind.MARKED_ITEM:
            return (
                f"{documents} {have} item {observation.detail} of {source}, which its owner "
                f"planted: evidence that content of {source} was taken. It counts in no share."
            )
        case ObservationKind.CONTRADICTED_LICENCE:
            return (
                f"{documents} {declare} the licence {observation.detail}, but {have} content of "
                f"{source}, whose terms forbid the use."
            )
        case ObservationKind.DISPUTED:
            return (
                f"{count(observation.tokens, 'token')} of {source} in {documents} that "
                f"{observation.detail} disputed: no gate counts them until that is settled."
            )
        case ObservationKind.EMPTY_COLLECTION:
            return (
                f"Collection {observation.detail!r} of the policy contains no row of the dataset: "
                "is its pattern or its column misspelt?"
            )
        case ObservationKind.UNREADABLE_DAY | ObservationKind.FUTURE_DAY as kind:
            said = _DAYS[kind].format(day=observation.detail)
            return f"{documents} {have} a `collected` that {said}"


_DAYS = {
    ObservationKind.UNREADABLE_DAY: "is no day, month or year, and that therefore does not count; "
    "write 2024-05-31, 2024-05 or 2024.",
    ObservationKind.FUTURE_DAY: "is still to come (the latest: {day}), and that therefore does not "
    "count; correct the days, or set the clock of this machine.",
}
_WITHHELD = {
    ObservationKind.WITHDRAWN: "of withdrawn items, as registries say",
    ObservationKind.OPTED_OUT: "from addresses whose owners opted out",
}
_WHERE = "column `withheld` of findings.parquet says why"
