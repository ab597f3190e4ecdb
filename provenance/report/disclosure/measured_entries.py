"""What the check and a pass over the dataset say, as entries of disclosures."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import cast

import pyarrow.compute as pc

from provenance.model.records.disclosure import (
    DisclosedDataset,
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
    for_each_check,
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
from provenance.report.text.unread_text import wordless_sentence

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
    if material.datasets:
        return _size_of_all(material, id_, with_band=with_band)
    return _size(material, id_, _sizes(material.report.result), with_band=with_band)


def _size(
    material: DisclosureMaterial,
    id_: str,
    sizes: "_Sizes",
    *,
    with_band: bool,
    more: Sequence[str] = (),
) -> Entry:
    tokens, documents, size_bytes, remark = sizes
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
        *more,
        "Tokens are words, or single characters in scripts without spaces; tokenisers of models "
        "give other numbers, often a third more.",
        *(line for report in material.reports for line in _unread(report.result)),
    )


_Sizes = tuple[int, int, int, str]
"""Tokens, documents, bytes, and a remark on how exact they are."""


def _size_of_all(material: DisclosureMaterial, id_: str, *, with_band: bool) -> Entry:
    """Return the sum over all datasets; to be provided if the size of one is not known."""
    sizes = {each.name: _size_of(each) for each in material.trained_on}
    known = {name: each for name, each in sizes.items() if each is not None}
    tokens = sum(each[0] for each in known.values())
    documents = sum(each[1] for each in known.values())
    size_bytes = sum(each[2] for each in known.values())
    if len(known) < len(sizes):
        missing = ", ".join(
            f"{each.name} ({each.note})" for each in material.trained_on if each.name not in known
        )
        return to_be_provided(
            id_,
            "Size of the text",
            f"the size of {missing}; {count(len(known), 'other dataset')} "
            f"with {count(tokens, 'token')} in all",
        )
    remark = " (estimated in part)" if any(each[3] for each in known.values()) else ""
    more = [
        f"{name}: {count(each[1], 'document')} with {count(each[0], 'token')}, {size(each[2])}"
        f"{each[3]}."
        for name, each in known.items()
    ]
    whole = (tokens, documents, size_bytes, remark)
    entry = _size(material, id_, whole, with_band=with_band, more=more)
    records = [each.rests_on or (each.facts or ("",))[0] for each in material.trained_on]
    declared = any(each.report is None for each in material.trained_on)
    return replace(
        entry,
        status=EntryStatus.DECLARED if declared else entry.status,
        source=f"ledger: {', '.join(records)}",
        digest=None,
    )


def _size_of(dataset: DisclosedDataset) -> _Sizes | None:
    """Return the size of a dataset: measured, or else declared in the ledger."""
    if dataset.report is not None:
        return _sizes(dataset.report.result)
    facts = None if dataset.facts is None else dataset.facts[1]
    if facts is None or facts.tokens is None or facts.documents is None or facts.bytes is None:
        return None
    return facts.tokens, facts.documents, facts.bytes, " (declared in the ledger)"


def _sizes(result: Result) -> _Sizes:
    corpus, sample = result.corpus, result.sample
    if sample is None:
        return corpus.tokens, corpus.documents, corpus.bytes, ""
    tokens = round(corpus.tokens * sample.of_bytes / max(sample.bytes, 1))
    remark = f" (tokens estimated from a sample of {count(sample.documents, 'document')})"
    return tokens, sample.of_documents, sample.of_bytes, remark


def _unread(result: Result) -> tuple[str, ...]:
    missing = f"{count(len(result.unread), 'file')} could not be read to the end, and are missing."
    return (*([missing] if result.unread else []), *wordless_sentence(result))


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
    return for_each_check(material, lambda part: _sources_found(part, id_, verdicts=verdicts))


def _sources_found(material: DisclosureMaterial, id_: str, *, verdicts: bool) -> Entry:
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
    return for_each_check(material, lambda part: _check_made(part, id_))


def _check_made(material: DisclosureMaterial, id_: str) -> Entry:
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
        "status": outcome_of(result),
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
}


def _outcome_line(result: Result) -> str:
    """Return the outcome; a text of which part is of unknown status is not within all limits."""
    if outcome_of(result) == "warn":
        return f"Outcome: not decided. {headline(result)}"
    if result.status == "incomplete":
        return f"Outcome: none, as the check is incomplete. {headline(result)}"
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
    found = [pc.max(each.report.findings["created_at"]).as_py() for each in material.checks]
    days = [cast("date", newest.date()) for newest in found if newest is not None]
    return max(days, default=None)
