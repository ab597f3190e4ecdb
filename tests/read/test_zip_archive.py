"""Zip archives are read as the folders that were packed into them."""

import io
import json
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fsspec.implementations.memory import MemoryFile, MemoryFileSystem

from provenance.errors import CorruptFile, InputError, UnsupportedFormat
from provenance.read.corpus.corpora import open_corpus
from provenance.read.dumps.dump_discovery import find_dump_files
from provenance.read.dumps.layout_detection import detect_layout
from provenance.read.dumps.layouts import open_dump

ROWS = [{"id": f"a{n}", "text": f"text number {n}"} for n in range(3)]
LINES = "\n".join(map(json.dumps, ROWS)).encode()
COMMAS = b"id,text\n" + b"".join(f"a{n},text number {n}\n".encode() for n in range(3))
TEXTS = [row["text"] for row in ROWS]
POSTS = json.dumps([{"tweet": {"id_str": r["id"], "full_text": r["text"]}} for r in ROWS]).encode()


def parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), sink)
    return sink.getvalue()


@pytest.fixture
def pack(tmp_path):
    def packed(name="a.zip", method=zipfile.ZIP_DEFLATED, **members: bytes):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", method) as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        return path

    return packed


def dumped(path) -> list[str]:
    found = open_dump(str(path), source="s")
    return [text for items in found for text in items.batch["text"].to_pylist()]


DATA = {"posts.jsonl": LINES, "posts.csv": COMMAS, "posts.parquet": parquet()}


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("rest", [{}, {"__MACOSX/._posts.csv": b"\0", "LICENSE": b"free"}])
def test_one_file_in_an_archive_is_read(pack, hear, name, rest):
    path = pack(**{name: DATA[name]}, **rest)
    assert hear(path).texts == TEXTS
    assert dumped(path) == TEXTS


class StreamingFile(MemoryFile):
    """Cannot be read but from its beginning, like those of servers without range requests."""

    def read(self, size=-1):
        if self.tell() > 100:
            raise ValueError("The HTTP server doesn't appear to support range requests.")
        return super().read(size)

    def readinto(self, target):
        data = self.read(len(target))
        target[: len(data)] = data
        return len(data)


@pytest.mark.parametrize("name", ["a.zip", "a.epub"])
def test_a_server_that_sends_no_parts_is_no_damage(pack, monkeypatch, name):
    mark = {"mimetype": b"application/epub+zip"} if name == "a.epub" else {}
    data = pack(name, zipfile.ZIP_STORED, **mark, **{"posts.jsonl": LINES * 9}).read_bytes()
    system = MemoryFileSystem()
    system.pipe(f"/served/{name}", data)
    file = StreamingFile(system, f"/served/{name}", data)
    monkeypatch.setitem(MemoryFileSystem.store, f"/served/{name}", file)
    with pytest.raises(InputError, match="cannot be fetched at byte") as caught:
        dumped(f"memory://served/{name}")
    assert not isinstance(caught.value, CorruptFile)
    assert "copy the file here" in caught.value.remedy


def test_the_archive_that_x_gives_is_read(pack):
    assigned = b"window.YTD.tweets.part0 = " + POSTS
    path = pack("x", **{"data/tweets.js": assigned, "data/account.js": b"window.YTD.account = []"})
    assert detect_layout(find_dump_files(str(path))[0]) == "x-archive"
    assert dumped(path) == TEXTS


def test_files_of_one_name_in_two_archives_are_two(pack):
    paths = [pack(f"{name}.zip", **{"a.jsonl": LINES}) for name in "bc"]
    corpus = open_corpus(list(map(str, paths)))
    assert len({part.file for part in corpus.parts}) == 2


def test_an_archive_without_data_is_refused(pack):
    path = pack(**{"photo.jpg": b"\xff\xd8", "page.html": b"<p>"})
    for read in (lambda: open_corpus([str(path)]), lambda: list(open_dump(str(path), source="s"))):
        with pytest.raises(UnsupportedFormat, match=r"a\.zip") as caught:
            read()
        assert caught.value.remedy


def test_an_archive_with_a_password_is_to_be_unpacked_first(pack):
    path = pack(**{"posts.jsonl": LINES})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(UnsupportedFormat, match=r"posts\.jsonl in it is encrypted") as caught:
        open_corpus([str(path)])
    assert "give the unpacked files" in caught.value.remedy


@pytest.mark.parametrize("end", [30, 100, -30])
def test_a_cut_archive_is_damaged(pack, end):
    path = pack(**{"posts.jsonl": LINES * 20})
    path.write_bytes(path.read_bytes()[:end])
    for read in (lambda: open_corpus([str(path)]), lambda: list(open_dump(str(path), source="s"))):
        with pytest.raises(CorruptFile, match=r"a\.zip: damaged or cut short"):
            read()


def test_a_damaged_member_is_told(pack, hear):
    path = pack(method=zipfile.ZIP_STORED, **{"posts.jsonl": LINES})
    path.write_bytes(path.read_bytes().replace(b"number 1", b"number 7"))
    with pytest.raises(InputError, match=r"a\.zip/posts\.jsonl: damaged"):
        hear(path)
