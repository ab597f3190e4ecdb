"""Registries made to harm, with right digests: a check ends with a report or an error of ours."""

import shutil
from collections import Counter

import numpy as np
import pytest

from provenance.errors import CorruptFile
from provenance.model import Policy
from provenance.registry import open_registry
from provenance.registry.manifest import read_manifest
from provenance.run import Settings, check
from tests.faults.hostile_registries import prepare
from tests.faults.isolated import outcomes, unwanted
from tests.registry.spoiling import restate, rewrite

WORKER = "tests.faults.hostile_registries"


def hold(found):
    assert unwanted(found) == {}
    told = Counter(outcome.partition(":")[0] for outcome in found.values())
    assert min(told["read"], told["refused"]) > len(found) / 20, "the damage is too little or much"


def test_hostile_registries_are_matched_or_refused(tmp_path):
    hold(outcomes(WORKER, tmp_path, range(80)))


@pytest.mark.long
def test_three_thousand_hostile_registries_are_matched_or_refused(tmp_path):
    hold(outcomes(WORKER, tmp_path, range(1_000_000, 1_003_000)))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    prepare(folder)
    return folder


@pytest.mark.parametrize(
    "change",
    [
        lambda positions: np.full_like(positions, 65_535),
        lambda positions: positions + 5,
        lambda positions: np.random.default_rng(0).permutation(positions),
    ],
)
def test_postings_that_lead_behind_their_items_are_kept_within_them(world, tmp_path, change):
    folder = shutil.copytree(world / "sound", tmp_path / "r")
    rewrite(folder, "positions.npy", change)
    report = check(
        [str(world / "corpus.jsonl")], Policy(registries=(str(folder),)), Settings(threads=1)
    )
    assert report.result.corpus.documents == 150


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"items": -1}, "not a count: -1"),
        ({"tokens": 1 << 70}, "not a count"),
        ({"replaced": True}, "not a count: True"),
    ],
)
def test_counts_of_a_manifest_are_counts(world, tmp_path, change, message):
    folder = shutil.copytree(world / "sound", tmp_path / "r")
    restate(folder, **change)
    with pytest.raises(CorruptFile, match=message):
        open_registry(folder)
    assert read_manifest(world / "sound").items
