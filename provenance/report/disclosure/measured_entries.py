"""What the check and a pass over the dataset say, as entries of disclosures."""

from dataclasses import replace
from datetime import date
from typing import cast

import pyarrow.compute as pc

from provenance.model.records.disclosure import (
    DisclosureMaterial,
    Entry,
    EntryStatus,
    LanguageShare,
)
from provenance.model.results.result import GateOutcome, Result
from provenance.model.results.shares import Estimate
from provenance.model.rules.terms import Verdict
from provenance.report.disclosure.entries import (
    answered,
    measured,
    measured_in_dataset,
    to_be_provided,
)
from provenance.report.disclosure.language_names import EU_OFFICIAL, language_name
from provenance.report.text.number_format import count, interval, number, percent, size
from provenance.report.text.observations import observation_sentences
from provenance.report.text.sentences import (
    capitalize,
    gate_sentence,
    headline,
    outcome_of,
    source_shares,
)

_MIN_SHARE = 0.001
_MIN_TEXTS = 3
_LARGE_SAMPLE = 1000
_BILLION = 10**9
_BANDS = (
    (_BILLION, "less than 1 billion tokens"),
    (10_000 * _BILLION, "1 billion to 10 trillion tokens"),
)
_LARGEST_BAND = "more than 10 trillion tokens"
_SEVERAL = "several verdicts"


def text_size(material: DisclosureMaterial, id_: str, *, with_band: bool = False) -> Entry:
    """Return the size of the text; on request, with its band in the form of the EU."""
    result = material.report.result
    tokens, documents, size_bytes, remark = _sizes(result)
    value: dict[str, str | int | bool] = {
        "tokens": tokens,
        "documents": documents,
        "bytes": size_bytes,
        "estimated": bool(remark),
    }
    numbers = (
        f"{count(documents, 'document')} with {count(tokens, 'token')}, {size(size_bytes)} of "
        f"text{remark}."
    )
    lines = [numbers]
    if with_band:
        band = next((name for limit, name in _BANDS if tokens < limit), _LARGEST_BAND)
        value = {"band": band, **value}
        lines = [f"{capitalize(band)}: {numbers}"]
    return measured(
        material,
        id_,
        "Size of the text",
        value,
        *lines,
        "Tokens are words, or single characters in scripts without spaces; tokenisers of models "
        "give other numbers, often a third more.",
        *_unread(result),
    )


def _sizes(result: Result) -> tuple[int, int, int, str]:
    corpus, sample = result.corpus, result.sample
    if sample is None:
        return corpus.tokens, corpus.documents, corpus.bytes, ""
    tokens = round(corpus.tokens * sample.of_bytes / max(sample.bytes, 1))
    remark = f" (tokens estimated from a sample of {count(sample.documents, 'document')})"
    return tokens, sample.of_documents, sample.of_bytes, remark


def _unread(result: Result) -> tuple[str, ...]:
    if not result.unread:
        return ()
    return (f"{count(len(result.unread), 'file')} could not be read to the end, and are missing.",)


def languages(material: DisclosureMaterial, id_: str, title: str = "Languages") -> Entry:
    """Return the languages: as answered, else as measured."""
    if "dataset.languages" in material.answers:
        return answered(material, id_, title, "dataset.languages")
    if material.contents is None:
        return to_be_provided(
            id_, title, f"not measured ({material.not_measured}); or answer dataset.languages"
        )
    sample = material.contents.languages
    shown = shown_languages(material)
    rest = 1 - sum(each.share for each in shown)
    others = f" Other languages and errors: {percent(rest)}." if rest > 1e-9 else ""
    value = [
        {
            "code": each.code,
            "name": language_name(each.code),
            "official_in_eu": each.code in EU_OFFICIAL,
            **{name: getattr(each, name) for name in ("share", "low", "high")},
        }
        for each in shown
    ]
    whole = "all" if sample.texts == sample.of_texts else f"a sample of {number(sample.texts)} of"
    return measured_in_dataset(
        material,
        id_,
        title,
        value,
        *map(_language_line, shown),
        f"Measured with {sample.tool} in {whole} {count(sample.of_texts, 'text')}; official "
        f"languages of the EU first; shares are of texts.{others}",
    )


def _language_line(each: LanguageShare) -> str:
    name = language_name(each.code)
    exact = each.low == each.high
    band = "" if exact else f" (95 % interval {interval(each.low, each.high)})"
    return f"{name[0].upper()}{name[1:]}: {percent(each.share)} of the texts{band}"


def shown_languages(material: DisclosureMaterial) -> tuple[LanguageShare, ...]:
    """Return languages that are not likely to be errors, official languages of the EU first."""
    if material.contents is None:
        return ()
    sample = material.contents.languages
    least = _MIN_TEXTS if sample.texts >= _LARGE_SAMPLE else 1
    shown = [each for each in sample.languages if each.share >= _MIN_SHARE and each.texts >= least]
    return tuple(sorted(shown, key=_language_order))


def _language_order(each: LanguageShare) -> tuple[int, float, str]:
    rank = 0 if each.code in EU_OFFICIAL else 2 if each.code == "und" else 1
    return rank, -each.share, each.code


def sources_found(material: DisclosureMaterial, id_: str, *, verdicts: bool = True) -> Entry:
    """Return the sources whose content the check has found, with the verdicts on their use."""
    result = material.report.result
    shares = [share for share in source_shares(result) if share.documents.count]
    value = [
        {
            "source": share.key,
            **({"verdict": str(share.verdict or _SEVERAL)} if verdicts else {}),
            **{
                name: getattr(share.tokens, name)
                for name in ("count", "share", "low", "high", "contested")
            },
        }
        for share in shares
    ]
    purpose = result.policy.circumstances.purpose
    lines = []
    for share in shares:
        verdict = f"; {share.verdict or _SEVERAL} for {purpose}" if verdicts else ""
        documents = count(share.documents.count, "document")
        lines.append(
            f"{share.key}: {_share_words(share.tokens)} of the tokens, in {documents}{verdict}"
        )
    return measured(
        material,
        id_,
        "Sources found in the text",
        value,
        *(lines or ["No content of the sources that were searched for was found."]),
        searched(result),
    )


def _share_words(estimate: Estimate) -> str:
    return f"{percent(estimate.share)} ({interval(estimate.low, estimate.high)})"


def searched(result: Result) -> str:
    """Return what was searched for: nothing else can be found."""
    sources = sorted({each.source for registry in result.registries for each in registry.sources})
    if not sources:
        return "No text was compared; only what documents declare was read."
    items = count(sum(registry.items for registry in result.registries), "item")
    return (
        f"Searched for: {items} of {', '.join(sources)}. Content of other sources, of other items "
        "of these, and paraphrases are not found; shares have 95 % intervals."
    )


def check_made(material: DisclosureMaterial, id_: str) -> Entry:
    """Return the check as a measure against unauthorised use of protected material."""
    result = material.report.result
    shares = {share.key: share.tokens for share in result.shares if share.by == "verdict"}
    forbidden = shares.get(Verdict.FORBIDDEN)
    purpose = result.policy.circumstances.purpose
    done = f"{_comparison(result)} by provenance {result.tool} on {result.created.date()}"
    lines = [
        f"{done}, for the purpose {purpose}.",
        *_forbidden_lines(forbidden),
        *map(_gate_line, result.gates),
        _outcome_line(result),
        *observation_sentences(result),
        *(
            f"The dataset was cleaned of such content before ({record})."
            for record, _ in material.recorded.cleanings
        ),
    ]
    value = {
        "status": result.status,
        "purpose": str(purpose),
        "gates": [
            {"gate": str(each.gate), "share": each.share, "passed": each.passed}
            for each in result.gates
        ],
        "forbidden_tokens": None if forbidden is None else forbidden.share,
        "cleanings": [record for record, _ in material.recorded.cleanings],
        "result_sha256": material.digest,
    }
    title = "Check for protected content"
    return measured(material, id_, title, value, *lines)


def _forbidden_lines(forbidden: Estimate | None) -> tuple[str, ...]:
    if forbidden is None:
        return ()
    return (
        (
            f"{_share_words(forbidden)} of the tokens are content whose terms forbid it; what is "
            "contested or waived counts for no limit."
        ),
    )


_OUTCOMES = {
    "pass": "Outcome: the text is within all limits of the policy.",
    "fail": "Outcome: the text is not within the limits of the policy.",
    "incomplete": "Outcome: none, as not all files could be read.",
}


def _outcome_line(result: Result) -> str:
    """Return the outcome; a text of which part is of unknown status is not within all limits."""
    if outcome_of(result) == "open":
        return f"Outcome: not decided. {headline(result)}"
    return _OUTCOMES[result.status]


def _comparison(result: Result) -> str:
    """Return what was done."""
    if any(registry.sources for registry in result.registries):
        return "The text was compared with published content"
    return "Addresses, licences and signals of the documents were read, and no text compared,"


def _gate_line(outcome: GateOutcome) -> str:
    """Return a limit of the policy, and how it was met."""
    gate = outcome.gate
    basis = f" ({gate.basis})" if gate.basis else ""
    source = f" of {gate.source}" if gate.source else ""
    met = "met" if outcome.passed else "not met"
    sentence = gate_sentence(outcome)
    return f"Limit on {gate.verdict} content{basis}{source}: {sentence}: {met}."


def with_source(entry: Entry, source: str) -> Entry:
    """Return an entry that people have declared elsewhere: in a policy, a ledger, an answer."""
    digest = entry.digest if source.startswith("policy") else None
    return replace(entry, status=EntryStatus.DECLARED, source=source, digest=digest)


def newest_item(material: DisclosureMaterial) -> date | None:
    """Return the date of the newest item found: the data is not older than that."""
    newest = pc.max(material.report.findings["created_at"]).as_py()
    return None if newest is None else cast("date", newest.date())
