"""A cleaned corpus holds what it held, but for what is to go; its receipt says what that was."""

import gzip
import json
import shutil
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from provenance.errors import InputError
from provenance.model.content.tables import FINDINGS
from provenance.model.rules.policy import Agreement, Policy, Waiver, WaiverReason
from provenance.model.rules.terms import DateRange, Purpose, Verdict
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.cleaning import dataset_cleaning
from provenance.report.files.report_folder import write_report
from tests.pipeline.cleaning.cleanable_dataset import World, pages_with_posts
from tests.pipeline.conftest import Writer


@pytest.fixture
def world(tmp_path, registry, write_lines) -> World:
    return World(tmp_path, registry, write_lines)


@pytest.mark.parametrize("redact", [None, "", "[removed]"])
def test_a_cleaned_corpus_is_clear_by_the_same_model_and_by_itself(
    world, pages, posts, redact
) -> None:
    world.write("a.jsonl", pages_with_posts(pages, posts))
    before = world.check(world.data)
    write_report(before, world.folder / "report")
    assert before.result.violations
    receipt = world.clean(result=world.folder / "report", redact=redact)
    for model_of in (world.folder / "report", None):
        after = world.check(world.out, model_of)
        assert not after.result.violations
        assert "forbidden" not in after.findings["verdict"].to_pylist()
    assert (receipt.documents > 0) is (redact is None)
    assert receipt.before.digest == before.result.corpus.digest
    assert receipt.after.digest == world.check(world.out).result.corpus.digest


def test_documents_that_stay_keep_every_byte_and_the_others_are_named(world, pages, posts) -> None:
    rows = pages_with_posts(pages, posts)
    source = world.write("a.jsonl", rows)
    receipt = world.clean()
    kept = [row for n, row in enumerate(rows) if not n % 2]
    lines = source.read_bytes().splitlines(keepends=True)
    assert [row["id"] for row in world.lines("a.jsonl")] == [row["id"] for row in kept]
    assert (world.out / "a.jsonl").read_bytes() == b"".join(lines[::2])
    removed = pq.read_table(world.out / ".provenance" / "removed.parquet").to_pylist()
    assert sorted({row["document"] for row in removed}) == sorted({r["id"] for r in rows[1::2]})
    assert {row["verdict"] for row in removed} == {"forbidden"}
    assert receipt.documents == len(rows) // 2
    assert world.receipt["reasons"][0]["source"] == "x"


def test_a_redacted_text_is_the_text_without_the_spans_that_the_table_names(
    world, pages, posts
) -> None:
    rows = pages_with_posts(pages, posts)
    world.write("a.jsonl", rows)
    receipt = world.clean(redact="[…]")
    removed = pq.read_table(world.out / ".provenance" / "removed.parquet").to_pylist()
    assert receipt.rounds == 1
    for row, made in zip(rows, world.lines("a.jsonl"), strict=True):
        text = row["text"]
        for one in sorted(removed, key=lambda one: -one["start"]):
            if one["document"] == row["id"]:
                text = text[: one["start"]] + "[…]" + text[one["end"] :]
        text = text.replace("[…][…]", "[…]")
        assert made == {**row, "text": text}


def test_what_waivers_agreements_and_contest_excuse_is_left_in_unless_asked(
    world, pages, posts, write_lines
) -> None:
    rows = [{"text": f"{page} {posts[n]['text']}"} for n, page in enumerate(pages[:12])]
    world.write("a.jsonl", rows)
    waiver = Waiver(
        reason=WaiverReason.OWN_CONTENT,
        statement="ours",
        approver="legal",
        expires=date(2999, 1, 1),
        source="x",
        documents="*#[45]",  # whose rows are others, once those before them are gone
    )
    waived = replace(world.policy, waivers=(waiver,))
    dump = write_lines(world.folder / "books.jsonl", posts[7:9])
    build_registry(world.folder / "books", DumpSource([dump], "background"))
    both = replace(waived, backgrounds=(str(world.folder / "books"),))
    receipt = world.clean(policy=both)
    assert [posts.index(p) for p in posts[:12] if p["text"] in str(world.lines("a.jsonl"))] == [
        *(4, 5),
        *(7, 8),
    ]
    assert (receipt.documents, receipt.left_waived, receipt.left_contested) == (8, 2, 0)
    shutil.rmtree(world.out)
    assert world.clean(policy=both, waived=True, contested=True).documents == 10
    shutil.rmtree(world.out)
    verdicts = (Verdict.FORBIDDEN, Verdict.UNKNOWN)
    quoted = world.clean(policy=both, verdicts=verdicts)
    assert (quoted.documents, quoted.left_waived, quoted.left_contested) == (8, 2, 2)
    shutil.rmtree(world.out)
    assert world.clean(policy=both, verdicts=verdicts, waived=True, contested=True).documents == 12
    shutil.rmtree(world.out)
    agreement = Agreement(
        source="x",
        purposes=(Purpose.PRETRAINING,),
        period=DateRange(date(2020, 1, 1), date(2999, 1, 1)),
        reference="contract",
    )
    agreed = world.clean(policy=replace(world.policy, agreements=(agreement,)))
    assert (agreed.documents, agreed.rounds) == (0, 0)
    assert (world.out / "a.jsonl").read_bytes() == (world.data / "a.jsonl").read_bytes()


def test_other_verdicts_go_where_they_are_named(world, pages, posts, write_lines) -> None:
    dump = write_lines(world.folder / "forum.jsonl", posts[:5])
    build_registry(world.folder / "forum", DumpSource([dump], "village-forum"))
    policy = Policy(registries=(str(world.folder / "forum"),))
    world.write("a.jsonl", [{"text": f"{pages[n]} {posts[n]['text']}"} for n in range(10)])
    assert world.clean(policy=policy).documents == 0
    shutil.rmtree(world.out)
    both = (Verdict.FORBIDDEN, Verdict.UNKNOWN)
    assert world.clean(policy=policy, verdicts=both).documents == 5


def test_files_of_which_nothing_goes_are_copies_and_every_digest_is_told(
    world, pages, posts
) -> None:
    world.write("clean.jsonl", [{"text": page} for page in pages[:20]])
    world.write("dirty.jsonl", [{"text": f"{pages[30]} {posts[0]['text']}"}, {"text": pages[31]}])
    (world.data / "README.txt").write_text("about")
    world.clean()
    assert (world.out / "clean.jsonl").read_bytes() == (world.data / "clean.jsonl").read_bytes()
    told = {file["file"]: file for file in world.receipt["files"]}
    assert told["clean.jsonl"]["before"] == told["clean.jsonl"]["after"]
    assert told["dirty.jsonl"]["before"] != told["dirty.jsonl"]["after"]
    assert told["dirty.jsonl"]["after"]["bytes"] == (world.out / "dirty.jsonl").stat().st_size
    assert not (world.out / "README.txt").exists()
    assert world.receipt["not_copied"] == 1


def test_everything_may_go(world, posts) -> None:
    world.write("a.jsonl", posts[:30])
    receipt = world.clean()
    assert (receipt.documents, receipt.after.documents) == (30, 0)
    assert (world.out / "a.jsonl").read_bytes() == b""


def test_texts_go_with_their_files(world, pages, posts) -> None:
    (world.data / "kept.txt").write_text(pages[0])
    (world.data / "gone.txt").write_bytes(f"{pages[1]}\r\n{posts[0]['text']}".encode("utf-16"))
    world.clean()
    assert sorted(path.name for path in world.out.iterdir()) == [".provenance", "kept.txt"]
    assert world.receipt["files"][0]["written"] is None
    shutil.rmtree(world.out)
    world.clean(redact="-")
    text = (world.out / "gone.txt").read_bytes().decode("utf-16")
    assert text == f"{pages[1]}\r\n-"


@pytest.mark.parametrize(
    ("declared", "verdicts"),
    [
        ({"url": "https://x.com/somebody/status/1"}, ()),
        ({"licence": "CC-BY-NC-4.0"}, ()),
        ({"x_robots_tag": "noai"}, (Verdict.RESTRICTED, Verdict.UNKNOWN)),
    ],
)
def test_what_a_row_declares_takes_the_document_with_it(world, pages, declared, verdicts) -> None:
    rows = [{"text": page, "url": f"https://example.org/{n}"} for n, page in enumerate(pages[:9])]
    rows[4] |= declared
    world.write("a.jsonl", rows)
    receipt = world.clean(redact="[removed]", verdicts=(Verdict.FORBIDDEN, *verdicts))
    assert (receipt.documents, receipt.spans, receipt.rounds) == (1, 0, 1)
    assert world.lines("a.jsonl") == [*rows[:4], *rows[5:]]


def test_what_a_redaction_reveals_goes_too(world, pages, posts) -> None:
    post = min((each["text"].split() for each in posts[30:]), key=len)
    half = len(post) // 2
    inner = " ".join(each["text"] for each in posts[:3])
    text = f"{pages[0]} {' '.join(post[:half])} {inner} {' '.join(post[half:])}. {pages[1]}"
    world.write("a.jsonl", [{"text": text}, *({"text": page} for page in pages[2:30])])
    receipt = world.clean(redact="")
    left = world.lines("a.jsonl")[0]["text"]
    assert inner not in left
    assert " ".join(post[:half]) not in left
    assert receipt.rounds >= 2
    assert not world.check(world.out).result.violations


@pytest.mark.parametrize("by_itself", [False, True])
def test_what_either_look_at_what_is_left_finds_goes_too(
    world, pages, posts, monkeypatch, by_itself
) -> None:
    rows = [{"text": f"{pages[0]} {posts[0]['text']}"}, *({"text": page} for page in pages[1:9])]
    world.write("a.jsonl", rows)
    looked = []
    look = dataset_cleaning.check_corpus

    def check_opened(opened, library, policy, settings, frozen=None):
        made = look(opened, library, policy, settings, frozen)
        looked.append(frozen is None)
        # Of what is written, one look says of its fifth row what was said of the first at first.
        if len(looked) > 1 and looked[1:].count(by_itself) == 1 and looked[-1] is by_itself:
            row = pa.array([5] * len(first.findings), pa.int64())
            place = FINDINGS.get_field_index("row")
            return replace(made, findings=first.findings.set_column(place, "row", row))
        return made

    first = world.check(world.data)
    monkeypatch.setattr(dataset_cleaning, "check_corpus", check_opened)
    receipt = world.clean()
    assert (receipt.documents, receipt.rounds) == (2, 2)
    assert world.lines("a.jsonl") == [*rows[1:6], *rows[7:]]
    assert looked[-2:] == [False, True]


def test_a_replacement_that_is_found_itself_ends_in_words(world, pages, posts) -> None:
    world.write("a.jsonl", [{"text": f"{pages[0]} {posts[0]['text']} {pages[1]}"}])
    with pytest.raises(InputError, match="after 20 rounds") as raised:
        world.clean(redact=posts[1]["text"])
    assert "--redact" in raised.value.remedy
    assert not world.out.exists()


def test_compressed_lines_and_tables_keep_their_form(world, pages, posts) -> None:
    rows = pages_with_posts(pages, posts)
    lines = "".join(json.dumps(row) + "\r\n" for row in rows).encode()
    (world.data / "a.jsonl.gz").write_bytes(gzip.compress(lines))
    table = pa.Table.from_pylist(rows).replace_schema_metadata({b"made by": b"us"})
    pq.write_table(table, world.data / "b.parquet", row_group_size=7, compression="gzip")
    world.clean()
    assert gzip.decompress((world.out / "a.jsonl.gz").read_bytes()) == b"".join(
        lines.splitlines(keepends=True)[::2]
    )
    made = pq.ParquetFile(world.out / "b.parquet")
    assert made.read().equals(table.take(list(range(0, len(rows), 2))), check_metadata=True)
    assert made.metadata.num_row_groups == 6
    assert made.metadata.row_group(0).column(1).compression == "GZIP"


def test_a_saved_dataset_stays_one_and_gets_a_fingerprint_of_its_own(world, pages, posts) -> None:
    import datasets

    rows = pages_with_posts(pages, posts)
    datasets.disable_progress_bars()
    both = datasets.DatasetDict(
        {"train": datasets.Dataset.from_list(rows), "test": datasets.Dataset.from_list(rows[::2])}
    )
    both.save_to_disk(str(world.folder / "saved"))
    world.clean(corpus=world.folder / "saved")
    made = datasets.load_from_disk(str(world.out))
    assert made["train"].to_list() == rows[::2] == made["test"].to_list()
    assert made["train"].features == both["train"].features
    states = [
        json.loads((folder / "train" / "state.json").read_text("utf-8"))
        for folder in (world.out, world.folder / "saved")
    ]
    assert states[0]["_fingerprint"] != states[1]["_fingerprint"]
    assert made["train"].num_rows == 20


@pytest.mark.parametrize("from_report", [True, False])
def test_what_only_many_quotations_make_undecided_goes_too(
    tmp_path, pages, write_lines, from_report
):
    writer = Writer(81)
    quoted = [writer.sentence(20) for _ in range(60)]
    plain = [writer.sentence(20) for _ in range(4)]
    texts = [*(f'{writer.sentence(30)}: "{each}".' for each in quoted), *plain]
    items = [{"id": f"i{n}", "text": text} for n, text in enumerate(texts)]
    registry = tmp_path / "registry"
    build_registry(registry, DumpSource([write_lines(tmp_path / "items.jsonl", items)], "x"))
    world = World(tmp_path, str(registry), write_lines)
    passages = enumerate([*quoted, *plain])
    world.write("a.jsonl", [{"text": f"{pages[n]} {each}. {pages[n + 1]}"} for n, each in passages])
    before = world.check(world.data)
    write_report(before, world.folder / "report")
    undecided = before.findings.filter(pc.equal(before.findings["origin"], "undecided"))
    assert undecided["row"].to_pylist() == [60, 61, 62, 63]
    assert undecided["contested"].to_pylist() == [True] * 4

    receipt = world.clean(result=world.folder / "report" if from_report else None)

    assert len(world.lines("a.jsonl")) == 60
    assert (receipt.left_waived, receipt.left_contested) == (0, 0)
