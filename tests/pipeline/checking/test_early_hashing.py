"""What is begun before anybody asks for it, and what becomes of it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from provenance.model.rules.policy import Policy
from provenance.pipeline.checking.early_hashing import hash_in_background
from provenance.pipeline.checking.jit_warmup import start_check
from provenance.read.corpus.file_access import File
from provenance.registry.files import data_files
from provenance.registry.files.data_files import digested_files
from provenance.registry.files.verified_segments import forget_verified
from provenance.registry.manifest import read_manifest
from provenance.registry.store import open_registry

_PATIENCE = 60


@pytest.fixture
def corpus(tmp_path, write_lines):
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name in "abc":
        write_lines(folder / f"{name}.jsonl", [{"text": f"page {name}"}])
    return [str(folder)]


@pytest.fixture
def hashed(monkeypatch):
    """Count how often each file of a corpus is hashed; a file waits until its gate opens."""
    counts, gate, reached, stops = Counter(), Event(), Event(), []
    hash_file = File.digest

    def digest(self, stopped):
        counts[self.name] += 1
        stops.append(stopped)
        reached.set()
        assert gate.wait(_PATIENCE)
        return hash_file(self, stopped=stopped)

    monkeypatch.setattr(File, "digest", digest)
    return counts, gate, reached, stops


def test_files_are_hashed_once_before_and_while_threads_ask(corpus, hashed):
    counts, gate, reached, stops = hashed
    with hash_in_background([]) as hashed_ahead, ThreadPoolExecutor(4) as pool:
        ahead = start_check(corpus, Policy(), None, hashed_ahead)
        assert reached.wait(_PATIENCE)  # nobody has asked
        asked = [pool.submit(ahead.corpus.digest) for _ in range(4)]
        gate.set()
        assert len({one.result() for one in asked}) == 1
        assert not stops[0]()
    assert counts == {"a.jsonl": 1, "b.jsonl": 1, "c.jsonl": 1}


def test_who_gives_up_waits_for_no_file_and_begins_no_other(corpus, hashed):
    counts, gate, reached, stops = hashed
    with hash_in_background([]) as hashed_ahead:
        start_check(corpus, Policy(), None, hashed_ahead)
        assert reached.wait(_PATIENCE)
    assert counts == {"a.jsonl": 1}
    assert stops[0]()
    gate.set()


@pytest.fixture
def order(monkeypatch):
    """Names of files of the corpus, and kinds of others, in the order in which they are hashed."""
    order, all_hashed = [], Event()
    monkeypatch.setattr(
        data_files, "blake3_mapped_file", lambda path, *_: order.append(path.suffix) or ""
    )

    def digest(self, stopped):
        assert not stopped()
        order.append(self.name)
        if self.name == "c.jsonl":
            all_hashed.set()
        return ""

    monkeypatch.setattr(File, "digest", digest)
    return order, all_hashed


@pytest.mark.parametrize("early", [True, False])
def test_registries_are_hashed_before_the_corpus(corpus, registry, order, early):
    forget_verified(Path(registry))
    order, all_hashed = order
    forget_verified(Path(registry))
    with hash_in_background([registry] if early else []) as hashed_ahead:
        start_check(corpus, Policy(registries=(registry,)), None, hashed_ahead)
        assert all_hashed.wait(_PATIENCE)
    assert order[-3:] == ["a.jsonl", "b.jsonl", "c.jsonl"]
    assert ".npy" in order[:-3]
    [segment] = read_manifest(Path(registry)).segments
    assert len(order) == 3 + len(digested_files(segment))


def test_a_registry_that_was_checked_before_is_not_hashed(corpus, registry, order):
    open_registry(Path(registry))
    order, all_hashed = order
    with hash_in_background([registry]) as hashed_ahead:
        start_check(corpus, Policy(registries=(registry,)), None, hashed_ahead)
        assert all_hashed.wait(_PATIENCE)
    assert order == ["a.jsonl", "b.jsonl", "c.jsonl"]
