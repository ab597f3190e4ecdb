"""Upper ends of shares: they hold what was missed, and are no wider than need be."""

from dataclasses import replace
from random import Random

import numpy as np
import pyarrow as pa
import pytest

from provenance.match.estimation.intervals import NO_COPY_FOUND
from provenance.match.estimation.missed_copies import PlantCounts, RecallTable
from provenance.match.scoring.evalue import chance_threshold
from provenance.model.rules.policy import Policy, Unit
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.calibration.text_edits import EDITS, EXCERPTS
from provenance.pipeline.findings.finding_annotations import without_marked
from provenance.pipeline.findings.finding_appearances import FindingAppearances
from provenance.pipeline.findings.finding_table import FindingSet
from provenance.pipeline.findings.missed_findings import (
    MissedFindings,
    ShippedRecall,
    shipped_counts,
)
from provenance.pipeline.scan.readings import build_registry_indexes
from provenance.pipeline.settings import Settings
from provenance.read.shipped_plants import load_shipped_plants
from provenance.registry.store import open_registry
from tests.pipeline.conftest import Writer

QUIET = Settings(threads=1, cache=None, quiet=True)
WHOLE, CUT = 0, 7


def world(folder, write_lines, names, copies, seed=4):
    """A corpus of 600 pages, some with a post that was edited; the policy, and the true sizes."""
    random, writer, others = Random(seed), Writer(2), Writer(31)
    posts = [others.sentence(8 + number % 25) for number in range(2500)]
    dump = write_lines(folder / "posts.jsonl", [{"id": n, "text": t} for n, t in enumerate(posts)])
    build_registry(folder / "registry", DumpSource([dump], "x"))
    edits = {edit.name: edit for edit in (*EDITS, *EXCERPTS)}
    rows, size = [], 0
    for number, post in enumerate(random.sample(posts, copies)):
        edited = edits[names[number % len(names)]].change(post, random)
        page, size = writer.page(6), size + len(edited.encode())
        at = page.index(". ") + 2
        rows.append({"id": f"d{number}", "text": f"{page[:at]}{edited} {page[at:]}"})
    rows += [{"id": f"e{number}", "text": writer.page(6)} for number in range(600 - copies)]
    corpus = write_lines(folder / "corpus.jsonl", rows)
    return corpus, Policy(registries=(str(folder / "registry"),)), size


@pytest.mark.parametrize(
    ("names", "copies", "widest"),
    [
        (("verbatim", "lower", "escaped"), 5, 0.9),
        (("verbatim", "lower", "escaped"), 80, 0.2),
        (("changed 20%", "cut to 50%", "verbatim"), 80, 0.7),
        (("excerpt of 50%",), 120, 1.6),
    ],
)
def test_the_interval_holds_the_true_share(tmp_path, write_lines, names, copies, widest):
    corpus, policy, size = world(tmp_path, write_lines, names, copies)
    result = check([corpus], policy, QUIET).result
    share = next(each for each in result.shares if (each.by, each.key) == ("source", "x"))
    for estimate, truth in (
        (share.documents, copies / 600),
        (share.bytes, size / result.corpus.bytes),
    ):
        assert estimate.low <= truth <= estimate.high
        assert estimate.high - estimate.low < widest * truth


def shipped_recall():
    return ShippedRecall(RecallTable.of(PlantCounts.of(load_shipped_plants(), 4.0)))


def test_each_share_has_the_misses_of_its_own_findings():
    recall = shipped_recall()
    appearances = FindingAppearances(np.full(80, 12), np.repeat([WHOLE, CUT], 40).astype(np.int64))
    missed = MissedFindings.of(recall, appearances, np.full(80, 12))
    whole, cut = np.arange(40), np.arange(40, 80)
    for unit in Unit:
        ends = [missed.upper_ends(rows, rows)[unit].ratio for rows in (whole, cut)]
        assert 1 < ends[0] < ends[1]
    assert missed.upper_ends(whole, whole) == missed.upper_ends(whole[::-1], whole)


def test_what_only_an_address_or_a_short_item_shows_says_nothing_of_missed_copies():
    recall = shipped_recall()
    appearances = FindingAppearances(np.array([20, 3]), np.array([-1, WHOLE]))
    missed = MissedFindings.of(recall, appearances, np.array([20, 3]))
    rows = np.arange(2)
    assert missed.upper_ends(rows, rows) == dict.fromkeys(Unit, NO_COPY_FOUND)


def test_more_is_missed_where_fewer_chance_matches_are_accepted(tmp_path, write_lines):
    writer = Writer(3)
    rows = [{"id": number, "text": writer.sentence(12)} for number in range(20_000)]
    dump = write_lines(tmp_path / "posts.jsonl", rows)
    build_registry(tmp_path / "registry", DumpSource([dump], "x"))
    registries = [open_registry(tmp_path / "registry")]
    recalls = [
        RecallTable.of(
            shipped_counts(build_registry_indexes(registries, threshold=chance_threshold(chance)))
        ).recall
        for chance in (1.0, 0.001)
    ]
    assert (recalls[0] >= recalls[1]).all()
    assert recalls[0].sum() > recalls[1].sum()


def test_findings_that_do_not_count_leave_the_others_their_appearances(tmp_path, write_lines):
    corpus, policy, _ = world(tmp_path, write_lines, ("verbatim", "cut to 70%"), 20)
    kept = []

    def keep(finding_set: FindingSet) -> FindingSet:
        kept.append(finding_set)
        return without_marked(finding_set)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("provenance.pipeline.checking.dataset_check.without_marked", keep)
        check([corpus], policy, QUIET)
    finding_set = kept[0]
    is_marked = np.arange(len(finding_set.finding_rows)) % 2 == 0
    place = finding_set.findings.schema.get_field_index("marked")
    findings = finding_set.findings.set_column(
        place, finding_set.findings.schema.field(place), pa.array(is_marked)
    )
    counted = without_marked(replace(finding_set, findings=findings))
    lengths = counted.findings["item_tokens"].to_numpy()
    assert len(lengths) == np.count_nonzero(~is_marked)
    assert counted.appearances.lengths.tolist() == lengths.tolist()
