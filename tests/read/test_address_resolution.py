"""Addresses are told as they were given, and mistyped ones are doubted at once."""

import sys

import pytest

from provenance.errors import CorruptFile, DatasetNotFound, InputError
from provenance.read.corpus.address_resolution import find_files, looks_like_path, similar_paths
from provenance.read.corpus.corpora import open_corpus
from provenance.read.dumps.dump_discovery import find_dump_files
from provenance.read.dumps.layouts import open_dump
from provenance.read.dumps.tables.column_mapping import ColumnMapping


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data" / "deep").mkdir(parents=True)
    for name in ("data/train.jsonl", "data/test.jsonl", "posts.csv", "validation"):
        (tmp_path / name).write_text('{"text": "words"}\n')
    return tmp_path


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("data/trian", "'data/train.jsonl'"),
        ("data/trian.jsonl", "'data/train.jsonl'"),
        ("./data/tset", "'./data/test.jsonl'"),
        ("psots.csv", "'posts.csv'"),
        ("psots.csv.gz", "'posts.csv'"),
        ("posts.zip", "'posts.csv'"),
        ("validaton", "'validation'"),
    ],
)
def test_a_mistyped_path_is_told_with_what_was_meant_and_no_hub_is_asked(
    folder, monkeypatch, address, meant
):
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(DatasetNotFound) as caught:
        open_corpus([address])
    assert caught.value.message.startswith(f"{address}: there is no such file or folder")
    assert meant in caught.value.remedy


def test_a_name_that_may_be_a_dataset_s_can_be_forced(folder):
    with pytest.raises(DatasetNotFound) as caught:
        open_corpus(["validaton"])
    assert "hf://datasets/validaton" in caught.value.remedy


@pytest.mark.parametrize("address", ["imdb", "owner/name", "owner/name:config", "glue@main"])
def test_names_of_datasets_are_no_paths(folder, address):
    assert not looks_like_path(address)


@pytest.mark.parametrize(
    "address", ["./x", "../x", "/x", "~/x", "x.jsonl", "x/y.csv.gz", "data/x", "a.zip", "RC_1.zst"]
)
def test_what_is_written_like_a_path_is_one(folder, address):
    assert looks_like_path(address)


def test_nothing_is_near_in_a_folder_that_is_not_there(folder):
    assert similar_paths("nowhere/train.jsonl") == []


def heard(address):
    return [list(part.read()) for part in open_corpus([address]).parts]


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("data/bad.json", "data/bad.json"),
        ("./data/bad.json", "./data/bad.json"),
        ("data", "data/bad.json"),
        ("data/", "data/bad.json"),
        ("data/b*.json", "data/bad.json"),
        ("d*", "data/bad.json"),
    ],
)
def test_errors_name_a_file_as_the_user_can_open_it(folder, address, told):
    (folder / "data" / "bad.json").write_text('[{"text": "cut')
    if address.endswith(".json"):  # nothing else is there
        with pytest.raises(InputError) as caught:
            heard(address)
        assert caught.value.message.startswith(f"{told}: ")
    else:
        (unread,) = open_corpus([address]).unread
        assert told.endswith(unread.file)
        assert unread.reason.startswith("damaged or cut short")
    if "*" not in address:
        with pytest.raises(CorruptFile) as caught:
            list(open_dump(address, source="s", columns=ColumnMapping(("text",))))
        assert caught.value.message.startswith(f"{told}: ")


def test_a_file_s_name_in_results_stays_relative_to_its_address(folder):
    assert {part.file for part in open_corpus(["data/train.jsonl"]).parts} == {"train.jsonl"}
    assert {part.file for part in open_corpus(["data"]).parts} == {"train.jsonl", "test.jsonl"}


@pytest.mark.parametrize("find", [find_files, find_dump_files])
def test_an_empty_path_is_not_the_current_folder(tmp_path, monkeypatch, find):
    (tmp_path / "a.jsonl").write_text('{"text": "here"}\n')
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DatasetNotFound, match="is empty"):
        find("")
