"""From addresses to the parts of a corpus."""

import gzip
import io
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.errors import (
    ColumnMissing,
    CorruptFile,
    DatasetNotFound,
    EmptyCorpus,
    InputError,
    UnsupportedFormat,
)
from provenance.read.corpus.corpora import open_corpus

MB = 1 << 20


def lines(*texts):
    return "".join(json.dumps({"text": text}) + "\n" for text in texts)


def rows_of(corpus):
    return [
        row
        for part in corpus.parts
        for documents in part.read()
        for row in documents.batch.to_pylist()
    ]


def texts_of(*addresses, **options):
    corpus = open_corpus([str(address) for address in addresses], **options)
    return {row["document"]: row["text"] for row in rows_of(corpus)}


@pytest.fixture
def folder(tmp_path):
    """A folder as people have them: data in two layers, and what comes with it."""
    inner = tmp_path / "data" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "data" / "b.jsonl").write_text(lines("of b"))
    (inner / "a.jsonl").write_text(lines("of a"))
    (tmp_path / "data" / "README.md").write_text("Words about the data.")
    (tmp_path / "data" / "dataset_infos.json").write_text("{}")
    (tmp_path / "data" / ".hidden.jsonl").write_text(lines("hidden"))
    (tmp_path / "data" / "_SUCCESS").write_text("")
    (tmp_path / "data" / "model.bin").write_bytes(b"\0\1")
    (tmp_path / "data" / ".git").mkdir()
    (tmp_path / "data" / ".git" / "c.jsonl").write_text(lines("of git"))
    return tmp_path / "data"


def test_a_folder_is_read_with_its_folders_and_without_what_is_no_data(folder):
    assert texts_of(folder) == {"b.jsonl#0": "of b", "inner/a.jsonl#0": "of a"}
    assert open_corpus([str(folder)]).ignored == 6


def test_hidden_tables_are_named(folder):
    (folder / "_part.parquet").write_bytes(b"")
    (folder / "._b.jsonl").write_bytes(b"what macOS keeps")
    passed_over = open_corpus([str(folder)]).passed_over
    assert passed_over.files == (".hidden.jsonl", "README.md", "_part.parquet", "model.bin")


@pytest.mark.parametrize("cells", ["3,7", "2020-01-02,4.5e3", "12:30,-"])
def test_csv_of_numbers_and_dates_beside_data_holds_no_texts(folder, cells):
    (folder / "numbers.csv").write_text("first,second\n" + f"{cells}\n" * 50)
    assert "numbers.csv" in open_corpus([str(folder)]).passed_over.files
    with pytest.raises(ColumnMissing, match="no column holds text"):
        open_corpus([str(folder / "numbers.csv")])
    (folder / "numbers.csv").write_text("first,second\n" + "3,東\n" * 50)
    assert "numbers.csv" not in open_corpus([str(folder)]).passed_over.files


def test_a_file_goes_by_its_own_name(folder):
    assert texts_of(folder / "inner" / "a.jsonl") == {"a.jsonl#0": "of a"}


def test_a_pattern_is_relative_to_its_fixed_part(folder):
    assert texts_of(folder / "**" / "*.jsonl") == {"b.jsonl#0": "of b", "inner/a.jsonl#0": "of a"}
    assert texts_of(folder / "*" / "a.json?") == {"inner/a.jsonl#0": "of a"}


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path):
    (tmp_path / "a[1].jsonl").write_text(lines("odd"))
    assert texts_of(tmp_path / "a[1].jsonl") == {"a[1].jsonl#0": "odd"}


def test_a_folder_of_texts_is_one_document_a_file(tmp_path):
    (tmp_path / "a.txt").write_text("Text a.\n")
    (tmp_path / "b.md").write_bytes(b"\xef\xbb\xbf# Text b\r\n")
    (tmp_path / "c.txt").write_bytes("Breit".encode("utf-16"))
    (tmp_path / "d.txt").write_bytes("Breiter".encode("utf-32"))
    assert texts_of(tmp_path) == {
        "a.txt#0": "Text a.\n",
        "b.md#0": "# Text b\r\n",
        "c.txt#0": "Breit",
        "d.txt#0": "Breiter",
    }


def test_a_text_that_is_not_utf8_is_unread(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"caf\xe9")
    (part,) = open_corpus([str(tmp_path)]).parts
    documents, end = part.batches()
    assert len(documents.batch) == len(end.batch) == 0
    assert [(one.reason, one.rows) for one in documents.skipped] == [("not valid UTF-8", (0,))]
    assert [(one.file, one.row) for one in end.unread] == [("a.txt", 0)]


def test_the_order_of_addresses_does_not_matter(folder, tmp_path):
    (tmp_path / "z.jsonl").write_text(lines("of z"))
    (tmp_path / "A.jsonl").write_text(lines("of A"))
    addresses = [str(tmp_path / "z.jsonl"), str(folder), str(tmp_path / "A.jsonl")]
    one, other = open_corpus(addresses), open_corpus(addresses[::-1])
    assert rows_of(one) == rows_of(other)
    assert one.digest() == other.digest()
    assert [part.file for part in one.parts] == ["A.jsonl", "b.jsonl", "inner/a.jsonl", "z.jsonl"]
    assert [part.index for part in one.parts] == [0, 1, 2, 3]


def test_equal_names_are_kept_apart_by_their_addresses(tmp_path, monkeypatch):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.jsonl").write_text(lines(f"of {name}"))
    monkeypatch.chdir(tmp_path)
    expected = {"one/a.jsonl#0": "of one", "two/a.jsonl#0": "of two"}
    assert texts_of("one", "two") == expected
    assert texts_of("two/a.jsonl", "one/a.jsonl") == expected
    assert texts_of("two/*.jsonl", "one/") == expected


def test_a_file_named_twice_is_read_once(folder):
    for addresses in ([folder, folder], [folder, folder / "inner"], [folder / "inner", folder]):
        corpus = open_corpus([str(address) for address in addresses])
        assert sorted(row["text"] for row in rows_of(corpus)) == ["of a", "of b"]
    one = open_corpus([str(folder), str(folder / "inner")])
    other = open_corpus([str(folder / "inner"), str(folder)])
    assert rows_of(one) == rows_of(other)


def test_addresses_that_fsspec_knows_are_read(tmp_path):
    memory = fsspec.filesystem("memory")
    memory.pipe("/corpora/x/a.jsonl", lines("far").encode())
    sink = io.BytesIO()
    pq.write_table(pa.table({"text": ["away"]}), sink)
    memory.pipe("/corpora/x/b.parquet", sink.getvalue())
    try:
        expected = {"a.jsonl#0": "far", "b.parquet#0": "away"}
        assert texts_of("memory://corpora/x") == expected
        assert texts_of("memory://corpora/x/*") == expected
        assert texts_of("memory://corpora/x/a.jsonl") == {"a.jsonl#0": "far"}
        (tmp_path / "a.jsonl").write_text(lines("far"))
        here, there = open_corpus([str(tmp_path)]), open_corpus(["memory://corpora/x/a.jsonl"])
        assert here.digest() == there.digest()
        assert all(part.key is not None for part in here.parts)
        assert all(part.key is None for part in there.parts)  # its bytes would be fetched twice
        with pytest.raises(DatasetNotFound, match="memory://corpora/none"):
            open_corpus(["memory://corpora/none"])
    finally:
        memory.rm("/corpora", recursive=True)


def test_a_host_that_does_not_answer_is_named():
    with pytest.raises(InputError, match=r"a\.jsonl: the address cannot be reached"):
        open_corpus(["ftp://localhost:1/a.jsonl"])


def test_a_link_that_leads_to_itself_is_named(folder):
    (folder / "self.jsonl").symlink_to("self.jsonl")
    (unread,) = open_corpus([str(folder)]).unread
    assert (unread.file, unread.reason) == ("self.jsonl", "a link that leads to itself")


def test_a_file_with_several_names_is_read_once(tmp_path):
    for place in ("data", "blobs", "snapshot"):
        (tmp_path / place).mkdir()
    rows = tmp_path / "data" / "rows.jsonl"
    rows.write_text('{"text": "a"}\n')
    (tmp_path / "data" / "again.jsonl").symlink_to("rows.jsonl")
    os.link(rows, tmp_path / "data" / "z.jsonl")
    # A cache of a hub: the name is a link to a file that is named by its digest.
    (tmp_path / "blobs" / "0123").write_text('{"text": "b"}\n')
    (tmp_path / "snapshot" / "other.jsonl").symlink_to(tmp_path / "blobs" / "0123")
    corpus = open_corpus([str(tmp_path)])
    assert [part.file for part in corpus.parts] == ["data/rows.jsonl", "snapshot/other.jsonl"]
    assert not corpus.unread


def test_an_unknown_protocol_is_named():
    with pytest.raises(UnsupportedFormat, match="nowhere://corpora") as caught:
        open_corpus(["nowhere://corpora/x.jsonl"])
    assert caught.value.remedy


def test_a_large_parquet_file_is_several_parts(tmp_path):
    texts = [f"{n} " + "word " * 10_000 for n in range(1600)]  # 80 MB
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": texts}), path, row_group_size=80, compression="zstd")
    corpus = open_corpus([str(path)])
    assert len(corpus.parts) >= 3
    assert {part.file for part in corpus.parts} == {"a.parquet"}
    assert sum(part.size for part in corpus.parts) <= path.stat().st_size
    with ThreadPoolExecutor(3) as pool:
        read = list(pool.map(lambda part: list(part.batches()), corpus.parts))
    batches = [documents.batch for some in read for documents in some]
    assert max(batch.column("text").nbytes for batch in batches) <= 8.5 * MB
    assert [n for batch in batches for n in batch.column("row").to_pylist()] == list(range(1600))
    assert [t for batch in batches for t in batch.column("text").to_pylist()] == texts


def test_standard_input_is_json_lines_that_pass_once(monkeypatch):
    content = lines("one", "two") + "{broken\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))
    corpus = open_corpus(["-"])
    (part,) = corpus.parts
    assert not part.rereadable
    batches = list(part.read())
    assert [row["text"] for d in batches for row in d.batch.to_pylist()] == ["one", "two"]
    assert [(one.reason, one.rows) for d in batches for one in d.skipped] == [
        ("not valid JSON", (2,))
    ]
    assert len(corpus.digest()) == 64
    with pytest.raises(InputError, match="only once"):
        list(part.read())


@pytest.mark.parametrize(
    ("content", "problem", "remedy"),
    [
        (gzip.compress(mtime=0, data=b'{"text": "words"}\n'), "compressed with gz", "zcat"),
        (b"id,text\n1,words\n", "no line is an object in JSON", "write any other format to a file"),
        (
            b'[{"text": "words"}]',
            "no line is an object in JSON",
            "write any other format to a file",
        ),
        (b"PAR1\x15\x04\x15\x10PAR1", "no line is an object", "write any other format to a file"),
    ],
)
def test_what_is_not_json_lines_on_standard_input_is_refused(monkeypatch, content, problem, remedy):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    with pytest.raises(UnsupportedFormat, match=f"standard input: .*{problem}") as caught:
        open_corpus(["-"])
    assert remedy in caught.value.remedy


def test_the_digest_of_standard_input_is_that_of_its_texts(monkeypatch):
    def digest(*texts):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines(*texts).encode())))
        return open_corpus(["-"]).digest()

    assert digest("ab", "c") == digest("ab", "c") != digest("a", "bc")


@pytest.mark.parametrize("address", ["nothing.jsonl", "./nothing", "no/such/folder", "/none/*.csv"])
def test_what_is_not_there_is_named(address, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DatasetNotFound) as caught:
        open_corpus([address])
    assert address in caught.value.message
    assert caught.value.remedy


def test_a_folder_without_data_says_what_data_is(tmp_path):
    (tmp_path / "model.q4").write_bytes(b"\0\1")
    with pytest.raises(UnsupportedFormat, match=r"none of its files \(1\)") as caught:
        open_corpus([str(tmp_path)])
    assert "Parquet" in caught.value.remedy


def test_files_whose_names_tell_no_format_are_to_be_named_themselves(tmp_path):
    (tmp_path / "part-00000").write_text(lines("one"))
    with pytest.raises(UnsupportedFormat, match=r"part-00000 is json by its content") as caught:
        open_corpus([str(tmp_path)])
    assert "name the files themselves" in caught.value.remedy
    assert list(texts_of(tmp_path / "part-00000").values()) == ["one"]


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.parquet", "a.json"])
def test_an_empty_corpus_is_an_error(name, tmp_path):
    path = tmp_path / name
    if name == "a.parquet":
        pq.write_table(pa.table({"text": pa.array([], pa.string())}), path)
    else:
        path.write_bytes(b"")
    with pytest.raises(EmptyCorpus) as caught:
        open_corpus([str(path)])
    assert name in caught.value.message
    with pytest.raises(EmptyCorpus):
        open_corpus([])


def test_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(EmptyCorpus, match="no files"):
        open_corpus([str(tmp_path)])


def test_an_empty_file_among_others_does_no_harm(folder):
    (folder / "c.jsonl").write_bytes(b"")
    (folder / "d.csv").write_bytes(b"")
    (folder / "e.parquet").parent.mkdir(exist_ok=True)
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), folder / "e.parquet")
    assert texts_of(folder) == {"b.jsonl#0": "of b", "inner/a.jsonl#0": "of a"}


@pytest.fixture
def as_nobody():
    """Be a user who may not read what root may."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield
    os.seteuid(user)


@pytest.fixture
def unreadable():
    with TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        path = Path(folder, "a.jsonl")
        path.write_text(lines("secret"))
        path.chmod(0)
        yield path


def test_a_file_that_may_not_be_read_is_named(unreadable, as_nobody):
    with pytest.raises(InputError, match=r"a\.jsonl: permission denied") as caught:
        open_corpus([str(unreadable)])
    assert "readable" in caught.value.remedy
    assert isinstance(caught.value.__cause__, PermissionError)


def test_damage_is_told_with_the_row_before_it(tmp_path):
    path = tmp_path / "a.parquet"
    texts = [os.urandom(50).hex() for _ in range(30_000)]
    pq.write_table(pa.table({"text": texts}), path, row_group_size=5000, compression="zstd")
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 2000] = bytes(2000)
    path.write_bytes(data)
    with pytest.raises(
        CorruptFile, match=r"a\.parquet: damaged or cut short after [\d,]+ rows"
    ) as caught:
        rows_of(open_corpus([str(path)]))
    assert caught.value.__cause__ is not None
