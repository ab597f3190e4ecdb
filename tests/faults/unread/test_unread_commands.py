"""Registries, cleaned corpora and comparisons of what can be read."""

import gzip
import json
import shutil

import pyarrow.parquet as pq

from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.settings import Settings
from provenance.registry.store import open_registry
from provenance.report.formats.rendering import render
from tests.faults.conftest import (
    cut_gzip,
    dangle,
    names,
    nothing_but_zeros,
    page,
    pipe,
    write_corpus,
    write_jsonl,
)


def test_a_registry_is_built_of_what_can_be_read_and_says_what_it_lacks(
    tmp_path, provenance, checked
):
    paths = write_corpus(tmp_path / "dumps")
    nothing_but_zeros(paths[3])
    dangle(paths[5])
    corpus = tmp_path / "corpus"
    write_corpus(corpus)
    command = ("registry", "build", "reg", "--source", "x", "dumps")
    done = provenance(*command, cwd=tmp_path)
    assert done.returncode == 2
    assert "Not read: dumps/sub/d.jsonl" in done.stderr
    manifest = open_registry(tmp_path / "reg").manifest
    assert names(manifest.unread) == ["dumps/sub/d.jsonl", "dumps/sub/f.parquet"]
    assert manifest.items == 4 * 8
    shown = provenance("registry", "show", "reg", cwd=tmp_path)
    assert shown.returncode == 0
    assert "not read: dumps/sub/d.jsonl" in shown.stdout

    report = check([str(corpus)], Policy(registries=(str(tmp_path / "reg"),)), Settings())
    assert report.result.status == "fail"
    for form in ("terminal", "markdown", "html"):
        text = " ".join(render(form, report).split())
        assert "is incomplete: its dumps could not all be read" in text

    shutil.rmtree(tmp_path / "reg")
    done = provenance(*command, "--allow-unread", "2", cwd=tmp_path)
    assert done.returncode == 0
    write_jsonl(paths[3], 24)
    again = provenance("registry", "add", "reg", "--source", "x", "dumps/sub/d.jsonl", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert names(open_registry(tmp_path / "reg").manifest.unread) == ["dumps/sub/f.parquet"]


def test_a_registry_of_dumps_that_cannot_be_read_is_not_made(tmp_path, provenance):
    write_jsonl(tmp_path / "dump.jsonl.gz", 0)
    cut_gzip(tmp_path / "dump.jsonl.gz")
    done = provenance("registry", "build", "reg", "--source", "x", "dump.jsonl.gz", cwd=tmp_path)
    assert done.returncode == 2
    assert "dump.jsonl.gz: damaged or cut short" in done.stderr
    assert not (tmp_path / "reg").exists()


def test_what_is_added_from_a_damaged_dump_is_added_and_the_rest_named(tmp_path, provenance):
    write_jsonl(tmp_path / "one.jsonl", 0)
    rows = "".join(json.dumps({"id": str(n), "text": page(n)}) + "\n" for n in range(9000))
    (tmp_path / "two.jsonl.gz").write_bytes(gzip.compress(rows.encode())[:-1000])
    made = provenance("registry", "build", "reg", "--source", "x", "one.jsonl", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    added = ("registry", "add", "reg", "--source", "x", "two.jsonl.gz")
    assert provenance(*added, cwd=tmp_path).returncode == 2
    manifest = open_registry(tmp_path / "reg").manifest
    (unread,) = manifest.unread
    assert unread.file == "two.jsonl.gz"
    assert manifest.items == 8 + unread.row
    assert provenance(*added, "--allow-unread", "1", cwd=tmp_path).returncode == 0


def test_a_corpus_is_cleaned_without_what_could_not_be_read(tmp_path, registry, provenance):
    paths = write_corpus(tmp_path / "data")
    cut_gzip(paths[1])
    pipe(paths[3])
    command = ("clean", "data", "--registry", registry, "-o", "clean", "-q", "--no-cache")
    done = provenance(*command, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    receipt = json.loads((tmp_path / "clean" / ".provenance" / "receipt.json").read_text())
    assert [one["file"] for one in receipt["unread"]] == ["b.jsonl.gz", "sub/d.jsonl"]
    left = sorted(str(p.relative_to(tmp_path / "clean")) for p in (tmp_path / "clean").rglob("*.*"))
    assert [name for name in left if not name.startswith(".")] == [
        "a.jsonl",
        "c.parquet",
        "sub/e.jsonl.gz",
        "sub/f.parquet",
    ]
    assert pq.read_table(tmp_path / "clean" / "c.parquet").num_rows < 8
    shutil.rmtree(tmp_path / "clean")
    assert provenance(*command, "--allow-unread", "2", cwd=tmp_path).returncode == 0


def test_two_corpora_are_compared_as_far_as_they_can_be_read(tmp_path, registry, provenance):
    write_corpus(tmp_path / "old")
    nothing_but_zeros(write_corpus(tmp_path / "new")[0])
    command = ("diff", "old", "new", "--registry", registry, "-q", "--no-cache")
    done = provenance(*command, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert "INCOMPLETE" in done.stdout
    assert "a.jsonl" in done.stdout
    told = json.loads(provenance(*command, "--format", "json", cwd=tmp_path).stdout)
    assert [one["file"] for one in told["new"]["unread"]] == ["a.jsonl"]
    assert provenance(*command, "--allow-unread", "1", cwd=tmp_path).returncode == 0


def test_a_calibration_is_not_measured_on_part_of_a_corpus_unasked(tmp_path, registry, provenance):
    nothing_but_zeros(write_corpus(tmp_path / "data")[0])
    command = ("calibrate", "data", "--registry", registry, "--plants", "30", "-o", "c.json", "-q")
    done = provenance(*command, cwd=tmp_path)
    assert done.returncode == 2
    assert "a.jsonl" in done.stderr
    assert not (tmp_path / "c.json").exists()
    accepted = provenance(*command, "--allow-unread", "1", cwd=tmp_path)
    assert accepted.returncode == 0, accepted.stderr
    assert json.loads((tmp_path / "c.json").read_text())["unread"][0]["file"] == "a.jsonl"
