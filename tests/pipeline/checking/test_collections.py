"""Parts of a corpus have circumstances of their own, and the report tells them apart."""

import csv
import json
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

import provenance
from provenance.errors import ColumnMissing
from provenance.model.records.receipt import Cleaning
from provenance.model.rules.policy import Agreement, Collection, Policy
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import Actor, DateRange, Purpose, Verdict
from provenance.pipeline import check
from provenance.pipeline.cleaning.dataset_cleaning import clean
from provenance.pipeline.locate import locations
from provenance.pipeline.rule_commands import rule_checking
from provenance.pipeline.scan import corpus_scan, row_metadata
from provenance.pipeline.settings import Settings
from provenance.read.rules.rule_files import load_rules
from provenance.report.files.findings_parquet import sort_findings
from provenance.report.files.report_folder import write_report
from provenance.report.text.observations import observation_sentences

DEVELOPER = Circumstances(actor=Actor.API_DEVELOPER)
BEFORE, AFTER = (
    DateRange(date(2024, 6, 1), date(2024, 7, 1)),
    DateRange(date(2026, 6, 1), date(2026, 7, 1)),
)
"""X's developer agreement is about foundation models since 2025-06-04."""


@pytest.fixture(scope="session")
def rows(pages):
    snapshots = ["2022-06", "2026-06", "2026-07"]
    return [
        {
            "id": f"d{number}",
            "text": pages[number],
            "url": f"https://{host}/{number}",
            "meta": {"snapshot": snapshots[number % 3]},
        }
        for number, host in enumerate(["x.com", "x.com", "mobile.x.com", "www.reddit.com"] * 3)
    ]


@pytest.fixture
def judged(tmp_path, registry, rows, write_lines):
    """Check rows under a policy; give the verdict and collection of each document."""

    def run(*collections, own=None, address=None, settings=None, **policy):
        address = address or write_lines(tmp_path / "corpus.jsonl", own or rows)
        asked = Policy(
            policy.pop("asked", DEVELOPER),
            registries=(registry,),
            collections=collections,
            **policy,
        )
        run.report = check([address], asked, settings or Settings())
        run.policy = asked
        found = run.report.findings.to_pylist()
        return {row["document"]: (row["verdict"], row["collection"]) for row in found}

    return run


def collected(report):
    return {s.key: s.documents.count for s in report.result.shares if s.by == "collection"}


def test_a_column_of_the_rows_chooses_the_circumstances(judged, rows):
    old = Collection("old", column="meta.snapshot", value="2022-*", collected=BEFORE)
    new = Collection("new", column="meta.snapshot", value="2026-*", collected=AFTER)
    found = judged(old, new)
    names = {r["id"]: "old" if r["meta"]["snapshot"] == "2022-06" else "new" for r in rows}
    assert {document: name for document, (_, name) in found.items()} == names
    of_x = [r["id"] for r in rows if "x.com" in r["url"]]
    assert {found[d] for d in of_x} == {("unknown", "old"), ("forbidden", "new")}
    assert collected(judged.report) == {"old": 4, "new": 8}


@pytest.mark.parametrize("kind", ["parquet", "csv", "json", "jsonl", "sqlite"])
def test_every_format_gives_the_values_of_its_columns(judged, rows, tmp_path, kind):
    path = tmp_path / f"corpus.{kind}"
    flat = [{**row, "meta": row["meta"]["snapshot"]} for row in rows]
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(flat), path)
    elif kind == "csv":
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, flat[0])
            writer.writeheader()
            writer.writerows(flat)
    elif kind == "sqlite":
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("create table pages (id, text, url, meta)")
            database.executemany("insert into pages values (:id, :text, :url, :meta)", flat)
    elif kind == "json":
        path.write_text(json.dumps(flat))
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in flat))
    old = Collection("old", column="meta", value="2022-??", collected=BEFORE)
    assert collected((judged(old, address=str(path)), judged.report)[1]) == {
        "old": 4,
        "other content": 8,
    }


@pytest.mark.parametrize("kind", ["rows", "table"])
def test_data_of_a_program_has_collections_too(judged, rows, registry, tmp_path, kind):
    flat = [{**row, "meta": row["meta"]["snapshot"]} for row in rows]
    policy = tmp_path / "provenance.toml"
    policy.write_text(
        '[[collections]]\nname = "old"\ncolumn = "meta"\nvalue = "2022-*"\ncollected = 2022\n'
    )
    data = flat if kind == "rows" else pa.Table.from_pylist(flat)
    made = provenance.check(data, registries=[registry], policy=str(policy))
    shares = {s.key: s.documents.count for s in made.result.shares if s.by == "collection"}
    assert shares == {"old": 4, "other content": 8}


def test_a_table_of_a_program_without_the_column_is_refused(rows, registry, tmp_path):
    policy = tmp_path / "provenance.toml"
    policy.write_text('[[collections]]\nname = "a"\ncolumn = "snapshto"\nvalue = "*"\n')
    with pytest.raises(ColumnMissing, match="snapshto"):
        provenance.check(pa.Table.from_pylist(rows), registries=[registry], policy=str(policy))


def test_clean_removes_what_is_forbidden_in_its_collection_alone(
    tmp_path, registry, posts, write_lines
):
    quoted = posts[19]
    rows = [
        {"id": snapshot, "text": quoted["text"], "snapshot": snapshot}
        for snapshot in ("2022-06", "2026-06")
    ]
    corpus = write_lines(tmp_path / "corpus.jsonl", rows)
    collections = tuple(
        Collection(str(span.first), column="snapshot", value=value, collected=span)
        for span, value in ((BEFORE, "2022-*"), (AFTER, "2026-*"))
    )
    policy = Policy(DEVELOPER, registries=(registry,), collections=collections)
    clean([corpus], tmp_path / "clean", policy, Cleaning(), Settings())
    written = (tmp_path / "clean/corpus.jsonl").read_text("utf-8")
    kept = [json.loads(line)["id"] for line in written.splitlines()]
    assert kept == ["2022-06"]


def test_files_sources_and_hosts_choose_too_and_the_first_that_fits_counts(
    judged, rows, tmp_path, write_lines
):
    (tmp_path / "data").mkdir()
    write_lines(tmp_path / "data/bought.jsonl", rows[:4])
    write_lines(tmp_path / "data/crawl.jsonl", rows[4:])
    found = judged(
        Collection("bought", files="bought*"),
        Collection("mobile", host="mobile.x.com"),
        Collection("x", source="Twitter"),
        Collection("any x", host="x.com"),
        address=str(tmp_path / "data"),
    )
    assert [found[f"d{n}"][1] for n in range(12)] == (
        ["bought"] * 4 + ["x", "x", "mobile", None] * 2
    )
    assert collected(judged.report) == {
        "bought": 4,
        "mobile": 2,
        "x": 4,
        "any x": 0,
        "other content": 2,
    }


def test_all_that_a_collection_names_must_fit(judged):
    found = judged(Collection("both", source="x", column="meta.snapshot", value="2022-06"))
    members = sorted(d for d, (_, name) in found.items() if name == "both")
    assert members == ["d0", "d6", "d9"]


def test_the_day_that_a_row_states_counts_before_all_others(judged, rows):
    days = ["2022-06-15", "2022-06", "2022", "2022-06-15T10:00:00Z", "soon", "", None, "2026-06-01"]
    own = [
        {**row, **({} if day is None else {"collected": day})}
        for row, day in zip(rows[:1] * len(days), days, strict=True)
    ]
    own = [{**row, "id": f"r{number}", "text": row["text"]} for number, row in enumerate(own)]
    found = judged(Collection("x", source="x", collected=AFTER), own=own)
    verdicts = [found[f"r{number}"][0] for number in range(len(days))]
    assert verdicts == ["unknown"] * 4 + ["forbidden"] * 4
    assert collected(judged.report) == {"x": 3, "x, dated by its rows": 5}
    judged(own=own)
    assert collected(judged.report) == {"other content": 3, "other content, dated by its rows": 5}


def test_an_agreement_that_a_collection_names_covers_that_collection_alone(judged):
    contract = Agreement("x", (Purpose.PRETRAINING,), DateRange(), "contract 17")
    bought = Collection("bought", column="meta.snapshot", value="2022-*", agreement="contract 17")
    found = judged(bought, agreements=(contract,), asked=replace(DEVELOPER, collected=AFTER))
    assert {found[d][0] for d in ("d0", "d6", "d9")} == {"permitted"}
    assert {found[d][0] for d in ("d1", "d2", "d4", "d5")} == {"forbidden"}
    found = judged(agreements=(contract,), asked=replace(DEVELOPER, collected=AFTER))
    assert {found[f"d{n}"][0] for n in (0, 1, 2)} == {"permitted"}


def test_role_place_and_commerce_are_stated_for_a_collection(judged):
    licensed = [{"id": "n", "text": "some words of a page", "license": "CC-BY-NC-4.0"}]
    own = Collection("own", files="*", commercial=False, actor=Actor.SCRAPER, jurisdiction="JP")
    assert judged(own, own=licensed)["n"] == ("restricted", "own")
    assert judged(own=licensed)["n"] == ("forbidden", None)
    circumstances = own.circumstances(Circumstances(collected=BEFORE))
    assert circumstances == Circumstances(
        collected=BEFORE, actor=Actor.SCRAPER, jurisdiction="JP", commercial=False
    )


def test_a_column_that_no_file_has_is_refused(judged, rows, tmp_path, write_lines):
    wrong = Collection("wrong", column="meta.snapshto", value="2022-*")
    with pytest.raises(ColumnMissing, match=r"meta\.snapshto.*\[\[collections\]\]"):
        judged(wrong)
    (tmp_path / "data").mkdir()
    write_lines(tmp_path / "data/a.jsonl", rows)
    pq.write_table(pa.table({"text": [rows[0]["text"]]}), tmp_path / "data/b.parquet")
    right = Collection("right", column="meta.snapshot", value="2022-*")
    judged(right, address=str(tmp_path / "data"))
    assert collected(judged.report)["right"] == 4


def test_a_column_that_first_occurs_late_is_read(judged, rows, tmp_path):
    filler = {"id": "f", "text": "a few plain words " * 2000}
    lines = [json.dumps({**filler, "id": f"f{n}"}) for n in range(60)]
    late = [json.dumps(row) for row in rows]
    path = tmp_path / "late.jsonl"
    path.write_text("\n".join([*lines, *late]))
    old = Collection("old", column="meta.snapshot", value="2022-*", collected=BEFORE)
    judged(old, address=str(path))
    assert collected(judged.report)["old"] == 4


def observed(report):
    return [(str(o.kind), o.detail, o.documents) for o in report.result.observations]


@pytest.mark.parametrize("kind", ["json", "sqlite", "iterator"])
def test_a_column_that_no_row_has_is_reported(judged, rows, registry, tmp_path, kind):
    wrong = Collection("wrong", column="snapshto", value="*")
    flat = [{"id": row["id"], "text": row["text"], "snapshot": "2022"} for row in rows]
    right = replace(wrong, name="right", column="snapshot")
    path = tmp_path / f"corpus.{kind}"
    if kind == "iterator":
        policy = tmp_path / "provenance.toml"
        policy.write_text(
            "\n".join(
                f'[[collections]]\nname = "{each.name}"\ncolumn = "{each.column}"\nvalue = "*"'
                for each in (wrong, right)
            )
        )
        options = {"registries": [registry], "policy": str(policy)}
        report = provenance.check(iter(flat), **options).report
    elif kind == "json":
        path.write_text(json.dumps(flat))
    else:
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("create table pages (id, text, snapshot)")
            database.executemany("insert into pages values (:id, :text, :snapshot)", flat)
    if kind != "iterator":
        judged(wrong, right, address=str(path))
        report = judged.report
    assert observed(report) == [("empty-collection", "wrong", 0)]
    assert (
        "Collection 'wrong' of the policy contains no row"
        in observation_sentences(report.result)[0]
    )


def test_a_pattern_that_fits_nothing_is_reported(judged, tmp_path, rows, write_lines):
    (tmp_path / "data").mkdir()
    write_lines(tmp_path / "data/bought.jsonl", rows)
    collections = (
        Collection("files", files="bouhgt/*"),
        Collection("host", host="twiter.com"),
        Collection("mobile", host="mobile.x.com"),
        Collection("x", host="X.com"),
        Collection("value", column="meta.snapshot", value="2202-*"),
        Collection("both", files="*.jsonl", column="meta.snapshot", value="2022-*"),
        Collection("one of both", files="*.json", column="meta.snapshot", value="2022-*"),
    )
    settings = Settings(cache=tmp_path / "cache")
    for _ in range(2):  # from the cache too
        judged(*collections, address=str(tmp_path / "data"), settings=settings)
        assert [detail for _, detail, _ in observed(judged.report)] == [
            "files",
            "host",
            "value",
            "one of both",
        ]
    judged(*collections, address=str(tmp_path / "data"), settings=Settings(sample=0.5))
    assert observed(judged.report) == []


def test_many_values_may_fit_any_pattern(judged, rows):
    own = [{**rows[0], "id": f"r{n}", "day": f"value {n}"} for n in range(1200)]
    own = [{**row, "url": f"https://h{n}.example/ä"} for n, row in enumerate(own)]
    day = Collection("day", column="day", value="nothing")
    host = Collection("host", host="example.org")
    judged(day, host, own=own[:900])
    assert [detail for _, detail, _ in observed(judged.report)] == ["day", "host"]
    judged(day, host, own=own)
    assert observed(judged.report) == []


def test_days_that_cannot_be_read_are_counted(judged, rows):
    days = ["01/02/2009", "01/02/2009", 1262304000, "2009-02-30", "", None, "2022-06", "2022"]
    own = [{**row, "collected": day} for row, day in zip(rows, days, strict=False)]
    own.append({**own[0], "id": "two texts", "title": "a title of this", "text": [own[0]["text"]]})
    judged(own=own)
    assert observed(judged.report) == [("unreadable-day", None, 5)]
    [sentence] = observation_sentences(judged.report.result)
    assert "5 documents have a `collected` that is no day" in sentence


def test_days_to_come_are_counted_and_do_not_count(judged, rows):
    days = ["2999-01-01", "2999", "2998-05", "2022"]
    own = [{**row, "collected": day} for row, day in zip(rows, days, strict=False)]
    verdicts = judged(own=own)
    assert observed(judged.report) == [("future-day", "2999-01-01", 3)]
    [sentence] = observation_sentences(judged.report.result)
    assert "3 documents have a `collected` that is still to come" in sentence
    assert "(the latest: 2999-01-01)" in sentence
    assert verdicts == judged(own=[*({**row, "collected": None} for row in own[:3]), own[3]])


@pytest.mark.parametrize("kind", ["parquet", "jsonl", "csv"])
def test_metadata_in_a_string_chooses_too(judged, rows, tmp_path, kind):
    values = [
        json.dumps({**row["meta"], "collected": "2026-06-01"} if n == 3 else row["meta"])
        for n, row in enumerate(rows)
    ]
    flat = [{**row, "meta": value} for row, value in zip(rows, values, strict=True)]
    path = tmp_path / f"corpus.{kind}"
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(flat), path)
    elif kind == "csv":
        pa.csv.write_csv(pa.Table.from_pylist(flat), path)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in flat))
    old = Collection("old", column="meta.snapshot", value="2022-??", collected=BEFORE)
    judged(old, address=str(path))
    shares = collected(judged.report)
    assert shares == {"old": 3, "old, dated by its rows": 1, "other content": 8}
    assert observed(judged.report) == []


def test_naming_a_column_does_not_hide_its_text(judged, registry, posts):
    rows = [{"id": "r", "title": posts[19]["text"], "body": "other words of the page here"}]
    plain = judged(own=rows)
    assert plain
    assert judged(Collection("t", column="title", value="*"), own=rows).keys() == plain.keys()


def test_other_circumstances_read_nothing_anew_and_come_out_as_without_the_cache(
    judged, tmp_path, monkeypatch
):
    reads = []

    def counted(module, name):
        original = getattr(module, name)

        def call(*arguments, **named):
            reads.append(name)
            return original(*arguments, **named)

        monkeypatch.setattr(module, name, call)

    counted(corpus_scan, "read_part")
    counted(locations, "whole_text_evidence")
    cached = Settings(threads=2, cache=tmp_path / "cache")
    old = Collection("old", column="meta.snapshot", value="2022-*", collected=BEFORE)
    judged(old, settings=cached)
    assert len(reads) == 2
    changed = replace(old, name="other", value="2026-*", collected=AFTER)
    judged(changed, settings=cached)
    assert len(reads) == 2
    with_cache = judged.report
    judged(changed)
    assert judged.report.findings.equals(with_cache.findings)
    assert judged.report.result.shares == with_cache.result.shares
    judged(replace(old, column="id", value="d*"), settings=cached)
    assert len(reads) == 6  # without the cache, and with a column that was not read before


@pytest.mark.parametrize("engine", ["threads", "processes"])
def test_threads_and_processes_find_the_same(judged, rows, tmp_path, engine, write_lines):
    (tmp_path / "data").mkdir()
    for number, row in enumerate(rows):
        write_lines(tmp_path / f"data/{number}.jsonl", [row])
    old = Collection("old", column="meta.snapshot", value="2022-*", collected=BEFORE)
    address = str(tmp_path / "data")
    judged(old, address=address, settings=Settings(threads=1))
    expected = judged.report
    settings = Settings(threads=2, engine=engine, tasks=str(tmp_path / "tasks"))
    judged(old, address=address, settings=settings)
    assert sort_findings(judged.report.findings).equals(sort_findings(expected.findings))
    assert judged.report.result.shares == expected.result.shares


def test_sources_without_findings_are_judged_by_the_collection_of_the_source(judged):
    quiet = [{"id": "q", "text": "nothing of the registry is here, only these few words"}]
    judged(Collection("x", source="x", collected=AFTER), own=quiet)
    (ruling,) = (each for each in judged.report.result.rulings if each.source == "x")
    assert (ruling.documents, ruling.collection) == (0, "x")
    assert ruling.ruling.verdict is Verdict.FORBIDDEN
    judged(Collection("x", source="x", files="a*", collected=AFTER), own=quiet)
    (ruling,) = (each for each in judged.report.result.rulings if each.source == "x")
    assert (ruling.collection, ruling.ruling.verdict) == (None, Verdict.FORBIDDEN)


def test_captured_files_of_any_day_on_which_some_content_was_collected_count(monkeypatch):
    rules, days = load_rules(), []
    monkeypatch.setattr(row_metadata, "PageSignals", lambda *given: days.append(given[-1]))

    def overall(*given, **more):
        row_metadata.build_declarations(rules, Policy(*given, **more), [])
        return days[-1]

    early, late = (Collection(n, files=n, collected=c) for n, c in (("a", BEFORE), ("b", AFTER)))
    stated = Circumstances(collected=BEFORE)
    assert overall(stated) == BEFORE
    both = DateRange(BEFORE.first, AFTER.until)
    assert overall(stated, collections=(early, late)) == both
    assert overall(collections=(early, late)) is None
    open_end = replace(late, collected=DateRange(AFTER.first, None))
    assert overall(stated, collections=(open_end,)) == DateRange(BEFORE.first)


def test_two_sets_of_rules_are_compared_under_the_circumstances_of_each_collection(
    judged, root, tmp_path
):
    old = Collection("old", column="meta.snapshot", value="2022-*", collected=BEFORE)
    new = Collection("new", column="meta.snapshot", value="2026-*", collected=AFTER)
    judged(old, new)
    write_report(judged.report, tmp_path / "report")
    before = judged.report.findings["verdict"].to_pylist()
    (tmp_path / "rules" / "sources").mkdir(parents=True)
    shipped = (root / "rules" / "sources" / "x.yaml").read_text("utf-8")
    changed = shipped.replace("verdict: forbidden", "verdict: restricted")
    (tmp_path / "rules" / "sources" / "x.yaml").write_text(changed, "utf-8")
    lines = rule_checking.compare_rules("shipped", str(tmp_path / "rules"), tmp_path / "report")
    judged(old, new, settings=Settings(rules=tmp_path / "rules"))
    pairs = Counter(zip(before, judged.report.findings["verdict"].to_pylist(), strict=True))
    changed = {pair: number for pair, number in pairs.items() if pair[0] != pair[1]}
    assert sorted(lines[-len(changed) :]) == sorted(
        f"x: {number} of the findings would be {new}, not {old}"
        for (old, new), number in changed.items()
    )
    assert 0 < sum(changed.values()) < len(before)
