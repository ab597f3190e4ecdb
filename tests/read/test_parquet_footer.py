"""Parquet footers are parsed as pyarrow parses them, and refused where it would abort."""

import base64

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe
import pytest
from fsspec.implementations.local import LocalFileSystem
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.errors import CorruptFile, InputError, UnsupportedFormat
from provenance.read.corpus.corpora import open_corpus
from provenance.read.corpus.file_access import File
from provenance.read.formats import parquet_footer
from provenance.read.formats.parquet_footer import read_footer

TABLE = pa.table(
    {
        "text": ["some words", None, "and more"] * 40,
        "a.b": range(120),
        "meta": [{"url": f"https://a.example/{n}", "tags": ["x"] * (n % 3)} for n in range(120)],
        "seen": pa.array(range(120), pa.timestamp("ns")),
        "flag": [True, False, None] * 40,
    }
)


def footer_of(path):
    return read_footer(File(path.name, str(path), path.stat().st_size, LocalFileSystem()))


@settings(max_examples=30, deadline=None)
@given(
    rows=st.integers(1, 130),
    dictionary=st.booleans(),
    codec=st.sampled_from(["none", "zstd", "snappy", "lz4"]),
    pages=st.booleans(),
    statistics=st.booleans(),
    int96=st.booleans(),
)
def test_footers_are_those_that_pyarrow_reads(
    tmp_path_factory, rows, dictionary, codec, pages, statistics, int96
):
    path = tmp_path_factory.mktemp("footers") / "a.parquet"
    pq.write_table(
        TABLE,
        path,
        row_group_size=rows,
        use_dictionary=dictionary,
        compression=codec,
        write_page_index=pages,
        write_statistics=statistics,
        use_deprecated_int96_timestamps=int96,
    )
    footer, metadata = footer_of(path), pq.read_metadata(path)
    groups = [metadata.row_group(n) for n in range(metadata.num_row_groups)]
    assert footer.rows.tolist() == [group.num_rows for group in groups]
    chunks = [[group.column(n) for n in range(group.num_columns)] for group in groups]
    for name, stated in (
        ("starts", lambda c: c.dictionary_page_offset or c.data_page_offset),
        ("compressed", lambda c: c.total_compressed_size),
        ("uncompressed", lambda c: c.total_uncompressed_size),
    ):
        assert getattr(footer, name).tolist() == [[stated(c) for c in g] for g in chunks]
    assert [chunk.path[0] for chunk in footer.columns] == [
        "text",
        "a.b",
        "meta",
        "meta",
        "seen",
        "flag",
    ]
    for chunk, known in zip(footer.columns, chunks[0], strict=True):
        assert ".".join(chunk.path) == known.path_in_schema
        assert chunk.codec == known.compression
        assert set(chunk.encodings) == set(known.encodings)
        assert (chunk.dictionary > 0) == known.has_dictionary_page
        assert chunk.values == known.num_values
        assert chunk.is_binary == (known.physical_type == "BYTE_ARRAY")
        assert chunk.has_statistics == known.is_stats_set
        assert chunk.has_index == known.has_column_index
        assert chunk.is_int96 == (known.physical_type == "INT96")
    assert footer.of(["meta"]).tolist() == [False, False, True, True, False, False]


class _Keys(pe.KmsClient):
    """Keeps keys as they are."""

    def __init__(self, _):
        super().__init__()

    def wrap_key(self, key, name):
        return base64.b64encode(key)

    def unwrap_key(self, wrapped, name):
        return base64.b64decode(wrapped)


@pytest.mark.parametrize("plain", [True, False])
def test_encrypted_files_are_refused(tmp_path, plain):
    keys = {"footer-key": "0" * 16, "column-key": "1" * 16}
    settings = pe.EncryptionConfiguration(
        footer_key="footer-key", column_keys={"column-key": ["text"]}, plaintext_footer=plain
    )
    properties = pe.CryptoFactory(_Keys).file_encryption_properties(
        pe.KmsConnectionConfig(custom_kms_conf=keys), settings
    )
    path = tmp_path / "a.parquet"
    with pq.ParquetWriter(path, TABLE.schema, encryption_properties=properties) as writer:
        writer.write_table(TABLE)
    with pytest.raises(
        UnsupportedFormat, match=r"a\.parquet: the file, or a part of its columns, is encrypted"
    ) as caught:
        open_corpus([str(path)])
    assert "without encryption" in caught.value.remedy


def spoilt(path, footer):
    path.write_bytes(b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1")
    return path


@pytest.mark.parametrize(
    "footer",
    [
        b"",
        b"\x15",
        b"\x19\x1c" + b"\xff" * 20,
        b"\x39\xfc\xff\xff\xff\xff\x7f",  # more elements than there are bytes
        b"\x99" * 200,  # lists within lists
        b"\xcc" * 20_000,  # structs within structs
        b"\x49\x1c\x19\x1c\x00",  # a column chunk that says nothing
        b"\x49\x1c\x19\x0c\x36\x01\x00\x00",  # minus one rows
    ],
)
def test_a_damaged_footer_is_an_error_of_ours(tmp_path, footer):
    with pytest.raises(CorruptFile, match=r"a\.parquet: damaged or cut short"):
        footer_of(spoilt(tmp_path / "a.parquet", footer))


def test_a_footer_that_leads_out_of_its_file_is_refused(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(TABLE, path)
    data = path.read_bytes()
    path.write_bytes(b"PAR1" + data[-int.from_bytes(data[-8:-4], "little") - 8 :])
    with pytest.raises(CorruptFile, match="points beyond the end of the file"):
        open_corpus([str(path)])


def test_a_footer_that_is_too_large_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "a.parquet"
    pq.write_table(TABLE, path)
    monkeypatch.setattr(parquet_footer, "MAX_FOOTER_BYTES", 100)
    with pytest.raises(InputError, match=r"has [\d,]+ bytes; at most 100 are supported") as caught:
        open_corpus([str(path)])
    assert "row groups" in caught.value.remedy


def test_rows_that_a_footer_promises_and_pages_do_not_hold_are_missed(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["some words"] * 4242}), path)
    data = path.read_bytes()
    stated, more = b"\x16\xa4\x42", b"\x16\xa6\x42"  # 4,242 and 4,243, as integers in a field
    at = data.rindex(stated)
    path.write_bytes(data[:at] + more + data[at + 3 :])
    assert footer_of(path).rows.tolist() == [4243]
    (part,) = open_corpus([str(path)]).parts
    with pytest.raises(CorruptFile, match=r"after 4,242 rows \(there should be 4,243\)"):
        list(part.read())
