"""SARIF 2.1.0 for code scanning: one result per source and statement, located at one tracked file.

GitHub accepts 5,000 results and 10 MB of compressed SARIF, shows results with a location in the
repository, reads that file as text, and identifies results by `primaryLocationLineHash` only.
Therefore results are not located in data files; files and rows are in properties and messages.
"""

from hashlib import sha256
from typing import Any

from provenance.model.results.baseline import AbsentFindings, FindingState
from provenance.model.results.result import Report, Result
from provenance.model.rules.terms import Verdict
from provenance.report.aggregates.grouping import (
    NOTE,
    FindingGroup,
    absent_sentence,
    group_findings,
    group_places,
    group_remedy,
    group_sentence,
    severity,
    statement_id,
)
from provenance.report.aggregates.top_findings import strongest_findings
from provenance.report.code_location import Anchor, resolve_anchor
from provenance.report.render_options import RenderOptions
from provenance.report.sanitize import dump_json, safe_url, shorten_line
from provenance.report.text.collection_dates import refuted_dates_sentence
from provenance.report.text.gate_sentences import passing_sentence
from provenance.report.text.sentences import headline, outcome_of
from provenance.report.text.unread_text import unread_line

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MAX_RESULTS, MAX_BYTES = 5000, 9_000_000
"""Maximum number of results, and size of results and rules; within the limits even uncompressed."""

_LONGEST = 1000
_PLACES = 20
_UNREAD = 100
_WITH_EXCERPTS = 25
"""Maximum number of findings with excerpts."""


def render(report: Report, options: RenderOptions) -> str:
    """Render a report as SARIF.

    Parameters
    ----------
    report : Report
        The report; permitted content is left out.
    options : RenderOptions
        Anchor, and whether to include excerpts.

    Returns
    -------
    str
        Valid against the schema of SARIF 2.1.0.
    """
    result = report.result
    anchor = resolve_anchor(result, options)
    groups = [each for each in group_findings(report) if each.verdict is not Verdict.PERMITTED]
    absent = result.baseline.gone if result.baseline else ()
    entries: list[FindingGroup | AbsentFindings] = [*groups]
    entries += [each for each in absent if each.verdict is not Verdict.PERMITTED]
    rules, results = _within_limits(entries, result, anchor)
    run = {
        "tool": {
            "driver": {
                "name": "provenance",
                "version": result.tool,
                "rules": rules,
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(result, len(entries) - len(results))],
        "results": results,
        "properties": {
            "corpus": [
                shorten_line(address, _LONGEST) for address in result.corpus.addresses[:_PLACES]
            ],
            "corpusDigest": result.corpus.digest,
            "status": outcome_of(result),
            **_excerpts(report, options),
        },
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return dump_json(document, indent=2) + "\n"


def _within_limits(
    entries: list[FindingGroup | AbsentFindings], result: Result, anchor: Anchor
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return rules and results, as many as the limits allow."""
    rules: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    places: dict[str, int] = {}
    room = MAX_BYTES
    for each in entries[:MAX_RESULTS]:
        place = places.setdefault(statement_id(each), len(rules))
        new_rules = [_rule(each)] if place == len(rules) else []
        entry = _result(each, result, anchor, place)
        room -= sum(len(dump_json(part, indent=2).encode("utf-8")) for part in (entry, *new_rules))
        if room < 0:
            break
        rules += new_rules
        results.append(entry)
    return rules, results


def _rule(each: FindingGroup | AbsentFindings) -> dict[str, Any]:
    terms = each.decisive if isinstance(each, FindingGroup) else None
    reason = (
        each.ruling.why if isinstance(each, FindingGroup) and each.ruling else statement_id(each)
    )
    help_text = group_remedy(each) if isinstance(each, FindingGroup) else reason
    rule = {
        "id": _id(statement_id(each)),
        "shortDescription": {"text": shorten_line(_title(each), _LONGEST)},
        "fullDescription": {"text": shorten_line(reason, _LONGEST)},
        "help": {"text": shorten_line(f"{reason} {help_text}", 2 * _LONGEST)},
        "properties": {"tags": ["licence", str(each.verdict)]},
    }
    address = safe_url(terms.address) if terms else None
    return rule | ({"helpUri": address} if address and address.isascii() else {})


def _title(each: FindingGroup | AbsentFindings) -> str:
    terms = each.decisive if isinstance(each, FindingGroup) else None
    if terms is None:
        return f"{each.source}: {each.verdict} ({each.basis or 'no basis'})"
    clause = f", {terms.clause}" if terms.clause else ""
    return f"{terms.document}{clause} ({terms.period.first or 'undated'}): {each.verdict}"


def _result(
    each: FindingGroup | AbsentFindings, result: Result, anchor: Anchor, place: int
) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": anchor.uri},
            "region": {"startLine": anchor.line},
        }
    }
    entry = {
        "ruleId": _id(statement_id(each)),
        "ruleIndex": place,
        "level": severity(each) if isinstance(each, FindingGroup) else NOTE,
        "message": {"text": _message(each, result)},
        "locations": [location],
        "partialFingerprints": {"primaryLocationLineHash": _fingerprint(each, result)},
    }
    if result.baseline is not None:
        entry["baselineState"] = _state(each)
    if isinstance(each, AbsentFindings):
        return entry
    location["logicalLocations"] = [
        {"fullyQualifiedName": shorten_line(place.file, _LONGEST), "kind": "data file"}
        for place in each.places[:_PLACES]
    ]
    if (excused := each.waived + each.disputed) and not each.counted:
        how = "waived by the policy" if each.waived else "disputed"
        how = "waived or disputed" if each.waived and each.disputed else how
        justification = f"All {excused:,} are {how}."
        entry["suppressions"] = [{"kind": "external", "justification": justification}]
    entry["properties"] = _properties(each)
    return entry


def _message(each: FindingGroup | AbsentFindings, result: Result) -> str:
    if isinstance(each, AbsentFindings):
        return absent_sentence(each)
    where, remedy = group_places(each), group_remedy(each)
    return f"{group_sentence(each, result)} Where: {where}. What to do: {remedy}"


def _state(each: FindingGroup | AbsentFindings) -> str:
    if isinstance(each, AbsentFindings):
        return "absent"
    return str(FindingState.NEW if each.new else FindingState.UNCHANGED)


def _properties(group: FindingGroup) -> dict[str, Any]:
    return {
        "source": shorten_line(group.source, _LONGEST),
        "verdict": str(group.verdict),
        "basis": shorten_line(group.basis or "", _LONGEST),
        "findings": group.findings,
        "new": group.new,
        "waived": group.waived,
        "disputed": group.disputed,
        "contested": group.contested,
        "quotations": group.quotations,
        "undecided": group.undecided,
        "documents": group.documents,
        "tokens": group.tokens,
        "rows": [
            {
                "file": shorten_line(each.file, 200),
                "findings": each.findings,
                "first": list(each.rows),
            }
            for each in group.places[:_PLACES]
        ],
    }


def _invocation(result: Result, left_out: int) -> dict[str, Any]:
    is_complete = result.status != "incomplete"
    invocation: dict[str, Any] = {
        "executionSuccessful": is_complete,
        "endTimeUtc": f"{result.created:%Y-%m-%dT%H:%M:%SZ}",
    }
    level = "error" if result.lacks_files else "warning"
    notes = [
        (level, shorten_line(unread_line(unread), _LONGEST))
        for unread in result.unchecked[:_UNREAD]
    ]
    if (refuted := refuted_dates_sentence(result)) is not None:
        notes.insert(0, ("error", shorten_line(refuted, _LONGEST)))
    if more := len(result.unchecked[_UNREAD:]):
        notes.append((level, f"{more:,} more files were not checked: see result.json."))
    if outcome_of(result) == "warn":
        notes.append(("warning", shorten_line(headline(result), _LONGEST)))
    if (passing := passing_sentence(result)) is not None:
        notes.append(("note", shorten_line(passing, _LONGEST)))
    if left_out:
        text = f"{left_out:,} more results were left out; findings.parquet has all."
        notes.append(("warning", text))
    notifications = [{"level": level, "message": {"text": text}} for level, text in notes]
    if notifications:
        invocation["toolExecutionNotifications"] = notifications
    return invocation


def _excerpts(report: Report, options: RenderOptions) -> dict[str, Any]:
    if not options.excerpts:
        return {}
    return {
        "excerpts": [
            {
                "document": shorten_line(each.document, _LONGEST),
                "source": shorten_line(each.source, _LONGEST),
                "excerpt": shorten_line(each.excerpt, _LONGEST),
                "item": shorten_line(each.item_excerpt or "", _LONGEST),
            }
            for each in strongest_findings(report.findings, _WITH_EXCERPTS)
            if each.excerpt
        ]
    }


def _id(text: str) -> str:
    return shorten_line(text, 250) or "none"


def _fingerprint(each: FindingGroup | AbsentFindings, result: Result) -> str:
    """Return a fingerprint that is stable between runs on the same dataset."""
    key = (*sorted(result.corpus.addresses), "", each.source, statement_id(each))
    digest = sha256("\0".join(key).encode("utf-8", "surrogatepass"))
    return f"{digest.hexdigest()[:32]}:1"
