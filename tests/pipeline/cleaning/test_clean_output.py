"""What cannot be cleaned, or not yet, is refused; nothing is half-written, nothing touched."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import fsspec
import pytest

from provenance.errors import CorruptFile, InputError, OutputError, PolicyError, UnsupportedFormat
from provenance.model.records.receipt import Cleaning
from provenance.pipeline import check
from provenance.pipeline.cleaning import dataset_cleaning
from provenance.pipeline.cleaning.dataset_cleaning import clean
from provenance.pipeline.ledger_records import record_cleaning
from provenance.pipeline.settings import Settings
from provenance.report.files.report_folder import write_report
from tests.pipeline.cleaning.cleanable_dataset import World, pages_with_posts


@pytest.fixture
def world(tmp_path, registry, write_lines) -> World:
    return World(tmp_path, registry, write_lines)


ADDRESS = "memory://bucket/clean"


@pytest.fixture
def memory():
    """A file system in memory."""
    system = fsspec.filesystem("memory")
    system.store.clear()
    yield system
    system.store.clear()


def files_in(system) -> dict[str, bytes]:
    return {path.removeprefix("/bucket/clean/"): system.cat_file(path) for path in system.find("/")}


def test_a_copy_at_an_address_is_that_in_a_folder(world, pages, posts, memory) -> None:
    world.write("a.jsonl", pages_with_posts(pages, posts))
    world.clean()
    folder, world.out = world.out, ADDRESS
    receipt = world.clean()
    copied = files_in(memory)
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {*copied} == names
    assert copied["a.jsonl"] == (folder / "a.jsonl").read_bytes()
    assert copied["a.jsonl"] != (world.data / "a.jsonl").read_bytes()
    entry = record_cleaning(str(world.folder / "ledger"), receipt, ADDRESS)
    assert entry.record.kind == "cleaning"
    with pytest.raises(OutputError, match="already exists"):
        world.clean()
    assert files_in(memory) == copied


def test_the_receipt_is_sent_last_and_a_failure_leaves_nothing(
    world, pages, posts, memory, monkeypatch
) -> None:
    world.write("a.jsonl", pages_with_posts(pages, posts))
    world.write("b.jsonl", [{"text": page} for page in pages[:3]])
    world.out = ADDRESS
    sent, put = [], type(memory).put_file

    def fail_at_the_receipt(self, local, place, **options):
        sent.append(place.removeprefix("/bucket/clean/"))
        if place.endswith("receipt.json"):
            raise OSError("the quota is used up")
        put(self, local, place, **options)

    monkeypatch.setattr(type(memory), "put_file", fail_at_the_receipt)
    with pytest.raises(OutputError, match="the quota is used up"):
        world.clean()
    assert sent[-1] == ".provenance/receipt.json"
    assert {"a.jsonl", "b.jsonl"} <= {*sent}
    assert files_in(memory) == {}


def _taken(world) -> None:
    world.out.mkdir()
    (world.out / "mine").write_text("mine")


def _within(world) -> None:
    world.out = world.data / "clean"


@pytest.mark.parametrize("how", [_taken, _within])
def test_a_place_that_is_taken_or_within_the_corpus_is_refused(world, pages, how) -> None:
    world.write("a.jsonl", [{"text": page} for page in pages[:3]])
    how(world)
    with pytest.raises(OutputError) as raised:
        world.clean()
    assert "--output" in raised.value.remedy
    assert sorted(path.name for path in world.data.iterdir()) == ["a.jsonl"]


@pytest.mark.parametrize("address", ["-", "hf://datasets/somebody/something", "s3://bucket/a"])
def test_what_is_no_file_of_ours_is_refused(world, address) -> None:
    with pytest.raises(UnsupportedFormat, match="only files") as raised:
        clean([address], world.out, world.policy, Cleaning(), Settings())
    assert raised.value.remedy


def test_a_report_of_another_corpus_a_sample_or_other_rules_is_refused(world, pages, posts) -> None:
    source = world.write("a.jsonl", pages_with_posts(pages, posts))
    made = world.check(world.data)
    write_report(made, world.folder / "r")
    result = made.result
    for wrong, error in (
        (replace(result, corpus=replace(result.corpus, digest="0" * 64)), InputError),
        (replace(result, rules_digest="0" * 64), PolicyError),
        (
            replace(result, registries=(replace(result.registries[0], digest="0" * 64),)),
            PolicyError,
        ),
    ):
        write_report(replace(made, result=wrong), world.folder / "wrong")
        with pytest.raises(error) as raised:
            world.clean(result=world.folder / "wrong")
        assert "check it again" in raised.value.remedy
    half = check([str(world.data)], world.policy, Settings(sample=0.5))
    write_report(half, world.folder / "half")
    with pytest.raises(InputError, match="sample"):
        world.clean(result=world.folder / "half")
    source.write_bytes(source.read_bytes() + b'{"text": "more"}\n')
    with pytest.raises(InputError, match="another corpus"):
        world.clean(result=world.folder / "r")
    assert not world.out.exists()


def test_a_corpus_that_changes_meanwhile_is_refused(world, pages, posts, monkeypatch) -> None:
    source = world.write("a.jsonl", pages_with_posts(pages, posts))
    written = dataset_cleaning.rewrite_file

    def write(file, path, cuts):
        done = written(file, path, cuts)
        source.write_bytes(source.read_bytes() + b"\n")
        return done

    monkeypatch.setattr(dataset_cleaning, "rewrite_file", write)
    with pytest.raises(CorruptFile, match="changed while it was cleaned"):
        world.clean()
    assert sorted(path.name for path in world.folder.iterdir()) == ["data"]


def test_the_corpus_is_not_touched(world, pages, posts) -> None:
    source = world.write("a.jsonl", pages_with_posts(pages, posts))
    before, facts = source.read_bytes(), source.stat().st_mtime_ns
    world.clean(redact="")
    assert (source.read_bytes(), source.stat().st_mtime_ns) == (before, facts)
    assert datetime.now(UTC) - datetime.fromisoformat(world.receipt["created"]) < timedelta(1)


def test_killed_midway_nothing_is_in_its_place(world, pages, posts) -> None:
    world.write("a.jsonl", pages_with_posts(pages, posts))
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from provenance.model.records.receipt import Cleaning\n"
        "from provenance.model.rules.policy import Policy\n"
        "from provenance.pipeline import Settings, clean\n"
        "from provenance.pipeline.cleaning import dataset_cleaning as cleaning\n"
        "written = cleaning.rewrite_file\n"
        "def slow(file, path, cuts):\n"
        "    written(file, path, cuts)\n"
        "    print('written', flush=True)\n"
        "    time.sleep(60)\n"
        "cleaning.rewrite_file = slow\n"
        "data, out, registry = sys.argv[1:]\n"
        "clean([data], Path(out), Policy(registries=(registry,)), Cleaning(), Settings())\n"
    )
    arguments = [sys.executable, "-c", script, str(world.data), str(world.out), world.registry]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        os.kill(process.pid, signal.SIGKILL)
    assert not world.out.exists()
    assert world.clean().documents == 20
