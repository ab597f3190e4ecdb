"""Files that are damaged on purpose: each is refused, or read, in little time."""

import gzip
import io
import json
import struct
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from provenance.errors import CorruptFile, InputError, UnsupportedFormat
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.read.corpus.corpora import open_corpus
from provenance.read.dumps.layouts import open_dump
from tests.protocols.corpus_writing import mds_shard

LINE = b'{"text": "a parrot imitates the doorbell", "id": 1}\n'
Damage = Callable[[bytearray, int], None]


def texts_of(path: Path) -> list[str]:
    """Read a corpus, or raise as a check would."""
    texts: list[str] = []
    for part in open_corpus([str(path)]).parts:
        for documents in part.batches():
            if documents.unread:
                raise CorruptFile(documents.unread[0].reason, remedy="")
            texts += documents.batch["text"].to_pylist()
    return texts


def set_bits(offset: int, value: int) -> Damage:
    """Set a byte behind the beginning of a header."""

    def damage(archive: bytearray, header: int) -> None:
        archive[header + offset] = value

    return damage


@pytest.mark.parametrize(
    ("damage", "error"),
    [
        pytest.param(set_bits(6, 99), CorruptFile, id="version"),
        pytest.param(set_bits(8, 0x20), UnsupportedFormat, id="patched"),
        pytest.param(set_bits(8, 0x41), UnsupportedFormat, id="strongly encrypted"),
        pytest.param(set_bits(10, 99), UnsupportedFormat, id="method"),
    ],
)
def test_odd_members_of_zip_archives_are_refused(
    tmp_path: Path, damage: Damage, error: type[InputError]
) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in ("a.jsonl", "b.jsonl"):
            archive.writestr(name, LINE)
    content = bytearray(made.getvalue())
    damage(content, content.find(b"PK\x01\x02"))
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with pytest.raises(error, match=r"a\.zip"):
        texts_of(path)
    with pytest.raises(InputError, match=r"a\.zip"):
        build_registry(tmp_path / "r", DumpSource([str(path)], "x"))


def tar_with_size(size: int, members: int, damaged: int) -> bytes:
    """Make an archive of which a header states a size."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for number in range(members):
            member = tarfile.TarInfo(f"{number}.jsonl")
            member.size = len(LINE)
            archive.addfile(member, io.BytesIO(LINE))
    content = bytearray(made.getvalue())
    header = 1024 * damaged
    content[header + 124 : header + 136] = b"\xff" * 8 + struct.pack(">i", size)
    content[header + 148 : header + 156] = b" " * 8
    checksum = sum(content[header : header + 512])
    content[header + 148 : header + 156] = b"%06o\0 " % checksum
    return bytes(content)


@pytest.mark.parametrize("size", [-512, -1024, -1, -(1 << 30)])
@pytest.mark.parametrize(("members", "damaged"), [(2, 0), (2, 1), (40, 30)])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_members_of_negative_size_are_damage(
    tmp_path: Path, size: int, members: int, damaged: int, suffix: str
) -> None:
    content = tar_with_size(size, members, damaged)
    path = tmp_path / f"a.tar{suffix}"
    path.write_bytes(gzip.compress(content) if suffix else content)
    with pytest.raises(CorruptFile, match=r"damaged or cut short"):
        texts_of(path)
    with pytest.raises(InputError, match=r"a\.tar"):
        build_registry(tmp_path / "r", DumpSource([str(path)], "x"))


@pytest.mark.parametrize(
    "blank",
    [
        pytest.param(b"\n" * (1 << 22), id="line breaks"),
        pytest.param(b" \t\r\n" * (1 << 20), id="blanks"),
        pytest.param(LINE + b"\n" * (1 << 22), id="line breaks between objects"),
    ],
)
def test_blank_lines_take_little_time(tmp_path: Path, blank: bytes) -> None:
    path = tmp_path / "a.jsonl.zst"
    path.write_bytes(zstandard.compress(LINE + blank * 40 + LINE))
    assert path.stat().st_size < 1 << 16
    started = time.process_time()
    texts = texts_of(path)
    assert len(texts) == (42 if blank.startswith(LINE) else 2)
    assert time.process_time() - started < 15


def test_rows_between_blank_lines_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n\n\n" + LINE + b"\n \n" * 400 + LINE + b"{}\n\n\r\n" + LINE)
    [part] = open_corpus([str(path)]).parts
    rows = [row for each in part.batches() for row in each.batch["row"].to_pylist()]
    assert rows == [0, 1, 3]


@pytest.mark.parametrize("names", [b"post_id,comment", b"id,text", b"tweet_id,full_text,deleted"])
def test_tables_in_latin_1_are_read_but_for_these_rows(tmp_path: Path, names: bytes) -> None:
    rows = [b"%d,the parrot of number %d imitates a doorbell" % (n, n) for n in range(30)]
    rows[7] = "7,der Papagei läßt sich nicht stören".encode("latin-1")
    more = b"," * (names.count(b",") - 1)
    path = tmp_path / "a.csv"
    path.write_bytes(b"\n".join([names, *(row + more for row in rows)]))
    outcome = build_registry(tmp_path / "r", DumpSource([str(path)], "x"))
    assert outcome.reading.items == 29


def restated_size(content: bytes, member: int, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    """Let the header of a member, of those of `tar_with_size`, state another size and type."""
    made = bytearray(content)
    header = 1024 * member
    made[header + 124 : header + 136] = b"\x80" + size.to_bytes(11, "big")
    made[header + 156 : header + 157] = kind
    made[header + 148 : header + 156] = b" " * 8
    made[header + 148 : header + 156] = b"%06o\0 " % sum(made[header : header + 512])
    return bytes(made)


@pytest.mark.parametrize("size", [1 << 40, 1 << 80])
@pytest.mark.parametrize("member", [0, 1])
@pytest.mark.parametrize(
    "kind", [tarfile.REGTYPE, tarfile.GNUTYPE_SPARSE, tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE]
)
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_members_longer_than_their_archive_are_damage(
    tmp_path: Path, size: int, member: int, kind: bytes, suffix: str
) -> None:
    content = restated_size(tar_with_size(len(LINE), 3, 0), member, size, kind)
    path = tmp_path / f"a.tar{suffix}"
    path.write_bytes(gzip.compress(content) if suffix else content)
    started = time.process_time()
    with pytest.raises(CorruptFile, match=r"a\.tar(\.gz)?: damaged or cut short"):
        texts_of(path)
    with pytest.raises(InputError, match=r"a\.tar"):
        build_registry(tmp_path / "r", DumpSource([str(path)], "x"))
    assert time.process_time() - started < 15


def test_members_without_a_name_are_named_as_their_archive(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        for name in ("a.jsonl", "b.jsonl"):
            member = tarfile.TarInfo(name)
            member.size = len(LINE)
            member.pax_headers = {} if name == "a.jsonl" else {"path": ""}
            archive.addfile(member, io.BytesIO(LINE))
    outcome = build_registry(tmp_path / "r", DumpSource([str(path)], "x"))
    assert outcome.reading.items == 1


def test_lists_in_lists_beside_rows_are_looked_through_to_a_depth(tmp_path: Path) -> None:
    rows = ", ".join(LINE.decode().strip() for _ in range(3))
    for depth in (1, 3, 500):
        path = tmp_path / f"{depth}.json"
        path.write_text(f'{{"data": [{rows}], "version": {"[" * depth + "]" * depth}}}')
        assert len(texts_of(path)) == 3


@pytest.mark.parametrize(
    "shard",
    [
        {"format": "mds"},
        {"format": "mds", "raw_data": None, "zip_data": None},
        {"format": "mds", "raw_data": {"basename": 7}},
        {"format": "mds", "raw_data": {"basename": ["a.mds"]}},
        {"format": "mds", "raw_data": {"basename": ""}},
    ],
)
def test_an_index_that_names_no_shard_lists_none(tmp_path: Path, shard: dict[str, object]) -> None:
    (tmp_path / "shard.00000.mds").write_bytes(mds_shard([{"text": "a parrot"}], {"text": "str"}))
    (tmp_path / "index.json").write_text(json.dumps({"shards": [shard]}))
    assert texts_of(tmp_path) == ["a parrot"]


@pytest.mark.parametrize(
    "header",
    [
        "Date: Thu, 2 Jan 99999999999 03:04:05 +0000",
        "Date: Thu, 2 Jan 2020 03:04:05 +99999999999999",
        f"Message-ID: <{'(' * 3000}1@a.example>",
        f"From: {'(' * 3000}ann@a.example",
        f"Content-Type: {'(' * 3000}text/plain",
    ],
)
def test_headers_of_mail_that_are_damaged_cost_a_message_at_most(
    tmp_path: Path, header: str
) -> None:
    sound = "From a Thu Jan  2 03:04:05 2020\nMessage-ID: <{}@a>\n{}\n\nsome words\n\n"
    path = tmp_path / "a.mbox"
    path.write_text(sound.format(1, "") + sound.format(2, header) + sound.format(3, "X-A: b"))
    found = list(open_dump(str(path), source="x", layout="mail"))
    skipped = sum(skip.count for each in found for skip in each.skipped)
    assert sum(each.batch.num_rows for each in found) + skipped == 3
