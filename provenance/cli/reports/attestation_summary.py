"""Lines of the terminal on attestations."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from provenance.report.text.number_format import count, percent, timestamp

if TYPE_CHECKING:
    from provenance.pipeline.attesting.attestations import Attestation, ExpectedSubjects

_DIGITS = 12
_OUTCOMES = {
    "pass": "PASSED",
    "warn": "NOT DECIDED: some content is unknown, and no gate limits that",
    "fail": "FAILED",
    "incomplete": "INCOMPLETE",
}


def attestation_lines(
    where: str, attestation: "Attestation", compared: "ExpectedSubjects"
) -> Iterator[str]:
    """Yield lines on a verified attestation.

    Parameters
    ----------
    where : str
        Its file.
    attestation : Attestation
        The attestation.
    compared : ExpectedSubjects
        What was found to be what it is about.
    """
    yield f"{where}: valid"
    for signer in attestation.signers:
        key = "" if signer.name == signer.fingerprint else f", key {signer.fingerprint}"
        yield f"  Signed by  {signer.name}{key}"
    check, dataset = attestation.check, attestation.dataset
    outcome = _OUTCOMES.get(check.status, check.status)
    yield f"  Dataset    {dataset.name}, {_digest(dataset.sha256)}: {_same(compared.dataset)}"
    files = f"{count(check.files, 'file')}, " if check.files else ""
    sizes = f"{count(check.documents, 'document')}, {count(check.tokens, 'token')}"
    yield f"             {files}{sizes}"
    if attestation.model is not None:
        model = attestation.model
        yield f"  Model      {model.name}, {_digest(model.sha256)}: {_same(compared.model)}"
    yield (
        f"  Check      {outcome}, for {check.purpose}, on "
        f"{timestamp(check.checked)}, by provenance {check.tool}"
    )
    yield from (f"             {line}" for line in _reservations(attestation))
    yield f"  Report     result.json, {_digest(check.report)}: {_same(compared.report)}"
    yield from (
        f"  {'With' if not number else '':9}  {name}, {_digest(digest)}"
        for number, (name, digest) in enumerate(attestation.configuration)
    )


def _reservations(attestation: "Attestation") -> Iterator[str]:
    check = attestation.check
    if attestation.failed:
        yield f"failed: {', '.join(attestation.failed)}"
    if attestation.passed:
        yield f"holds: {', '.join(attestation.passed)}"
    if not attestation.passed and not attestation.failed:
        yield "no gate applied"
    if check.split is not None:
        yield f"only the split {check.split}"
    if check.sample is not None:
        yield f"only a sample: {percent(check.sample)} of the documents"
    excused = {"waived": check.waived, "disputed": check.disputed}
    yield from (
        f"{how}: {count(number, 'finding')} of {check.findings:,}"
        for how, number in excused.items()
        if number
    )
    if check.unread:
        yield f"not checked to the end: {count(check.unread, 'file')}"
    if check.refuted_dates:
        yield "the stated date of collection cannot be right: items found are later"


def _digest(sha256: str) -> str:
    return f"sha256 {sha256[:_DIGITS]}…"


def _same(compared: object) -> str:
    return "the same as yours" if compared else "not compared"
