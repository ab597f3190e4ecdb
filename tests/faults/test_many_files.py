"""Many small files are read together, and nobody can tell from the outcome."""

import json
import subprocess
import sys

import pytest

from provenance.model.rules.policy import Policy
from provenance.pipeline import check, diff
from provenance.pipeline.checking import corpus_findings
from provenance.pipeline.scan import corpus_scan
from provenance.pipeline.settings import Settings
from provenance.read.corpus import corpora
from provenance.read.corpus.corpora import open_corpus
from tests.faults.conftest import cut_gzip, found, names, page, write_jsonl, write_parquet
from tests.faults.isolated_cases import ROOT
from tests.pipeline.smaller_slices import read_texts_again

COUNT = 400


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    folder = tmp_path_factory.mktemp("many")
    for number in range(COUNT):
        name = f"{number // 100}/{number:04}"
        if number % 50 == 0:
            write_parquet(folder / f"{name}.parquet", number, 2)
        elif number % 50 == 1:
            write_jsonl(folder / f"{name}.jsonl.gz", number, 2)
        else:
            write_jsonl(folder / f"{name}.jsonl", number, 2)
    write_jsonl(folder / "3" / "large.jsonl", 0, 120)
    rows = (json.dumps({"id": "e", "text": page(3)}), "{broken", '{"text": null}')
    (folder / "3" / "0301a.jsonl").write_text("\n".join(rows))
    return folder


def test_many_small_files_are_few_parts_in_the_order_of_their_names(many):
    corpus = open_corpus([str(many)])
    assert len(corpus.parts) < 60
    read = [name for part in corpus.parts for name in part.files]
    assert read == sorted(read)
    assert len(read) == COUNT + 2


def test_what_is_found_is_what_is_found_file_by_file(many, registry, monkeypatch, tmp_path):
    policy = Policy(registries=(registry,))
    together = [
        check([str(many)], policy, Settings(threads=threads, cache=tmp_path / str(threads)))
        for threads in (1, 4, 4)
    ]
    monkeypatch.setattr(corpora, "group_small_files", list)
    apart = check([str(many)], policy, Settings(threads=2))
    assert len(apart.findings) > 200
    for report in together:
        assert report.findings.equals(apart.findings)
        assert report.result.corpus == apart.result.corpus
        assert report.result.shares == apart.result.shares
        assert report.model.digest == apart.model.digest


def test_a_broken_file_among_many_is_named_alone(many, tmp_path, checked):
    whole = checked(many)
    path = many / "2" / "0201.jsonl.gz"
    content = path.read_bytes()
    cut_gzip(path)
    try:
        report = checked(many)
    finally:
        path.write_bytes(content)
    assert names(report.result.unread) == ["2/0201.jsonl.gz"]
    assert found(report) == [row for row in found(whole) if row[0] != "2/0201.jsonl.gz"]


def test_a_file_that_comes_makes_few_parts_anew(many, checked, tmp_path, monkeypatch):
    cache = tmp_path / "cache"
    checked(many, cache=cache)
    path = many / "1" / "0150a.jsonl"
    write_jsonl(path, 3, 2)
    read = []
    inner = corpus_scan.read_part
    monkeypatch.setattr(
        corpus_scan, "read_part", lambda part, *more: read.extend(part.files) or inner(part, *more)
    )
    try:
        checked(many, cache=cache)
    finally:
        path.unlink()
    assert "1/0150a.jsonl" in read
    assert len(read) < 2 * COUNT


def test_documents_are_compared_one_by_one(many, registry, tmp_path):
    other = tmp_path / "other"
    subprocess.run(["cp", "-r", str(many), str(other)], check=True)
    rows = [{"id": "d105", "text": page(105) + " and more"}, {"id": "new", "text": page(1)}]
    (other / "1" / "0105.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    policy = Policy(registries=(registry,))
    changes = diff(str(many), str(other), policy, Settings(cache=tmp_path / "cache"))
    assert changes.documents is not None
    assert changes.documents.added == 1


def test_a_file_that_vanishes_among_many_before_it_is_read_again(
    many, registry, tmp_path, monkeypatch
):
    folder = tmp_path / "copy"
    subprocess.run(["cp", "-r", str(many), str(folder)], check=True)
    inner = corpus_findings.locate_matches

    def gather(*arguments, **options):
        (folder / "2" / "0207.jsonl").unlink(missing_ok=True)
        return inner(*arguments, **options)

    read_texts_again(monkeypatch)
    monkeypatch.setattr(corpus_findings, "locate_matches", gather)
    report = check([str(folder)], Policy(registries=(registry,)), Settings())
    assert names(report.result.unread) == ["2/0207.jsonl"]
    assert "2/0207.jsonl" not in report.findings["file"].to_pylist()


PEAK = """
import sys
from provenance.model.rules.policy import Policy
from provenance.pipeline import Settings, check
check([sys.argv[1]], Policy(registries=(sys.argv[2],)), Settings())
from tests.faults.measured_reads import peak
print(peak())
"""


def peak_of_check(folder, registry):
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(folder), registry],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout.split()[-1])


@pytest.mark.long
def test_twenty_thousand_files_take_little_memory(tmp_path, registry):
    # Any check with findings takes some: without a cache, it indexes the common background anew.
    for number in range(20_000):
        write_jsonl(tmp_path / "data" / f"{number // 1000}" / f"{number}.jsonl", number, 2)
    for number in range(20):
        write_jsonl(tmp_path / "few" / f"{number}.jsonl", number, 2)
    few, many = (peak_of_check(tmp_path / name, registry) for name in ("few", "data"))
    assert many < few + (400 << 20)
