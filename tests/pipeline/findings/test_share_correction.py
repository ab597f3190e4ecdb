"""Corrected shares: recall and false findings as a calibration measured them."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from provenance.match.estimation.intervals import ChanceProbabilities
from provenance.match.estimation.missed_copies import PlantCounts
from provenance.model.results.calibration import PLANTS, FalseRate
from provenance.model.rules.policy import Policy, Unit
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.calibration.calibrate import PlantingOptions, calibrate
from provenance.pipeline.findings.finding_appearances import FindingAppearances
from provenance.pipeline.findings.missed_findings import MissedFindings
from provenance.pipeline.findings.share_correction import CalibratedRecall, ShareCorrector
from provenance.pipeline.settings import Settings
from provenance.read.shipped_plants import load_shipped_plants
from provenance.report.files.calibration_json import write_calibration
from tests.pipeline.calibration.made_up_calibrations import CUT, WHOLE, calibration, plants
from tests.pipeline.conftest import Writer

SHIPPED = PlantCounts.of(load_shipped_plants(), 4.0)


def upper_end(rows, sources, looks=WHOLE, unit=Unit.DOCUMENTS):
    """Return what there may be beside findings of some sources, by a calibration."""
    count = len(sources)
    lengths = np.full(count, 12)
    recall = CalibratedRecall.of(calibration(rows), SHIPPED, sources, lengths)
    appearances = FindingAppearances(lengths, np.broadcast_to(np.int64(looks), count).copy())
    everything = np.arange(count)
    return MissedFindings.of(recall, appearances, lengths).upper_ends(everything, everything)[unit]


def test_what_is_found_half_of_the_time_is_there_twice():
    end = upper_end(plants(500, 500), ["x"] * 100)
    assert end.mean_ratio == pytest.approx(2, rel=0.1)
    assert 2 < end.ratio < 3


def test_a_few_plants_leave_more_room_than_many():
    few, many = (upper_end(plants(count, count), ["x"] * 300) for count in (20, 2000))
    assert few.ratio > many.ratio + 0.1


def test_edits_that_were_not_planted_are_as_the_shipped_detector_has_them():
    whole, cut = (upper_end(plants(500, 0), ["x"] * 100, look) for look in (WHOLE, CUT))
    assert whole.ratio < 1.2
    assert cut.mean_ratio > 1.15


def test_plants_count_for_the_findings_of_their_own_source():
    rows = [*plants(1000, 0, source="easy"), *plants(500, 500, source="hard")]
    easy, hard = (upper_end(rows, [source] * 100).mean_ratio for source in ("easy", "hard"))
    assert easy < 1.1
    assert hard == pytest.approx(2, rel=0.1)
    both = upper_end(rows, ["easy", "hard"] * 50).mean_ratio
    assert easy < both < hard
    other = upper_end(rows, ["other"] * 100).mean_ratio
    assert easy < other < hard


def test_a_source_of_few_plants_counts_as_few():
    rows = [*plants(5000, 0, source="large"), *plants(10, 10, source="small")]
    alone = upper_end(plants(10, 10, source="small"), ["small"] * 100)
    assert upper_end(rows, ["small"] * 100).ratio == pytest.approx(alone.ratio, rel=0.1)


def test_the_same_findings_have_the_same_upper_end():
    rows = plants(90, 30)
    assert upper_end(rows, ["x"] * 50) == upper_end(rows, ["x"] * 50)


def test_more_chance_matches_than_strengths_imply_make_all_findings_doubtful():
    recall = CalibratedRecall.of(calibration(plants(9, 1)), SHIPPED, ["x"], np.array([12]))
    corrector = ShareCorrector(recall, np.ones(1), 2.0, 3.0)
    most = corrector.most_chances(ChanceProbabilities(np.array([0.1]), np.array([0.5])))
    assert most.possible == pytest.approx([0.3])
    assert most.distributed.tolist() == [1.0]


@pytest.fixture(scope="module")
def world(tmp_path_factory, write_lines):
    """A registry, a corpus with verbatim copies, and a calibration of 200 plants."""
    folder, writer, others = tmp_path_factory.mktemp("corrected"), Writer(2), Writer(31)
    posts = [others.sentence(12) for _ in range(2000)]
    dump = write_lines(folder / "posts.jsonl", [{"id": n, "text": t} for n, t in enumerate(posts)])
    build_registry(folder / "registry", DumpSource([dump], "x"))
    texts = [f"{writer.page(6)} {post}." for post in posts[:60]]
    texts += [writer.page(6) for _ in range(240)]
    corpus = write_lines(folder / "corpus.jsonl", [{"text": text} for text in texts])
    policy = Policy(registries=(str(folder / "registry"),))
    measured = calibrate([corpus], policy, PlantingOptions(200), Settings(quiet=True))
    return folder, corpus, policy, measured


def corrected(world, made):
    folder, corpus, policy, _ = world
    write_calibration(made, folder / "calibration.json")
    asked = replace(policy, calibration=str(folder / "calibration.json"))
    result = check([corpus], asked, Settings(quiet=True)).result
    return next(each for each in result.shares if (each.by, each.key) == ("source", "x"))


def test_a_share_has_its_correction_in_every_unit(world):
    share = corrected(world, world[-1])
    assert share.documents.corrected.share == pytest.approx(0.2, rel=0.03)
    for unit in Unit:
        estimate = getattr(share, str(unit))
        assert estimate.corrected.low <= estimate.share <= estimate.corrected.high
        assert estimate.corrected.share == pytest.approx(estimate.share, rel=0.08)


def test_a_measured_false_rate_is_taken_off_the_share_and_its_low_end(world):
    made = world[-1]
    plain = corrected(world, made).documents.corrected
    rate = FalseRate("control", None, 10**6, 1.0, 20, 20, 240, 20.0, 240.0, 12.0, 31.0)
    much = replace(rate, read=made.corpus_tokens)
    with_little, with_much = (
        corrected(world, replace(made, false=false)).documents.corrected for false in (rate, much)
    )
    assert with_much.share < with_little.share <= plain.share + 1e-9
    assert with_much.low < plain.low
    assert with_much.share == pytest.approx(plain.share - 20 / 300, abs=0.02)


def test_no_finding_leaves_a_few_documents_or_more_if_recall_is_low(tmp_path, world, write_lines):
    _, _, policy, made = world
    clean = write_lines(tmp_path / "clean.jsonl", [{"text": Writer(9).page(6)}] * 100)
    highs = []
    for rows in (plants(90, 10), plants(20, 80)):
        path = tmp_path / "calibration.json"
        write_calibration(replace(made, plants=pa.Table.from_pylist(rows, schema=PLANTS)), path)
        result = check([clean], replace(policy, calibration=str(path)), Settings(quiet=True)).result
        share = next(each for each in result.shares if (each.by, each.key) == ("source", "x"))
        assert (share.documents.corrected.share, share.documents.corrected.low) == (0, 0)
        highs.append(share.documents.corrected.high)
    assert highs == pytest.approx([0.0375, np.log(0.05) / np.log(0.8) / 100])
