"""Files that are missing from a dataset are named, and no verdict stands without them."""

import json

import pytest
from datasets import Dataset, DatasetDict

from provenance.errors import InputError
from provenance.read.corpus.corpora import open_corpus
from provenance.read.dumps.layouts import open_dump
from provenance.registry.store import open_registry
from tests.faults.conftest import names, page, write_jsonl, write_parquet


def numbered(folder, count=4, *, without=(), stem="train", suffix=".parquet", first=0):
    for number in range(first, first + count):
        if number not in without:
            path = folder / f"{stem}-{number:05}-of-{count:05}{suffix}"
            (write_parquet if suffix == ".parquet" else write_jsonl)(path, 8 * number)
    return folder


def save(folder):
    rows = {"id": [str(n) for n in range(12)], "text": [page(n) for n in range(12)]}
    dataset = DatasetDict({"train": Dataset.from_dict(rows), "test": Dataset.from_dict(rows)})
    dataset.save_to_disk(str(folder), num_shards={"train": 3, "test": 1})
    return folder


def unread_of_dump(path):
    found = open_dump(str(path), source="x", strict=False)
    return sorted(one.file for items in found for one in items.unread)


def test_a_registry_of_a_saved_dataset_names_the_shard_that_is_gone(tmp_path, provenance):
    save(tmp_path / "saved")
    gone = tmp_path / "saved" / "train" / "data-00001-of-00003.arrow"
    gone.unlink()
    command = ("registry", "build", "reg", "--source", "x", "saved")
    done = provenance(*command, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    name = "saved/train/data-00001-of-00003.arrow"
    assert f"Not read: {name}: there is no such file" in done.stderr
    assert names(open_registry(tmp_path / "reg").manifest.unread) == [name]
    added = provenance("registry", "add", "reg", "--source", "y", "saved", cwd=tmp_path)
    assert added.returncode == 2, added.stderr
    accepted = provenance(*command[:2], "other", *command[3:], "--allow-unread", "1", cwd=tmp_path)
    assert accepted.returncode == 0, accepted.stderr


def test_a_registry_of_a_saved_dataset_that_does_not_name_its_files_is_not_made(tmp_path):
    save(tmp_path / "saved")
    (tmp_path / "saved" / "test" / "state.json").write_text("{}")
    with pytest.raises(InputError, match=r"state\.json: it does not list the files"):
        list(open_dump(str(tmp_path / "saved"), source="x", strict=False))


def test_a_missing_number_is_named_by_check_and_build(tmp_path, checked, provenance):
    numbered(tmp_path / "data", without=[2])
    whole = numbered(tmp_path / "whole")
    (whole / "train-00002-of-00004.parquet").unlink()
    name = "train-00002-of-00004.parquet"
    report = checked(tmp_path / "data")
    assert names(report.result.unread) == [name]
    assert "missing" in report.result.unread[0].reason
    assert report.result.status == "incomplete"
    assert report.result.corpus.documents == 24
    assert checked(tmp_path / "data", allow_unread=1).result.status == "fail"
    done = provenance("registry", "build", "reg", "--source", "x", "data", cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert f"Not read: data/{name}: it is missing" in done.stderr


def test_clean_and_diff_name_a_missing_number_too(tmp_path, registry, provenance):
    numbered(tmp_path / "data", without=[2])
    numbered(tmp_path / "whole")
    options = ("--registry", registry, "-q", "--no-cache")
    assert provenance("clean", "data", "-o", "clean", *options, cwd=tmp_path).returncode == 2
    receipt = json.loads((tmp_path / "clean" / ".provenance" / "receipt.json").read_text())
    assert [one["file"] for one in receipt["unread"]] == ["train-00002-of-00004.parquet"]
    assert provenance("diff", "whole", "data", *options, cwd=tmp_path).returncode == 2


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".parquet"])
@pytest.mark.parametrize("reading", ["corpus", "dump"])
def test_each_set_of_a_folder_lacks_what_it_lacks(tmp_path, suffix, reading):
    numbered(tmp_path / "sub", 3, without=[0], suffix=suffix)
    numbered(tmp_path, 3, suffix=suffix)
    numbered(tmp_path, 2, without=[1], stem="test", suffix=suffix)
    numbered(tmp_path, 2, stem="counted-from-1", suffix=suffix, first=1)
    expected = [f"sub/train-00000-of-00003{suffix}", f"test-00001-of-00002{suffix}"]
    if reading == "corpus":
        assert names(open_corpus([str(tmp_path)]).unread) == expected
    else:
        assert unread_of_dump(tmp_path) == sorted(str(tmp_path / name) for name in expected)


def test_of_very_many_missing_files_a_hundred_are_named_and_the_others_counted(tmp_path):
    write_jsonl(tmp_path / "a-7-of-999999999.jsonl", 0)
    unread = open_corpus([str(tmp_path)]).unread
    assert len(unread) == 101
    assert unread[0].file == "a-0-of-999999999.jsonl"
    (last,) = [one for one in unread if "more are missing" in one.reason]
    assert "it and 999,999,897 more" in last.reason


def test_numbers_beyond_the_total_fill_no_gap(tmp_path):
    for number in (7, 900):
        write_jsonl(tmp_path / f"a-{number:03}-of-300.jsonl", 0)
    unread = open_corpus([str(tmp_path)]).unread
    assert len(unread) == 101
    assert [one.file for one in unread if "it and 198 more" in one.reason] == ["a-101-of-300.jsonl"]


def test_files_that_are_named_themselves_or_by_a_pattern_are_no_set(tmp_path):
    folder = numbered(tmp_path / "data", without=[2])
    paths = sorted(str(path) for path in folder.iterdir())
    for addresses in (paths, paths[:1], [f"{folder}/*.parquet"]):
        assert not open_corpus(addresses).unread
    assert not unread_of_dump(paths[0])


@pytest.mark.parametrize(
    "name",
    [
        "part-00001-of-many.jsonl",
        "train-00001-of-00002-0123456789abcdef.jsonl",
        "00001-of-00002.jsonl",
        "men-1-of-.jsonl",
        "part-00001-1b2c-c000.jsonl",
    ],
)
def test_other_names_are_no_set(tmp_path, name):
    write_jsonl(tmp_path / name, 0)
    assert not open_corpus([str(tmp_path)]).unread


def test_a_file_that_is_there_but_cannot_be_read_is_named_once(tmp_path):
    folder = numbered(tmp_path / "data")
    path = folder / "train-00002-of-00004.parquet"
    path.unlink()
    path.symlink_to("nowhere")
    (unread,) = open_corpus([str(folder)]).unread
    assert "dangling link" in unread.reason
