"""Evidence about whole texts: near-duplicate items, and what rows declare about themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from provenance.pipeline.scan.readings import Reading


@dataclass(frozen=True, slots=True)
class WholeTextEvidence:
    """Evidence about the origin of a whole text.

    Parameters
    ----------
    evidence : str
        "resemblance", "link", "licence" or "signal".
    source : str or None
        The source; None where the item determines it.
    registry, number : int
        The item; -1 where there is none.
    licence, signals, declared : str or None, tuple of str, str or None
        What the row declares, as in `DECLARED_SCHEMA`.
    otherwise : WholeTextEvidence or None
        The row's own evidence, where a resemblance takes precedence over it.
    """

    evidence: str
    source: str | None
    registry: int
    number: int
    licence: str | None = None
    signals: tuple[str, ...] = ()
    declared: str | None = None
    otherwise: "WholeTextEvidence | None" = None


def has_whole_text_evidence(reading: Reading) -> bool:
    """Return whether a part has evidence about whole texts."""
    return bool(len(reading.declared)) or any(len(each.texts) for each in reading.near_duplicates)


def whole_text_evidence(reading: Reading) -> dict[int, WholeTextEvidence]:
    """Return the evidence about whole texts, by text; the strongest where there are several."""
    table = reading.declared
    values = [table[name].to_pylist() for name in ("evidence", "source", "licence", "declared")]
    signals = map(tuple, table["signals"].to_pylist())
    build = cache(_declared_evidence)  # many rows declare the same
    declared_evidence = {
        text: build(*row)
        for text, *row in zip(table["text"].to_pylist(), *values, signals, strict=True)
    }
    wholes = dict(declared_evidence)
    for registry, near_duplicates in reversed(list(enumerate(reading.near_duplicates))):
        for text, item in zip(
            near_duplicates.texts.tolist(), near_duplicates.items.tolist(), strict=True
        ):
            row_evidence = declared_evidence.get(text)
            wholes[text] = WholeTextEvidence(
                "resemblance", None, registry, item, otherwise=row_evidence
            )
    return wholes


def _declared_evidence(
    evidence: str,
    source: str | None,
    licence: str | None,
    declared: str | None,
    signals: tuple[str, ...],
) -> WholeTextEvidence:
    return WholeTextEvidence(evidence, source, -1, -1, licence, signals, declared)


def evidence_for_remainder(
    evidence: WholeTextEvidence | None, *, is_held: bool
) -> WholeTextEvidence | None:
    """Return the evidence for the rest of a text, outside the passages attributed to items.

    Where passages were attributed, resemblance says nothing more about the rest.
    """
    if evidence is None or evidence.evidence != "resemblance" or not is_held:
        return evidence
    return evidence.otherwise


def declaration_columns(
    claimed: Sequence[WholeTextEvidence | None], row_evidence: Sequence[WholeTextEvidence]
) -> dict[str, list[object]]:
    """Return the columns of declared values: those of claims, then those of the evidence.

    Parameters
    ----------
    claimed : sequence of WholeTextEvidence or None
        The whole-text evidence on the texts that claims are in; of it, signals count for them too.
    row_evidence : sequence of WholeTextEvidence
        The evidence of the other spans.
    """
    signals = [None if each is None else list(_own_signals(each)) or None for each in claimed]
    return {
        "licence": [*[None] * len(claimed), *(fill.licence for fill in row_evidence)],
        "signals": [*signals, *(list(_own_signals(fill)) for fill in row_evidence)],
        "declared": [*[None] * len(claimed), *(fill.declared for fill in row_evidence)],
    }


def _own_signals(evidence: WholeTextEvidence) -> tuple[str, ...]:
    """Return the signals of the row, also where a resemblance takes precedence over them."""
    return evidence.signals if evidence.otherwise is None else evidence.otherwise.signals
