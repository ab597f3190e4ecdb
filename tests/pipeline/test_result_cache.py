"""What a check learns, the next one need not: and it comes out the same, byte for byte."""

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provenance import atomic_output
from provenance.match.index.stop_shingles import NO_STOPS
from provenance.match.scoring import corpus_sample
from provenance.model.rules.policy import Policy
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import DateRange, Purpose
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.caching import result_cache
from provenance.pipeline.execution.progress import SilentProgress
from provenance.pipeline.scan import corpus_scan, readings
from provenance.pipeline.settings import Settings
from provenance.read.formats import parquet_file
from provenance.registry.manifest import read_manifest
from tests.pipeline.cached_checks import World, content, shard

_SHARDS = 8


def digest_of_registry(folder: str) -> str:
    return read_manifest(Path(folder)).digest


@pytest.fixture
def world(tmp_path, registry, posts, pages, monkeypatch) -> World:
    made = World(tmp_path, registry, monkeypatch)
    for number in range(_SHARDS):
        made.write(number, shard(posts, pages, number))
    return made


def test_an_unchanged_dataset_is_not_read_again_and_comes_out_the_same(world) -> None:
    fresh = world.checked(cached=False)
    assert (world.read, world.located) == (_SHARDS, _SHARDS)
    first = world.checked()
    assert (world.read, world.located) == (_SHARDS, _SHARDS)
    again = world.checked()
    assert (world.read, world.located) == (0, 0)
    assert len(fresh.findings) >= 70
    assert content(fresh) == content(first) == content(again)


def test_progress_says_how_many_parts_the_cache_had(world, monkeypatch) -> None:
    notes = []

    class Noting(SilentProgress):
        def advance(self, amount, documents=0, note=""):
            notes.append(note)

    @contextmanager
    def show(*_, **__):
        yield Noting()

    monkeypatch.setattr("provenance.pipeline.checking.reread.show_progress", show)
    world.checked()
    assert not any("cache" in note for note in notes)
    world.checked()
    assert notes[-1].endswith(f"candidates, {_SHARDS} parts from the cache")


def test_a_registry_in_another_part_is_read_for_anew(
    world, posts, write_lines, tmp_path, monkeypatch
) -> None:
    """What a match must have to be reported depends on all registries, and a control has none."""
    turned = [{**post, "text": " ".join(post["text"].split()[::-1])} for post in posts]
    dump = write_lines(tmp_path / "turned.jsonl", turned)
    build_registry(tmp_path / "other", DumpSource([dump], "y"))
    monkeypatch.setattr(readings, "StopShingles", lambda *_: NO_STOPS)
    both = sorted((world.registry, str(tmp_path / "other")), key=digest_of_registry)
    policies = [Policy(registries=tuple(own)) for own in (both, both[:1])]
    for policy, settings in zip(policies, ({}, {"control": both[1]}), strict=True):
        for known in (0, _SHARDS):
            world.read = 0
            check([str(world.data)], policy, Settings(threads=2, cache=world.cache, **settings))
            assert world.read == _SHARDS - known


def test_of_a_dataset_of_which_one_file_changed_that_one_is_read(world, posts, pages) -> None:
    world.checked()
    world.write(3, shard(posts, pages, 9))
    changed = world.checked()
    assert world.read == 1
    # What others located may have to be told anew: the corpus gives their words other odds.
    assert 1 <= world.located <= _SHARDS
    assert content(changed) == content(world.checked(cached=False))


def test_of_a_file_of_which_one_row_group_changed_that_one_is_read(
    world, posts, pages, monkeypatch
) -> None:
    monkeypatch.setattr(parquet_file, "PIECE_BYTES", 1)
    texts = [text for number in range(3) for text in shard(posts, pages, number)]
    world.write(0, texts, rows=5)
    world.checked()
    assert world.read == 6 + _SHARDS - 1
    texts[-1] = f"{pages[100]} {posts[200]['text']}."
    world.write(0, texts, rows=5)
    changed = world.checked()
    assert world.read == 1
    assert content(changed) == content(world.checked(cached=False))


def test_other_rules_of_the_same_evidence_read_nothing(world) -> None:
    world.checked()
    asked = Circumstances(
        purpose=Purpose.RESEARCH_TDM,
        collected=DateRange(*(datetime(2022, month, 1, tzinfo=UTC).date() for month in (1, 2))),
    )
    other = world.checked(policy=Policy(circumstances=asked))
    assert (world.read, world.located) == (0, 0)
    assert content(other) == content(
        world.checked(cached=False, policy=Policy(circumstances=asked))
    )


def test_another_registry_reads_everything(world, posts, tmp_path, write_lines) -> None:
    world.checked()
    dump = write_lines(tmp_path / "posts.jsonl", posts[:100])
    build_registry(tmp_path / "other", DumpSource([dump], "x"))
    world.checked(registry=str(tmp_path / "other"))
    assert world.read == _SHARDS


def test_a_sample_of_the_documents_neither_uses_nor_leaves_anything(world) -> None:
    world.checked(sample=0.5)
    assert not world.cache.exists()
    whole = world.checked()
    world.checked(sample=0.5)
    assert world.read == _SHARDS
    assert content(world.checked()) == content(whole)


def test_a_renamed_file_is_read_again_for_findings_name_it(world) -> None:
    world.checked()
    (world.data / "3.parquet").rename(world.data / "3b.parquet")
    made = world.checked()
    assert world.read == 1
    assert "3b.parquet" in made.findings["file"].to_pylist()


def test_damaged_entries_are_made_anew(world) -> None:
    whole = content(world.checked())
    for path in world.cache.rglob("??/*"):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert content(world.checked()) == whole
    assert world.read == _SHARDS
    world.checked()
    assert world.read == 0


def test_samples_too_coarse_for_a_smaller_dataset_are_drawn_anew(world, monkeypatch) -> None:
    whole = world.checked(cached=False).result.corpus_model
    for module in (corpus_sample, corpus_scan):
        monkeypatch.setattr(module, "MAX_SAMPLE_TOKENS", whole.tokens // 6)
    large = world.checked()
    assert world.read == _SHARDS
    assert large.result.corpus_model.tokens <= whole.tokens // 6
    for number in range(_SHARDS - 2):
        (world.data / f"{number}.parquet").rename(world.data.parent / f"{number}.parquet")
    small = world.checked()
    assert world.read == 2
    assert content(small) == content(world.checked(cached=False))
    for number in range(_SHARDS - 2):
        (world.data.parent / f"{number}.parquet").rename(world.data / f"{number}.parquet")
    assert content(world.checked()) == content(large)
    assert world.read == 0


def test_what_was_not_asked_for_longest_is_forgotten_first(tmp_path, monkeypatch) -> None:
    kept = result_cache.ResultCache(tmp_path, "")
    for number in range(4):
        kept.store(kept.key(str(number)), [b"." * 100])
        os.utime(entry_of(kept, str(number)), (number, number))
    monkeypatch.setattr(result_cache, "MAX_CACHE_BYTES", 350)
    kept.evict()
    assert [kept.load(kept.key(str(number))) is not None for number in range(4)] == [
        False,
        False,
        True,
        True,
    ]


def entry_of(kept: result_cache.ResultCache, of: str) -> Path:
    name = kept.key(of)
    return kept.folder / name[:2] / name[2:]


def test_an_entry_that_could_not_be_finished_leaves_nothing(tmp_path, monkeypatch) -> None:
    def interrupted(*_):
        raise KeyboardInterrupt

    kept = result_cache.ResultCache(tmp_path, "")
    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        kept.store(kept.key("x"), [b"half"])
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_folder_that_cannot_be_written_is_no_reason_to_stop(world) -> None:
    world.cache.write_text("a file, where a folder should be")
    assert len(world.checked().findings) >= 70


def test_the_folder_is_swept_once_a_check_not_once_an_entry(
    tmp_path, registry, pages, write_lines, monkeypatch
) -> None:
    (tmp_path / "data").mkdir()
    for number in range(6):
        write_lines(tmp_path / f"data/{number}.jsonl", [{"text": pages[number]}])
    swept = []
    for module in (atomic_output, result_cache):
        monkeypatch.setattr(module, "remove_stale_temporaries", swept.append)
    settings = Settings(cache=tmp_path / "cache")
    check([str(tmp_path / "data")], Policy(registries=(registry,)), settings)
    assert len(list((tmp_path / "cache").glob("??/*"))) >= 6
    assert swept.count(tmp_path / "cache") == 1
