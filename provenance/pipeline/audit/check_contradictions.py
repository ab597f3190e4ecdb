"""Contradictions between what people recorded of datasets and what checks found in them."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import LedgerError
from provenance.model.records.ledger import (
    WITHDRAWN_ITEMS,
    Contradiction,
    DatasetFacts,
    Ledger,
    LedgerEntry,
    WithdrawalFacts,
)
from provenance.model.rules.policy import Route
from provenance.model.rules.rule_library import Source
from provenance.pipeline.audit.audit_evidence import Check, CheckedDataset, gather_checks
from provenance.pipeline.audit.late_items import late_contradictions
from provenance.pipeline.findings.misdatings import has_own_words
from provenance.pipeline.item_addresses import item_second
from provenance.pipeline.ledger_records import recorded_items
from provenance.read.rules.rule_files import load_rules
from provenance.report.text.number_format import count, day

_OF_OTHERS = frozenset({"archive", "dataset", "dataset-host"})
"""Kinds of documents of sources that only collect what others published."""


def check_contradictions(
    ledger: Ledger, datasets: Iterable[CheckedDataset] | None = None
) -> Iterator[Contradiction]:
    """Yield records of datasets that are not as checks found them.

    Parameters
    ----------
    ledger : Ledger
        The ledger.
    datasets : iterable of CheckedDataset or None
        Datasets with their checks; None takes those of the ledger.
    """
    yield from _withdrawn_too_early(ledger)
    checked = gather_checks(ledger).datasets if datasets is None else tuple(datasets)
    yield from late_contradictions(ledger, checked)
    closed = {source.id for source in load_rules().sources if _has_own_content_only(source)}
    for dataset in checked:
        names = {each.name for each in dataset.facts}
        stated = [
            each
            for each in ledger.facts(DatasetFacts)
            if each[1].name in names
            and each[1].digest in {None, dataset.digest}
            and (
                each[1].route is Route.OWN
                or (each[1].sources and closed.issuperset(each[1].sources))
            )
        ]
        if stated:
            yield from _other_sources(dataset, stated)


def _withdrawn_too_early(ledger: Ledger) -> Iterator[Contradiction]:
    """Yield withdrawals of items before the day on which they were published, as their ids say."""
    for entry, facts in ledger.facts(WithdrawalFacts):
        early = [] if facts.restored else sorted(_unpublished(ledger, entry))
        if early:
            item, withdrawn, published = early[0]
            yield Contradiction(
                f"{count(len(early), 'item')} recorded as withdrawn before being published: for "
                f"example {item}, withdrawn on {withdrawn}, was published on {published}.",
                (entry.digest,),
                sources=() if facts.source is None else (facts.source,),
            )


def _unpublished(ledger: Ledger, entry: LedgerEntry) -> Iterator[tuple[str, date, date]]:
    """Yield items with the days of their withdrawal and, later, of their publication."""
    try:
        table = recorded_items(ledger, entry)
    except LedgerError:
        return  # `ledger verify` says that it is damaged
    columns = () if table is None else (table[name].to_pylist() for name in WITHDRAWN_ITEMS.names)
    for source, item, withdrawn in zip(*columns, strict=True):
        second = None if source is None else item_second(source, item, None)
        published = date.max if second is None else datetime.fromtimestamp(second, UTC).date()
        if second is not None and withdrawn < published:
            yield item, withdrawn, published


def _has_own_content_only(source: Source) -> bool:
    kinds = {terms.kind for terms in source.terms}
    return not (source.parts or source.other_parts) and not kinds <= _OF_OTHERS


def _other_sources(
    dataset: CheckedDataset, stated: Iterable[tuple[LedgerEntry, DatasetFacts]]
) -> Iterator[Contradiction]:
    """Yield the sources, other than those that are recorded, of items found in a dataset."""
    found = dict[str, tuple[Check, set[str]]]()
    for check in dataset.checks:
        for source, item in _copied_items(check.load()):
            _, items = found.setdefault(source, (check, set()))
            items.add(item)
    for entry, facts in stated:
        only = f"having content of {', '.join(facts.sources)} only"
        recorded = "content of the owner" if facts.route is Route.OWN else only
        for source, (check, items) in sorted(found.items()):
            if source not in facts.sources:
                records = [] if check.entry is None else [check.entry.digest]
                yield Contradiction(
                    f"{facts.name} is recorded as {recorded}, but a check of "
                    f"{day(check.result.created)} found {count(len(items), 'item')} of {source} in "
                    "it.",
                    (entry.digest, *records),
                    (facts.name,),
                    (source,),
                )


def _copied_items(findings: pa.Table) -> set[tuple[str, str]]:
    """Return source and id of the items whose own words were copied."""
    is_copied = pc.is_in(findings["evidence"], pa.array(["content", "resemblance"]))
    own = findings.filter(pc.and_(is_copied, has_own_words(findings)))
    return {*zip(own["source"].to_pylist(), own["item"].to_pylist(), strict=True)}
