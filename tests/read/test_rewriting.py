"""Files written again keep all that was not to go: bytes, cells, buffers, codecs, metadata."""

import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from packaging.version import Version

from provenance.errors import CorruptFile, UnsupportedFormat
from provenance.read.corpus.corpora import open_corpus
from provenance.read.rewriting.removal_plan import Removals
from provenance.read.rewriting.rewrite_file import rewrite_file

NESTED = {
    "id": [1, 2, 3],
    "messages": [
        [{"role": "user", "content": "ask"}, {"role": "assistant", "content": "say this and that"}],
        None,
        [{"role": "user", "content": None}],
    ],
    "meta": [{"text": "within", "at": 1700000000123456789, "n": Decimal("1.10")}, None, None],
    "kind": ["a", "b", "a"],
    "raw": [b"bytes of text", b"\xff\xfe", None],
    "vector": [[0.1, 0.2], None, [0.3, 0.4]],
    "pair": [["one", "two"], ["three", "four"], ["five", "six"]],
    "wide": ["broad text", None, "more of it"],
    "view": ["seen text", "x", None],
    "parts": [[("lead", "one part"), ("body", "another part")], None, []],
}
KINDS = {
    "messages": pa.list_(pa.struct([("role", pa.string()), ("content", pa.large_string())])),
    "meta": pa.struct(
        [("text", pa.string()), ("at", pa.timestamp("ns", "UTC")), ("n", pa.decimal128(5, 2))]
    ),
    "kind": pa.dictionary(pa.int8(), pa.string()),
    "raw": pa.binary(),
    "vector": pa.list_(pa.float32()),
    "pair": pa.list_(pa.string(), 2),
    "wide": pa.large_string(),
    "view": pa.string_view(),
    "parts": pa.map_(pa.string(), pa.string()),
}
CUTS = {
    "messages[1].content": ((4, 8),),
    "meta.text": ((0, 4),),
    "kind": ((0, 1),),
    "raw": ((0, 5),),
    "pair[1]": ((0, 3),),
    "wide": ((0, 6),),
    "view": ((0, 5),),
    "parts[1].value": ((0, 8),),
}


def nested() -> pa.Table:
    arrays = {name: pa.array(values, KINDS.get(name)) for name, values in NESTED.items()}
    return pa.table(arrays).replace_schema_metadata({b"huggingface": b"{}", b"k": b"v"})


def written(path: Path, cuts: Removals) -> Path:
    (file,) = open_corpus([str(path)], text_columns=["wide"]).files
    made = path.parent / "made" / path.name
    assert rewrite_file(file, made, cuts)
    return made


def expected(table: pa.Table) -> list[dict]:
    first, *rest = table.to_pylist()
    first["messages"][1]["content"] = "say # and that"
    first |= {"kind": "#", "raw": b"# of text", "pair": ["one", "#"]}
    first |= {"wide": "#text", "view": "#text"}
    first["parts"] = [("lead", "one part"), ("body", "#part")]
    first["meta"]["text"] = "#in"
    return [first, *rest]


def save_parquet(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, row_group_size=2)


def save_file(table: pa.Table, path: Path) -> None:
    with pa.ipc.new_file(path, table.schema, metadata={b"foot": b"note"}) as writer:
        writer.write_table(table)


def save_stream(table: pa.Table, path: Path) -> None:
    with pa.ipc.new_stream(path, table.schema) as writer:
        writer.write_table(table)


def load_arrow(path: Path) -> pa.Table:
    with pa.OSFile(str(path)) as file:
        head = file.read(6)
        file.seek(0)
        opened = pa.ipc.open_file(file) if head == b"ARROW1" else pa.ipc.open_stream(file)
        return opened.read_all()


def load_parquet(path: Path) -> pa.Table:
    return pq.ParquetFile(path).read()


@pytest.mark.parametrize(
    ("name", "save", "load"),
    [
        ("a.parquet", save_parquet, load_parquet),
        ("a.arrow", save_file, load_arrow),
        ("b.arrow", save_stream, load_arrow),
    ],
)
def test_texts_of_every_type_are_replaced_in_place_and_all_else_stays(
    tmp_path, name, save, load
) -> None:
    table = nested()
    save(table, tmp_path / name)
    before = load(tmp_path / name)
    made = load(written(tmp_path / name, Removals(spans={0: CUTS}, replacement="#")))
    assert made.schema.equals(before.schema, check_metadata=True)
    assert made.to_pylist() == expected(table)
    assert made["vector"].equals(before["vector"])
    alike = made.drop_columns("kind"), before.drop_columns("kind")  # whose dictionary grew
    assert alike[0].slice(1).equals(alike[1].slice(1))


@pytest.mark.parametrize(
    ("name", "save", "load"),
    [
        pytest.param(
            *("a.parquet", save_parquet, load_parquet),
            marks=pytest.mark.skipif(
                Version(pa.__version__) < Version("26"), reason="pyarrow before 26 cannot read it"
            ),
        ),
        ("a.arrow", save_file, load_arrow),
        ("b.arrow", save_stream, load_arrow),
    ],
)
def test_a_missing_list_of_fixed_size_stays_missing(tmp_path, name, save, load) -> None:
    pairs = pa.array([None, ["three", "four"], None], pa.list_(pa.string(), 2))
    save(pa.table({"wide": NESTED["wide"], "pair": pairs}), tmp_path / name)
    made = load(
        written(tmp_path / name, Removals(spans={1: {"pair[0]": ((0, 5),)}}, replacement="#"))
    )
    assert made["pair"].to_pylist() == [None, ["#", "four"], None]


@pytest.mark.parametrize(
    ("column", "place"),
    [
        (pc.run_end_encode(pa.array(["say this", "or that", "or that"])), "c"),
        (pa.array([["say this"], ["or that"], None], pa.list_view(pa.string())), "c[0]"),
        (pa.array([["say this"], ["or that"], None], pa.large_list_view(pa.string())), "c[0]"),
    ],
    ids=lambda value: str(getattr(value, "type", "")),
)
def test_texts_of_types_that_only_arrow_files_have_are_replaced(tmp_path, column, place) -> None:
    save_file(pa.table({"wide": NESTED["wide"], "c": column}), tmp_path / "a.arrow")
    removals = Removals(spans={0: {place: ((4, 8),)}}, replacement="#")
    made = load_arrow(written(tmp_path / "a.arrow", removals))
    assert made.schema.field("c").type == column.type
    assert str(made["c"].to_pylist()) == str(column.to_pylist()).replace("say this", "say #")


def test_a_table_with_escaped_quotation_marks_keeps_its_other_cells(tmp_path) -> None:
    path = tmp_path / "a.csv"
    row = '1,"the \\"lamp\\", lit in C:\\\\x","say \\"a\\", b\\\\",c\\,d\n'
    path.write_text("id,wide,note,more\n" + row)
    made = written(path, Removals(spans={0: {"wide": ((0, 3),)}}, replacement="#"))
    cells = '1,"# \\"lamp\\", lit in C:\\\\x","say \\"a\\", b\\\\",c\\,d\n'
    assert made.read_text() == "id,wide,note,more\n" + cells


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_text_keeps_its_encoding_and_its_mark(tmp_path, code) -> None:
    (tmp_path / "a.txt").write_bytes("one café\r\n".encode(code))
    (file,) = open_corpus([str(tmp_path / "a.txt")]).files
    made = tmp_path / "made.txt"
    assert rewrite_file(file, made, Removals(spans={0: {"text": ((4, 8),)}}, replacement="thé"))
    assert made.read_bytes() == "one thé\r\n".encode(code)


def test_a_footer_s_own_words_stay(tmp_path) -> None:
    save_file(nested(), tmp_path / "a.arrow")
    made = written(tmp_path / "a.arrow", Removals(frozenset({1})))
    with pa.OSFile(str(made)) as file:
        assert pa.ipc.open_file(file).metadata[b"foot"] == b"note"


@pytest.mark.parametrize("codec", [None, "lz4", "zstd"])
@pytest.mark.parametrize("kind", [pa.ipc.new_file, pa.ipc.new_stream])
def test_arrow_files_are_compressed_as_they_were(tmp_path, codec, kind) -> None:
    path = tmp_path / "a.arrow"
    table = pa.table({"wide": ["word " * 5000, "more " * 5000]})
    with kind(path, table.schema, options=pa.ipc.IpcWriteOptions(compression=codec)) as writer:
        writer.write_table(table)
    made = written(path, Removals(spans={0: {"wide": ((0, 0),)}}))
    assert made.read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    "options",
    [
        {"compression": "NONE", "use_dictionary": False},
        {"compression": {"wide": "ZSTD", "n": "GZIP"}, "use_dictionary": ["wide"]},
        {"write_statistics": ["n"], "store_schema": False},
        {"version": "1.0", "write_page_index": True},
        {"use_dictionary": False, "column_encoding": {"n": "DELTA_BINARY_PACKED"}},
        {"use_deprecated_int96_timestamps": True},
        {"sorting_columns": [pq.SortingColumn(1)]},
    ],
)
def test_parquet_is_written_as_it_was(tmp_path, options) -> None:
    path = tmp_path / "a.parquet"
    table = pa.table(
        {
            "wide": [f"row {n}" for n in range(20)],
            "n": list(range(20)),
            "at": pa.array([0] * 20, pa.timestamp("ns" if len(options) == 1 else "ms")),
        }
    )
    pq.write_table(table, path, row_group_size=6, **options)
    made = written(path, Removals(spans={7: {"wide": ((0, 0),)}}))
    before, after = pq.ParquetFile(path), pq.ParquetFile(made)
    assert after.read().equals(before.read())
    assert after.metadata.metadata == before.metadata.metadata
    assert str(after.schema).split("\n", 1)[1] == str(before.schema).split("\n", 1)[1]
    assert after.metadata.format_version == before.metadata.format_version
    for group in range(4):
        old, new = before.metadata.row_group(group), after.metadata.row_group(group)
        assert (new.num_rows, new.sorting_columns) == (old.num_rows, old.sorting_columns)
        for column in range(3):
            told = [
                (c.compression, c.has_dictionary_page, set(c.encodings), c.is_stats_set)
                for c in (old.column(column), new.column(column))
            ]
            assert told[0] == told[1]


def test_row_groups_keep_their_rows_and_one_that_is_left_empty_goes(tmp_path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"wide": [f"row {n}" for n in range(9)]}), path, row_group_size=3)
    made = pq.ParquetFile(written(path, Removals(frozenset({1, 3, 4, 5}))))
    assert made.read()["wide"].to_pylist() == ["row 0", "row 2", "row 6", "row 7", "row 8"]
    assert [made.metadata.row_group(n).num_rows for n in range(2)] == [2, 3]


def test_a_text_that_is_not_what_was_checked_is_refused(tmp_path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"wide": ["short", "text"]}), path)
    for spans in ({"wide": ((2, 99),)}, {"other": ((0, 1),)}, {"wide[0]": ((0, 1),)}):
        with pytest.raises(CorruptFile, match="row 1"):
            written(path, Removals(spans={1: spans}))
        (tmp_path / "made" / "a.parquet").unlink()
    lines = tmp_path / "a.jsonl"
    lines.write_text('{"wide": "short"}\n')
    for spans in ({"wide": ((2, 99),)}, {"other": ((0, 1),)}):
        with pytest.raises(CorruptFile, match="row 0"):
            written(lines, Removals(spans={0: spans}))
        (tmp_path / "made" / "a.jsonl").unlink()


def test_a_dictionary_that_several_batches_share_is_refused_where_a_text_in_it_changes(
    tmp_path,
) -> None:
    path = tmp_path / "a.arrow"
    column = pa.array(["some words", "other words"] * 4).dictionary_encode()
    table = pa.table({"wide": column})
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=3)
    made = load_arrow(written(path, Removals(frozenset({1, 5}))))
    assert made["wide"].to_pylist() == ["some words", "some words", "other words"] * 2
    path.with_name("made").joinpath("a.arrow").unlink()
    with pytest.raises(UnsupportedFormat, match="dictionary") as raised:
        written(path, Removals(spans={0: {"wide": ((0, 4),)}}))
    assert "--redact" in raised.value.remedy


def test_an_archive_is_refused(tmp_path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.jsonl", '{"wide": "text"}\n')
    with pytest.raises(UnsupportedFormat, match="outside of archives") as raised:
        written(tmp_path / "a.zip", Removals())
    assert "unpack" in raised.value.remedy


@pytest.mark.parametrize("form", ["parquet", "arrow", "jsonl", "json"])
def test_a_column_that_is_called_like_a_member_is_changed_and_not_the_member(tmp_path, form):
    rows = [{"a": {"b": "the member", "c": "more"}, "a.b": "the column"}]
    path = tmp_path / f"rows.{form}"
    table = pa.Table.from_pylist(rows)
    if form in {"parquet", "arrow"}:
        (save_parquet if form == "parquet" else save_file)(table, path)
    else:
        path.write_text(json.dumps(rows) if form == "json" else json.dumps(rows[0]) + "\n")
    (file,) = open_corpus([str(path)], text_columns=["a.b"]).files
    made = tmp_path / "made" / path.name
    rewrite_file(
        file, made, Removals(spans={0: {"a.b": ((0, 4),), "a.c": ((0, 2),)}}, replacement="X")
    )
    load = {"parquet": pq.read_table, "arrow": load_arrow}.get(form)
    found = load(made).to_pylist() if load else json.loads(made.read_text())
    found = found if isinstance(found, list) else [found]
    assert found == [{"a": {"b": "the member", "c": "Xre"}, "a.b": "Xcolumn"}]
