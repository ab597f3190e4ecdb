"""What is read of one file, or known of it, says nothing of others, nor of other limits."""

import json
import os
from dataclasses import replace

import pyarrow as pa
import pytest
from datasets import Dataset

from provenance.errors import InputError
from provenance.model.records.receipt import Cleaning
from provenance.model.rules.policy import Policy
from provenance.pipeline import check, clean
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.settings import Settings
from provenance.read.corpus.corpora import open_corpus
from provenance.read.corpus.corpus_parts import Part, group_small_files
from provenance.read.dumps.layouts import open_dump
from tests.pipeline.conftest import Writer


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    folder = tmp_path_factory.mktemp("posts")
    writer = Writer(1)
    posts = [{"id": str(number), "text": writer.sentence(20)} for number in range(50)]
    (folder / "posts.jsonl").write_text("".join(json.dumps(post) + "\n" for post in posts))
    build_registry(folder / "registry", DumpSource([str(folder / "posts.jsonl")], "x"))
    return str(folder / "registry")


def lines(path, *texts):
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return str(path)


def test_a_reading_under_one_limit_is_not_used_under_another(tmp_path, registry):
    corpus = lines(tmp_path / "a.jsonl", "some words here", "long " * 2000)
    policy = Policy(registries=(registry,))
    settings = Settings(cache=tmp_path / "cache")
    wide = check([corpus], policy, settings).result
    narrow = check([corpus], replace(policy, max_document=5000), settings).result
    assert (wide.status, wide.corpus.documents) == ("pass", 2)
    assert (narrow.status, narrow.corpus.documents) == ("incomplete", 1)


def stream_of(*batches):
    """Write batches, each with its own compression, into one Arrow stream."""
    parts = []
    for column, codec in batches:
        sink = pa.BufferOutputStream()
        options = pa.ipc.IpcWriteOptions(compression=codec)
        batch = pa.record_batch([column], ["text"])
        with pa.ipc.new_stream(sink, batch.schema, options=options) as writer:
            writer.write_batch(batch)
        parts.append(sink.getvalue().to_pybytes())
    schema = len(pa.record_batch([batches[0][0]], ["text"]).schema.serialize())
    end = b"\xff\xff\xff\xff\0\0\0\0"
    bodies = [part[schema:].removesuffix(end) for part in parts]
    return parts[0][:schema] + b"".join(bodies) + end


def test_a_compressed_batch_behind_one_that_is_not_is_bounded_too(tmp_path):
    path = tmp_path / "a.arrow"
    plain, bomb = pa.array(["some words here"]), pa.array(["x" * 1000] * 30_000)
    path.write_bytes(stream_of((plain, None), (bomb, "zstd")))
    with pytest.raises(InputError, match="in memory"):
        open_corpus([str(path)], max_document=1 << 20)


def test_a_batch_that_is_said_to_be_endless_is_damage_of_its_file_alone(tmp_path):
    column = pa.array(["some words here"] * 50)
    data = stream_of((column, "zstd"))
    sound = lines(tmp_path / "sound.jsonl", "some words here")
    seen = 0
    for at in range(len(data) - 8):
        spoilt = bytearray(data)
        spoilt[at] ^= 0x80
        (tmp_path / "spoilt.arrow").write_bytes(spoilt)
        corpus = open_corpus([sound, str(tmp_path / "spoilt.arrow")])
        read = [documents for part in corpus.parts for documents in part.batches()]
        assert any(len(one.batch) for one in read)
        unread = (*corpus.unread, *(entry for one in read for entry in one.unread))
        seen += bool(unread)
    assert seen > 20


def test_hidden_files_in_a_folder_are_no_dumps(tmp_path):
    lines(tmp_path / "a.jsonl", "some words here")
    for name in (".provenance", "_made"):
        (tmp_path / name).mkdir()
        lines(tmp_path / name / "b.jsonl", "other words")
    texts = [
        text
        for items in open_dump(str(tmp_path), source="x")
        for text in items.batch.column("text").to_pylist()
    ]
    assert texts == ["some words here"]


def test_what_has_no_size_is_no_small_file():
    def part(name, size):
        return Part(name, size, lambda: iter(()))

    parts = [*(part(f"{number:04}", 100) for number in range(400)), part("hub", 0)]
    made = group_small_files(parts)
    assert len(made) < 100
    assert [one.file for one in made if "hub" in one.files] == ["hub"]


def test_a_dump_that_is_not_there_is_told_before_the_others_are_read(tmp_path):
    good = lines(tmp_path / "a.jsonl", "some words here")
    with pytest.raises(InputError, match=r"nothing\.jsonl"):
        DumpSource([good, str(tmp_path / "nothing.jsonl")], "x").readers()


def test_a_saved_dataset_is_cleaned_without_the_shard_that_cannot_be_read(tmp_path, registry):
    texts = [f"{Writer(2).sentence(30)} {number}" for number in range(40)]
    Dataset.from_dict({"text": texts}).save_to_disk(str(tmp_path / "saved"), num_shards=2)
    [first, _] = sorted((tmp_path / "saved").glob("*.arrow"))
    first.write_bytes(b"")
    receipt = clean(
        [str(tmp_path / "saved")],
        tmp_path / "clean",
        Policy(registries=(registry,)),
        Cleaning(),
        Settings(),
    )
    assert [one.file for one in receipt.unread] == [first.name]
    assert Dataset.load_from_disk(str(tmp_path / "clean")).num_rows == 20


def test_a_name_that_is_not_utf8_is_escaped(tmp_path, registry):
    folder = tmp_path / "odd"
    folder.mkdir()
    lines(folder / "good.jsonl", "some words here")
    for name in (b"caf\xe9.jsonl", b"caf\xe9.txt"):
        (folder / os.fsdecode(name)).write_text('{"text": "other words"}\n')
    result = check([str(folder)], Policy(registries=(registry,)), Settings()).result
    assert (result.status, result.corpus.documents) == ("pass", 2)
    named = [items.batch.num_rows for items in open_dump(str(folder), source="x")]
    assert sum(named) == 2
