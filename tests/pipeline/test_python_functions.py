"""What a program can give to `provenance`, and the commands as functions."""

import gzip
import inspect
import io
import json
import socket
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from traceback import format_exception

import datasets
import fsspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as pds
import pyarrow.parquet as pq
import pytest

import provenance
from provenance import pipeline
from provenance.cli.datasets import calibrate, check, clean, compare, diff, fingerprint, trace
from provenance.cli.ledgers import audit, ledger_add
from provenance.cli.registries import registry as registry_commands
from provenance.cli.registries import registry_changes
from provenance.cli.reports import disclose
from provenance.cli.rules import rules as rules_commands
from provenance.errors import (
    ColumnMissing,
    DatasetNotFound,
    EmptyCorpus,
    InputError,
    OutputError,
    PolicyError,
    ProvenanceError,
    UnknownSource,
)
from provenance.pipeline.stated_facts import FACT_NAMES
from provenance.read.corpus.python_objects import corpus_of_objects

try:
    import polars as pl
except ImportError:
    pl = None


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """A connection to anywhere is an error."""

    def connect(self, address):
        raise AssertionError(f"something asked {address} for something")

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture(scope="module")
def rows(pages, posts):
    """Ten pages that quote posts, and what their texts are."""
    pairs = zip(pages, posts[20:30], strict=False)
    return [
        {"id": f"p{n}", "text": f"{page} {post['text']}"} for n, (page, post) in enumerate(pairs)
    ]


@dataclass
class Row:
    """A row as an object."""

    id: str
    text: str


class Sized:
    """Rows by number, without an iterator, as torch has them."""

    def __init__(self, rows):
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, place):
        return self.rows[range(len(self.rows))[place]]


RECORD = [("id", "U9"), ("text", "U9999")]


def frames(rows):
    """Give what has the texts of some rows, each to be made when it is called."""
    texts, table = [row["text"] for row in rows], pa.Table.from_pylist(rows)
    more, of_list = [{"id": "no", "text": "nothing"}, *rows], datasets.Dataset.from_list
    return {
        "list of texts": lambda: texts,
        "tuple of texts": lambda: tuple(texts),
        "array of texts": lambda: np.array(texts),
        "list of dicts": lambda: rows,
        "generator of dicts": lambda: (row for row in rows),
        "generator of texts": lambda: iter(texts),
        "pandas": lambda: pd.DataFrame(rows),
        "pandas, filtered": lambda: pd.DataFrame(more).iloc[1:],
        "pandas column": lambda: pd.DataFrame(rows)["text"],
        "polars": lambda: pl.DataFrame(rows),
        "polars, lazy": lambda: pl.LazyFrame(rows),
        "polars column": lambda: pl.DataFrame(rows)["text"],
        "Arrow": lambda: table,
        "Arrow batch": lambda: table.to_batches()[0],
        "Arrow column": lambda: table["text"],
        "Arrow reader": lambda: table.to_reader(max_chunksize=3),
        "Arrow dataset": lambda: pds.dataset(table),
        "Dataset": lambda: of_list(rows),
        "Dataset, selected": lambda: of_list(more).select(range(1, len(more))),
        "IterableDataset": lambda: of_list(rows).to_iterable_dataset(),
        "DatasetDict": lambda: datasets.DatasetDict(train=of_list(rows)),
        "mapping of splits": lambda: {"train": table},
        "mapping of columns": lambda: {"id": [row["id"] for row in rows], "text": texts},
        "mapping of columns, one": lambda: {"text": np.array(texts)},
        "splits of columns": lambda: {"train": {"text": texts}},
        "chunks of pandas": lambda: (pd.DataFrame(rows[n : n + 4]) for n in (0, 4, 8)),
        "batches of Arrow": lambda: table.to_batches(max_chunksize=4),
        "named tuples": lambda: pd.DataFrame(rows).itertuples(),
        "dataclasses": lambda: [Row(**row) for row in rows],
        "array of records": lambda: np.array([*map(tuple, map(dict.values, rows))], RECORD),
        "Dataset of torch": lambda: Sized(rows),
    }


KINDS = sorted(frames([{"id": "a", "text": "b c"}]))


@pytest.fixture(scope="module")
def expected(rows, registry):
    return provenance.check(rows, registries=registry)


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_has_the_texts_gives_the_same_findings(rows, registry, expected, kind):
    if "polars" in kind and pl is None:
        pytest.skip("polars is not installed")
    outcome = provenance.check(frames(rows)[kind](), registries=registry)
    assert outcome.status == "fail"
    found = [outcome.findings.select([*columns]).to_pylist() for columns in (("row", "item"),)]
    assert found == [expected.findings.select(["row", "item"]).to_pylist()]
    assert outcome.result.corpus.documents == len(rows)


def texts_of(corpus):
    return [row for part in corpus.parts for one in part.batches() for row in one.batch.to_pylist()]


def test_ids_addresses_and_nested_texts_are_found_as_in_files(rows):
    nested = [
        {
            "id": 7,
            "messages": [{"role": "user", "content": "a question"}],
            "url": "https://e.example",
        }
    ]
    [found] = texts_of(corpus_of_objects(nested))
    assert (found["document"], found["field"], found["text"], found["url"]) == (
        "7",
        "messages[0].content",
        "a question",
        "https://e.example",
    )
    [found] = texts_of(corpus_of_objects([{"id": np.int64(7), "text": "some words"}]))
    assert found["document"] == "7"


DAY = date(2010, 1, 2)


@pytest.mark.parametrize(
    "day",
    [
        DAY,
        datetime(2010, 1, 2, 3, tzinfo=UTC),
        pd.Timestamp("2010-01-02T03:00"),
        np.datetime64("2010-01-02"),
        np.datetime64("2010-01-02T03:00:00.123456789"),
    ],
    ids=lambda day: type(day).__name__,
)
@pytest.mark.parametrize("kind", ["rows", "iterator", "Arrow", "reader", "Dataset"])
def test_days_of_rows_are_not_lost(day, kind):
    rows = [{"text": "some words", "collected": day, "meta": {"seen": [day]}, "date": None}] * 2
    if kind not in ("rows", "iterator") and isinstance(day, np.datetime64):
        pytest.skip("Arrow takes it within arrays only")
    data = {
        "rows": lambda: rows,
        "iterator": lambda: iter(rows),
        "Arrow": lambda: pa.Table.from_pylist(rows),
        "reader": lambda: pa.Table.from_pylist(rows).to_reader(max_chunksize=1),
        "Dataset": lambda: datasets.Dataset(pa.Table.from_pylist(rows)),
    }[kind]()
    found = texts_of(corpus_of_objects(data, label_columns=["collected"]))
    assert [row["row"] for row in found] == [0, 1]
    for row in found:
        assert {pair["value"][:10] for pair in row["labels"]} == {"2010-01-02"}


def test_a_day_that_is_missing_is_no_day():
    rows = [{"text": "some words", "collected": day} for day in (pd.NaT, np.datetime64("NaT"))]
    assert [row["labels"] for row in texts_of(corpus_of_objects(rows))] == [None, None]


def test_a_reader_is_read_once_and_not_ahead_of_the_check():
    taken = []

    def batches():
        for number in range(1000):
            taken.append(number)
            yield pa.record_batch({"text": [f"text number {number}"] * 100})

    schema = pa.schema({"text": pa.string()})
    [part] = corpus_of_objects(pa.RecordBatchReader.from_batches(schema, batches())).parts
    assert len(taken) < 10
    assert sum(len(one.batch) for one in part.batches()) == 100_000
    [again] = part.batches()
    assert "read only once" in again.unread[0].reason


def test_a_long_table_is_read_in_pieces_with_all_its_rows():
    count = 70_000
    table = pa.table({"text": [f"text number {n} " + "x" * 1000 for n in range(count)]})
    corpus = corpus_of_objects(table)
    assert len(corpus.parts) > 1
    assert [row["row"] for row in texts_of(corpus)] == list(range(count))


def test_an_iterator_is_not_read_ahead_of_the_check():
    taken = []

    def rows():
        for number in range(100_000):
            taken.append(number)
            yield {"text": f"text number {number}"}

    corpus = corpus_of_objects(rows())
    assert len(taken) < 5000
    assert len(texts_of(corpus)) == 100_000


def test_splits_are_chosen_by_name(rows):
    splits = {"train": rows[:3], "test": rows[3:]}
    assert len(texts_of(corpus_of_objects(splits))) == len(rows)
    halves = texts_of(corpus_of_objects({"train": rows[:5], "test": rows[5:]}))
    assert [row["file"] for row in halves] == ["test"] * 5 + ["train"] * 5
    assert len(texts_of(corpus_of_objects(splits, split="train"))) == 3
    with pytest.raises(DatasetNotFound, match="'test', 'train'"):
        corpus_of_objects(splits, split="valid")
    with pytest.raises(InputError, match="no splits"):
        corpus_of_objects(rows, split="train")


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (3, InputError),
        (None, InputError),
        ([], EmptyCorpus),
        (pd.DataFrame({"text": []}), EmptyCorpus),
        (pd.DataFrame({"n": [1, 2]}), ColumnMissing),
        (pd.DataFrame({"text": ["a", 1]}), InputError),
        (["imdb", "wikipedia"], InputError),
        ("imdb", DatasetNotFound),
        ("owner/name", DatasetNotFound),
        (["data/missing.jsonl"], DatasetNotFound),
        ([Path("missing")], DatasetNotFound),
        (["missing file.jsonl"], InputError),
        ([__file__, "missing file.jsonl"], InputError),
        ([__file__, "missing"], InputError),
        ({"text": "a single text", "id": "3"}, InputError),
        ({"a": {"text": "the row a"}, "b": {"text": "the row b"}}, InputError),
        ({"en": {"train": {"text": ["a split of", "a split"]}}}, InputError),
        (pd.DataFrame({"text": ["a row"], "n": [1]}).groupby("n"), EmptyCorpus),
        (io.StringIO('{"text": "a line"}'), InputError),
        ("a text\nof two lines", DatasetNotFound),
        (pd.DataFrame([["some words", "others"]], columns=["text", "text"]), InputError),
        ([b"bytes", b"are no texts"], EmptyCorpus),
    ],
)
def test_what_cannot_be_checked_is_an_error_with_a_remedy(registry, data, error):
    with pytest.raises(error) as caught:
        provenance.check(data, registries=registry)
    assert caught.value.remedy


@pytest.mark.parametrize("text", ["a text", "a text\nof two lines"])
def test_a_text_in_place_of_a_path_is_to_be_put_into_a_list(registry, text):
    with pytest.raises(DatasetNotFound) as caught:
        provenance.check(text, registries=registry)
    assert "[text]" in caught.value.remedy
    assert provenance.check([text], registries=registry)


def test_errors_about_dumps_name_the_arguments_of_functions(tmp_path, write_lines):
    rows = [
        {"question": f"{text}?", "answer": text}
        for text in ("The quay is wet and cold", "All pears keep until May")
    ]
    path = write_lines(tmp_path / "answers.jsonl", rows)
    with pytest.raises(InputError, match="no column is recognised") as caught:
        provenance.build_registry(tmp_path / "r", path, source="s")
    assert "text_columns=['question', 'answer']" in caught.value.remedy
    assert "--" not in caught.value.remedy


@pytest.mark.parametrize(
    ("call", "remedy"),
    [
        (lambda path, _: provenance.check(path), "registries="),
        (lambda path, r: provenance.check(path, registries=r, text_columns="b"), "text_columns="),
        (lambda path, r: provenance.diff(path, path, registries=r, policy="no.toml"), "policy="),
        (lambda path, r: provenance.clean(path, path, registries=r), "output="),
        (lambda *_: provenance.audit("x"), "ledger=, reports="),
        (lambda *_: provenance.Matcher().find("a"), "registries="),
    ],
)
def test_errors_name_arguments_and_no_options(rows, registry, tmp_path, call, remedy):
    path = tmp_path / "data.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    with pytest.raises(ProvenanceError) as caught:
        call(path, registry)
    assert remedy in caught.value.remedy
    assert f"Try: {caught.value.remedy}\n" in "".join(format_exception(caught.value))
    assert "--" not in f"{caught.value.message} {caught.value.remedy}"


def test_a_wrong_value_is_named_by_its_argument(rows, registry):
    with pytest.raises(PolicyError, match="purpose: 'training' is not a known value"):
        provenance.check(rows, registries=registry, purpose="training")
    with pytest.raises(TypeError, match=r'sample is a string such as "1%" or None, not 0\.01'):
        provenance.check(rows, registries=registry, sample=0.01)


def test_a_time_is_its_day_and_a_word_is_no_truth(rows, registry):
    outcome = provenance.check(
        rows, registries=registry, collected=pd.Timestamp("2022-06-01 07:00")
    )
    assert outcome.result.policy.circumstances.collected.first == date(2022, 6, 1)
    with pytest.raises(TypeError, match="commercial is True, False or None, not 'no'"):
        provenance.check(rows, registries=registry, commercial="no")


def test_what_a_cell_shows_is_short_and_names_what_was_not_read(tmp_path, write_lines):
    write_lines(tmp_path / "a.jsonl", [{"text": "The quay is wet and cold"}])
    write_lines(tmp_path / "b.jsonl", [{"title": "a b"}])
    dumps = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    built = provenance.build_registry(tmp_path / "r", dumps, source="s", text_columns="text")
    unread = tmp_path / "b.jsonl"
    assert repr(built) == f"<BuildOutcome: 1 item in the registry; not read: {unread}>"
    opened = provenance.open_registry(tmp_path / "r")
    assert repr(opened) == f"<OpenRegistry {tmp_path / 'r'}: 1 item of s>"


def test_lists_of_unread_files_name_arguments(rows, registry, tmp_path, write_lines):
    folder = tmp_path / "data"
    folder.mkdir()
    write_lines(folder / "a.jsonl", rows)
    write_lines(folder / "b.jsonl", [{"title": text} for text in ("a b", "c d")])
    outcome = provenance.check(folder, registries=registry, text_columns="text")
    built = provenance.build_registry(tmp_path / "r", folder, source="s", text_columns="text")
    [preview] = provenance.preview_dumps(folder / "b.jsonl", source="s", text_columns="text")
    cleaned = provenance.clean(folder, tmp_path / "clean", registries=registry, text_columns="text")
    for unread in (outcome.unread, built.unread, (preview.unread,), cleaned.unread):
        assert "text_columns=" in unread[0].remedy
        assert "--" not in unread[0].remedy
    assert all("--" not in violation.remedy for violation in outcome.violations)
    with pytest.raises(provenance.PolicyViolated) as caught:
        outcome.expect_pass()
    assert "accept with allow_unread=1" in str(caught.value)
    assert "--allow-unread" not in str(caught.value)


def test_a_report_is_not_written_into_its_dataset(rows, registry, tmp_path, write_lines):
    folder = tmp_path / "data"
    folder.mkdir()
    write_lines(folder / "a.jsonl", rows)
    with pytest.raises(OutputError, match="is within the corpus") as caught:
        provenance.check(folder, registries=registry).write(folder)
    assert caught.value.remedy == "name a path elsewhere with folder="
    assert [path.name for path in folder.iterdir()] == ["a.jsonl"]


@pytest.mark.parametrize("kind", ["frame", "chunks"])
def test_chats_with_parts_are_read_from_a_frame_as_from_rows(kind):
    parts = [{"type": "text", "text": "A gull stole the bread."}, {"type": "image", "url": "a.png"}]
    rows = [
        {"id": "a", "messages": [{"role": "user", "content": "Who stole the bread?"}], "score": 1},
        {"id": "b", "messages": [{"role": "user", "content": parts}], "score": None},
    ]
    frame = pd.DataFrame(rows)
    with pytest.raises(pa.ArrowException):
        pa.Table.from_pandas(frame)
    read = texts_of(corpus_of_objects(frame if kind == "frame" else iter([frame[:1], frame[1:]])))
    assert read == texts_of(corpus_of_objects(rows))
    assert "A gull stole the bread." in str(read)


@pytest.mark.parametrize("name", ["result.json", "findings.parquet", "report.html"])
def test_files_of_others_are_not_replaced_by_a_report(rows, registry, tmp_path, name):
    outcome, folder = provenance.check(rows, registries=registry), tmp_path / "results"
    memory = fsspec.filesystem("memory")
    memory.pipe_file(f"/results/{name}", b"mine")
    folder.mkdir()
    (folder / name).write_text("mine")
    for place in (folder, "memory://results"):
        with pytest.raises(OutputError, match=name):
            outcome.write(place)
    memory.store.clear()
    assert {path.name: path.read_text() for path in folder.iterdir()} == {name: "mine"}


def test_a_report_is_written_over_one_of_ours(rows, registry, tmp_path):
    outcome, memory = provenance.check(rows, registries=registry), fsspec.filesystem("memory")
    for place in (tmp_path / "report", "memory://bucket/report"):
        for _ in range(2):
            outcome.write(place)
    memory.store.clear()
    (tmp_path / "report" / "notes.md").write_text("Notes.")
    outcome.write(tmp_path / "report")
    assert (tmp_path / "report" / "notes.md").exists()


def test_errors_about_data_speak_of_data(registry):
    with pytest.raises(EmptyCorpus) as caught:
        provenance.check([1, 2], registries=registry)
    assert caught.value.message == (
        "there is no text to check in the data; "
        "rows were skipped (2 of the data: neither a text nor a mapping)"
    )


@pytest.mark.parametrize("one", ["-", ".", "https://e.example/a", "data.jsonl", __file__])
def test_one_text_that_could_be_an_address_does_not_make_all_of_them_paths(rows, registry, one):
    texts = [row["text"] for row in rows]
    outcome = provenance.check([one, *texts], registries=registry)
    assert outcome.result.corpus.documents == len(rows) + 1
    assert min(outcome.findings["row"].to_pylist()) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threads": 0}, "threads is at least 1, not 0"),
        ({"allow_unread": -1}, "allow_unread is at least 0, not -1"),
    ],
)
def test_numbers_out_of_range_are_errors(rows, registry, options, message):
    with pytest.raises(ValueError, match=message):
        provenance.check(rows, registries=registry, **options)


def test_the_largest_document_may_be_a_number(registry, tmp_path, write_lines, posts):
    texts = ["two words " * 10, "two words " * 11]
    assert provenance.check(texts[:1], registries=registry, max_document=100)
    outcome = provenance.check(texts, registries=registry, max_document=100)
    assert (outcome.status, outcome.result.corpus.documents) == ("incomplete", 1)
    assert "row 1 is larger than 100" in outcome.unread[0].reason
    with pytest.raises(PolicyError, match="'-1' is not a size"):
        provenance.check(texts, registries=registry, max_document=-1)
    dump = write_lines(tmp_path / "a.jsonl", posts[:20])
    built = provenance.build_registry(tmp_path / "r", dump, source="x", max_document=10**6)
    assert built.manifest.items == 20


def test_registries_are_verified_where_asked(rows, registry, monkeypatch, tmp_path):
    forgotten = []
    monkeypatch.setattr(
        pipeline, "forget_registries", lambda policy, *_: forgotten.append(policy.registries)
    )
    path = tmp_path / "data.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    for verify in (False, True):
        provenance.check(rows, registries=registry, verify=verify)
        provenance.clean(path, tmp_path / f"clean {verify}", registries=registry, verify=verify)
        provenance.diff(path, path, registries=registry, verify=verify)
    assert forgotten == [(str(registry),)] * 3


def test_a_name_of_a_hub_must_be_given_as_such(registry, monkeypatch, rows):
    with pytest.raises(DatasetNotFound) as caught:
        provenance.check("imdb", registries=registry)
    assert "For a hub dataset write 'hf://datasets/imdb'" in caught.value.remedy
    asked = []

    def load(name, *arguments, **options):
        asked.append(name)
        return {"train": datasets.Dataset.from_list(rows).to_iterable_dataset()}

    monkeypatch.setattr(datasets, "load_dataset", load)
    assert provenance.check(hub="imdb", split="train", registries=registry).status == "fail"
    assert asked == ["imdb"]
    with pytest.raises(InputError, match="both data and hub"):
        provenance.check(rows, hub="imdb", registries=registry)


def test_progress_is_reported(rows, registry):
    calls = []
    provenance.check(
        pa.Table.from_pylist(rows), registries=registry, progress=lambda *call: calls.append(call)
    )
    assert (
        "reading",
        pa.Table.from_pylist(rows).nbytes,
        pa.Table.from_pylist(rows).nbytes,
    ) in calls
    before = len(calls)
    provenance.check(rows, registries=registry)
    assert len(calls) == before


def test_a_registry_is_built_extended_looked_at_and_changed(tmp_path, write_lines, posts):
    first = write_lines(tmp_path / "a.jsonl", posts[:20])
    second = write_lines(tmp_path / "b.jsonl", posts[20:30])
    place = tmp_path / "registry"
    [preview] = provenance.preview_dumps(first, source="x")
    assert preview.items
    assert not place.exists()
    built = provenance.build_registry(place, first, source="x", of=1000)
    assert built.manifest.items == 20
    assert not built.unread
    assert provenance.add_to_registry(str(place), [second], source="x").manifest.items == 30
    opened = provenance.open_registry(place).verify()
    assert (opened.items, opened.sources) == (30, ("x",))
    assert len(opened.examples(3)) == 3
    (tmp_path / "ids.txt").write_text(f"{posts[0]['id']}\n")
    provenance.remove_from_registry(place, ids=tmp_path / "ids.txt", source="x", reason="asked")
    assert provenance.open_registry(place).items == 29
    assert provenance.restore_registry_items(place, tmp_path / "ids.txt") == 1
    assert provenance.compact_registry(place).items == 29
    other = tmp_path / "other"
    provenance.build_registry(other, first, source="reddit")
    provenance.merge_registries([place, other], tmp_path / "all")
    assert provenance.open_registry(tmp_path / "all").items == 49
    provenance.subset_registry(tmp_path / "all", tmp_path / "x", source="x")
    assert provenance.open_registry(tmp_path / "x").sources == ("x",)


def test_a_registry_is_told_what_is_withdrawn_planted_and_opted_out(tmp_path, write_lines, posts):
    place, ids = tmp_path / "registry", tmp_path / "ids.txt"
    provenance.build_registry(place, write_lines(tmp_path / "a.jsonl", posts[:20]), source="x")
    ids.write_text(f"{posts[0]['id']}\n")
    provenance.remove_from_registry(
        place, ids=ids, source="x", reason="asked", keep_fingerprints="2100", key=tmp_path / "key"
    )
    opened = provenance.open_registry(place)
    [withdrawn] = opened.withdrawn().to_pylist()
    assert (withdrawn["id"], withdrawn["reason"]) == (str(posts[0]["id"]), "asked")
    assert withdrawn["fingerprint_until"].year == 2100
    assert len(opened.withdrawn("reddit")) == 0
    assert f"provenance registry build {place} --source x" in opened.recipe()
    rows = [{"text": posts[0]["text"]}]
    options = {"withdrawn": "forbid", "withdrawn_key": str(tmp_path / "key")}
    assert provenance.check(rows, registries=place, **options).status == "fail"
    assert provenance.check(rows, registries=place)

    ids.write_text(f"{posts[1]['id']}\nnobody\n")
    marking = provenance.mark_registry_items(place, ids, source="x", note="planted")
    assert (marking.items, marking.absent) == (1, 1)
    assert provenance.check([{"text": posts[1]["text"]}], registries=place).findings[
        "marked"
    ].to_pylist() == [True]
    assert provenance.mark_registry_items(place, str(ids), source="x", undo=True).items == 1

    (tmp_path / "list.txt").write_text("example.com\n")
    assert provenance.add_opt_outs(place, tmp_path / "list.txt", reason="form") == 1
    assert provenance.add_opt_outs(place, [str(tmp_path / "list.txt")]) == 0
    page = [{"text": "Some words.", "url": "https://www.example.com/a"}]
    assert provenance.check(page, registries=place, withdrawn="forbid").status == "fail"


def test_a_registry_beside_the_data_is_not_read_with_it(tmp_path, write_lines, posts, rows):
    folder, ids, other = tmp_path / "data", tmp_path / "ids.txt", tmp_path / "other"
    dump = write_lines(tmp_path / "a.jsonl", posts[:20])
    for place in (folder / "registry", other):
        provenance.build_registry(place, dump, source="x")
    registry = folder / "registry"
    ids.write_text(f"{posts[0]['id']}\n")
    provenance.remove_from_registry(registry, ids=ids, source="x", reason="asked")
    ids.write_text(f"{posts[1]['id']}\n")
    provenance.mark_registry_items(registry, ids, source="x", note="planted")
    (tmp_path / "list.txt").write_text("example.com\n")
    provenance.add_opt_outs(registry, tmp_path / "list.txt", reason="form")
    names = {path.name.partition("-")[0] for path in registry.iterdir()}
    assert names >= {"registry.json", "segment", "tombstones", "optouts", "marks"}
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert provenance.check(folder, registries=other).result.corpus.documents == len(rows)
    built = provenance.build_registry(tmp_path / "of folder", folder, source="x")
    assert (built.manifest.items, built.unread) == (len(rows), ())
    with pytest.raises(InputError, match="the manifest of a registry"):
        provenance.check(registry / "registry.json", registries=other)
    with pytest.raises(InputError, match="a registry or a report"):
        provenance.build_registry(tmp_path / "of registry", registry, source="x")


def test_chance_and_recall_are_measured(tmp_path, write_lines, posts, registry, rows):
    place = tmp_path / "registry"
    built = provenance.build_registry(
        place, write_lines(tmp_path / "a.jsonl", posts[:20]), source="x"
    )
    with pytest.raises(InputError, match="too few to measure"):
        provenance.fit_registry(place, write_lines(tmp_path / "few.jsonl", rows))
    words = np.random.default_rng(0).integers(0, 5000, (40, 5000)).tolist()
    letters = str.maketrans("0123456789", "abcdefghij")
    texts = [{"text": " ".join(f"w{word}".translate(letters) for word in row)} for row in words]
    fitted = provenance.fit_registry(
        place, [write_lines(tmp_path / "texts.jsonl", texts)], max_document=10**6
    )
    assert fitted.digest != built.manifest.digest
    corpus = write_lines(tmp_path / "corpus.jsonl", rows)
    file = tmp_path / "calibration.json"
    options = {"registries": registry, "plants": 40}
    calibration = provenance.calibrate(corpus, output=file, seed=3, **options)
    assert calibration.seed == 3
    assert len(calibration.plants) + calibration.skipped == 40
    assert provenance.check(corpus, registries=registry, calibration=file).result.calibration
    with pytest.raises(OutputError, match="not a writable folder"):
        provenance.calibrate(corpus, output=file / "c.json", **options)
    with pytest.raises(ValueError, match="plants is at least 1, not 0"):
        provenance.calibrate(corpus, registries=registry, plants=0)


def test_a_text_is_looked_up(registry, posts, rows, capfd):
    traced = provenance.trace(rows[0]["text"], registries=registry, purpose="pretraining")
    assert str(posts[20]["id"]) in traced.findings["item"].to_pylist()
    assert traced.rulings
    assert capfd.readouterr() == ("", "")
    with pytest.raises(EmptyCorpus, match="no words"):
        provenance.trace("...", registries=registry)


def test_a_report_is_opened_again(tmp_path, registry, rows):
    outcome = provenance.check(rows, registries=registry)
    outcome.write(tmp_path / "report")
    again = provenance.open_report(tmp_path / "report")
    assert again.findings.equals(outcome.findings)
    assert again.render("markdown") == outcome.render("markdown")


def test_reports_are_written_to_addresses_and_files_are_not(rows, registry, tmp_path):
    (tmp_path / "a.txt").write_text("a corpus")
    memory = fsspec.filesystem("memory")
    provenance.check(rows, registries=registry).write("memory://bucket/report")
    assert memory.exists("/bucket/report/result.json")
    memory.store.clear()
    with pytest.raises(InputError, match="not an address"):
        provenance.calibrate(tmp_path / "a.txt", registries=registry, output="s3://bucket/c.json")


def test_registries_are_local_and_have_a_source(tmp_path):
    with pytest.raises(InputError, match="not an address"):
        provenance.build_registry("s3://bucket/registry", "a.jsonl", source="x")
    with pytest.raises(InputError, match="source of these items"):
        provenance.build_registry(tmp_path / "r", "a.jsonl")
    with pytest.raises(TypeError, match="'text_colum'"):
        provenance.build_registry(tmp_path / "r", "a.jsonl", source="x", text_colum="a")


@pytest.mark.parametrize(
    "call",
    [
        lambda **options: provenance.check(["a b"], **options),
        lambda **options: provenance.clean("a.txt", "clean", **options),
        lambda **options: provenance.diff("a.txt", "a.txt", **options),
        lambda **options: provenance.calibrate("a.txt", **options),
        lambda **options: provenance.trace("a text", **options),
        lambda **options: provenance.audit("x", **options),
        lambda **options: provenance.disclose("report", **options),
        lambda **options: provenance.fingerprint_dataset(["a b"], **options),
        lambda **options: provenance.compare(["a b"], ["a b"], **options),
        lambda **options: provenance.screen_dataset("public", ["a b"], **options),
        lambda **options: provenance.build_registry("r", "a.txt", source="x", **options),
        lambda **options: provenance.add_to_registry("r", "a.txt", source="x", **options),
        lambda **options: provenance.preview_dumps("a.txt", source="x", **options),
        lambda **options: provenance.explain_rules("x", **options),
    ],
)
def test_an_option_that_there_is_not_is_an_error(tmp_path, monkeypatch, call):
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("a text of some words")
    with pytest.raises(TypeError, match=r"has no option 'verdct'"):
        call(verdct="unknown")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_the_option_that_was_meant_is_named():
    with pytest.raises(TypeError, match="no option 'progres'; did you mean 'progress'"):
        provenance.clean("a.txt", "clean", progres=None)


@pytest.mark.parametrize("table", [pd.DataFrame({"a.txt": ["x"]}), pa.table({"a.txt": ["x"]})])
def test_functions_that_read_files_do_not_take_a_table_s_columns_for_paths(
    tmp_path, monkeypatch, table, registry
):
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("a text of some words")
    for call in (
        lambda: provenance.clean(table, "clean", registries=registry),
        lambda: provenance.diff(table, table, registries=registry),
        lambda: provenance.calibrate(table, registries=registry),
        lambda: provenance.build_registry("r", table, source="x"),
    ):
        with pytest.raises(InputError, match=r"(Table|DataFrame) is given") as caught:
            call()
        assert "write the data to a file" in caught.value.remedy


def test_ids_are_in_a_file(registry):
    with pytest.raises(TypeError, match=r"ids is a path or None, not \['1'\]"):
        provenance.remove_from_registry(registry, ids=["1"])


def test_a_dataset_is_cleaned_and_compared(tmp_path, rows, registry):
    path = tmp_path / "data.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    receipt = provenance.clean(path, tmp_path / "clean", registries=registry)
    assert receipt.documents == len(rows)
    assert not receipt.unread
    kept = {**rows[0], "text": "some words of our own, and nothing of anyone else's at all"}
    pq.write_table(pa.Table.from_pylist([*rows, kept]), tmp_path / "more.parquet")
    changes = provenance.diff(path, tmp_path / "more.parquet", registries=registry)
    assert changes.documents.added == 1
    assert not changes.worse
    with pytest.raises(ValueError, match="'allowed'"):
        provenance.clean(path, tmp_path / "no", verdict="allowed", registries=registry)


def test_what_is_in_no_file_is_not_told_to_be_cleaned(tmp_path, rows, registry, write_lines):
    in_memory = provenance.check(rows, registries=registry)
    in_file = provenance.check(write_lines(tmp_path / "a.jsonl", rows), registries=registry)
    shown = [f"{each} {each.violations[0].remedy}" for each in (in_memory, in_file)]
    assert ["provenance clean" in each for each in shown] == [False, True]
    assert "the findings name its rows" in shown[0]


def test_results_are_true_where_the_command_ends_with_0(tmp_path, rows, registry, write_lines):
    fine = write_lines(tmp_path / "fine.jsonl", [{"id": 1, "text": "The quay is wet and cold"}])
    copied = write_lines(tmp_path / "copied.jsonl", rows)
    assert provenance.diff(copied, fine, registries=registry)
    worse = provenance.diff(fine, copied, registries=registry)
    assert worse.worse
    assert not worse
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(gzip.compress(Path(fine).read_bytes())[:-9])
    assert provenance.build_registry(tmp_path / "a", fine, source="x")
    built = provenance.build_registry(tmp_path / "b", [fine, cut], source="x")
    assert built.unread
    assert not built
    assert provenance.clean(fine, tmp_path / "c", registries=registry)


def test_results_are_shown_in_a_line(tmp_path, rows, registry, write_lines):
    path = write_lines(tmp_path / "copied.jsonl", rows)
    report = tmp_path / "report"
    provenance.check(path, registries=registry).write(report)
    shown = [
        provenance.diff(path, path, registries=registry),
        provenance.clean(path, tmp_path / "clean", registries=registry),
        provenance.trace(rows[0]["text"], registries=registry),
        provenance.merge_registries([registry], tmp_path / "merged"),
        provenance.compare(path, registry),
        provenance.audit("x", reports=report),
        provenance.explain_rules("x"),
        provenance.replay_report(report),
        provenance.remove_from_registry(tmp_path / "merged", before="1980"),
    ]
    for result in shown:
        assert repr(result).startswith(f"<{type(result).__name__} "), result
        assert len(repr(result)) < 600


def test_shards_are_merged(tmp_path, rows, registry):
    path = tmp_path / "data.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    options = ["--registry", str(registry), "-o", str(tmp_path / "out"), "--shard", "1/1", "-q"]
    own = {"help_option_names": ["-h", "--help"]}  # a command keeps those of its first call
    assert check.command.main([str(path), *options], standalone_mode=False, **own) == 0
    outcome = provenance.merge(tmp_path / "out")
    whole = provenance.check(path, registries=registry)
    assert outcome.findings.equals(whole.findings)
    scanned = provenance.check_shard(path, "1/1", tmp_path / "own", registries=[registry])
    assert scanned.counts.documents == len(rows)
    again = provenance.merge(tmp_path / "own", output=tmp_path / "report")
    assert again.findings.equals(whole.findings)
    assert provenance.open_report(tmp_path / "report").findings.equals(whole.findings)
    with pytest.raises(ValueError, match="shard and sample cannot be combined"):
        provenance.check_shard(path, "1/1", tmp_path / "own", registries=registry, sample="1%")


def test_functions_have_the_options_of_the_commands():
    """Every option that decides the outcome has the same name in Python."""
    functions = (
        (audit.command, provenance.audit),
        (check.command, provenance.check),
        (clean.command, provenance.clean),
        (diff.command, provenance.diff),
        (calibrate.command, provenance.calibrate),
        (disclose.command, provenance.disclose),
        (trace.command, provenance.trace),
        (fingerprint.command, provenance.fingerprint_dataset),
        (compare.command, provenance.compare),
        (registry_changes.remove, provenance.remove_from_registry),
        (registry_changes.restore, provenance.restore_registry_items),
        (registry_changes.opt_out, provenance.add_opt_outs),
        (registry_changes.mark, provenance.mark_registry_items),
        (registry_changes.subset, provenance.subset_registry),
        (registry_commands.fit, provenance.fit_registry),
        (rules_commands.explain, provenance.explain_rules),
    )
    not_of_python = {
        *("output", "form", "excerpts", "anchor", "exit_zero", "quiet", "verbose", "help"),
        *("shard", "engine", "scheduler", "corpus", "file", "inputs"),
        "registry_key",  # given by the environment
    }
    renamed = {"kinds": "model", "day": "on"}
    for command, function in functions:
        options = {renamed.get(option.name, option.name) for option in command.params}
        text = inspect.getdoc(function)
        parameters = inspect.signature(function).parameters
        for option in options - not_of_python:
            if (command.name, option) == ("clean", "allow_unread"):
                continue  # the receipt lists what is unread
            assert option in parameters or f"`{option}`" in text, (command.name, option)


def test_records_have_the_facts_of_the_commands():
    renamed = {"destroyed": "on", "day": "on"}
    assert FACT_NAMES.keys() == ledger_add.add.commands.keys()
    for kind, command in ledger_add.add.commands.items():
        options = {renamed.get(each.name, each.name) for each in command.params}
        assert {*FACT_NAMES[kind]} == options - {"ledger", "help"}, kind


def test_checks_and_cleanings_are_recorded_in_the_ledger_of_the_policy(
    tmp_path, registry, rows, write_lines
):
    policy = tmp_path / "provenance.toml"
    policy.write_text(f'[ledger]\npath = "{tmp_path / "ledger"}"\n')
    outcome = provenance.check(rows, registries=registry, policy=policy)
    data = write_lines(tmp_path / "rows.jsonl", rows)
    receipt = provenance.clean(data, tmp_path / "cleaned", registries=registry, policy=policy)
    provenance.check(rows, registries=registry)  # without the policy
    ledger = provenance.open_ledger(tmp_path / "ledger")
    checked, cleaned = ledger.records()
    assert [checked["kind"], cleaned["kind"]] == ["check", "cleaning"]
    assert checked["facts"]["digest"] == outcome.result.corpus.digest
    assert cleaned["facts"]["after"] == receipt.after.digest
    assert ledger.verify().faults == ()


def test_withdrawals_are_recorded_in_the_ledger_of_the_policy(
    tmp_path, monkeypatch, write_lines, posts
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "provenance.toml").write_text('[ledger]\npath = "ledger"\n')
    provenance.build_registry("registry", write_lines(tmp_path / "a.jsonl", posts), source="x")
    (tmp_path / "ids.txt").write_text(f"{posts[0]['id']}\n")
    provenance.remove_from_registry("registry", ids="ids.txt", source="x", reason="asked")
    [record] = provenance.open_ledger("ledger").records()
    assert (record["kind"], record["facts"]["reason"]) == ("withdrawal", "asked")


def test_options_of_dumps_that_contradict_each_other_are_refused(tmp_path):
    with pytest.raises(ValueError, match="give either template or text_columns"):
        provenance.build_registry("r", "a.csv", source="x", template="{a}", text_columns="a")
    with pytest.raises(ValueError, match="scheduler needs engine dask"):
        provenance.build_registry("r", "a.csv", source="x", scheduler="tcp://127.0.0.1:1")


def test_a_ledger_is_written_and_read(tmp_path, registry, rows):
    provenance.check(rows, registries=registry).write(tmp_path / "report")
    for name in ("receipt.txt", "ids.txt"):
        (tmp_path / name).write_text("7700000000000004001\n")
    ledger = provenance.open_ledger(tmp_path / "ledger")
    report = tmp_path / "report"
    ledger.add("check", report=report)
    ledger.add("dataset", name="rows@1", report=report, sources="x", route="api", collected="2022")
    ledger.add("access", source="x", application="Lanterns", when="2022", calls=51000)
    office = {"Harbour Office": "government"}
    use = ledger.add("use", dataset="rows@1", when="2023-03", recipients=office, note=None)
    on = date(2023, 3, 1)
    ledger.add("destruction", dataset="old@1", on=on, receipt=tmp_path / "receipt.txt")
    ledger.add("withdrawal", ids=tmp_path / "ids.txt", source="x", on="2023-05-02")
    kinds = ["check", "dataset", "access", "use", "destruction", "withdrawal"]
    assert [record["kind"] for record in ledger.records()] == kinds
    [record] = ledger.records("use")
    assert record["digest"] == use
    assert record["facts"] == {
        "dataset": "rows@1",
        "dates": {"first": "2023-03-01", "until": "2023-04-01"},
        "recipients": [{"name": "Harbour Office", "kind": "government"}],
    }
    [record] = ledger.records("destruction")
    assert record["facts"]["destroyed"] == "2023-03-01"
    assert len(record["facts"]["receipt"]) == 64
    assert (ledger.verify().records, ledger.verify().faults) == (6, ())
    digest = ledger.verify().digest
    use = ledger.add("use", dataset="rows@1", when="2023-04", corrects=use)
    assert [each["corrected_by"] for each in ledger.records("use")] == [use, None]
    assert ledger.verify(since=digest).since.added == 1
    ledger.erase(use[:12], reason="request")
    assert ledger.verify().faults == ()
    assert len(ledger.verify().erased) == 1


@pytest.mark.parametrize(
    ("kind", "facts", "error", "words"),
    [
        ("user", {}, ValueError, "'user' is not a kind"),
        ("use", {}, TypeError, "needs dataset="),
        ("check", {}, TypeError, "needs report="),
        ("withdrawal", {}, TypeError, "needs ids="),
        ("destruction", {"dataset": "a"}, TypeError, "needs on="),
        ("use", {"dataset": "a", "propose": "b"}, TypeError, "no fact 'propose'"),
        ("access", {"source": "x", "calls": "many"}, TypeError, "'many' is not int"),
        ("access", {"source": "x", "calls": -1}, ValueError, "calls is at least 0, not -1"),
        ("access", {"source": "x", "route": "post"}, ValueError, "'post'"),
        ("access", {"source": "x", "when": "soon"}, PolicyError, "soon"),
        ("use", {"dataset": "a", "recipients": {"b": "friend"}}, ValueError, "'friend'"),
    ],
)
def test_records_that_are_wrong_are_not_written(tmp_path, kind, facts, error, words):
    ledger = provenance.open_ledger(tmp_path / "ledger")
    with pytest.raises(error, match=words):
        ledger.add(kind, **facts)
    assert not (tmp_path / "ledger").exists()


def test_a_letter_is_answered(tmp_path, registry, rows, posts, capfd):
    provenance.check(rows, registries=registry).write(tmp_path / "report")
    ledger = provenance.open_ledger(tmp_path / "ledger")
    ledger.add("dataset", name="rows@1", report=tmp_path / "report")
    ledger.add("use", dataset="rows@1", application="Lanterns")
    calls = []
    answer = provenance.audit(
        "x",
        ledger=tmp_path / "ledger",
        reports=tmp_path / "report",
        received=date(2023, 5, 18),
        due="2023-06-07",
        requester="X Corp.",
        progress=lambda *call: calls.append(call),
    )
    assert calls
    assert answer.found
    [dataset] = answer.document["datasets"]
    assert (dataset["dataset"], dataset["items"]) == ("rows@1", len(answer.items))
    assert "20 days after that" in str(answer)
    assert "Lanterns used rows@1" in answer.render("html")
    assert answer.render("letter").startswith("**DRAFT")
    answer.write(tmp_path / "answer")
    assert json.loads((tmp_path / "answer" / "audit.json").read_text()) == answer.document
    answer.write_forget_set(tmp_path / "forget")
    assert pq.read_table(tmp_path / "forget" / "forget.parquet")["item"].to_pylist()
    other = provenance.audit(item="nobody", reports=[tmp_path / "report"])
    assert not other.found
    with pytest.raises(ValueError, match="'pdf' is not a format"):
        other.render("pdf")
    with pytest.raises(TypeError, match="'report'"):
        provenance.audit("x", report=tmp_path / "report")
    with pytest.raises(ValueError, match="corpora= needs domain="):
        provenance.audit("x", corpora="a.jsonl")
    with pytest.raises(InputError, match="nothing says what is asked about"):
        provenance.audit(reports=[tmp_path / "report"])
    assert capfd.readouterr() == ("", "")


def test_what_rows_declare_needs_no_registry():
    rows = [{"text": "Some words of a page.", "url": "https://www.reddit.com/r/a/comments/1/b/"}]
    outcome = provenance.check(rows, declared_only=True)
    assert (outcome.status, outcome.share("reddit").documents.count) == ("fail", 1)
    clear = provenance.check([{"text": "Some words of a page."}], declared_only=True)
    assert clear
    assert "No text was compared" in str(clear)
    stated = clear.render("terminal")
    assert "By chance alone" not in stated
    assert "common background" not in stated
    with pytest.raises(ValueError, match="leave out registries"):
        provenance.check(rows, declared_only=True, registries="registry")


def test_rules_are_explained_as_by_the_command(tmp_path):
    explained = provenance.explain_rules("x", collected="2025-08-01", actor="api-developer")
    assert (explained.verdict, explained.name) == ("forbidden", "X (Twitter)")
    assert str(explained).startswith("X (Twitter), for pretraining")
    assert explained.ruling.reasons
    lax = provenance.explain_rules("cc0-1.0", signals="tdmrep", jurisdiction="EU")
    assert lax.verdict == "restricted"
    with pytest.raises(UnknownSource, match="no entry 'nowhere'"):
        provenance.explain_rules("nowhere")
    with pytest.raises(TypeError, match="'colected'"):
        provenance.explain_rules("x", colected="2025")


def test_sources_are_listed_and_the_cache_is_cleared(rows, registry, monkeypatch, tmp_path):
    names = [source.id for source in provenance.published_sources()]
    assert "reddit" in names
    assert [source.id for source in provenance.published_sources("reddit")] == ["reddit"]
    with pytest.raises(UnknownSource):
        provenance.published_sources("nowhere")
    monkeypatch.setenv("PROVENANCE_CACHE", str(tmp_path / "cache"))
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "data.parquet")
    provenance.check(tmp_path / "data.parquet", registries=registry)
    assert provenance.clear_cache().entries
    assert not provenance.clear_cache().entries


def test_datasets_are_sketched_and_compared(tmp_path, rows, registry, posts):
    table = pa.Table.from_pylist(rows)
    made = provenance.fingerprint_dataset(table, tmp_path / "a.sketch", scaled=1)
    assert made.sketch.documents == len(rows)
    comparison = provenance.compare(made, tmp_path / "a.sketch", registry, pd.DataFrame(rows))
    assert [overlap.other.kind for overlap in comparison.overlaps] == [
        *("sketch", "dataset", "registry")
    ]
    assert [overlap.contained.value for overlap in comparison.overlaps[:2]] == [1, 1]
    assert 0 < comparison.overlaps[2].contained.value < 0.2
    with pytest.raises(ValueError, match="scaled is at least 1"):
        provenance.fingerprint_dataset(rows, scaled=0)
    with pytest.raises(InputError, match="not an address"):
        provenance.fingerprint_dataset(rows, "s3://bucket/a.sketch")


def test_no_sketch_is_written_of_what_was_not_read(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.jsonl").write_text('{"text": "one two three"}\n')
    (tmp_path / "data" / "b.jsonl").write_text('{"text": "cut')
    target = tmp_path / "a.sketch"
    with pytest.raises(InputError, match=r"b\.jsonl"):
        provenance.fingerprint_dataset(tmp_path / "data", target)
    assert not target.exists()
    made = provenance.fingerprint_dataset(tmp_path / "data", target, allow_unread=1)
    assert made.sketch.unread == 1
    assert provenance.compare(tmp_path / "data", target).is_incomplete
