"""One suite for every format: what is written comes out, row by row, whatever holds it."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from provenance.errors import CorruptFile, ProvenanceError
from provenance.model.content.tables import DOCUMENTS
from provenance.read.corpus.corpora import Corpus, open_corpus
from tests.protocols.corpus_samples import FORMATS, PACKERS, ROWS, Rows, as_lines

CUT_SHORT = ("parquet", "pq", "arrow", "feather", "mds", "tfrecord", "sqlite", "mds.zstd")


def write(folder: Path, form: str, rows: Rows, name: str = "rows") -> Path:
    path = folder / f"{name}.{form}"
    path.write_bytes(FORMATS[form](rows))
    return path


def read(corpus: Corpus) -> list[dict[str, object]]:
    rows = []
    for part in corpus.parts:
        for documents in part.read():
            assert documents.batch.schema.equals(DOCUMENTS)
            documents.batch.validate(full=True)
            rows += documents.batch.to_pylist()
    return rows


def skipped(corpus: Corpus) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in corpus.parts:
        for documents in part.read():
            for one in documents.skipped:
                found[one.reason] = found.get(one.reason, 0) + one.count
    return found


@pytest.fixture(params=sorted(FORMATS))
def form(request) -> str:
    return request.param


def test_every_row_comes_out_as_it_was_written(tmp_path, form):
    corpus = open_corpus([str(write(tmp_path, form, ROWS))])
    found = read(corpus)
    assert [row["text"] for row in found] == [row["text"] for row in ROWS]
    assert [row["document"] for row in found] == [row["id"] for row in ROWS]
    assert [row["url"] for row in found] == [row["url"] for row in ROWS]
    assert [row["row"] for row in found] == list(range(len(ROWS)))
    assert {row["file"] for row in found} == {f"rows.{form}"}
    assert {row["field"] for row in found} == {"text"}
    assert {row["licence"] for row in found} == {None}
    assert skipped(corpus) == {}


def test_reading_twice_gives_the_same(tmp_path, form):
    corpus = open_corpus([str(write(tmp_path, form, ROWS))])
    assert all(part.rereadable for part in corpus.parts)
    assert read(corpus) == read(corpus)


def test_rows_without_an_id_are_named_by_their_place(tmp_path, form):
    path = write(tmp_path, form, [{"text": "one two"}, {"text": "three four"}])
    found = read(open_corpus([str(path)]))
    places = [f"rows.{form}#0", f"rows.{form}#1"]
    keys = ["0000", "0001"]  # of samples in an archive
    assert [row["document"] for row in found] == (keys if form.startswith("tar") else places)


def test_rows_without_text_are_counted_and_keep_their_numbers(tmp_path, form):
    rows = [{"id": "a", "text": "first"}, {"id": "b", "text": " \n"}, {"id": "c", "text": "third"}]
    corpus = open_corpus([str(write(tmp_path, form, rows))])
    assert [(row["row"], row["text"]) for row in read(corpus)] == [(0, "first"), (2, "third")]
    assert skipped(corpus) == {"empty text": 1}


def test_the_named_column_is_read_alone(tmp_path, form):
    rows = [{"text": "not this", "remark": "this"}, {"text": "nor this", "remark": "and this"}]
    corpus = open_corpus([str(write(tmp_path, form, rows))], text_columns=["remark"])
    assert [(row["field"], row["text"]) for row in read(corpus)] == [
        ("remark", "this"),
        ("remark", "and this"),
    ]
    assert corpus.text_columns == ("remark",)


def test_a_column_that_is_not_there_is_an_error(tmp_path, form):
    path = write(tmp_path, form, [{"text": "a text"}])
    with pytest.raises(ProvenanceError, match="'txt'") as caught:
        open_corpus([str(path)], text_columns=["txt"])
    assert "text" in caught.value.message
    assert "did you mean 'text'" in caught.value.remedy


@pytest.mark.parametrize("form", CUT_SHORT)
def test_a_file_that_is_cut_short_is_an_error(tmp_path, form):
    path = write(tmp_path, form, ROWS)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(CorruptFile, match=f"rows.{form}"):
        read(open_corpus([str(path)]))


@pytest.mark.parametrize("packer", sorted(PACKERS))
@pytest.mark.parametrize("kind", ["jsonl", "json", "csv"])
def test_a_compressed_file_that_is_cut_short_is_an_error(tmp_path, kind, packer):
    rows = [{"text": f"{n} {n**5} {n**7:x}"} for n in range(20_000)]
    path = write(tmp_path, f"{kind}.{packer}", rows)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CorruptFile, match=rf"rows.{kind}.{packer}: .*cut short") as caught:
        read(open_corpus([str(path)]))
    assert caught.value.remedy


@pytest.mark.parametrize("packer", sorted(PACKERS))
def test_a_file_that_is_not_what_its_name_says_is_an_error(tmp_path, packer):
    path = tmp_path / f"rows.jsonl.{packer}"
    path.write_bytes(b'{"text": "this was never compressed"}\n' * 50)
    with pytest.raises(CorruptFile, match=path.name):
        read(open_corpus([str(path)]))


@pytest.mark.parametrize("packer", sorted(PACKERS))
def test_compressed_pieces_put_together_are_read_to_the_end(tmp_path, packer):
    path = tmp_path / f"rows.jsonl.{packer}"
    path.write_bytes(PACKERS[packer](as_lines(ROWS[:4])) + PACKERS[packer](as_lines(ROWS[4:])))
    assert [row["document"] for row in read(open_corpus([str(path)]))] == [r["id"] for r in ROWS]


# CSV cannot tell a carriage return at a cell's end in every dialect, nor hold NUL in all of them.
words = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=40)


@pytest.mark.parametrize(
    "form",
    [
        *("jsonl", "ndjson", "json", "csv", "tsv", "pq", "ipc", "feather", "jsonl.zst"),
        *("mds", "tfrecord", "tar", "sqlite"),
    ],
)
@settings(max_examples=25)
@example(texts=["\n\t"])
@given(texts=st.lists(words, min_size=1, max_size=12))
def test_any_text_comes_out_as_it_went_in(tmp_path_factory, form, texts):
    folder = tmp_path_factory.mktemp("any")
    path = write(folder, form, [{"id": f"i{n}", "text": text} for n, text in enumerate(texts)])
    found = [
        (row["row"], row["text"]) for row in read(open_corpus([str(path)], text_columns=["text"]))
    ]
    assert found == [(n, text) for n, text in enumerate(texts) if text and not text.isspace()]
