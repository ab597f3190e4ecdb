"""SARIF 2.1.0, for code scanning: one result a source and statement, shown at one tracked file.

GitHub keeps 5,000 results and no file above 10 MB packed, shows results that have a place in the
repository, and knows them again by `primaryLocationLineHash` alone; it reads the place's file as
text. So no result lies in a data file: what is in which rows stands beside, and in its message.
"""

from hashlib import sha256
from typing import Any

from provenance.model import Gone, Report, Result, State, Verdict
from provenance.report.code_location import Anchor, anchor_of
from provenance.report.grouping import (
    NOTE,
    Group,
    advice,
    gone_sentence,
    grouped,
    level,
    places,
    rule_of,
    sentence,
)
from provenance.report.render_options import Manner
from provenance.report.sanitize import json_text, short, web_address
from provenance.report.text.top_findings import strongest
from provenance.report.text.unread_text import unread_line

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
RESULTS, BYTES = 5000, 9_000_000
"""Results, and bytes of them and their rules, that are told: within the limits even unpacked."""

_LONGEST = 1000
_PLACES = 20
_UNREAD = 100
_WITH_EXCERPTS = 25
"""Findings whose words are told, where they are asked for."""


def render(report: Report, manner: Manner) -> str:
    """Render a report as SARIF.

    Parameters
    ----------
    report : Report
        What to render; what is permitted is no result.
    manner : Manner
        At which file results are shown, and whether with excerpts.

    Returns
    -------
    str
        Valid against the schema of SARIF 2.1.0.
    """
    result = report.result
    anchor = anchor_of(result, manner)
    groups = [each for each in grouped(report) if each.verdict is not Verdict.PERMITTED]
    gone = result.baseline.gone if result.baseline else ()
    shown: list[Group | Gone] = [*groups]
    shown += [each for each in gone if each.verdict is not Verdict.PERMITTED]
    rules, results = _within_limits(shown, result, anchor)
    run = {
        "tool": {
            "driver": {
                "name": "provenance",
                "version": result.tool,
                "rules": rules,
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(result, len(shown) - len(results))],
        "results": results,
        "properties": {
            "corpus": [short(address, _LONGEST) for address in result.corpus.addresses[:_PLACES]],
            "corpusDigest": result.corpus.digest,
            "status": result.status,
            **_words(report, manner),
        },
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json_text(document, indent=2) + "\n"


def _within_limits(
    shown: list[Group | Gone], result: Result, anchor: Anchor
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Lay out rules and results, as many as there is room for."""
    rules: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    places: dict[str, int] = {}
    room = BYTES
    for each in shown[:RESULTS]:
        place = places.setdefault(rule_of(each), len(rules))
        added = [_rule(each)] if place == len(rules) else []
        told = _result(each, result, anchor, place)
        room -= sum(len(json_text(part, indent=2).encode("utf-8")) for part in (told, *added))
        if room < 0:
            break
        rules += added
        results.append(told)
    return rules, results


def _rule(each: Group | Gone) -> dict[str, Any]:
    terms = each.decisive if isinstance(each, Group) else None
    why = each.ruling.why if isinstance(each, Group) and each.ruling else rule_of(each)
    help_text = advice(each) if isinstance(each, Group) else why
    rule = {
        "id": _id(rule_of(each)),
        "shortDescription": {"text": short(_title(each), _LONGEST)},
        "fullDescription": {"text": short(why, _LONGEST)},
        "help": {"text": short(f"{why} {help_text}", 2 * _LONGEST)},
        "properties": {"tags": ["licence", str(each.verdict)]},
    }
    address = web_address(terms.address) if terms else None
    return rule | ({"helpUri": address} if address and address.isascii() else {})


def _title(each: Group | Gone) -> str:
    terms = each.decisive if isinstance(each, Group) else None
    if terms is None:
        return f"{each.source}: {each.verdict} ({each.basis or 'no basis'})"
    clause = f", {terms.clause}" if terms.clause else ""
    return f"{terms.document}{clause} ({terms.period.first or 'undated'}): {each.verdict}"


def _result(each: Group | Gone, result: Result, anchor: Anchor, place: int) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": anchor.uri},
            "region": {"startLine": anchor.line},
        }
    }
    made = {
        "ruleId": _id(rule_of(each)),
        "ruleIndex": place,
        "level": level(each) if isinstance(each, Group) else NOTE,
        "message": {"text": _message(each, result)},
        "locations": [location],
        "partialFingerprints": {"primaryLocationLineHash": _fingerprint(each, result)},
    }
    if result.baseline is not None:
        made["baselineState"] = _state(each)
    if isinstance(each, Gone):
        return made
    location["logicalLocations"] = [
        {"fullyQualifiedName": short(place.file, _LONGEST), "kind": "data file"}
        for place in each.places[:_PLACES]
    ]
    if each.waived and not each.counted:
        waived = f"All {each.waived:,} are waived by the policy."
        made["suppressions"] = [{"kind": "external", "justification": waived}]
    made["properties"] = _properties(each)
    return made


def _message(each: Group | Gone, result: Result) -> str:
    if isinstance(each, Gone):
        return gone_sentence(each)
    return f"{sentence(each, result)} Where: {places(each)}. What to do: {advice(each)}"


def _state(each: Group | Gone) -> str:
    if isinstance(each, Gone):
        return "absent"
    return str(State.NEW if each.new else State.UNCHANGED)


def _properties(group: Group) -> dict[str, Any]:
    return {
        "source": short(group.source, _LONGEST),
        "verdict": str(group.verdict),
        "basis": short(group.basis or "", _LONGEST),
        "findings": group.findings,
        "new": group.new,
        "waived": group.waived,
        "contested": group.contested,
        "documents": group.documents,
        "tokens": group.tokens,
        "rows": [
            {"file": short(each.file, 200), "findings": each.findings, "first": list(each.rows)}
            for each in group.places[:_PLACES]
        ],
    }


def _invocation(result: Result, left_out: int) -> dict[str, Any]:
    is_complete = result.status != "incomplete"
    said = {
        "executionSuccessful": is_complete,
        "endTimeUtc": f"{result.created:%Y-%m-%dT%H:%M:%SZ}",
    }
    level = "warning" if is_complete else "error"
    notes = [(level, short(unread_line(one), _LONGEST)) for one in result.unread[:_UNREAD]]
    if more := len(result.unread[_UNREAD:]):
        notes.append((level, f"{more:,} more files could not be read: see result.json."))
    if left_out:
        text = f"{left_out:,} more results are left out; findings.parquet has all."
        notes.append(("warning", text))
    told = [{"level": level, "message": {"text": text}} for level, text in notes]
    return said | ({"toolExecutionNotifications": told} if told else {})


def _words(report: Report, manner: Manner) -> dict[str, Any]:
    if not manner.excerpts:
        return {}
    return {
        "excerpts": [
            {
                "document": short(each.document, _LONGEST),
                "source": short(each.source, _LONGEST),
                "excerpt": short(each.excerpt, _LONGEST),
                "item": short(each.item_excerpt or "", _LONGEST),
            }
            for each in strongest(report.findings, _WITH_EXCERPTS)
            if each.excerpt
        ]
    }


def _id(text: str) -> str:
    return short(text, 250) or "none"


def _fingerprint(each: Group | Gone, result: Result) -> str:
    """Name a result so that the next run of the same dataset names it alike."""
    named = (*sorted(result.corpus.addresses), "", each.source, rule_of(each))
    hashed = sha256("\0".join(named).encode("utf-8", "surrogatepass"))
    return f"{hashed.hexdigest()[:32]}:1"
