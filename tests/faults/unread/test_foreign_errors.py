"""File systems elsewhere that raise errors of their own, in the middle of a file or before."""

import gzip
import json
import zipfile
from typing import ClassVar

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fsspec.implementations.memory import MemoryFile, MemoryFileSystem
from fsspec.spec import AbstractFileSystem

from provenance.errors import DatasetNotFound, InputError, UnsupportedFormat
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.settings import Settings
from provenance.read.corpus.corpora import open_corpus
from tests.faults.conftest import names, page, write_jsonl


class ForeignError(Exception):
    """What a library raises that derives its errors from nothing we know."""


class Foreign(MemoryFileSystem):
    """A file system of which some files fail at a byte, and some folders at once."""

    protocol = "foreign"
    store: ClassVar[dict] = {}
    pseudo_dirs: ClassVar[list] = [""]
    fail_at: ClassVar[dict] = {}
    unreachable: ClassVar[set] = set()

    find = AbstractFileSystem.find

    @classmethod
    def _strip_protocol(cls, path):
        return super()._strip_protocol(str(path).replace("foreign://", "memory://"))

    def ls(self, path, detail=True, **kwargs):
        if self._strip_protocol(path) in self.unreachable:
            raise ForeignError("the token has expired")
        return super().ls(path, detail, **kwargs)

    def isdir(self, path):
        if self._strip_protocol(path) in self.unreachable:
            raise ForeignError("the token has expired")
        return super().isdir(path)

    def _open(self, path, mode="rb", **kwargs):
        file = super()._open(path, mode, **kwargs)
        limit = self.fail_at.get(self._strip_protocol(path))
        return file if limit is None or mode != "rb" else Breaking(file.getvalue(), limit)


class Breaking(MemoryFile):
    """Of which some bytes cannot be had."""

    def __init__(self, data, first):
        super().__init__(data=data)
        self.seek(0)
        self._broken = range(first, first + (1 << 16))

    def read(self, size=-1):
        if self.tell() in self._broken:
            raise ForeignError("the token has expired")
        left = self._broken.start - self.tell()
        return super().read(left if left > 0 and not 0 <= size <= left else size)

    def readinto(self, buffer):
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


@pytest.fixture
def foreign():
    fsspec.register_implementation("foreign", Foreign, clobber=True)
    system = Foreign()
    for held in (system.store, system.fail_at, system.unreachable):
        held.clear()
    yield system
    system.store.clear()


def rows(count, first=0):
    return [{"id": f"d{n}", "text": page(n)} for n in range(first, first + count)]


def lines(count, first=0):
    return "".join(json.dumps(row) + "\n" for row in rows(count, first)).encode()


def parquet(count):
    sink = pa.BufferOutputStream()
    pq.write_table(
        pa.Table.from_pylist(rows(count)),
        sink,
        row_group_size=count // 4,
        compression="none",
        use_dictionary=False,
    )
    return sink.getvalue().to_pybytes()


def arrow(count):
    sink = pa.BufferOutputStream()
    table = pa.Table.from_pylist(rows(count))
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=count // 4)
    return sink.getvalue().to_pybytes()


@pytest.mark.parametrize(
    ("name", "content", "at"),
    [
        ("b.jsonl", lines(9000), 8 << 20),
        ("b.jsonl.gz", gzip.compress(lines(9000), 1), 2 << 20),
        ("b.parquet", parquet(4000), 3 << 20),
        ("b.arrow", arrow(4000), 3 << 20),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_fails_in_the_middle_is_named_and_the_rest_is_checked(
    foreign, checked, name, content, at
):
    assert len(content) > at
    foreign.pipe("/data/a.jsonl", lines(10))
    foreign.pipe(f"/data/{name}", content)
    foreign.fail_at[f"/data/{name}"] = at
    report = checked("foreign://data")
    (unread,) = report.result.unread
    assert unread.file == name
    assert "ForeignError: the token has expired" in unread.reason
    assert "credentials" in unread.remedy or name == "b.arrow"  # Arrow tells no types of errors
    assert report.result.corpus.documents == 10 + (unread.row or 0)
    assert unread.row or name == "b.parquet"  # one part, fetched at once
    assert report.result.status == "incomplete"


@pytest.mark.parametrize("name", ["b.jsonl", "b.csv", "b.parquet", "b.zip", "b"])
def test_a_file_that_fails_at_once_is_named(foreign, checked, name):
    foreign.pipe("/data/a.jsonl", lines(10))
    foreign.pipe(f"/data/{name}", parquet(40))
    foreign.fail_at[f"/data/{name}"] = 0
    policy_paths = ["foreign://data/a.jsonl", f"foreign://data/{name}"]
    corpus = open_corpus(policy_paths)
    assert len(corpus.parts) == 1
    (unread,) = corpus.unread
    assert unread.file.endswith(name)
    assert "the token has expired" in unread.reason


def test_a_folder_that_fails_is_named(foreign):
    foreign.pipe("/data/a.jsonl", lines(3))
    foreign.pipe("/data/sub/b.jsonl", lines(3))
    foreign.unreachable.add("/data/sub")
    corpus = open_corpus(["foreign://data"])
    assert [part.file for part in corpus.parts] == ["a.jsonl"]
    assert names(corpus.unread) == ["sub/"]


def test_an_address_that_cannot_be_reached_is_named_if_another_can_be_read(
    tmp_path, foreign, registry
):
    write_jsonl(tmp_path / "a.jsonl", 0)
    foreign.pipe("/data/b.jsonl", lines(3))
    foreign.unreachable.add("/data")
    addresses = [str(tmp_path / "a.jsonl"), "foreign://data"]
    report = check(addresses, Policy(registries=(registry,)), Settings())
    assert names(report.result.unread) == ["foreign://data"]
    assert report.result.status == "incomplete"
    assert len(report.findings)
    with pytest.raises(InputError, match="the token has expired"):
        open_corpus(["foreign://data"])


def test_an_address_at_which_nothing_is_ends_the_work_at_once(tmp_path, foreign):
    write_jsonl(tmp_path / "a.jsonl", 0)
    with pytest.raises(DatasetNotFound):
        open_corpus([str(tmp_path / "a.jsonl"), str(tmp_path / "typo.jsonl")])


def test_a_member_that_the_library_cannot_unpack_is_named(tmp_path, checked):
    path = tmp_path / "data.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.jsonl", lines(5))
        archive.writestr("b.jsonl", lines(5, 5))
    data = bytearray(path.read_bytes())
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.rindex(sign) + place] |= 0x20  # "patched data"
    path.write_bytes(data)
    with pytest.raises(UnsupportedFormat, match=r"data\.zip: b\.jsonl in it is patched data"):
        checked(path)
