"""Shards, in any order and on any file system, make the report of a single check."""

from dataclasses import replace
from io import BytesIO, TextIOWrapper

import fsspec
import pytest

from provenance.errors import EngineError, PolicyError
from provenance.pipeline import CheckPlan, Shard, check, remove_tasks, save_report
from provenance.pipeline.checking.shards import shard_of_parts
from provenance.pipeline.scan import reading_cache
from provenance.pipeline.settings import Settings
from provenance.read.corpus.corpora import open_corpus
from tests.pipeline.checking.sharded_checks import FILES, contents, merge, run_shards
from tests.pipeline.smaller_slices import scan_in_slices


@pytest.mark.parametrize("count", [1, 4, 20])
def test_shards_in_any_order_make_the_report_of_a_single_check(tmp_path, corpus, policy, count):
    single = check([str(corpus)], policy, Settings())
    assert len(single.findings) >= FILES * 4
    run_shards(corpus, policy, tmp_path / "tasks", count)
    merged = merge(corpus, policy, tmp_path / "tasks", count)
    assert contents(merged, tmp_path / "merged") == contents(single, tmp_path / "single")


def test_a_merge_reads_neither_texts_nor_digests_again(tmp_path, corpus, policy, monkeypatch):
    run_shards(corpus, policy, tmp_path / "tasks", 3)
    opened = []
    monkeypatch.setattr(
        "provenance.read.corpus.file_access.File.digest", lambda self, stopped: opened.append(self)
    )
    monkeypatch.setattr(
        "provenance.pipeline.scan.corpus_scan.read_part", lambda part, *_: opened.append(part)
    )
    assert len(merge(corpus, policy, tmp_path / "tasks", 3).findings)
    assert not opened


def test_missing_shards_are_named(tmp_path, corpus, policy):
    run_shards(corpus, policy, tmp_path / "tasks", 4, [1, 3])
    with pytest.raises(EngineError, match=r"5 of 9 parts .* incomplete shards: 2/4, 4/4"):
        merge(corpus, policy, tmp_path / "tasks", 4)


def test_a_file_that_was_modified_after_its_shard_is_missing(tmp_path, corpus, policy):
    run_shards(corpus, policy, tmp_path / "tasks", 3)
    path = corpus / "4.jsonl"
    path.write_bytes(path.read_bytes() + b'{"text": "one more", "id": "x"}\n')
    with pytest.raises(EngineError, match="incomplete shards: 2/3"):
        merge(corpus, policy, tmp_path / "tasks", 3)
    run_shards(corpus, policy, tmp_path / "tasks", 3, [2])
    assert merge(corpus, policy, tmp_path / "tasks", 3).result.corpus.documents == FILES * 5 + 1


def test_a_damaged_task_is_done_again(tmp_path, corpus, policy):
    run_shards(corpus, policy, tmp_path / "tasks", 2)
    expected = contents(merge(corpus, policy, tmp_path / "tasks", 2), tmp_path / "whole")
    paths = [path for path in (tmp_path / "tasks").rglob("*") if path.is_file()]
    for path in paths:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    merged = merge(corpus, policy, tmp_path / "tasks", 2)
    assert contents(merged, tmp_path / "merged") == expected


def test_a_damaged_file_makes_the_merged_report_incomplete_too(tmp_path, corpus, policy):
    path = corpus / "2.jsonl"
    path.write_bytes(path.read_bytes()[:-40] + b"\xff\xfe{")
    (corpus / "7.parquet").write_bytes(b"PAR1 no table")
    single = check([str(corpus)], policy, Settings())
    run_shards(corpus, policy, tmp_path / "tasks", 3)
    merged = merge(corpus, policy, tmp_path / "tasks", 3)
    assert merged.result.status == single.result.status == "incomplete"
    assert merged.result.unread == single.result.unread
    assert merged.findings.equals(single.findings)


def test_shards_may_be_on_any_file_system(tmp_path, corpus, policy):
    memory = fsspec.filesystem("memory")
    memory.put(str(corpus), "/shard-corpus", recursive=True)
    address, tasks = "memory://shard-corpus", "memory://shard-tasks"
    try:
        single = check([address], policy, Settings())
        run_shards(address, policy, tasks, 3)
        merged = merge(address, policy, tasks, 3)
        assert contents(merged, tmp_path / "merged") == contents(single, tmp_path / "single")
        assert not (tmp_path / "memory:").exists()
        save_report(merged, "memory://shard-tasks/report")
        assert set(memory.ls("/shard-tasks/report", detail=False)) == {
            f"/shard-tasks/report/{path.name}" for path in (tmp_path / "merged").iterdir()
        }
    finally:
        memory.rm("/shard-corpus", recursive=True)
        memory.rm("/shard-tasks", recursive=True)


def test_a_merge_keeps_what_the_user_has_beside_the_tasks(tmp_path, corpus, policy):
    run_shards(corpus, policy, tmp_path / "tasks", 2)
    (tmp_path / "tasks" / "mine").mkdir()
    (tmp_path / "tasks" / "mine" / "notes.txt").write_text("notes")
    remove_tasks(str(tmp_path / "tasks"))
    left = [path.name for path in (tmp_path / "tasks").rglob("*")]
    assert sorted(left) == ["mine", "notes.txt"]
    (tmp_path / "tasks" / "plan.json").write_text("{}")
    run_shards(corpus, policy, tmp_path / "tasks", 2)
    remove_tasks(str(tmp_path / "tasks"))  # they are those of shards
    assert len(merge(corpus, policy, tmp_path / "tasks", 2).findings)


def test_long_parts_of_killed_shards_are_missing(tmp_path, corpus, policy, monkeypatch):
    scan_in_slices(monkeypatch, 1)
    monkeypatch.setattr("provenance.pipeline.scan.part_scan._MAX_READING_BYTES", 1)
    run_shards(corpus, policy, tmp_path / "tasks", 1)
    merged = merge(corpus, policy, tmp_path / "tasks", 1)
    single = check([str(corpus)], policy, Settings())
    assert contents(merged, tmp_path / "merged") == contents(single, tmp_path / "single")
    monkeypatch.setattr(reading_cache, "encode_reading", fail_at(7, reading_cache.encode_reading))
    with pytest.raises(MemoryError):
        run_shards(corpus, policy, tmp_path / "other", 1)
    with pytest.raises(EngineError, match="of 9 parts are not scanned yet"):
        merge(corpus, policy, tmp_path / "other", 1)


def fail_at(number: int, inner):
    calls = iter(range(100))

    def encode(reading):
        if next(calls) == number:
            raise MemoryError
        return inner(reading)

    return encode


def test_what_passes_once_cannot_be_divided(tmp_path, policy, monkeypatch):
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(b'{"text": "some words"}\n')))
    with pytest.raises(EngineError, match="cannot be read by other processes"):
        run_shards("-", policy, tmp_path / "tasks", 2)


def test_parts_of_a_shard_follow_each_other_and_shards_are_about_the_same_size(corpus):
    parts = open_corpus([str(corpus)]).parts
    for count in (1, 2, 5, 9):
        shards = shard_of_parts(parts, count)
        assert shards == sorted(shards)
        sizes = [
            sum(p.size for p, s in zip(parts, shards, strict=True) if s == k + 1)
            for k in range(count)
        ]
        assert max(sizes) - min(sizes) <= 2 * max(part.size for part in parts)


def test_all_shards_have_one_plan(tmp_path):
    tasks = str(tmp_path / "tasks")
    plan = CheckPlan({"corpus": ["a"], "split": None}, 4)
    plan.save(tasks)
    plan.save(tasks)
    assert CheckPlan.load(tasks) == plan
    for other in (CheckPlan({"corpus": ["b"], "split": None}, 4), replace(plan, shards=5)):
        with pytest.raises(EngineError, match="other arguments"):
            other.save(tasks)
    with pytest.raises(EngineError, match="there are no shards"):
        CheckPlan.load(str(tmp_path / "nothing"))
    (tmp_path / "tasks" / "plan.json").write_text("{}")
    with pytest.raises(EngineError, match="damaged, or of another version"):
        CheckPlan.load(tasks)


@pytest.mark.parametrize("text", ["", "3", "0/4", "5/4", "a/b", "1/0", "-1/4", "1/4/2"])
def test_odd_numbers_of_shards_are_errors(text):
    with pytest.raises(PolicyError, match="is not the number of a shard"):
        Shard.parse(text)
    assert Shard.parse("3/64") == Shard(3, 64)
