"""Check rule files: form, cases, digests of quotations, and comparison with other rules."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.atomic_output import read_small_file
from provenance.errors import InputError
from provenance.judge.content_circumstances import CircumstanceJudges
from provenance.judge.finding_rulings import rule_all
from provenance.judge.rule_checks import (
    Change,
    changes_between,
    differences,
    entries,
    find_quotations,
)
from provenance.model.results.result import Report
from provenance.model.rules.rule_library import Library
from provenance.model.rules.terms import Terms, Verdict
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
    examples = [
        example for example in load_examples(rules) if not subjects or example.signal in subjects
    ]
    if not cases:
        raise InputError(
            f"no rule file has cases for {', '.join(subjects)}",
            remedy="name ids that `provenance rules list` shows.",
        )
    failures = [difference for case in cases for difference in differences(case, library)]
    mismatches = [
        difference
        for example in examples
        if (difference := example_mismatch(example, library.agents)) is not None
    ]
    return len(cases) + len(examples), (*failures, *mismatches)


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
    digests_by_statement = {
        terms.id: terms.quotation_digest
        for kind_entries in entries(load_rules(rules)).values()
        for entry in kind_entries
        if not subjects or entry.id in subjects
        for terms in entry.terms
        if terms.quotation_digest is not None
    }
    digests, files_by_digest = frozenset(digests_by_statement.values()), dict[str, str]()
    for path in _files_below(copies):
        text = _text_of(path)
        for digest in find_quotations(text, digests - files_by_digest.keys()):
            files_by_digest[digest] = path.relative_to(copies).as_posix()
    files_by_statement = {
        name: files_by_digest[digest]
        for name, digest in digests_by_statement.items()
        if digest in files_by_digest
    }
    return files_by_statement, tuple(
        name for name in digests_by_statement if name not in files_by_statement
    )


@dataclass(frozen=True, slots=True)
class WatchedStatement:
    """A statement in force, compared with a newer copy of its document.

    Parameters
    ----------
    terms : Terms
        The statement.
    file : str
        The copy, relative to the folder of copies.
    is_there : bool or None
        Whether the words that it is based on are in the copy; None if the rules have no digest of
        them.
    """

    terms: Terms
    file: str
    is_there: bool | None


def watch_rule_copies(
    rules: Path | None, copies: Path, subjects: Sequence[str]
) -> tuple[tuple[WatchedStatement, ...], tuple[str, ...]]:
    """Compare the statements in force with newer copies of their documents.

    Parameters
    ----------
    rules : Path or None
        Folder of the user's own rules.
    copies : Path
        Folder of texts, each named after its document: `x/developer-agreement.md`. A folder of that
        name can hold several.
    subjects : sequence of str
        Ids of sources and licences; empty takes all.

    Returns
    -------
    watched : tuple of WatchedStatement
        In order of files and statements.
    unnamed : tuple of str
        Files that are not named after a document of the rules.
    """
    current: dict[str, list[Terms]] = {}
    for kind_entries in entries(load_rules(rules)).values():
        for entry in kind_entries:
            for terms in entry.terms:
                # Sources of one owner have documents in common: each statement is listed once.
                if terms.id.startswith(f"{entry.id}/") and terms.period.until is None:
                    current.setdefault("/".join(terms.id.split("/")[:2]), []).append(terms)
    watched, unnamed = list[WatchedStatement](), list[str]()
    for path in _files_below(copies):
        name = path.relative_to(copies).as_posix()
        subject, document = (*name.split("/"), "")[:2]
        statements = current.get(f"{subject}/{document.partition('.')[0]}")
        if statements is None:
            unnamed.append(name)
        elif not subjects or subject in subjects:
            wanted = frozenset(t.quotation_digest for t in statements if t.quotation_digest)
            found = find_quotations(_text_of(path), wanted) if wanted else frozenset[str]()
            watched += [
                WatchedStatement(
                    terms, name, terms.quotation_digest in found if terms.quotation_digest else None
                )
                for terms in statements
            ]
    return tuple(watched), tuple(unnamed)


def _files_below(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder", remedy="name one that holds stored copies.")
    return sorted(path for path in folder.rglob("*") if path.is_file())


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
    before, after = (
        load_rules(None if folder == "shipped" else Path(folder)) for folder in (old, new)
    )
    lines = [_describe_change(change) for change in changes_between(before, after)]
    if result is not None:
        lines += ["", *_effects(read_report(result), before, after)]
    return tuple(lines) or ("Nothing changed.",)


def _describe_change(change: Change) -> str:
    old, new = change.old, change.new
    if old is None or new is None:
        action, terms = ("removed", old) if new is None else ("added", new)
        outcome = "" if terms is None else f": {terms.verdict} ({terms.basis})"
        return f"{action:<8} {change.terms}{outcome}"
    if old.verdict != new.verdict:
        return f"changed  {change.terms}: {old.verdict} becomes {new.verdict}"
    return f"changed  {change.terms}: {', '.join(change.parts)}"


def _effects(report: Report, before: Library, after: Library) -> list[str]:
    findings, changes = report.findings, Counter[tuple[str, Verdict, Verdict]]()
    rows = zip(
        findings["source"].to_pylist(),
        _verdicts(report, before),
        _verdicts(report, after),
        strict=True,
    )
    changes.update(row for row in rows if row[1] is not row[2])
    lines = [
        f"{source}: {number:,} of the findings would be {new}, not {old}"
        for (source, old, new), number in sorted(changes.items())
    ]
    return lines or ["No finding's verdict would change."]


def _verdicts(report: Report, library: Library) -> list[Verdict]:
    # Findings store neither the licence nor the day of collection that a row states, so that they
    # are judged without.
    judges = CircumstanceJudges(library, report.result.policy, report.result.created.date())
    collections = report.findings["collection"].combine_chunks()
    verdicts = np.full(len(collections), Verdict.UNKNOWN, object)
    for name in pc.unique(collections).to_pylist():
        is_member = pc.is_null(collections) if name is None else pc.equal(collections, name)
        findings = report.findings.filter(pc.fill_null(is_member, False))
        undeclared = pa.nulls(len(findings), pa.string())
        rulings = rule_all(
            judges.named(name), findings["source"], findings["created_at"], undeclared
        )
        of_rulings = [each.ruling.verdict for each in rulings.distinct]
        places = np.flatnonzero(pc.fill_null(is_member, False).to_numpy(zero_copy_only=False))
        verdicts[places] = [of_rulings[code] for code in rulings.codes.tolist()]
    return list(verdicts)
