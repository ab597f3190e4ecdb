"""Measurements in processes of their own, and what is done where there is nothing to measure."""

import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.__main__ import run_part
from benchmarks.speed import fingerprints, real_texts
from benchmarks.speed.bench import SMALL, Bench, require_success
from benchmarks.speed.measuring import (
    Measurement,
    Runs,
    command,
    cores,
    pin_cores,
    run_interleaved,
    work,
)
from benchmarks.speed.ours import shingle_share, sign
from benchmarks.speed.stages import replace_filter, scan_slice
from benchmarks.speed.starts import CACHES, empty_caches
from provenance.match.index.postings_index import build_postings_index
from provenance.match.index.stop_shingles import NO_STOPS
from provenance.model.content.fingerprints import Texts
from tests.match.memory_registries import holding, posts

TRUTH = {"pages": 1, "plants": [[0, "p", "verbatim"]]}


def test_work_is_done_in_a_process_of_its_own_and_tells_of_itself():
    run = work("benchmarks.speed.scoring:score", 1, found=[], truth=TRUTH)
    assert not run.absent
    assert run.output["recall"] == {"verbatim": 0}
    assert run.seconds > 0
    assert run.peak > 1_000_000


def test_a_library_that_is_not_there_is_told_and_not_raised():
    assert work("no_such_library_anywhere:signatures").absent == "not installed"


def test_work_that_fails_says_why():
    run = work("benchmarks.speed.scoring:score")
    assert run.absent.startswith("failed: TypeError")
    with pytest.raises(RuntimeError, match="TypeError"):
        require_success(run)


def test_an_exit_code_that_is_not_accepted_is_a_failure():
    words = [sys.executable, "-c", "raise SystemExit(1)"]
    assert command(words).absent == "failed: exit code 1"
    assert not command(words, accepts=(0, 1)).absent


def test_a_pinned_process_has_the_cores_that_it_was_given_and_we_keep_ours():
    before = cores()
    code = (
        "import os; print(len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else 1)"
    )
    assert command([sys.executable, "-c", code], 1).output["stdout"].strip() == "1"
    with pin_cores(None):
        assert cores() == before
    assert cores() == before


def test_works_take_turns_and_those_that_cannot_run_are_asked_once():
    asked = []

    def run(name, absent=""):
        asked.append(name)
        return Measurement(len(asked), 0, absent=absent)

    runs = run_interleaved({"a": lambda: run("a"), "b": lambda: run("b", "not installed")}, 3)
    assert asked == ["a", "b", "a", "a"]
    assert (runs["a"].best, runs["a"].median) == (1, 3)
    assert runs["b"].absent == "not installed"


def test_the_peak_of_runs_is_that_of_the_largest():
    assert Runs([Measurement(1, 5), Measurement(2, 9), Measurement(3, 7)]).peak == 9


def test_caches_are_empty_inside_and_as_before_after(monkeypatch):
    monkeypatch.setenv(CACHES[0], "somewhere")
    monkeypatch.delenv(CACHES[1], raising=False)
    code = f"import os; print([os.listdir(os.environ[name]) for name in {CACHES!r}])"
    with empty_caches():
        assert command([sys.executable, "-c", code]).output["stdout"].strip() == "[[], []]"
    code = f"import os; print([os.environ.get(name) for name in {CACHES!r}])"
    assert command([sys.executable, "-c", code]).output["stdout"].strip() == "['somewhere', None]"


def test_a_peer_that_is_not_installed_is_a_row_that_says_so(tmp_path, monkeypatch):
    def made_up(task, on, **arguments):
        absent = "" if "ours" in task or "rensa" in task else "not installed"
        seconds = 1 if "ours" in task else 4
        return Measurement(seconds, 9, {"bytes": 8e6, "texts": 5, "version": "1"}, absent)

    for made in ("pages", "posts"):
        monkeypatch.setattr(Bench, made, lambda *_: "file")
    monkeypatch.setattr(fingerprints, "work", made_up)
    section = fingerprints.section(Bench(SMALL, tmp_path, None, None))
    rows = {row[0]: row[1:] for row in section.body[1].rows}
    assert rows["daft"][0] == "not installed"
    assert rows["rensa 1"][-1] == "**4.0 times**"
    assert section.facts == {"signatures": 8, "signatures / rensa": 4}


def test_a_part_that_fails_leaves_the_others_their_figures(capsys):
    def fails(bench):
        require_success(
            Measurement(1, 1, {"stderr": "all of it"}, absent="failed: no room on the disk")
        )

    section = run_part("checks", fails, None)
    assert section.body == ["Not measured: failed: no room on the disk"]
    assert not section.facts
    assert "all of it" in capsys.readouterr().err


def test_our_signatures_are_timed_on_the_texts_that_were_asked_for(tmp_path):
    texts = pa.array(posts(20, seed=1), pa.large_string())
    pq.write_table(pa.table({"text": texts}), tmp_path / "texts.parquet")
    told = sign(str(tmp_path / "texts.parquet"), 1)
    assert told["texts"] == 20
    assert told["seconds"] > 0


def test_a_larger_filter_finds_nothing_else():
    items = posts(40, seed=2, shortest=8)
    made = build_postings_index(holding(*items[:20]), NO_STOPS)
    large = replace_filter(made, pa.array(items[:20], pa.large_string()), 1 << 16)
    texts = Texts.of(pa.array(items[20:], pa.large_string()))
    [larger], [smaller] = large.arrays.segments, made.arrays.segments
    assert larger.postings.filter.nbytes > smaller.postings.filter.nbytes
    assert not len(larger.postings.prefilter)
    assert len(scan_slice(large, texts)) == len(scan_slice(made, texts)) == 0


def test_the_part_of_shingles_that_is_held_is_told():
    items = posts(10, seed=3, shortest=8)
    made = build_postings_index(holding(*items[:5]), NO_STOPS)

    def held(*texts):
        return shingle_share(made, [Texts.of(pa.array(texts, pa.large_string()))])

    assert held(*items[:5]) == 1
    assert held(*items[5:]) == 0
    assert 0 < held(*items) < 1
    assert held("") == 0


def test_texts_that_people_wrote_are_left_out_where_none_are_named(tmp_path):
    section = real_texts.section(Bench(SMALL, tmp_path, None, None))
    assert section.body == ["Not measured: name posts with `--posts`, and texts with `--pages`."]
