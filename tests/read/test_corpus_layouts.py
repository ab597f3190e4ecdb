"""Layouts of datasets: what each is read as, and what is refused by name."""

import bz2
import gc
import gzip
import json
import lzma
import sqlite3
import tarfile
import warnings
import zipfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
import zstandard

from provenance.errors import (
    ColumnMissing,
    CorruptFile,
    DocumentTooLarge,
    InputError,
    UnsupportedFormat,
)
from provenance.model.rules.policy import Policy
from provenance.pipeline.cleaning.clean_output import open_cleanable_corpus
from provenance.read.corpus.corpora import Corpus, open_corpus
from tests.protocols.corpus_writing import mds_index, mds_shard, tar_of, tf_example, tfrecords

TEXTS = [f"The lantern number {n} swung over the quay all night" for n in range(6)]
ROWS = [{"id": f"d{n}", "text": text} for n, text in enumerate(TEXTS)]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS)
STRINGS = {"id": "str", "text": "str"}


def documents(corpus: Corpus) -> list[dict[str, object]]:
    return [row for part in corpus.parts for one in part.batches() for row in one.batch.to_pylist()]


def unread(corpus: Corpus) -> list[str]:
    parts = [entry for part in corpus.parts for one in part.batches() for entry in one.unread]
    return [entry.file for entry in (*corpus.unread, *parts)]


def passed_over(corpus: Corpus) -> tuple[str, ...]:
    return () if corpus.passed_over is None else corpus.passed_over.files


def write_mds(folder: Path, *, columns=STRINGS, rows=ROWS) -> None:
    names = ["shard.00000.mds", "shard.00001.mds"]
    for place, name in enumerate(names):
        (folder / name).write_bytes(mds_shard(rows[3 * place : 3 * place + 3], columns))
    (folder / "index.json").write_bytes(mds_index(names))


class TestMds:
    def test_a_folder_is_its_shards(self, tmp_path, hear):
        write_mds(tmp_path)
        found = open_corpus([str(tmp_path)])
        assert [row["text"] for row in documents(found)] == TEXTS
        assert [row["document"] for row in documents(found)] == [row["id"] for row in ROWS]
        assert passed_over(found) == ("index.json",)
        assert unread(found) == []

    def test_a_shard_that_the_index_lists_and_that_is_missing_is_unread(self, tmp_path):
        write_mds(tmp_path)
        (tmp_path / "shard.00001.mds").unlink()
        found = open_corpus([str(tmp_path)])
        assert [row["text"] for row in documents(found)] == TEXTS[:3]
        assert unread(found) == ["shard.00001.mds"]

    def test_a_shard_and_its_compressed_copy_count_once(self, tmp_path):
        write_mds(tmp_path)
        names = ["shard.00000.mds", "shard.00001.mds"]
        for name in names:
            data = zstandard.compress((tmp_path / name).read_bytes())
            (tmp_path / f"{name}.zstd").write_bytes(data)
        (tmp_path / "index.json").write_bytes(mds_index(names, "zstd"))
        assert [row["text"] for row in documents(open_corpus([str(tmp_path)]))] == TEXTS

    def test_token_ids_are_refused(self, tmp_path):
        rows = [{"id": f"d{n}", "tokens": np.arange(50).tobytes()} for n in range(6)]
        write_mds(tmp_path, columns={"id": "str", "tokens": "ndarray:int64"}, rows=rows)
        with pytest.raises(UnsupportedFormat, match=r"token ids \(column 'tokens'\)"):
            open_corpus([str(tmp_path)])

    def test_other_columns_are_as_in_json(self, tmp_path):
        rows = [{"n": 7, "meta": {"url": "https://e.example/1"}, "text": TEXTS[0], "image": b"\1"}]
        columns = {"n": "int", "meta": "json", "text": "str", "image": "jpeg"}
        (tmp_path / "a.mds").write_bytes(mds_shard(rows, columns))
        [row] = documents(open_corpus([str(tmp_path)]))
        assert (row["text"], row["url"]) == (TEXTS[0], "https://e.example/1")

    def test_the_index_alone_is_refused(self, tmp_path):
        (tmp_path / "index.json").write_bytes(mds_index(["shard.00000.mds"]))
        for address in (tmp_path / "index.json", tmp_path):
            with pytest.raises(InputError, match=r"MDS|missing") as caught:
                open_corpus([str(address)])
            assert caught.value.remedy

    @pytest.mark.parametrize("offset", [0, 4, 8])
    def test_damage_is_an_error(self, tmp_path, offset):
        data = bytearray(mds_shard(ROWS, STRINGS))
        data[offset : offset + 4] = b"\xff\xff\xff\x7f"
        (tmp_path / "a.mds").write_bytes(bytes(data))
        with pytest.raises(CorruptFile, match=r"a\.mds"):
            documents_or_error(tmp_path / "a.mds")

    def test_zeros_that_were_compressed_are_no_offsets(self, tmp_path):
        data = zstandard.compress(b"\xff\xff\xff\xff" + bytes(1 << 24))
        (tmp_path / "a.mds.zstd").write_bytes(data)
        with pytest.raises(CorruptFile, match="it states 4,294,967,295 samples"):
            documents_or_error(tmp_path / "a.mds.zstd")

    def test_a_sample_over_the_limit_is_refused_before_it_is_read(self, tmp_path):
        (tmp_path / "a.mds").write_bytes(mds_shard([{"text": "a " * 5000}], {"text": "str"}))
        with pytest.raises(DocumentTooLarge, match="row 0"):
            documents_or_error(tmp_path / "a.mds", max_document=1000)


def documents_or_error(path: Path, **options) -> list[str]:
    return [
        row["text"]
        for part in open_corpus([str(path)], **options).parts
        for one in part.read()
        for row in one.batch.to_pylist()
    ]


COMPRESSORS = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.compress,
}
SAMPLES = {
    "a/0.jpg": b"\xff\xd8",
    "a/0.json": b'{"url": "https://e.example/0", "license": "cc-by-4.0"}',
    "a/0.txt": TEXTS[0].encode(),
    "a/1.txt": TEXTS[1].encode(),
}


class TestTar:
    @pytest.fixture
    def archive(self, tmp_path):
        path = tmp_path / "shard-000.tar"
        path.write_bytes(tar_of(SAMPLES))
        return path

    def test_the_files_of_a_sample_are_one_row(self, archive):
        found = documents(open_corpus([str(archive)]))
        assert [(row["document"], row["text"]) for row in found] == [
            ("a/0", TEXTS[0]),
            ("a/1", TEXTS[1]),
        ]
        assert (found[0]["url"], found[0]["licence"]) == ("https://e.example/0", "cc-by-4.0")

    def test_an_archive_of_tables_is_the_folder_that_was_packed(self, tmp_path):
        path = tmp_path / "a.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            (tmp_path / "rows.jsonl").write_text(LINES)
            archive.add(tmp_path / "rows.jsonl", "data/rows.jsonl")
        found = documents(open_corpus([str(path)]))
        assert [row["text"] for row in found] == TEXTS
        assert {row["file"] for row in found} == {"data/rows.jsonl"}

    def test_archives_of_tables_beside_data_are_passed_over(self, tmp_path):
        (tmp_path / "more.tar").write_bytes(tar_of({"rows.jsonl": LINES.encode()}))
        with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
            archive.writestr("rows.jsonl", LINES)
        (tmp_path / "rows.jsonl").write_text(LINES)
        found = open_corpus([str(tmp_path)])
        assert (passed_over(found), unread(found)) == (("more.tar", "other.zip"), [])
        assert [row["text"] for row in documents(found)] == TEXTS

    def test_an_archive_of_tables_alone_in_a_folder_is_unread(self, tmp_path):
        (tmp_path / "more.tar").write_bytes(tar_of({"rows.jsonl": LINES.encode()}))
        with pytest.raises(UnsupportedFormat, match="holds tables"):
            open_corpus([str(tmp_path)])

    def test_a_damaged_archive_beside_data_is_unread(self, tmp_path):
        (tmp_path / "more.tar").write_bytes(b"no archive at all" * 100)
        (tmp_path / "rows.jsonl").write_text(LINES)
        assert unread(open_corpus([str(tmp_path)])) == ["more.tar"]

    def test_images_beside_data_are_passed_over_and_alone_an_error(self, tmp_path):
        (tmp_path / "images.tar").write_bytes(tar_of({"0.jpg": b"\xff\xd8", "0.cls": b"3"}))
        with pytest.raises(ColumnMissing, match=r"'jpg', 'cls'"):
            open_corpus([str(tmp_path)])
        (tmp_path / "rows.jsonl").write_text(LINES)
        found = open_corpus([str(tmp_path)])
        assert (passed_over(found), unread(found)) == (("images.tar",), [])

    def test_a_table_behind_many_samples_is_named(self, tmp_path):
        notes = {f"note{n:02}.txt": TEXTS[n % 6].encode() for n in range(17)}
        for name in ("rows.jsonl", "rows.parquet", "rows.csv.gz", "more.tar", "a.sqlite"):
            path = tmp_path / "a.tar"
            path.write_bytes(tar_of({**notes, name: LINES.encode()}))
            found = open_corpus([str(path)])
            assert unread(found) == ["a.tar"], name
            with pytest.raises(UnsupportedFormat, match="is a table among samples"):
                documents_or_error(path)

    @pytest.mark.parametrize(("suffix", "compress"), COMPRESSORS.items())
    def test_the_files_of_a_sample_may_be_compressed(self, tmp_path, suffix, compress):
        parts = {
            f"0.txt.{suffix}": compress(TEXTS[0].encode()),
            f"0.json.{suffix}": compress(b'{"url": "https://e.example/0"}'),
            f"1.txt.{suffix}": compress(TEXTS[1].encode()),
        }
        (tmp_path / "a.tar").write_bytes(tar_of(parts))
        found = documents(open_corpus([str(tmp_path / "a.tar")]))
        assert [(row["document"], row["text"]) for row in found] == [
            ("0", TEXTS[0]),
            ("1", TEXTS[1]),
        ]
        assert found[0]["url"] == "https://e.example/0"

    def test_a_compressed_sample_over_the_limit_is_not_expanded(self, tmp_path):
        (tmp_path / "a.tar").write_bytes(tar_of({"0.txt.gz": gzip.compress(b"a " * 10**6)}))
        with pytest.raises(DocumentTooLarge, match="row 0"):
            documents_or_error(tmp_path / "a.tar", max_document=10_000)

    @pytest.mark.parametrize(
        ("value", "texts"),
        [
            (TEXTS[:2], TEXTS[:2]),
            (TEXTS[0], TEXTS[:1]),
            ([{"role": "user", "content": TEXTS[0]}], TEXTS[:1]),
            ([1, 2], []),
        ],
    )
    def test_json_that_is_no_object_is_the_text(self, tmp_path, value, texts):
        parts = {"0.json": json.dumps(value).encode(), "1.json": b'{"text": "and an object"}'}
        (tmp_path / "a.tar").write_bytes(tar_of(parts))
        assert documents_or_error(tmp_path / "a.tar") == [*texts, "and an object"]

    def test_names_with_dots_and_spaces_are_documents_of_their_own(self, tmp_path):
        names = [f"docs/Smith et al. {2000 + n}.txt" for n in range(6)]
        parts = {name: text.encode() for name, text in zip(names, TEXTS, strict=True)}
        (tmp_path / "a.tar").write_bytes(tar_of(parts))
        found = documents(open_corpus([str(tmp_path / "a.tar")]))
        assert [row["document"] for row in found] == [name[:-4] for name in names]
        assert [row["text"] for row in found] == TEXTS

    def test_no_text_of_a_sample_is_lost_however_it_is_called(self, tmp_path):
        parts = {f"{n:03}.txt": f"text number {n}".encode() for n in range(250)}
        last = {"999.json": b'{"text": "its own"}', "999.txt": b"one", "999.later.txt": b"two"}
        (tmp_path / "a.tar").write_bytes(tar_of({**parts, **last}))
        assert documents_or_error(tmp_path / "a.tar")[250:] == ["its own", "one", "two"]

    def test_an_archive_that_is_cut_short_is_an_error(self, archive):
        for cut in (700, 1024, 2048 + 100, 3 * 1024):
            archive.write_bytes(tar_of(SAMPLES)[:cut])
            with pytest.raises(CorruptFile, match=r"shard-000\.tar"):
                documents_or_error(archive)

    def test_a_sample_over_the_limit_is_refused_before_it_is_read(self, tmp_path):
        parts = {f"0.{letter}.txt": f"{letter} ".encode() * 300 for letter in "abc"}
        (tmp_path / "a.tar").write_bytes(tar_of(parts))
        with pytest.raises(DocumentTooLarge, match="row 0"):
            documents_or_error(tmp_path / "a.tar", max_document=1000)
        assert len(documents_or_error(tmp_path / "a.tar", max_document=2000)) == 3

    def test_a_header_that_states_any_size_is_an_error(self, tmp_path):
        header = tarfile.TarInfo("././@LongLink")
        header.size, header.type = 1 << 40, tarfile.GNUTYPE_LONGNAME
        data = header.tobuf(tarfile.GNU_FORMAT)
        (tmp_path / "a.tar").write_bytes(tar_of(SAMPLES)[:1024] + data + bytes(4096))
        # Newer versions of Python see the end of the file first.
        with pytest.raises(CorruptFile, match=r"too large|damaged or cut short"):
            documents_or_error(tmp_path / "a.tar")


class TestTfRecord:
    def test_files_are_found_by_the_names_that_tensorflow_gives(self, tmp_path):
        for place in range(2):
            examples = tfrecords(tf_example(row) for row in ROWS[3 * place : 3 * place + 3])
            (tmp_path / f"c4.tfrecord-0000{place}-of-00002").write_bytes(examples)
        assert [row["text"] for row in documents(open_corpus([str(tmp_path)]))] == TEXTS
        (tmp_path / "c4.tfrecord-00001-of-00002").unlink()
        assert unread(open_corpus([str(tmp_path)])) == ["c4.tfrecord-00001-of-00002"]

    def test_a_compressed_file_without_a_suffix_is_read(self, tmp_path):
        plain = tfrecords(map(tf_example, ROWS))
        (tmp_path / "a.tfrecord").write_bytes(gzip.compress(plain, mtime=0))
        assert [row["text"] for row in documents(open_corpus([str(tmp_path)]))] == TEXTS

    def test_a_size_that_looks_like_gzip_is_a_size(self, tmp_path):
        text = "word " * 111_950
        example = tf_example({"text": text + "x" * (0x88B1F - len(tf_example({"text": text})))})
        (tmp_path / "a.tfrecord").write_bytes(tfrecords([example]))
        assert (tmp_path / "a.tfrecord").read_bytes().startswith(b"\x1f\x8b\x08")
        (row,) = documents(open_corpus([str(tmp_path)]))
        assert row["text"].startswith(text)

    def test_token_ids_are_refused(self, tmp_path):
        examples = tfrecords(tf_example({"input_ids": list(range(300))}) for _ in range(3))
        (tmp_path / "a.tfrecord").write_bytes(examples)
        with pytest.raises(UnsupportedFormat, match=r"token ids \(column 'input_ids'\)"):
            open_corpus([str(tmp_path)])

    def test_what_is_no_example_is_an_error(self, tmp_path):
        (tmp_path / "a.tfrecord").write_bytes(tfrecords([b"\xff" * 40]))
        with pytest.raises(CorruptFile, match=r"a\.tfrecord"):
            documents_or_error(tmp_path / "a.tfrecord")


class TestSqlite:
    def database(self, path: Path, *tables: str) -> Path:
        with closing(sqlite3.connect(path)) as connection:
            for table in tables:
                connection.execute(f'CREATE TABLE "{table}" (id TEXT, text TEXT, n INTEGER)')
                rows = [(row["id"], f"{row['text']} {table}", 1) for row in ROWS]
                connection.executemany(f'INSERT INTO "{table}" VALUES (?, ?, ?)', rows)
            connection.commit()
        return path

    def test_every_table_with_text_is_read(self, tmp_path):
        path = self.database(tmp_path / "forum.sqlite", "posts", "com'ments")
        found = documents(open_corpus([str(path)]))
        assert {row["file"] for row in found} == {"forum.sqlite/posts", "forum.sqlite/com'ments"}
        assert len(found) == 12

    def test_a_reading_that_nobody_ends_closes_its_database(self, tmp_path):
        path = self.database(tmp_path / "forum.sqlite", "posts")
        [part] = open_corpus([str(path)]).parts
        abandoned = [part.batches()]
        next(abandoned[0])
        abandoned.append(abandoned)  # only the garbage collector finds it
        del abandoned
        with warnings.catch_warnings(action="error"):  # from Python 3.13 on, it would warn
            gc.collect()

    def test_a_database_is_recognised_by_its_content(self, tmp_path):
        path = self.database(tmp_path / "forum.db", "posts")
        assert [row["file"] for row in documents(open_corpus([str(path)]))] == ["forum.db"] * 6
        with pytest.raises(UnsupportedFormat, match=r"forum\.db is a database") as caught:
            open_corpus([str(tmp_path)])
        assert "by its name" in caught.value.remedy

    def test_nothing_is_written_beside_it(self, tmp_path):
        path = self.database(tmp_path / "forum.sqlite", "posts")
        before = path.stat()
        documents(open_corpus([str(path)]))
        assert [entry.name for entry in tmp_path.iterdir()] == ["forum.sqlite"]
        assert path.stat() == before or path.stat().st_mtime_ns == before.st_mtime_ns

    def test_changes_that_are_not_in_it_yet_are_an_error(self, tmp_path):
        path = tmp_path / "forum.sqlite"
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=wal")
            connection.execute("CREATE TABLE posts (text TEXT)")
            connection.commit()
            with pytest.raises(UnsupportedFormat, match="changes that are not in it yet"):
                open_corpus([str(path)])

    @pytest.mark.parametrize("mode", ["delete", "truncate", "persist"])
    def test_an_unfinished_transaction_is_an_error(self, tmp_path, mode):
        path = self.database(tmp_path / "forum.sqlite", "posts")
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA journal_mode={mode}")
            connection.execute("PRAGMA cache_size=1")
            connection.executemany(
                "INSERT INTO posts VALUES (?, ?, 1)", [("new", "x" * 4000)] * 100
            )
            with pytest.raises(UnsupportedFormat, match=r"or only in part; see .*-journal"):
                open_corpus([str(path)])
            connection.commit()
            assert len(documents(open_corpus([str(path)]))) == 106

    def test_tables_of_search_are_read_and_what_they_keep_for_themselves_is_not(self, tmp_path):
        path = self.database(tmp_path / "a.sqlite", "posts", "docs_archive")
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE VIRTUAL TABLE docs USING fts5(text)")
            connection.execute("CREATE VIRTUAL TABLE old USING fts4(text)")
            connection.execute("CREATE VIRTUAL TABLE copy USING fts5(text, content='posts')")
            connection.execute("INSERT INTO copy(copy) VALUES ('rebuild')")
            for table in ("docs", "old"):
                connection.execute(f"INSERT INTO {table} VALUES ('the text of {table}')")
            connection.commit()
        found = open_corpus([str(path)])
        texts = {file: [] for file in ("posts", "docs_archive", "docs", "old")}
        for row in documents(found):
            texts[row["file"].removeprefix("a.sqlite/")].append(row["text"])
        assert texts == {
            "posts": [f"{text} posts" for text in TEXTS],
            "docs_archive": [f"{text} docs_archive" for text in TEXTS],
            "docs": ["the text of docs"],
            "old": ["the text of old"],
        }
        assert unread(found) == []

    def test_a_table_of_an_extension_that_is_missing_is_named(self, tmp_path):
        path = self.database(tmp_path / "a.sqlite", "posts")
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA writable_schema=ON")
            sql = "CREATE VIRTUAL TABLE vectors USING nobody_has_it(text)"
            connection.execute(
                "INSERT INTO sqlite_schema VALUES ('table', 'vectors', 'vectors', 0, ?)", [sql]
            )
            connection.commit()
        found = open_corpus([str(path)])
        assert len(documents(found)) == 6
        assert unread(found) == ["a.sqlite/vectors"]

    def test_damage_is_an_error(self, tmp_path):
        path = self.database(tmp_path / "forum.sqlite", "posts")
        data = path.read_bytes()
        path.write_bytes(data[:4096] + bytes(len(data) - 4096))
        with pytest.raises(CorruptFile, match=r"forum\.sqlite"):
            documents_or_error(path)


BROKEN = [text.encode() + (b"\xff" if n % 2 else b"") for n, text in enumerate(TEXTS)]


class TestInvalidUtf8:
    """It is called so, whatever stores it, and is not taken for a row without text."""

    def check(self, hear, path):
        heard = hear(path)
        assert heard.texts == TEXTS[::2]
        assert heard.skipped == {"not valid UTF-8": (3, (1, 3, 5))}

    def test_in_sqlite(self, tmp_path, hear):
        with closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection:
            connection.execute("CREATE TABLE posts (text TEXT, image BLOB)")
            rows = [(text, b"\xff\xd8") for text in BROKEN]
            connection.executemany("INSERT INTO posts VALUES (CAST(? AS TEXT), ?)", rows)
            connection.commit()
        self.check(hear, tmp_path / "a.sqlite")

    def test_in_tfrecord(self, tmp_path, hear):
        examples = [tf_example({"text": text, "image": b"\xff\xd8"}) for text in BROKEN]
        (tmp_path / "a.tfrecord").write_bytes(tfrecords(examples))
        self.check(hear, tmp_path / "a.tfrecord")

    def test_in_mds(self, tmp_path, hear):
        rows = [{"text": text, "image": b"\xff\xd8"} for text in BROKEN]
        columns = {"text": "bytes", "image": "bytes"}
        (tmp_path / "a.mds").write_bytes(mds_shard(rows, columns))
        self.check(hear, tmp_path / "a.mds")

    def test_other_texts_of_the_row_are_kept(self, tmp_path, hear):
        rows = [{"prompt": text, "answer": TEXTS[0].encode()} for text in BROKEN[:2]]
        columns = {"prompt": "bytes", "answer": "bytes"}
        (tmp_path / "a.mds").write_bytes(mds_shard(rows, columns))
        heard = hear(tmp_path / "a.mds")
        assert heard.places == [
            (0, "prompt", TEXTS[0]),
            (0, "answer", TEXTS[0]),
            (1, "answer", TEXTS[0]),
        ]
        assert heard.skipped == {"not valid UTF-8": (1, (1,))}


class TestTables:
    def test_deleted_rows_of_a_delta_table_do_not_count(self, tmp_path):
        deltalake = pytest.importorskip("deltalake", reason="the extra `delta` is not installed")
        place = str(tmp_path / "table")
        deltalake.write_deltalake(place, pa.Table.from_pylist(ROWS))
        deltalake.DeltaTable(place).delete("id = 'd3'")
        kept = [row["id"] for row in ROWS if row["id"] != "d3"]
        for address in (place, str(tmp_path)):
            found = open_corpus([address])
            assert [row["document"] for row in documents(found)] == kept
            assert unread(found) == []

    def test_a_file_that_a_delta_table_lacks_is_unread(self, tmp_path):
        deltalake = pytest.importorskip("deltalake", reason="the extra `delta` is not installed")
        for rows in (ROWS[:3], ROWS[3:]):
            deltalake.write_deltalake(str(tmp_path), pa.Table.from_pylist(rows), mode="append")
        lost = min(tmp_path.glob("*.parquet"))
        lost.unlink()
        assert unread(open_corpus([str(tmp_path)])) == [lost.name]

    @pytest.mark.filterwarnings("ignore")  # of the library's own dependencies
    def test_deleted_rows_of_an_iceberg_table_do_not_count(self, tmp_path):
        pytest.importorskip("pyiceberg", reason="the extra `iceberg` is not installed")
        memory = pytest.importorskip("pyiceberg.catalog.memory", reason="no sqlalchemy")
        catalog = memory.InMemoryCatalog("c", warehouse=f"file://{tmp_path}")
        try:
            catalog.create_namespace("n")
            rows = pa.Table.from_pylist(ROWS)
            table = catalog.create_table("n.t", schema=rows.schema)
            table.append(rows)
            table.delete("id == 'd3'")
        finally:
            catalog.engine.dispose()  # else its database is collected, with a warning, elsewhere
        kept = [row["id"] for row in ROWS if row["id"] != "d3"]
        assert [row["document"] for row in documents(open_corpus([str(tmp_path)]))] == kept

    @pytest.mark.parametrize(
        ("log", "extra"),
        [
            ("_delta_log/00000000000000000000.json", "delta"),
            ("metadata/v1.metadata.json", "iceberg"),
        ],
    )
    def test_without_the_library_a_table_is_refused_by_name(
        self, tmp_path, monkeypatch, log, extra
    ):
        for module in ("deltalake", "pyiceberg", "pyiceberg.table"):
            monkeypatch.setitem(__import__("sys").modules, module, None)
        pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "part.parquet")
        (tmp_path / log).parent.mkdir()
        (tmp_path / log).write_text('{"format-version": 2}')
        with pytest.raises(UnsupportedFormat, match=extra.title()) as caught:
            open_corpus([str(tmp_path)])
        assert f"corpus-provenance[{extra}]" in caught.value.remedy

    @pytest.mark.parametrize(
        "log",
        [
            "_delta_log/00000000000000000000.json",
            "metadata/v1.metadata.json",
            "metadata/00001-0f7e1c1c-6c0e-4b7a-9a52-2d8f5a1c9b11.metadata.json",
        ],
    )
    def test_a_damaged_log_is_an_error(self, tmp_path, log):
        library = "deltalake" if "delta" in log else "pyiceberg"
        pytest.importorskip(library, reason=f"{library} is not installed")
        (tmp_path / log).parent.mkdir()
        (tmp_path / log).write_text('{"format-version": ')
        with pytest.raises(CorruptFile, match="the table cannot be read"):
            open_corpus([str(tmp_path)])

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("train.metadata.json", '{"info": "x"}'),
            ("train.metadata.json", '{"format-version": 2}'),
            ("v1.metadata.json", '{"info": "x"}'),
        ],
    )
    def test_other_files_of_metadata_are_no_table(self, tmp_path, name, content):
        (tmp_path / "metadata").mkdir()
        (tmp_path / "metadata" / name).write_text(content)
        (tmp_path / "rows.jsonl").write_text(LINES)
        found = open_corpus([str(tmp_path)])
        assert [row["text"] for row in documents(found)] == TEXTS
        assert passed_over(found) == (f"metadata/{name}",)

    @pytest.mark.parametrize("mode", ["name", "id"])
    def test_renamed_columns_of_a_delta_table_are_refused(self, tmp_path, mode):
        pytest.importorskip("deltalake", reason="the extra `delta` is not installed")
        pq.write_table(pa.table({"col-1": TEXTS}), tmp_path / "a.parquet")
        mapping = {"delta.columnMapping.id": 1, "delta.columnMapping.physicalName": "col-1"}
        field = {"name": "text", "type": "string", "nullable": True, "metadata": mapping}
        metadata = {
            "id": "8a2c5f6e-0000-4000-8000-000000000000",
            "format": {"provider": "parquet", "options": {}},
            "schemaString": json.dumps({"type": "struct", "fields": [field]}),
            "partitionColumns": [],
            "configuration": {"delta.columnMapping.mode": mode},
        }
        size = (tmp_path / "a.parquet").stat().st_size
        file = {
            "path": "a.parquet",
            "partitionValues": {},
            "size": size,
            "modificationTime": 1,
            "dataChange": True,
        }
        entries = [
            {"protocol": {"minReaderVersion": 2, "minWriterVersion": 5}},
            {"metaData": metadata},
            {"add": file},
        ]
        (tmp_path / "_delta_log").mkdir()
        (tmp_path / "_delta_log" / f"{0:020}.json").write_text("\n".join(map(json.dumps, entries)))
        with pytest.raises(UnsupportedFormat, match="a Delta table with columnMapping"):
            open_corpus([str(tmp_path)])


BESIDE = {
    "package.json": {"name": "a", "version": "1", "scripts": {"x": "run this now"}},
    "meta.json": {"about": "a few words on the data"},
    "stats.json": {"rows": 6, "mean": 1.5},
    "config.json": {"seed": 1, "model": {"name": "a model of words"}},
    "manifest.json": {"files": [{"path": "a.parquet"}], "description": "what the files are"},
    "schema.json": {"$schema": "https://e.example", "properties": {"text": {"type": "string"}}},
    "result.json": {"schema": "provenance/result/1", "remark": "some words"},
}


class TestOtherFiles:
    @pytest.mark.parametrize("name", sorted(BESIDE))
    @pytest.mark.parametrize("form", ["parquet", "jsonl"])
    def test_what_describes_data_is_no_text_and_no_obstacle(self, tmp_path, name, form):
        if form == "parquet":
            pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "data.parquet")
        else:
            (tmp_path / "data.jsonl").write_text(LINES)
        (tmp_path / name).write_text(json.dumps(BESIDE[name]))
        found = open_corpus([str(tmp_path)])
        assert [row["text"] for row in documents(found)] == TEXTS
        assert unread(found) == []

    @pytest.mark.parametrize("name", ["package.json", "result.json", "schema.json"])
    def test_alone_it_is_refused_by_name(self, tmp_path, name):
        (tmp_path / name).write_text(json.dumps(BESIDE[name]))
        with pytest.raises(UnsupportedFormat, match=r"this is (a|the)") as caught:
            open_corpus([str(tmp_path / name)])
        assert caught.value.remedy

    @pytest.mark.parametrize("table", ["parquet", "jsonl"])
    def test_rows_of_prose_in_json_beside_a_table_are_read(self, tmp_path, table):
        if table == "parquet":
            pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "data.parquet")
        else:
            (tmp_path / "data.jsonl").write_text(LINES)
        rows = [{"n": n, "utterance_x": f"{text} again"} for n, text in enumerate(TEXTS)]
        (tmp_path / "more.json").write_text(json.dumps({"version": 1, "data": rows}))
        found = open_corpus([str(tmp_path)])
        assert len(documents(found)) == 12
        assert passed_over(found) == ()

    def test_settings_beside_json_are_passed_over(self, tmp_path):
        (tmp_path / "rows.json").write_text(json.dumps(ROWS))
        (tmp_path / "stats.json").write_text(json.dumps(BESIDE["stats.json"]))
        found = open_corpus([str(tmp_path)])
        assert (len(documents(found)), passed_over(found)) == (6, ("stats.json",))
        assert unread(found) == []

    def test_a_table_that_can_have_no_text_is_passed_over(self, tmp_path):
        (tmp_path / "rows.jsonl").write_text(LINES)
        (tmp_path / "urls.csv").write_text("url\nhttps://a.example/1\n")
        pq.write_table(pa.table({"id": [1], "vector": [[0.5, 1.0]]}), tmp_path / "vectors.parquet")
        found = open_corpus([str(tmp_path)])
        assert (len(documents(found)), unread(found)) == (6, [])
        assert passed_over(found) == ("urls.csv", "vectors.parquet")

    def test_a_table_that_may_have_text_is_not_passed_over(self, tmp_path):
        (tmp_path / "rows.jsonl").write_text(LINES)
        pq.write_table(pa.table({"data": [b"\xff\xd8words in bytes"]}), tmp_path / "bytes.parquet")
        pq.write_table(pa.table({"note": pa.nulls(3, pa.string())}), tmp_path / "nulls.parquet")
        pq.write_table(pa.table({"meta": [{"text": "words"}]}), tmp_path / "struct.parquet")
        found = open_corpus([str(tmp_path)])
        assert unread(found) == ["bytes.parquet", "nulls.parquet", "struct.parquet"]

    def test_documents_in_json_beside_a_table_are_read(self, tmp_path):
        (tmp_path / "rows.jsonl").write_text(LINES)
        (tmp_path / "one.json").write_text(json.dumps({"text": "one more document of words"}))
        assert len(documents(open_corpus([str(tmp_path)]))) == 7

    def test_a_registry_is_no_dataset(self, tmp_path):
        content = {"format": 5, "digest": "0", "postings": 1, "sources": [], "files": {}}
        (tmp_path / "registry.json").write_text(json.dumps(content))
        with pytest.raises(UnsupportedFormat, match="a registry or a report"):
            open_corpus([str(tmp_path)])
        with pytest.raises(UnsupportedFormat, match="the manifest of a registry"):
            open_corpus([str(tmp_path / "registry.json")])


NUMBERS = np.arange(3000, dtype="<u2").tobytes()
REFUSED = {
    "train.bin": (NUMBERS, "numbers, such as token ids"),
    "a.idx": (b"MMIDIDX\0\0" + bytes(100), "numbers, such as token ids"),
    "a.npy": (b"\x93NUMPY" + bytes(100), "numbers, such as token ids"),
    "a.pkl": (b"\x80\x04\x95" + bytes(100), "a Python pickle"),
    "a.pdf": (b"%PDF-1.7", "a PDF document"),
    "a.xlsx": (b"PK\3\4" + bytes(100), "an office program"),
    "a.avro": (b"Obj\1" + bytes(100), "an Avro file"),
    "a.h5": (b"\x89HDF" + bytes(100), "an HDF5 file"),
    "a.warc.gz": (gzip.compress(b"WARC/1.0"), "a web archive"),
    "a.html": (b"<html><p>some words</p></html>", "a web page"),
    "a.7z": (b"7z\xbc\xaf\x27\x1c", "an archive of files"),
    "a.ipynb": (b'{"nbformat": 4, "cells": [{"source": ["some words"]}]}', "a Jupyter notebook"),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_is_not_read_is_named(tmp_path, name):
    content, what = REFUSED[name]
    (tmp_path / name).write_bytes(content)
    for address in (tmp_path / name, tmp_path):
        with pytest.raises(UnsupportedFormat, match=what) as caught:
            open_corpus([str(address)])
        assert caught.value.remedy


@pytest.mark.parametrize(
    "columns",
    [
        {"input_ids": [[1, 2, 3]] * 2, "attention_mask": [[1, 1, 1]] * 2},
        {"input_ids": [[1, 2, 3]] * 2, "source": ["a common crawl page"] * 2},
        {"input_ids": ["1 2 3"] * 2},
        {"input_ids": [b"\1\0\2\0"] * 2, "source": ["a common crawl page"] * 2},
        {"tokens": [[1, 2, 3]] * 2},
        {"input_ids": pa.array([[1, 2]] * 2, pa.list_(pa.int32(), 2))},
    ],
)
def test_tables_of_token_ids_are_refused(tmp_path, columns):
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    with pytest.raises(UnsupportedFormat, match="token ids") as caught:
        open_corpus([str(tmp_path)])
    assert "tokenis" in caught.value.remedy


def test_token_ids_beside_texts_and_words_as_tokens_are_no_obstacle(tmp_path, hear):
    columns = {"input_ids": [[1, 2, 3]] * 6, "text": TEXTS}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    assert hear(tmp_path / "a.parquet").texts == TEXTS
    (tmp_path / "b.jsonl").write_text(json.dumps({"tokens": ["some", "words"], "text": "x y z"}))
    assert "x y z" in hear(tmp_path / "b.jsonl").texts


@pytest.mark.parametrize("name", ["labels", "ids", "tokens"])
@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_lists_of_numbers_beside_prose_are_no_obstacle(tmp_path, hear, name, form):
    table = pa.table({"utterance_x": TEXTS, name: [[1, 2]] * 6})
    if form == "parquet":
        pq.write_table(table, tmp_path / "a.parquet")
    else:
        (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, table.to_pylist())))
    assert hear(tmp_path / f"a.{form}").texts == TEXTS


def test_formats_that_are_only_read_are_not_cleaned(tmp_path):
    (tmp_path / "a.tfrecord").write_bytes(tfrecords([tf_example({"text": TEXTS[0]})]))
    with pytest.raises(UnsupportedFormat, match="TFRecord files are read, but not written"):
        open_cleanable_corpus([str(tmp_path)], Policy())


METADATA = {"id": "z1", "url": "https://e.example/1", "license": ["cc-by-4.0", "MIT"], "n": 3}


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
@pytest.mark.parametrize("name", ["meta", "metadata", "Metadata"])
def test_metadata_may_be_json_in_a_string(tmp_path, hear, form, name):
    values = [json.dumps(METADATA), None, "no JSON", json.dumps({"url": None}), "{", "[1]"]
    table = pa.table({"text": TEXTS, name: values})
    path = tmp_path / f"a.{form}"
    if form == "parquet":
        pq.write_table(table, path)
    elif form == "csv":
        pa.csv.write_csv(table, path)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))
    rows = hear(path).rows
    assert [row["text"] for row in rows] == TEXTS
    assert [row["document"] for row in rows] == ["z1", *(f"a.{form}#{n}" for n in range(1, 6))]
    assert [row["url"] for row in rows] == ["https://e.example/1", *[None] * 5]
    assert [row["licence"] for row in rows] == ["cc-by-4.0, MIT", *[None] * 5]


@pytest.mark.parametrize("name", ["max_stars_repo_licenses", "detected_licenses", "licenses"])
def test_licences_of_repositories_are_lists_and_a_type_is_no_licence(tmp_path, hear, name):
    columns = {"content": TEXTS, name: [["MIT", "Apache-2.0"]] * 6, "license_type": ["no"] * 6}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    assert {row["licence"] for row in hear(tmp_path / "a.parquet").rows} == {"MIT, Apache-2.0"}


def test_the_model_of_a_batch_of_requests_is_no_text(tmp_path, hear):
    messages = [{"role": "user", "content": TEXTS[0]}]
    row = {"custom_id": "1", "body": {"model": "some-model", "messages": messages}}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n")
    assert hear(tmp_path / "a.jsonl").texts == [TEXTS[0]]
