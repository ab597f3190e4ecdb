"""What changed from one dataset to another, and what that costs to learn."""

import json
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import PolicyError, UnsupportedFormat
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.checking.corpus_contents import compare_documents
from provenance.pipeline.cleaning.dataset_diff import diff
from provenance.pipeline.settings import Settings
from provenance.read.corpus.corpora import open_corpus
from provenance.read.corpus.corpus_parts import Part
from provenance.report.files.report_folder import write_report


@pytest.fixture
def world(tmp_path, registry, write_lines, pages):
    """Two datasets; the later one is told by what is done to the earlier one's rows."""

    def compare(change, rows=None, **settings):
        rows = rows or [{"id": f"d{n}", "text": page} for n, page in enumerate(pages[:30])]
        for name, told in (("old", rows), ("new", change([dict(row) for row in rows]))):
            (tmp_path / name).mkdir(exist_ok=True)
            write_lines(tmp_path / name / "a.jsonl", told)
        return diff(
            str(tmp_path / "old"),
            str(tmp_path / "new"),
            Policy(registries=(registry,)),
            Settings(threads=2, **settings),
        )

    return compare


def told(documents):
    return documents.added, documents.removed, documents.changed, documents.same


def test_documents_with_ids_are_added_removed_and_changed(world, pages) -> None:
    def change(rows):
        rows[3]["text"] += " And more."
        rows[5]["id"] = "other"
        return [*rows[:7], *rows[8:][::-1], {"id": "new", "text": pages[40]}]

    documents = world(change).documents
    assert told(documents) == (2, 2, 1, 27)
    assert sorted(documents.examples) == [
        ("added", "new"),
        ("added", "other"),
        ("changed", "d3"),
        ("removed", "d5"),
        ("removed", "d7"),
    ]


def test_documents_without_ids_are_what_they_say_wherever_they_stand(world, pages) -> None:
    rows = [{"text": page} for page in pages[:30]]

    def change(rows):
        rows[20]["text"] += " And more."
        return [rows[20], *rows[1:20][::-1], *rows[21:], rows[0], rows[0]]

    documents = world(change, rows).documents
    assert (documents.added + documents.changed, documents.removed + documents.changed) == (2, 1)
    assert documents.same == 29


@given(st.lists(st.sampled_from("abcd")), st.lists(st.sampled_from("abcd")))
def test_the_same_contents_in_any_order_are_no_change(tmp_path_factory, old, new) -> None:
    folder = tmp_path_factory.mktemp("contents")
    opened = []
    for name, texts in (("old", old), ("new", new)):
        (folder / name).mkdir()
        table = pa.table({"text": pa.array([f"text {one}" for one in ["x", *texts]])})
        pq.write_table(table, folder / name / "a.parquet", row_group_size=2)
        opened.append(open_corpus([str(folder / name)]))
    documents = compare_documents(*opened, len(new) + 1, None, 1).changes
    added, removed, changed, same = told(documents)
    common = sum(min(old.count(one), new.count(one)) for one in "abcd") + 1
    assert same == common
    assert (added + changed + same, removed + changed + same) == (len(new) + 1, len(old) + 1)


def test_new_findings_are_told_and_those_that_only_moved_are_not(world, pages, posts) -> None:
    rows = [{"text": f"{page} {post['text']}. {page[:90]}"} for page, post in zip(pages[:9], posts)]  # noqa: B905 (as many as there are)

    def change(rows):
        rows[4]["text"] = pages[4]
        put = {"text": f"{pages[50]} {posts[60]['text']}. {pages[51]}"}
        return [put, *rows]

    changes = world(change, rows)
    assert changes.appeared["item"].to_pylist() == ["p60"]
    assert changes.vanished["item"].to_pylist() == ["p4"]
    assert changes.kept == 8
    assert {(move.by, move.key) for move in changes.shares} >= {
        ("verdict", "forbidden"),
        ("source", "x"),
    }


def test_licences_that_no_rule_knows_come_after_all_sources(world, pages, posts) -> None:
    rows = [
        {"text": f"{page} {post['text']}", "licence": f"A licence {n}"}
        for n, (page, post) in enumerate(zip(pages[:9], posts[:9], strict=True))
    ]
    keys = [move.key for move in world(lambda rows: rows[1:], rows).shares]
    assert "x" in keys
    assert keys.index("x") < min(keys.index(key) for key in keys if key.startswith("A licence"))


def test_it_is_worse_where_a_gate_fails_that_passed_or_fails_by_more(world, pages, posts) -> None:
    def dirty(count):
        return lambda rows: [
            *({"id": f"n{n}", "text": f"{pages[n]} {posts[n]['text']}"} for n in range(count)),
            *rows[count:],
        ]

    (worse,) = world(dirty(2)).worse
    assert (worse.gate, worse.old) == ("forbidden=0%", 0)
    rows = dirty(4)([{"id": f"d{n}", "text": page} for n, page in enumerate(pages[:30])])
    assert world(lambda rows: rows, rows).worse == ()
    assert world(lambda rows: rows, rows).new.status == "fail"
    assert world(lambda rows: rows[1:], rows).worse == ()


def test_what_did_not_change_is_judged_alike(world, pages, posts) -> None:
    rows = [{"text": f"{page} {post['text']}. {page[:90]}"} for page, post in zip(pages, posts)]  # noqa: B905 (as many as there are)
    changes = world(lambda rows: rows[::9], rows)
    assert changes.appeared.num_rows == 0
    assert changes.kept >= 12
    assert changes.reservations == ()


def test_parts_that_are_the_same_are_not_read(
    tmp_path, registry, pages, monkeypatch, write_lines
) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        for shard in range(5):
            rows = [{"id": f"{shard}-{n}", "text": page} for n, page in enumerate(pages[:9])]
            if (name, shard) == ("new", 3):
                rows = rows[1:]
            write_lines(tmp_path / name / f"{shard}.jsonl", rows)
    read, inner = [], Part.batches
    settings, policy = Settings(cache=tmp_path / "cache"), Policy(registries=(registry,))
    for name in ("old", "new"):
        check([str(tmp_path / name)], policy, settings)
    monkeypatch.setattr(Part, "batches", lambda part: read.append(part.file) or inner(part))
    for _ in range(2):
        changes = diff(str(tmp_path / "old"), str(tmp_path / "new"), policy, settings)
        assert told(changes.documents) == (0, 1, 0, 44)
        assert read == ["3.jsonl"] * 2  # once, whatever comes later


def test_two_reports_are_compared_without_their_datasets(tmp_path, registry, pages, posts) -> None:
    for name, count in (("old", 3), ("new", 5)):
        texts = [f"{pages[n]} {posts[n]['text']}" for n in range(count)]
        lines = [json.dumps({"text": text}) for text in [*texts, *pages[20:60]]]
        (tmp_path / "data.jsonl").write_text("\n".join(lines))
        made = check([str(tmp_path / "data.jsonl")], Policy(registries=(registry,)))
        write_report(made, tmp_path / name)
    (tmp_path / "data.jsonl").unlink()
    changes = diff(str(tmp_path / "old"), str(tmp_path / "new"), Policy(), Settings())
    assert changes.documents is None
    assert sorted(changes.appeared["item"].to_pylist()) == ["p3", "p4"]
    assert changes.vanished.num_rows == 0
    (said,) = changes.reservations
    assert "--model-of" in said
    other = replace(made, result=replace(made.result, rules_digest="0" * 64))
    write_report(other, tmp_path / "new")
    changes = diff(str(tmp_path / "old"), str(tmp_path / "new"), Policy(), Settings())
    assert "they were judged by different rules" in changes.reservations
    other = replace(made, result=replace(made.result, tool="0.0.9"))
    write_report(other, tmp_path / "new")
    changes = diff(str(tmp_path / "old"), str(tmp_path / "new"), Policy(), Settings())
    [said] = [one for one in changes.reservations if "different versions" in one]
    assert "0.0.9" in said


def test_changes_that_the_data_did_not_make_are_marked(tmp_path, registry, pages, posts) -> None:
    rows = [{"text": f"{pages[n]} {posts[n]['text']}"} for n in range(5)]
    (tmp_path / "data.jsonl").write_text("\n".join(map(json.dumps, rows)))
    made = check([str(tmp_path / "data.jsonl")], Policy(registries=(registry,)))
    write_report(made, tmp_path / "old")
    for findings, count in ((made.findings, 0), (made.findings.slice(1), 1)):
        write_report(replace(made, findings=findings), tmp_path / "new")
        changes = diff(str(tmp_path / "old"), str(tmp_path / "new"), Policy(), Settings())
        said = [one for one in changes.reservations if "the dataset is the same" in one]
        assert (len(changes.vanished), len(said)) == (count, count)


def test_a_dataset_is_compared_with_a_report_by_its_model(tmp_path, registry, pages, posts) -> None:
    texts = [f"{page} {posts[n]['text']}" for n, page in enumerate(pages[:40])]
    data = tmp_path / "data.jsonl"
    data.write_text("\n".join(json.dumps({"text": text}) for text in texts))
    policy = Policy(registries=(registry,))
    write_report(check([str(data)], policy), tmp_path / "old")
    data.write_text("\n".join(json.dumps({"text": text}) for text in texts[:5]))
    changes = diff(str(tmp_path / "old"), str(data), policy, Settings())
    assert (changes.appeared.num_rows, changes.kept) == (0, 5)
    assert changes.reservations == ()


def test_what_cannot_be_compared_is_refused(tmp_path, pages) -> None:
    with pytest.raises(UnsupportedFormat, match="only files") as raised:
        diff("-", "-", Policy(), Settings())
    assert raised.value.remedy
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": pages[0]}))
    with pytest.raises(PolicyError, match="no registry"):
        diff(str(tmp_path / "a.jsonl"), str(tmp_path / "a.jsonl"), Policy(), Settings())
