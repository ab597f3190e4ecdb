"""What a file is, by its name and its first bytes; where they disagree, that is told."""

import gzip
import io
import sys

import pytest
import zstandard

from provenance.errors import UnsupportedFormat
from provenance.read.corpus.corpora import open_corpus


def test_a_format_that_is_not_read_says_which_are(tmp_path):
    (tmp_path / "x.odd").write_bytes(bytes(200))
    with pytest.raises(UnsupportedFormat, match=r"x\.odd") as caught:
        open_corpus([str(tmp_path / "x.odd")])
    assert "Parquet" in caught.value.remedy


WRITTEN = {
    "a.csv": "id,text\n1,some words\n",
    "a.tsv": "id\ttext\n1\tsome words\n",
    "a.jsonl": '{"text": "some words"}\n',
    "a.json": '[{"text": "some words"}]',
}


def refusal(path):
    with pytest.raises(UnsupportedFormat) as caught:
        open_corpus([str(path)])
    return caught.value.message, caught.value.remedy


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("code", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_rows_in_another_encoding_are_to_be_converted(tmp_path, name, code):
    path = tmp_path / name
    path.write_bytes(WRITTEN[name].encode(code))
    told = f"{path}: the encoding is UTF-16 or UTF-32, not UTF-8"
    assert refusal(path) == (told, "convert it to UTF-8.")


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize(
    ("compression", "pack"), [("gz", gzip.compress), ("zst", zstandard.compress)]
)
def test_rows_are_not_compressed_behind_a_name_s_back(tmp_path, name, compression, pack):
    path = tmp_path / name
    path.write_bytes(pack(WRITTEN[name].encode()))
    message, remedy = refusal(path)
    assert message.startswith(f"{path}: the content is compressed with {compression}")
    assert f"end in .{compression}" in remedy


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: data.decode().encode("utf-16")])
def test_lines_on_standard_input_are_lines(monkeypatch, pack):
    content = io.BytesIO(pack(WRITTEN["a.jsonl"].encode()))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(content))
    message, _ = refusal("-")
    assert message.startswith("standard input: the ")


@pytest.mark.parametrize("name", [*WRITTEN, "a.parquet", "a.arrow"])
def test_a_pointer_of_git_is_no_data(tmp_path, name):
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 123456\n"
    (tmp_path / name).write_bytes(pointer)
    message, remedy = refusal(tmp_path / name)
    assert "a Git LFS pointer" in message
    assert "git lfs pull" in remedy


@pytest.mark.parametrize("name", ["a.parquet.gz", "a.arrow.zst"])
def test_tables_that_are_read_here_and_there_cannot_be_compressed(tmp_path, name):
    (tmp_path / name).write_bytes(b"packed")
    for address in (tmp_path / name, tmp_path):
        message, remedy = refusal(address)
        assert f"{name}: Parquet and Arrow files compressed as a whole" in message
        assert remedy.startswith("decompress it")


def test_the_content_tells_the_format_where_the_name_does_not(tmp_path, hear):
    (tmp_path / "RC_2012-01").write_text('{"text": "unnamed"}\n')
    assert hear(tmp_path / "RC_2012-01").texts == ["unnamed"]
