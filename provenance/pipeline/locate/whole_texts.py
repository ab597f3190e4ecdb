"""Evidence about whole texts: near-duplicate items, and what rows declare of themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

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


def whole_text_evidence(reading: Reading) -> dict[int, WholeTextEvidence]:
    """Return the evidence about whole texts, by text; the strongest where there are several."""
    declared_evidence = {
        row["text"]: WholeTextEvidence(
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
    claim_count: int, row_evidence: Sequence[WholeTextEvidence]
) -> dict[str, list[object]]:
    """Return the columns of declared values: null for claims, then those of the evidence."""
    return {
        "licence": [*[None] * claim_count, *(fill.licence for fill in row_evidence)],
        "signals": [*[None] * claim_count, *(list(fill.signals) for fill in row_evidence)],
        "declared": [*[None] * claim_count, *(fill.declared for fill in row_evidence)],
    }
