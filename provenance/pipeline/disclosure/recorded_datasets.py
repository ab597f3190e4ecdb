"""Datasets of disclosures, as a ledger has them: one by its digest, or all of a model."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from provenance.errors import InputError
from provenance.model.records.disclosure import (
    DisclosedCheck,
    DisclosedDataset,
    RecordedFacts,
)
from provenance.model.records.ledger import (
    AccessFacts,
    CheckFacts,
    CleaningFacts,
    DatasetFacts,
    DestructionFacts,
    F,
    FileRole,
    Ledger,
    UseFacts,
)
from provenance.model.results.result import Report
from provenance.pipeline.audit.audit_evidence import (
    CheckedDataset,
    GatheredChecks,
    gather_checks,
    record_name,
)


def _facts(ledger: Ledger, kind: type[F]) -> Iterator[tuple[str, F]]:
    """Yield the facts in force of one kind with the names of their records, oldest first."""
    for entry, facts in ledger.facts(kind):
        yield record_name(entry), facts


def facts_on_dataset(ledger: Ledger, digest: str, report: Path) -> RecordedFacts:
    """Return what a ledger says about the dataset with a digest, of which there is a report."""
    datasets = tuple(each for each in _facts(ledger, DatasetFacts) if each[1].digest == digest)
    names = {facts.name for _, facts in datasets}
    uses = tuple(each for each in _facts(ledger, UseFacts) if each[1].dataset in names)
    checks = tuple(
        check
        for each in gather_checks(ledger, [report]).datasets
        if each.digest == digest
        for check in _disclosed_checks(each)
    )
    return RecordedFacts(
        datasets,
        uses,
        _cleanings(ledger, {digest}),
        _accesses(ledger, names),
        checks=checks,
    )


def facts_on_model(
    ledger: Ledger, model: str
) -> tuple[RecordedFacts, tuple[DisclosedDataset, ...]]:
    """Return what a ledger says about the datasets of a model, and the datasets.

    Raises
    ------
    InputError
        If no use has the model, or none of its datasets was checked.
    """
    uses = tuple(each for each in _facts(ledger, UseFacts) if each[1].model == model)
    if not uses:
        known = sorted({facts.model for _, facts in _facts(ledger, UseFacts) if facts.model})
        raise InputError(
            f"{ledger.address}: no use of a dataset names the model {model!r}",
            remedy=f"name one of {', '.join(known)}"
            if known
            else "record the uses with `provenance ledger add use DATASET --model NAME`",
        )
    gathered = gather_checks(ledger)
    used = list(dict.fromkeys(facts.dataset for _, facts in uses))
    made = _made_by_ancestor(used, gathered)
    names = [*used, *made]
    datasets = tuple(_dataset(ledger, name, gathered, made.get(name, ())) for name in names)
    if all(each.report is None for each in datasets):
        raise InputError(
            f"{ledger.address}: none of the datasets of {model!r} was checked: {', '.join(names)}",
            remedy="check them with the ledger in the policy, or record their reports with "
            "`provenance ledger add check REPORT`",
        )
    declared = tuple(each.facts for each in datasets if each.facts is not None)
    digests = {facts.digest for _, facts in declared if facts.digest is not None}
    recorded = RecordedFacts(
        declared, uses, _cleanings(ledger, digests), _accesses(ledger, {*names}), model
    )
    return recorded, datasets


def _made_by_ancestor(used: Sequence[str], gathered: GatheredChecks) -> dict[str, tuple[str, ...]]:
    """Return the datasets from which some were made, directly or not, with those made from them.

    Those that are used themselves are left out.
    """
    made = dict[str, tuple[str, ...]]()
    pending = list(used)
    while pending:
        name = pending.pop(0)
        facts = gathered.by_name.get(name)
        for parent in () if facts is None else facts[1].made_from:
            if parent in used or name in made.get(parent, ()):
                continue
            pending += [] if parent in made else [parent]
            made[parent] = (*made.get(parent, ()), name)
    return made


def _dataset(
    ledger: Ledger, name: str, gathered: GatheredChecks, made: tuple[str, ...]
) -> DisclosedDataset:
    """Return a dataset with all checks of it."""
    declared = gathered.by_name.get(name)
    facts = None if declared is None else (record_name(declared[0]), declared[1])
    digest = None if declared is None else declared[1].digest
    checks = tuple(
        check
        for each in gathered.datasets
        if each.digest == digest
        for check in _disclosed_checks(each)
    )
    notes = list[str]()
    if made:
        notes.append(f"{' and '.join(made)} {'was' if len(made) == 1 else 'were'} made from it")
    if not checks:
        notes.append(_absence(ledger, facts))
    notes += [
        f"destroyed on {each.destroyed} ({record})"
        for record, each in _facts(ledger, DestructionFacts)
        if each.dataset == name
    ]
    return DisclosedDataset(name, checks, facts, made, "; ".join(notes))


def _disclosed_checks(dataset: CheckedDataset) -> Iterator[DisclosedCheck]:
    """Yield the checks that only the ledger has: those of the whole dataset first, then by age."""
    parts = [check for check in dataset.checks if check.gaps]
    for check in (*reversed(dataset.whole_checks), *reversed(parts)):
        if check.entry is not None and check.report is None:
            files = check.entry.record.files
            result = next(file for file in files if file.role is FileRole.RESULT)
            digest = result.name.partition(".")[0]
            report = Report(check.result, check.load())
            yield DisclosedCheck(report, digest, record_name(check.entry))


def _absence(ledger: Ledger, facts: tuple[str, DatasetFacts] | None) -> str:
    if facts is None:
        return "used, but no record says what it is: it was never checked under this name"
    digest = facts[1].digest
    if digest is None:
        return f"never checked, as far as the ledger knows: {facts[0]} has no digest of it"
    is_checked = any(each.digest == digest for _, each in _facts(ledger, CheckFacts))
    return "its check was erased from the ledger, or is damaged" if is_checked else "never checked"


def _cleanings(ledger: Ledger, digests: Collection[str]) -> tuple[tuple[str, CleaningFacts], ...]:
    return tuple(each for each in _facts(ledger, CleaningFacts) if each[1].after in digests)


def _accesses(ledger: Ledger, names: Collection[str]) -> tuple[tuple[str, AccessFacts], ...]:
    return tuple(each for each in _facts(ledger, AccessFacts) if {*each[1].datasets} & {*names})
