"""Evidence about whole texts: an item that one resembles, or what its row says of itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from provenance.pipeline.scan.readings import Reading


@dataclass(frozen=True, slots=True)
class Whole:
    """Evidence that a text as a whole comes from somewhere.

    Parameters
    ----------
    evidence : str
        "resemblance", "link", "licence", "signal".
    source : str or None
        Whose; None where the item says it.
    registry, number : int
        The item; -1 where there is none.
    licence, signals, declared : str or None, tuple of str, str or None
        What the row says of itself, as `DECLARED` has it.
    otherwise : Whole or None
        The row's own evidence, where a resemblance goes before it.
    """

    evidence: str
    source: str | None
    registry: int
    number: int
    licence: str | None = None
    signals: tuple[str, ...] = ()
    declared: str | None = None
    otherwise: "Whole | None" = None


def wholes_of(reading: Reading) -> dict[int, Whole]:
    """Give the evidence about whole texts, by text; what says more comes first."""
    declared = {
        row["text"]: Whole(
            row["evidence"],
            row["source"],
            -1,
            -1,
            row["licence"],
            tuple(row["signals"]),
            row["declared"],
        )
        for row in reading.declared.to_pylist()
    }
    wholes = dict(declared)
    for registry, alike in reversed(list(enumerate(reading.lookalikes))):
        for text, item in zip(alike.texts.tolist(), alike.items.tolist(), strict=True):
            own = declared.get(text)
            wholes[text] = Whole("resemblance", None, registry, item, otherwise=own)
    return wholes


def filling(whole: Whole | None, *, is_held: bool) -> Whole | None:
    """Give the evidence for what no passage of a text is given to.

    Where passages say themselves that an item is there, resemblance has no more to say of the rest.
    """
    if whole is None or whole.evidence != "resemblance" or not is_held:
        return whole
    return whole.otherwise


def own_words(claimed: int, fills: Sequence[Whole]) -> dict[str, list[object]]:
    """Lay out what rows declare, behind claims, which do not turn on it."""
    return {
        "licence": [*[None] * claimed, *(fill.licence for fill in fills)],
        "signals": [*[None] * claimed, *(list(fill.signals) for fill in fills)],
        "declared": [*[None] * claimed, *(fill.declared for fill in fills)],
    }
