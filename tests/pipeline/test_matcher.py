"""`provenance.Matcher` finds in texts what a check finds in the corpus that they make up."""

import base64
import json
import os
import pickle
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import strategies as st
from pyarrow.feather import read_table

import provenance
from provenance.errors import (
    ColumnMissing,
    CorruptFile,
    DatasetNotFound,
    DocumentTooLarge,
    InputError,
    PolicyError,
    RegistryNotFound,
)
from provenance.match.estimation.own_shares import DEFAULT_SHARE
from provenance.model.content.tables import MATCHES
from provenance.model.rules.policy import Policy
from provenance.pipeline import Settings, check
from provenance.pipeline.building.registries import DumpSource, add_to_registry, build_registry
from provenance.pipeline.checking import check_inputs
from provenance.report.files.report_folder import write_report
from tests.property_campaigns import property_test

COMPARED = [*(name for name in MATCHES.names if name not in {"row", "start", "end"})]


def content_findings(findings):
    """The findings by content of a corpus of one file, as `match` would return them."""
    content = findings.filter(pc.equal(findings["evidence"], "content"))
    return content.select(MATCHES.names).sort_by([("row", "ascending"), ("start", "ascending")])


def match_in_batches(matcher, texts, bounds):
    """Match texts in batches with these bounds; rows are numbered through."""
    edges = sorted({0, *bounds, len(texts)})
    tables = []
    for first, end in pairwise(edges):
        found = matcher.match(pa.table({"text": texts[first:end]}))
        tables.append(found.set_column(0, MATCHES.field(0), pc.add(found["row"], first)))
    return pa.concat_tables(tables)


@pytest.fixture(scope="module")
def texts(posts, pages):
    made = [
        f"{page} {post['text']}. {page[:80]} {other['text']}."
        for page, post, other in zip(pages, posts, posts[200:], strict=False)
    ]
    made += [f"\N{GRINNING FACE} {page[:300]} {posts[3]['text']}" for page in pages[:30]]
    return [*made, *(page[40:] for page in pages[:20])]


@pytest.fixture(scope="module")
def report(tmp_path_factory, texts, registry, write_lines):
    """The folder of the report of a check of the texts, and its findings."""
    folder = tmp_path_factory.mktemp("checked")
    corpus = write_lines(folder / "corpus.jsonl", [{"text": text} for text in texts])
    report = check(
        [corpus], Policy(registries=(registry,)), Settings(threads=2, own_share=DEFAULT_SHARE)
    )
    write_report(report, folder / "report")
    return folder / "report", content_findings(report.findings)


@pytest.fixture(scope="module")
def frozen(report, registry):
    return provenance.Matcher(registry, model_of=report[0])


@pytest.fixture(scope="module")
def matcher(registry):
    return provenance.Matcher(registry)


def test_with_the_model_of_a_report_matches_are_its_findings(frozen, texts, report):
    found = frozen.match(pa.table({"text": texts}))
    assert found.schema.equals(MATCHES)
    assert len(found) > 200
    assert found.equals(report[1].cast(MATCHES))


@pytest.fixture(scope="module")
def whole(matcher, texts):
    """What is matched in all texts at once."""
    return matcher.match(pa.table({"text": texts}))


@property_test(4, 100, bounds=st.lists(st.integers(1, 169), max_size=8))
def test_batches_do_not_matter(frozen, matcher, texts, report, whole, bounds):
    assert match_in_batches(frozen, texts, bounds).equals(report[1].cast(MATCHES))
    assert match_in_batches(matcher, texts, bounds).equals(whole)


def test_the_model_makes_a_difference(frozen, matcher, texts):
    batch = pa.table({"text": texts})
    assert not frozen.match(batch)["strength"].equals(matcher.match(batch)["strength"])


def test_one_text_has_the_matches_of_its_row(frozen, texts, report):
    for row in (0, 7, len(texts) - 25):
        expected = report[1].filter(pc.equal(report[1]["row"], row))
        found = frozen.find(texts[row])
        assert [(each.start, each.end) for each in found] == list(
            zip(expected["start"].to_pylist(), expected["end"].to_pylist(), strict=True)
        )
        for name in COMPARED:
            assert [getattr(each, name) for each in found] == expected[name].to_pylist()
    assert frozen.find("") == ()


def test_a_match_says_what_matched_and_where(matcher, posts):
    first, second = posts[30], posts[77]
    text = (
        f"\N{GRINNING FACE}\N{GRINNING FACE} He wrote: {second['text']}.\n\nThen: {first['text']}!"
    )
    earlier, later = matcher.find(text)
    assert text[earlier.start : earlier.end].strip(" .!") == second["text"]
    assert text[later.start : later.end].strip(" .!") == first["text"]
    assert (earlier.source, earlier.item, earlier.url) == ("x", "p77", second["url"])
    assert earlier.created_at == datetime.fromisoformat(second["created_at"]).astimezone(UTC)
    assert earlier.tokens == earlier.item_tokens == len(second["text"].split())
    assert earlier.strength > 20
    assert earlier.verdict == "forbidden"
    assert earlier.terms.startswith("x/")
    assert not earlier.contested


def test_pickled_and_in_another_process_it_finds_the_same(frozen, texts, report, tmp_path):
    frozen.find("opens the registries")
    pickled = pickle.dumps(frozen)
    assert len(pickled) < 10_000
    again = pickle.loads(pickled)
    assert again.match(pa.table({"text": texts})).equals(report[1].cast(MATCHES))
    (tmp_path / "matcher").write_bytes(pickled)
    pq.write_table(pa.table({"text": texts}), tmp_path / "texts.parquet")
    code = (
        "import pickle, pyarrow.feather, pyarrow.parquet as pq\n"
        "matcher = pickle.load(open('matcher', 'rb'))\n"
        "found = matcher.match(pq.read_table('texts.parquet'))\n"
        "pyarrow.feather.write_feather(found, 'found.feather')\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    assert read_table(tmp_path / "found.feather").equals(report[1].cast(MATCHES))


def test_threads_may_share_it(registry, texts, report):
    shared = provenance.Matcher(registry, model_of=report[0])
    rows = list(range(0, len(texts), 12)) * 2
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda row: shared.find(texts[row]), rows))
    pairs = zip(report[1]["row"].to_pylist(), report[1]["item"].to_pylist(), strict=True)
    items = {row: [] for row in rows}
    for row, item in pairs:
        items.get(row, []).append(item)
    assert [[match.item for match in matches] for matches in found] == [items[row] for row in rows]


@pytest.fixture
def opened(monkeypatch):
    """The registries that were opened, one entry each time."""
    folders = []

    def open_registry(folder, *arguments):
        folders.append(folder)
        return original(folder, *arguments)

    original = check_inputs.open_named_registry
    monkeypatch.setattr(check_inputs, "open_named_registry", open_registry)
    return folders


def test_a_process_opens_a_registry_once_and_when_it_is_needed(opened, registry, tmp_path):
    registry = shutil.copytree(registry, tmp_path / "registry")
    first = provenance.Matcher(registry)
    copies = [first, pickle.loads(pickle.dumps(first)), provenance.Matcher([registry])]
    assert opened == []
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda copy: copy.find("nothing of interest"), copies * 2))
    assert len(opened) == 1


def test_a_registry_that_was_extended_is_opened_again(tmp_path, posts, write_lines):
    build_registry(
        tmp_path / "reg", DumpSource([write_lines(tmp_path / "a.jsonl", posts[:50])], "x")
    )
    earlier = provenance.Matcher(tmp_path / "reg")
    assert earlier.find(posts[60]["text"]) == ()
    add_to_registry(
        tmp_path / "reg", DumpSource([write_lines(tmp_path / "b.jsonl", posts[50:])], "x")
    )
    assert earlier.find(posts[60]["text"]) == ()  # as it was when it was opened
    [match] = provenance.Matcher(tmp_path / "reg").find(posts[60]["text"])
    assert match.item == "p60"


def test_paths_and_policy_are_those_of_the_folder_where_it_was_made(
    tmp_path, monkeypatch, registry, posts
):
    home, elsewhere = tmp_path / "home", tmp_path / "some" / "where"
    home.mkdir()
    elsewhere.mkdir(parents=True)
    name = os.path.relpath(registry, home)
    (home / "provenance.toml").write_text(
        f'[check]\npurpose = "evaluation"\nregistries = [{json.dumps(name)}]\n'
    )
    monkeypatch.chdir(home)
    pickled = pickle.dumps(provenance.Matcher())
    monkeypatch.chdir(elsewhere)
    (home / "provenance.toml").unlink()
    [match] = pickle.loads(pickled).find(posts[5]["text"])
    assert match == provenance.Matcher(registry, purpose="evaluation").find(posts[5]["text"])[0]


@pytest.fixture(scope="module")
def second_registry(tmp_path_factory, posts, write_lines):
    """The same words as every second post, under a licence that permits their use."""
    folder = tmp_path_factory.mktemp("commons")
    rows = [{"id": post["id"], "text": post["text"]} for post in posts[::2]]
    build_registry(folder / "reg", DumpSource([write_lines(folder / "a.jsonl", rows)], "cc0-1.0"))
    return str(folder / "reg")


def test_what_is_permitted_elsewhere_is_contested(registry, second_registry, posts):
    both = provenance.Matcher([registry, second_registry])
    as_background = provenance.Matcher(registry, backgrounds=second_registry)
    for number, contested in ((31, False), (44, True)):
        [match] = as_background.find(posts[number]["text"])
        assert (match.source, match.contested) == ("x", contested)
        [match] = both.find(posts[number]["text"])
        assert match.contested is (contested and match.source == "x")
        assert contested or match.source == "x"


def test_an_agreement_of_the_policy_permits(tmp_path, registry, posts):
    (tmp_path / "policy.toml").write_text(
        '[check]\npurpose = "pretraining"\n\n[[agreements]]\nsource = "x"\n'
        'purposes = ["pretraining"]\nfrom = 2020-01-01\nreference = "contract 7"\n'
    )
    policy = tmp_path / "policy.toml"
    [match] = provenance.Matcher(registry, policy=policy, collected="2024").find(posts[5]["text"])
    assert match.verdict == "permitted"


@pytest.mark.parametrize(
    "column",
    [
        lambda texts: pa.array(texts, pa.string()),
        lambda texts: pa.array(texts, pa.large_string()),
        lambda texts: pa.array(texts, pa.string_view()),
        lambda texts: pa.array(texts, pa.binary()),
        lambda texts: pa.array(texts).dictionary_encode(),
        lambda texts: pa.chunked_array([texts[:1], [], texts[1:]], pa.string()),
        lambda texts: pa.array(["left out", *texts], pa.large_string())[1:],
    ],
    ids=["string", "large_string", "view", "binary", "dictionary", "chunks", "slice"],
)
def test_any_column_of_strings_will_do(matcher, posts, column):
    texts = [None, posts[8]["text"], "", None, posts[9]["text"]]
    found = matcher.match(pa.table({"id": range(5), "body": column(texts)}), "body")
    assert found["row"].to_pylist() == [1, 4]
    assert found["item"].to_pylist() == ["p8", "p9"]


@pytest.mark.parametrize(
    "batch",
    [
        pa.table({"text": pa.array([], pa.string())}),
        pa.table({"text": pa.chunked_array([], pa.string())}),
        pa.record_batch({"text": pa.array([], pa.large_string())}),
        pa.table({"text": pa.nulls(3)}),
        pa.table({"text": pa.array([None, "", " \n"])}),
    ],
    ids=["table", "no chunks", "record batch", "nulls", "blank"],
)
def test_where_there_is_no_text_nothing_matches(matcher, frozen, batch):
    for each in (matcher, frozen):
        assert each.match(batch).equals(MATCHES.empty_table())
        annotated = each.annotate(batch)
        assert annotated["provenance_verdict"].to_pylist() == [None] * len(batch)
        assert annotated["provenance_matches"].to_pylist() == [[]] * len(batch)


def test_texts_that_are_not_words_are_told_from_words_that_do_not_match(matcher, posts):
    rows = [
        " ".join(str(len(word) * 977) for word in posts[3]["text"].split()),
        base64.b64encode(posts[3]["text"].encode()).decode(),
        " ".join(posts[3]["text"]),
        posts[3]["text"],
        "nothing of the registry",
        None,
    ]
    batch = pa.table({"text": rows})
    annotated = matcher.annotate(batch)
    found = [len(each) for each in annotated["provenance_matches"].to_pylist()]
    assert found == [0, 0, 0, 1, 0, 0]
    kinds = annotated["provenance_wordless"].to_pylist()
    assert kinds == matcher.wordless(batch).to_pylist()
    assert kinds[0] == "numbers"
    assert "base64" in kinds[1]
    assert "letters that stand alone" in kinds[2]
    assert kinds[3:] == [None] * 3


def test_what_cannot_be_matched_is_named(matcher, registry, monkeypatch, tmp_path):
    batch = pa.table({"text": ["a"], "n": [1]})
    with pytest.raises(ColumnMissing, match=r"no column called 'body'; .*\['text', 'n'\]"):
        matcher.match(batch, "body")
    with pytest.raises(ColumnMissing, match="holds int64, not text"):
        matcher.match(batch, "n")
    with pytest.raises(ColumnMissing, match="several columns called 'a'"):
        matcher.match(pa.table([["x"], ["y"]], names=["a", "a"]), "a")
    with pytest.raises(TypeError, match="RecordBatch, not dict; ask your framework"):
        matcher.match({"text": ["a"]})
    with pytest.raises(TypeError, match="a text is a str, not bytes"):
        matcher.find(b"a")
    with pytest.raises(CorruptFile, match="surrogates"):
        matcher.find("\ud800")
    with pytest.raises(CorruptFile, match="row 1 of column 'text' is not valid UTF-8"):
        matcher.match(pa.table({"text": pa.array([None, b"\xff"], pa.binary())}))
    (tmp_path / "small.toml").write_text('[check]\nmax_document = "1KB"\n')
    small = provenance.Matcher(registry, policy=tmp_path / "small.toml")
    with pytest.raises(DocumentTooLarge, match=r"row 1 .* 2,000 bytes; .* 1,000"):
        small.match(pa.table({"text": ["a", "b" * 2000]}))


def test_what_cannot_be_opened_is_named(tmp_path, registry, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RegistryNotFound, match="nowhere"):
        provenance.Matcher("nowhere")
    with pytest.raises(PolicyError, match="no registry"):
        provenance.Matcher().find("a")
    with pytest.raises(DatasetNotFound):
        provenance.Matcher(registry, model_of=tmp_path / "report").find("a")
    with pytest.raises(TypeError, match=r"no option 'gates'; see help\(provenance.Matcher\)"):
        provenance.Matcher(registry, gates="forbidden=1%")
    with pytest.raises(PolicyError, match="purpose"):
        provenance.Matcher(registry, purpose="world domination")


def test_annotations_tell_each_row_its_matches_and_the_strictest_verdict(
    registry, second_registry, posts
):
    both = provenance.Matcher(registry, backgrounds=second_registry)
    rows = [f"{posts[3]['text']}. {posts[8]['text']}.", "nothing", None, posts[4]["text"]]
    batch = pa.record_batch({"text": rows, "id": list("abcd")})
    annotated = both.annotate(batch)
    assert annotated.select(["text", "id"]).equals(pa.Table.from_batches([batch]))
    found = annotated["provenance_matches"].to_pylist()
    assert [[match["item"] for match in matches] for matches in found] == [
        ["p3", "p8"],
        [],
        [],
        ["p4"],
    ]
    # That p4 and p8 are contested, the list says; they do not count for the verdict.
    assert annotated["provenance_verdict"].to_pylist() == ["forbidden", None, None, None]
    assert found[0][0].keys() == {name for name in MATCHES.names if name != "row"}
    with pytest.raises(InputError, match="'provenance_matches' already"):
        both.annotate(annotated)


def test_real_posts_have_the_findings_of_their_report(tmp_path, shared_data):
    scale = shared_data / "scale"
    registered = pq.read_table(scale / "reddit_200k.parquet").slice(0, 8000)
    others = pq.read_table(scale / "reddit_300k_more.parquet", columns=["text"])[0].to_pylist()
    corpus = others[:6000]
    copied = registered["text"].to_pylist()[:3000:10]
    corpus += [f"{other} {copy}" for other, copy in zip(others[6000:], copied, strict=False)]
    pq.write_table(registered, tmp_path / "posts.parquet")
    pq.write_table(pa.table({"text": corpus}), tmp_path / "corpus.parquet")
    build_registry(tmp_path / "reg", DumpSource([str(tmp_path / "posts.parquet")], "reddit"))
    policy = Policy(registries=(str(tmp_path / "reg"),))
    report = check(
        [str(tmp_path / "corpus.parquet")], policy, Settings(threads=2, own_share=DEFAULT_SHARE)
    )
    write_report(report, tmp_path / "report")
    matcher = provenance.Matcher(tmp_path / "reg", model_of=tmp_path / "report")
    expected = content_findings(report.findings).cast(MATCHES)
    assert len(expected) > 250
    assert match_in_batches(matcher, corpus, range(0, len(corpus), 1234)).equals(expected)
