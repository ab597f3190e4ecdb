"""Datasets that the `datasets` library saved, or that a hub holds."""

import subprocess
import sys

import datasets
import pytest

from provenance.errors import CorruptFile, DatasetNotFound, EmptyCorpus, InputError
from provenance.read.corpus.corpora import open_corpus
from provenance.read.corpus.hub_datasets import hub_parts, is_hub_name

TEXTS = [f"text {n}" for n in range(2500)]


_KINDS = {"id": "string", "text": "string", "label": "int64"}


def table(prefix="", count=2500):
    return datasets.Dataset.from_dict(
        {
            "id": [f"{prefix}{n}" for n in range(count)],
            "text": [f"{prefix}{text}" for text in TEXTS[:count]],
            "label": [n % 3 for n in range(count)],
        },
        datasets.Features(  # else columns without rows have no type in datasets 4.0
            {name: datasets.Value(kind) for name, kind in _KINDS.items()}
        ),
    )


@pytest.fixture(autouse=True)
def _empty_cache(monkeypatch, tmp_path):
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "cache"))


def rows_of(parts):
    return [
        row for part in parts for documents in part.batches() for row in documents.batch.to_pylist()
    ]


def test_a_saved_dataset_is_read(tmp_path):
    table().save_to_disk(str(tmp_path / "saved"), num_shards=2)
    corpus = open_corpus([str(tmp_path / "saved")])
    rows = rows_of(corpus.parts)
    assert [row["text"] for row in rows] == TEXTS
    assert [row["document"] for row in rows] == [str(n) for n in range(2500)]
    assert [part.file for part in corpus.parts] == [
        "data-00000-of-00002.arrow",
        "data-00001-of-00002.arrow",
    ]
    assert corpus.text_columns == ("text",)


def test_rows_that_were_selected_are_those_that_are_read(tmp_path):
    table().select([5, 3]).save_to_disk(str(tmp_path / "saved"))
    assert [row["text"] for row in rows_of(open_corpus([str(tmp_path / "saved")]).parts)] == [
        "text 5",
        "text 3",
    ]


@pytest.fixture
def split_dataset(tmp_path):
    both = datasets.DatasetDict({"train": table("a", 30), "test": table("b", 20)})
    both.save_to_disk(str(tmp_path / "both"))
    return str(tmp_path / "both")


def test_all_splits_are_read_unless_one_is_named(split_dataset):
    assert len(rows_of(open_corpus([split_dataset]).parts)) == 50
    rows = rows_of(open_corpus([split_dataset], split="test").parts)
    assert {row["file"] for row in rows} == {"test/data-00000-of-00001.arrow"}
    assert len(rows) == 20


def test_a_split_that_is_not_there_is_named_with_those_that_are(split_dataset):
    with pytest.raises(DatasetNotFound, match=r"no split 'tran'.*\['test', 'train'\]") as caught:
        open_corpus([split_dataset], split="tran")
    assert "--split train" in caught.value.remedy


def test_of_a_damaged_saved_dataset_the_other_shards_are_read(split_dataset, tmp_path):
    whole = rows_of(open_corpus([split_dataset], split="train").parts)
    path = tmp_path / "both" / "test" / "data-00000-of-00001.arrow"
    path.write_bytes(path.read_bytes()[:100])
    corpus = open_corpus([split_dataset])
    assert rows_of(corpus.parts) == whole
    (unread,) = corpus.unread
    assert unread.file == "test/data-00000-of-00001.arrow"
    with pytest.raises(CorruptFile, match="data-00000-of-00001"):
        open_corpus([split_dataset], split="test")


@pytest.mark.parametrize(
    "state",
    [
        "{",
        "[" * 100_000,
        "[]",
        "{}",
        '{"_data_files": 7}',
        '{"_data_files": ["data.arrow"]}',
        '{"_data_files": [{"filename": "../../../secret.arrow"}]}',
        '{"_data_files": [{"filename": "/etc/passwd"}]}',
    ],
)
def test_a_damaged_state_of_a_saved_dataset_is_an_error(split_dataset, tmp_path, state):
    (tmp_path / "both" / "test" / "state.json").write_text(state)
    with pytest.raises(CorruptFile, match=r"both/test/state\.json") as caught:
        open_corpus([split_dataset])
    assert caught.value.remedy


def test_a_shard_of_a_saved_dataset_that_is_gone_is_named(split_dataset, tmp_path):
    (tmp_path / "both" / "train" / "data-00000-of-00001.arrow").unlink()
    [gone] = open_corpus([split_dataset]).unread
    assert gone.file == "train/data-00000-of-00001.arrow"
    assert gone.reason == "there is no such file"


def test_a_saved_dataset_without_rows_is_empty(tmp_path):
    table(count=0).save_to_disk(str(tmp_path / "saved"))
    # datasets 5 writes no shard; datasets 4 writes one without rows.
    (tmp_path / "saved" / "state.json").write_text('{"_data_files": []}')
    with pytest.raises(EmptyCorpus, match="no rows"):
        open_corpus([str(tmp_path / "saved")])


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """A folder, called by a name: the library streams it as it streams what a hub has."""
    folder = tmp_path / "owner" / "name"
    folder.mkdir(parents=True)
    table("a").to_parquet(str(folder / "train.parquet"))
    table("b", 20).to_parquet(str(folder / "test.parquet"))
    monkeypatch.chdir(tmp_path)


def test_a_dataset_of_a_hub_is_streamed_split_by_split(hub, recwarn):
    parts = hub_parts("owner/name", (), None)
    assert [part.file for part in parts] == ["test", "train"]
    rows = rows_of(parts)
    assert [(row["file"], row["row"], row["document"]) for row in rows[19:21]] == [
        ("test", 19, "b19"),
        ("train", 0, "a0"),
    ]
    assert [row["text"] for row in rows[20:]] == [f"a{text}" for text in TEXTS]
    assert rows_of(parts) == rows
    assert [part.file for part in hub_parts("hf://datasets/owner/name", (), "train")] == ["train"]


def test_a_local_path_wins_over_a_hubs_name(hub):
    assert [part.file for part in open_corpus(["owner/name"]).parts] == [
        "test.parquet",
        "train.parquet",
    ]


def test_a_dataset_of_a_hub_has_the_digest_of_its_texts(hub):
    digests = set()
    for whole in (True, False):
        corpus = open_corpus(["hf://datasets/owner/name"])
        if whole:
            assert len(rows_of(corpus.parts)) == 2520
        digests.add(corpus.digest())
    assert len(digests) == 1
    assert open_corpus(["hf://datasets/owner/name"], split="test").digest() not in digests


def test_splits_of_several_datasets_are_kept_apart(hub, tmp_path):
    (tmp_path / "train").write_text('{"text": "another"}\n')
    corpus = open_corpus(["hf://datasets/owner/name", str(tmp_path / "train")])
    assert [part.file for part in corpus.parts] == [
        "owner/name/test",
        "owner/name/train",
        "train",
    ]


@pytest.mark.parametrize("address", ["someone/no-such-data", "hf://datasets/someone/no-such-data"])
def test_a_dataset_that_cannot_be_fetched_is_not_found(address):
    with pytest.raises(DatasetNotFound, match="someone/no-such-data") as caught:
        open_corpus([address])
    assert "connection" in caught.value.remedy
    assert caught.value.__cause__ is not None


def test_names_of_a_hub_are_told_from_paths():
    assert all(map(is_hub_name, ["squad", "owner/name", "owner/name@main", "owner/name:config"]))
    assert not any(map(is_hub_name, ["/owner/name", "./name", "a/b/c", "~/name", "a*", ""]))


def test_progress_bars_are_as_they_were_before(split_dataset):
    before = datasets.are_progress_bars_disabled()
    open_corpus([split_dataset])
    assert datasets.are_progress_bars_disabled() == before


def test_the_library_is_imported_only_where_it_is_needed(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "hello"}\n')
    code = (
        "import sys\nfrom provenance.read.corpus.corpora import open_corpus\n"
        "parts = open_corpus([sys.argv[1]]).parts\nlist(parts[0].batches())\n"
        "print('datasets' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], check=False, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("False\n", "")


def test_a_split_of_plain_files_is_an_error(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "hello"}\n')
    with pytest.raises(InputError, match="no split 'train'") as caught:
        open_corpus([str(tmp_path)], split="train")
    assert "--split" in caught.value.remedy


def test_a_saved_dataset_without_splits_has_none_to_name(tmp_path):
    table(count=5).save_to_disk(str(tmp_path / "saved"))
    with pytest.raises(DatasetNotFound, match="no split 'train'"):
        open_corpus([str(tmp_path / "saved")], split="train")


@pytest.mark.parametrize("name", ["*.parquet", "data/*.parquet", "data/a.parquet"])
def test_files_of_a_hub_that_cannot_be_reached_are_named(name):
    with pytest.raises(InputError, match="hf://datasets/owner/name") as caught:
        open_corpus([f"hf://datasets/owner/name/{name}"])
    assert not isinstance(caught.value, CorruptFile)
    assert caught.value.remedy
