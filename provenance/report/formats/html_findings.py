"""Findings as compact JSON for the script of the page, cut to what a page can hold."""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from markupsafe import Markup

from provenance.model.results.result import Result, SourceRuling, WaiverOutcome
from provenance.report.aggregates.top_findings import Finding, Span, cut_excerpt
from provenance.report.formats.html_rendering import script_data
from provenance.report.sanitize import safe_url
from provenance.report.text.caveats import strength_sentence
from provenance.report.text.number_format import day, period
from provenance.report.text.origin_sentences import origin_sentence
from provenance.report.text.policy_notes import last_day
from provenance.report.text.sentences import (
    BASIS_MEANINGS,
    EVIDENCE_MEANINGS,
    Statement,
    explained_rulings,
)
from provenance.terminal_safety import escape_text

_EXCERPT_BYTES = 9_000_000
"""Total size of all excerpts of a page in bytes."""

_LEAST, _MOST, _UNMARKED, _LEAD = 200, 1500, 400, 160
"""In code points: limits of an excerpt, limit without matches, text before the first match."""

_LONGEST, _REASON = 1_000, 2_000
"""In code points: limits of ids, addresses and other untrusted texts, and of reasons of rulings."""

_BEFORE, _AFTER = 1, 2


def finding_anchor(finding: Finding) -> str:
    """Return an anchor that is the same in every report on the same corpus.

    Parameters
    ----------
    finding : Finding
        The finding.

    Returns
    -------
    str
        "finding-" and twelve digits of the SHA-256 of its place and item.
    """
    place = (finding.document, finding.file, finding.row, finding.field, finding.start, finding.end)
    matched_item = (finding.source, finding.item, finding.evidence)
    key = json.dumps((*place, *matched_item)).encode("utf-8")
    return f"finding-{hashlib.sha256(key).hexdigest()[:12]}"


def findings_data(
    findings: Sequence[Finding], result: Result, sources: Iterable[tuple[str, str, str]]
) -> Markup:
    """Serialize findings as JSON that is safe inside a script element.

    Parameters
    ----------
    findings : sequence of Finding
        In the order of display.
    result : Result
        Has rulings and waivers.
    sources : iterable of (str, str, str)
        Id, display name and anchor of each source.

    Returns
    -------
    markupsafe.Markup
        One array per column; columns with repeated values have an array of names and one of
        indices; excerpts as of `excerpt_pieces`. Control characters are visible, and HTML
        characters are escaped.
    """
    explained = explained_rulings(result.rulings)
    data = {
        "columns": _columns(findings, explained),
        "rulings": [_ruling(each) for each in explained.values()],
        "waivers": [[display_text(each.waiver.id), _waiver(each)] for each in result.waivers],
        "sources": [[display_text(source), display_text(name), at] for source, name, at in sources],
        "evidence": list(EVIDENCE_MEANINGS.items()),
    }
    return script_data(json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def _columns(findings: Sequence[Finding], statements: Iterable[Statement]) -> dict[str, Any]:
    limit = excerpt_limit(t for f in findings for t in (f.excerpt, f.item_excerpt))
    ruling_numbers = {statement: number for number, statement in enumerate(statements)}
    return {
        "id": _ids(findings),
        **{name: [of(each) for each in findings] for name, of in _VALUE_COLUMNS.items()},
        **{name: _encode_names(map(of, findings)) for name, of in _NAME_COLUMNS.items()},
        "ruling": [ruling_numbers.get((f.source, f.verdict, f.basis, f.terms)) for f in findings],
        "excerpt": [excerpt_pieces(f.excerpt, f.marks, limit, f.excerpt_start) for f in findings],
        "held": [excerpt_pieces(f.item_excerpt, f.item_marks, limit) for f in findings],
        "others": [
            [
                [display_text(source), display_text(item), math.floor(100 * share)]
                for source, item, share in f.alternatives
            ]
            for f in findings
        ],
    }


def _ids(findings: Sequence[Finding]) -> list[str]:
    """Return unique anchors, also if files and ids of two corpora are the same."""
    counts: Counter[str] = Counter()
    ids = []
    for name in map(finding_anchor, findings):
        counts[name] += 1
        ids.append(name if counts[name] == 1 else f"{name}-{counts[name]}")
    return ids


def display_text(text: str | None, most: int = _LONGEST) -> str | None:
    """Return a text as it is shown: of at most `most` code points, control characters visible."""
    if text is None:
        return None
    return escape_text(text if len(text) <= most else text[:most] + "…")


_VALUE_COLUMNS: dict[str, Callable[[Finding], Any]] = {
    "document": lambda each: display_text(each.document),
    "row": lambda each: each.row,
    "start": lambda each: each.start,
    "end": lambda each: each.end,
    "gap": lambda each: each.gap,
    "from": lambda each: each.item_start,
    "to": lambda each: each.item_end,
    "item": lambda each: display_text(each.item),
    # Addresses that are not safe to link stay plain text.
    "link": lambda each: safe_url(each.url) if len(each.url or "") <= _LONGEST else None,
    "url": lambda each: display_text(each.url),
    "date": lambda each: each.created_at and day(each.created_at),
    "tokens": lambda each: each.tokens,
    "whole": lambda each: each.item_tokens,
    "bits": lambda each: round(each.bits, 1),
    "strength": lambda each: round(each.strength, 1),
    "contested": lambda each: int(each.contested),
    "copies": lambda each: each.copies,
}
_NAME_COLUMNS: dict[str, Callable[[Finding], str | None]] = {
    "file": lambda each: each.file,
    "field": lambda each: each.field,
    "source": lambda each: each.source,
    "verdict": lambda each: each.verdict.value,
    "evidence": lambda each: each.evidence,
    "waiver": lambda each: each.waiver,
    "declared": lambda each: each.declared,
    "state": lambda each: each.state,
    "origin": lambda each: each.origin,
    "work": lambda each: each.quoted_work,
    "whose": lambda each: origin_sentence(
        each.origin, each.origin_reasons, each.quoted_work, each.own_probability
    ),
    "chance": lambda each: strength_sentence(each.strength, each.expected) if each.bits else None,
}


def _encode_names(values: Iterable[str | None]) -> dict[str, list[Any]]:
    names: dict[str | None, int] = {}
    numbers = [names.setdefault(value, len(names)) for value in values]
    return {"names": [display_text(name) for name in names], "numbers": numbers}


def excerpt_limit(excerpts: Iterable[str | None]) -> int:
    """Return the maximum number of code points of each excerpt: the more there are, the fewer."""
    texts = [text for text in excerpts if text]
    characters = sum(min(len(text), _MOST) for text in texts)
    size = sum(len(text[:_MOST].encode("utf-8", "replace")) for text in texts)
    if size <= _EXCERPT_BYTES:
        return _MOST
    return max(_LEAST, int(_EXCERPT_BYTES * characters / size / len(texts)))


def excerpt_pieces(
    text: str | None, marks: Sequence[Span], limit: int, offset: int | None = 0
) -> list[Any] | None:
    """Return an excerpt as a script reads it.

    Parameters
    ----------
    text : str or None
        The excerpt; None if no text was kept.
    marks : sequence of Span
        Its matched words.
    limit : int
        Maximum number of code points.
    offset : int or None
        Where it begins in the text that it is of.

    Returns
    -------
    list or None
        A bit mask of its cut ends, and its pieces, of which every second one matched.
    """
    if text is None:
        return None
    excerpt = cut_excerpt(
        text, marks, min(_LEAD, limit // 3), limit if marks else min(limit, _UNMARKED)
    )
    mask_and_pieces: list[Any] = [
        _BEFORE * (excerpt.before or bool(offset)) + _AFTER * excerpt.after
    ]
    hides_nothing = text.isprintable()
    for piece, is_match in excerpt.pieces:
        if is_match == (len(mask_and_pieces) % 2 == 1):
            mask_and_pieces.append("")
        mask_and_pieces.append(piece if hides_nothing else escape_text(piece))
    return mask_and_pieces


def _ruling(each: SourceRuling) -> dict[str, Any]:
    """Return the reason of a ruling and its decisive clause."""
    ruling = each.ruling
    terms = next((r.terms for r in ruling.reasons if r.terms.id == ruling.terms), None)
    return {
        "why": display_text(ruling.why, _REASON),
        "basis": display_text(ruling.basis),
        "gloss": BASIS_MEANINGS.get(ruling.basis),
        "agreement": each.agreement and display_text(each.agreement.reference),
        "terms": terms
        and {
            "document": display_text(terms.document),
            "clause": display_text(terms.clause),
            "period": period(terms.period),
            "says": display_text(terms.paraphrase),
            "link": safe_url(terms.address),
        },
    }


def _waiver(outcome: WaiverOutcome) -> str | None:
    waiver = outcome.waiver
    return display_text(f"{waiver.statement} ({waiver.approver}, until {last_day(waiver)})")
