"""Check rule files: form, cases, digests of quotations, and comparison with other rules."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from provenance.atomic_output import read_small_file
from provenance.errors import InputError
from provenance.judge.finding_rulings import rule_all
from provenance.judge.rule_checks import (
    Change,
    changes_between,
    differences,
    entries,
    find_quotations,
)
from provenance.judge.rulings import Judge
from provenance.model import Library, Report, Verdict
from provenance.read.rules.rule_cases import example_mismatch
from provenance.read.rules.rule_files import load_cases, load_examples, load_rules
from provenance.read.rules.rule_lint import rule_mistakes
from provenance.report.files.report_reader import read_report


def lint_rules(rules: Path | None) -> tuple[str, ...]:
    """Return every mistake in the form of the rules, each with its place and remedy."""
    return rule_mistakes(rules)


def run_rule_cases(rules: Path | None, subjects: Sequence[str]) -> tuple[int, tuple[str, ...]]:
    """Run the cases of rule files.

    Parameters
    ----------
    rules : Path or None
        Folder of the user's own rules.
    subjects : sequence of str
        Ids of the files whose cases to run; empty runs all.

    Returns
    -------
    cases : int
        Number of cases.
    differences : tuple of str
        Cases with another outcome than stated.
    """
    library = load_rules(rules)
    cases = [case for case in load_cases(rules) if not subjects or case.file in subjects]
    examples = [each for each in load_examples(rules) if not subjects or each.signal in subjects]
    if not cases:
        raise InputError(
            f"no rule file has cases for {', '.join(subjects)}",
            remedy="name ids that `provenance rules list` shows.",
        )
    wrong = [said for case in cases for said in differences(case, library)]
    misread = [
        said for each in examples if (said := example_mismatch(each, library.agents)) is not None
    ]
    return len(cases) + len(examples), (*wrong, *misread)


def verify_rule_copies(
    rules: Path | None, copies: Path, subjects: Sequence[str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Search stored copies for the words that statements quote.

    Parameters
    ----------
    rules : Path or None
        Folder of the user's own rules.
    copies : Path
        Folder of texts: plain, Markdown or HTML.
    subjects : sequence of str
        Ids of sources and licences; empty takes all.

    Returns
    -------
    found : dict of str to str
        Statement ids whose words were found, with the file.
    missing : tuple of str
        The other ids.
    """
    if not copies.is_dir():
        raise InputError(f"{copies} is no folder", remedy="name one that holds stored copies.")
    wanted = {
        terms.id: terms.quotation_digest
        for every in entries(load_rules(rules)).values()
        for entry in every
        if not subjects or entry.id in subjects
        for terms in entry.terms
        if terms.quotation_digest is not None
    }
    digests, where = frozenset(wanted.values()), dict[str, str]()
    for path in sorted(path for path in copies.rglob("*") if path.is_file()):
        text = _text_of(path)
        for digest in find_quotations(text, digests - where.keys()):
            where[digest] = path.relative_to(copies).as_posix()
    found = {name: where[digest] for name, digest in wanted.items() if digest in where}
    return found, tuple(name for name in wanted if name not in found)


def _text_of(path: Path) -> str:
    try:
        return read_small_file(path).decode("utf-8", "replace")
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}",
            remedy="make it readable for this user, or take it out of the folder.",
        ) from error


def compare_rules(old: str, new: str, result: Path | None) -> tuple[str, ...]:
    """Describe the changes between two sets of rules, and their effect on a result.

    Parameters
    ----------
    old, new : str
        Folders of rules, each added to the shipped ones; "shipped" is these alone.
    result : Path or None
        Folder of a report whose findings are judged by both.
    """
    before, after = (load_rules(None if each == "shipped" else Path(each)) for each in (old, new))
    lines = [_changed(change) for change in changes_between(before, after)]
    if result is not None:
        lines += ["", *_effects(read_report(result), before, after)]
    return tuple(lines) or ("Nothing changed.",)


def _changed(change: Change) -> str:
    old, new = change.old, change.new
    if old is None or new is None:
        what, said = ("removed", old) if new is None else ("added", new)
        outcome = "" if said is None else f": {said.verdict} ({said.basis})"
        return f"{what:<8} {change.terms}{outcome}"
    if old.verdict != new.verdict:
        return f"changed  {change.terms}: {old.verdict} becomes {new.verdict}"
    return f"changed  {change.terms}: {', '.join(change.parts)}"


def _effects(report: Report, before: Library, after: Library) -> list[str]:
    findings, moved = report.findings, Counter[tuple[str, Verdict, Verdict]]()
    rows = zip(
        findings["source"].to_pylist(),
        _verdicts(report, before),
        _verdicts(report, after),
        strict=True,
    )
    moved.update(row for row in rows if row[1] is not row[2])
    lines = [
        f"{source}: {number:,} of the findings would be {new}, not {old}"
        for (source, old, new), number in sorted(moved.items())
    ]
    return lines or ["No finding's verdict would change."]


def _verdicts(report: Report, library: Library) -> list[Verdict]:
    # Findings do not store the licence that a row declared, so that sources are judged without it.
    policy, findings = report.result.policy, report.findings
    judge = Judge(library, policy.circumstances, policy.agreements, report.result.created.date())
    undeclared = pa.nulls(len(findings), pa.string())
    made = rule_all(judge, findings["source"], findings["created_at"], undeclared)
    return [made.distinct[code].ruling.verdict for code in made.codes.tolist()]
