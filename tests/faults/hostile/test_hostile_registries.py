"""Registries made to harm, with right digests: a check ends with a report or an error of ours."""

import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from provenance.errors import CorruptFile
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.settings import Settings
from provenance.registry.manifest import read_manifest
from provenance.registry.store import open_registry
from tests.faults.hostile.hostile_registries import prepare
from tests.faults.isolated_cases import ROOT, outcomes, unwanted
from tests.registry.damaged_registries import restate, rewrite

WORKER = "tests.faults.hostile.hostile_registries"


def hold(found):
    assert unwanted(found) == {}
    told = Counter(outcome.partition(":")[0] for outcome in found.values())
    assert min(told["read"], told["refused"]) > len(found) / 20, "the damage is too little or much"


def test_hostile_registries_are_matched_or_refused(tmp_path):
    hold(outcomes(WORKER, tmp_path, range(50)))


def test_a_manifest_may_have_a_source_and_no_segments(tmp_path):
    assert outcomes(WORKER, tmp_path, range(1_001_483, 1_001_484)) == {1_001_483: "read"}


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


GUARDED = """
import ctypes, mmap
from dataclasses import replace
import numpy as np
from tests.match.memory_registries import holding, found_in, posts
from provenance.match.index.postings_index import build_postings_index
from provenance.match.index.stop_shingles import NO_STOPS

items = posts(40)
held = holding(*items)
# Tokens that end where a page begins that nobody may read.
page, size = mmap.PAGESIZE, held.tokens.nbytes
room = -(-size // page) * page
memory = mmap.mmap(-1, room + page)
address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
assert ctypes.CDLL(None).mprotect(ctypes.c_void_p(address + room), page, 0) == 0
tokens = np.frombuffer(memory, np.uint32, len(held.tokens), room - size)
tokens[:] = held.tokens
found = []
for shift in (0, 3, 9, 40, 2000, 65535):
    [segment] = held.segments
    positions = np.minimum(segment.postings.positions.astype(np.uint32) + shift, 65535)
    postings = replace(segment.postings, positions=positions.astype(np.uint16))
    segments = (replace(segment, postings=postings),)
    registry = build_postings_index(replace(held, tokens=tokens, segments=segments), NO_STOPS)
    found.append(len(found_in(registry, *items).texts))
print(*found)
"""


def test_no_posting_leads_out_of_the_tokens():
    done = subprocess.run(
        [sys.executable, "-c", GUARDED], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[0]) >= 30


@pytest.mark.parametrize("names", [(), ("reddit",)])
def test_a_manifest_without_the_source_of_items_is_refused(world, tmp_path, names):
    folder = shutil.copytree(world / "sound", tmp_path / "r")
    [source] = read_manifest(folder).sources
    restate(folder, sources=tuple(replace(source, source=name) for name in names))
    policy = Policy(registries=(str(folder),))
    with pytest.raises(CorruptFile, match=r"segment-.*the manifest of the registry lacks: x"):
        check([str(world / "corpus.jsonl")], policy, Settings(threads=1))


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
