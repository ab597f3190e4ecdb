"""Files that somebody writes to while they are checked: one reading is of one content."""

import os
from hashlib import sha256

import pyarrow.parquet as pq
import pytest

from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.scan import corpus_scan
from provenance.pipeline.settings import Settings
from provenance.read.corpus import file_access
from provenance.read.formats import parquet_file
from tests.faults.conftest import found, names, write_jsonl, write_parquet


def in_place(path, write):
    """Write the same file anew."""
    write(path)


def aside(path, write):
    """Put another file in its place, which looks like it but for its bytes."""
    facts = path.stat()
    made = path.with_name(f"made{path.suffix}")
    write(made)
    made.write_bytes(made.read_bytes()[: facts.st_size].ljust(facts.st_size, b"\n"))
    os.utime(made, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    made.replace(path)


@pytest.fixture
def checked(tmp_path, registry):
    def run():
        settings = Settings(cache=tmp_path / "cache", threads=1)
        return check([str(tmp_path / "data")], Policy(registries=(registry,)), settings)

    return run


@pytest.mark.parametrize("change", [in_place, aside])
def test_what_is_read_after_a_change_is_not_kept_as_what_was_there_before(
    tmp_path, checked, monkeypatch, change
):
    path, other = tmp_path / "data" / "a.jsonl", tmp_path / "data" / "b.jsonl"
    write_jsonl(path, 0)
    write_jsonl(other, 20)
    old = path.read_bytes()
    inner = corpus_scan.load_readings

    def recalled(memory, name, *arguments):  # the digest is known, nothing is read yet
        if name is not None and path.read_bytes() == old:
            change(path, lambda place: write_jsonl(place, 31, 8))
        return inner(memory, name, *arguments)

    with monkeypatch.context() as patched:
        patched.setattr(corpus_scan, "load_readings", recalled)
        report = checked()
    assert names(report.result.unread) == ["a.jsonl"]
    assert report.result.unread[0].reason == file_access.CHANGED
    assert report.result.status == "incomplete"
    path.write_bytes(old)
    again = checked()
    assert again.result.unread == ()
    assert found(again) == found(checked_anew(tmp_path, again))
    assert {0, 3, 6} == set(again.findings.filter(of(again, "a.jsonl"))["row"].to_pylist())


def of(report, file):
    return [name == file for name in report.findings["file"].to_pylist()]


def checked_anew(tmp_path, report):
    policy = report.result.policy
    return check([str(tmp_path / "data")], policy, Settings())


def write_groups(path, first):
    write_parquet(path, first, 40)
    pq.write_table(pq.read_table(path), path, row_group_size=10)


def test_row_groups_that_change_meanwhile_are_not_kept_either(tmp_path, checked, monkeypatch):
    path = tmp_path / "data" / "a.parquet"
    write_groups(path, 0)
    write_jsonl(tmp_path / "data" / "b.jsonl", 50)
    monkeypatch.setattr(parquet_file, "PIECE_BYTES", 1)  # each row group is a part
    old = path.read_bytes()
    inner = corpus_scan.load_readings

    def recalled(*arguments):
        if path.read_bytes() == old:
            write_groups(path, 1)
        return inner(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(corpus_scan, "load_readings", recalled)
        assert names(checked().result.unread) == ["a.parquet"]
    new = checked()
    assert new.result.unread == ()
    assert found(new) == found(checked_anew(tmp_path, new))
    path.write_bytes(old)
    again = checked()
    assert again.result.unread == ()
    assert found(again) == found(checked_anew(tmp_path, again))
    assert found(again) != found(new)


def test_the_digest_of_a_report_is_of_the_bytes_that_were_checked(tmp_path, registry, monkeypatch):
    path = tmp_path / "data" / "a.jsonl"
    write_jsonl(path, 0)
    inner = file_access.sha256_stream

    def digested(*arguments):
        made = inner(*arguments)
        write_jsonl(path, 31)
        return made

    monkeypatch.setattr(file_access, "sha256_stream", digested)
    report = check([str(tmp_path / "data")], Policy(registries=(registry,)), Settings())
    assert names(report.result.unread) == ["a.jsonl"]
    content = f"a.jsonl\0{sha256(path.read_bytes()).hexdigest()}\n".encode()
    assert report.result.corpus.digest != sha256(content).hexdigest()
