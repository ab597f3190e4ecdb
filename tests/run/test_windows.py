"""What is kept of texts says the same as the texts themselves."""

import json
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO, TextIOWrapper
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.errors import DatasetNotFound
from provenance.fingerprint import tokenise
from provenance.match import NO_CANDIDATES, Candidates
from provenance.model import DOCUMENTS, Texts
from provenance.read import open_corpus
from provenance.registry import open_registry
from provenance.run import Dumps, build_registry
from provenance.run.backgrounds import margin_for
from provenance.run.calibration.outsiders import unowned
from provenance.run.claiming import claims
from provenance.run.evidence import gather
from provenance.run.progress import Quiet
from provenance.run.readings import Opened, opened
from provenance.run.scanning import read_corpus
from provenance.run.windows import NEXT, Windows, whole_texts, windows

AROUND = ("{}", "{} 😀", "RT @bob {} https://t.co/abc", "@eve {} 🎉🎉", "🦆 {} &amp; ❤️")
"""What stands around the words of items: it is looked for in documents, too."""

FAR = ("{}" + " " * 900 + "🎉🎉", "🦆" + "\n" * 900 + "{}", "{}" + " " * 1100 + "😀")
"""The same, as far from the words as is looked, and further."""

BETWEEN = (
    " ",
    "\n\n",
    " … ",
    "😀" * 300,  # more bytes than are looked at
    " é東𠀀 ",
    " ''' " * 40,
    " said one to the other, who had come late, ",
)


def build(folder: Path, name: str, texts: Sequence[str], write_lines) -> Opened:
    rows = [{"id": f"{name}{row}", "text": text} for row, text in enumerate(texts)]
    build_registry(folder / name, Dumps([write_lines(folder / f"{name}.jsonl", rows)], name))
    return opened([open_registry(folder / name)])[0]


@pytest.fixture(scope="module")
def registries(tmp_path_factory: pytest.TempPathFactory, posts, write_lines) -> list[Opened]:
    folder = tmp_path_factory.mktemp("windows")
    texts = [AROUND[row % len(AROUND)].format(post["text"]) for row, post in enumerate(posts[:60])]
    return [
        build(folder, "posts", texts, write_lines),
        build(folder, "others", texts[40:] + [post["text"] for post in posts[60:90]], write_lines),
    ]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory, posts, pages, write_lines) -> Opened:
    quoted = [f"{pages[row]} {posts[row]['text']} {pages[row + 1]}" for row in range(20)]
    return build(tmp_path_factory.mktemp("book"), "book", quoted, write_lines)


@st.composite
def texts(draw: st.DrawFn, posts, pages) -> str:
    """Put posts into a page, one after the other, with all sorts of signs between."""
    forms, said = st.sampled_from([*AROUND, *FAR]), [post["text"] for post in posts]
    parts = [
        draw(forms).format(part)
        for part in draw(st.lists(st.sampled_from([*said, pages[0][:300]]), max_size=5))
    ]
    between = st.sampled_from(BETWEEN)
    return "".join(f"{draw(between)}{part}{draw(between)}" for part in parts)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_what_is_located_in_windows_is_what_is_located_in_texts(
    tmp_path: Path, registries, book, posts, pages, write_lines, data
) -> None:
    written = data.draw(st.lists(texts(posts[:90], pages), min_size=1, max_size=4))
    backgrounds = data.draw(st.sampled_from([[], [book]]))
    # Pages beside them: a corpus of posts alone would know their words too well.
    rows = [{"text": text} for text in [*written, *pages[40:80]]]
    corpus = open_corpus([write_lines(tmp_path / "corpus.jsonl", rows)])
    readings = read_corpus(corpus, registries, unowned, 1, Quiet(), margin=margin_for(backgrounds))
    settled = claims(readings, registries)

    kept = gather(corpus, readings, settled, registries, backgrounds)

    forgetful = [replace(reading, windows=None) for reading in readings]
    assert kept.equals(gather(corpus, forgetful, settled, registries, backgrounds))


def test_posts_in_pages_are_located_in_windows_alone(
    tmp_path: Path, registries, posts, pages, write_lines
) -> None:
    path = tmp_path / "corpus.jsonl"
    rows = [
        {"text": f"{page} {post['text']} {page}"}
        for page, post in zip(pages[40:100], posts, strict=False)
    ]
    corpus = open_corpus([write_lines(path, rows)])
    readings = read_corpus(corpus, registries, unowned, 1, Quiet())
    settled = claims(readings, registries)
    path.unlink()  # so that nobody can read it again

    found = gather(corpus, readings, settled, registries)

    assert settled.chosen.sum() == len(rows)
    assert found.filter(found["chosen"])["row"].to_pylist() == list(range(len(rows)))
    [seen] = readings[0].windows
    assert seen.size < path_size(rows) / 3


def path_size(rows) -> int:
    return sum(len(row["text"].encode()) for row in rows)


def test_who_asks_for_more_tokens_around_than_were_kept_is_given_texts(
    tmp_path: Path, registries, book, posts, pages, write_lines
) -> None:
    path = tmp_path / "corpus.jsonl"
    corpus = open_corpus([write_lines(path, [{"text": f"{pages[40]} {posts[3]['text']}"}])])
    readings = read_corpus(corpus, registries, unowned, 1, Quiet(), margin=NEXT)
    settled = claims(readings, registries)
    assert len(gather(corpus, readings, settled, registries, [book]))
    path.unlink()
    with pytest.raises(DatasetNotFound):
        gather(corpus, readings, settled, registries, [book])


def test_what_passes_once_is_located_in_windows_or_in_what_was_spooled(
    registries, posts, pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"{page} {post['text']}" for page, post in zip(pages[40:50], posts, strict=False)]
    content = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(content.encode())))
    corpus = open_corpus(["-"])
    readings = read_corpus(corpus, registries, unowned, 1, Quiet())
    settled = claims(readings, registries)

    found = gather(corpus, readings, settled, registries)

    assert found.filter(found["chosen"])["row"].to_pylist() == list(range(len(texts)))
    spooled = [replace(reading, windows=None) for reading in readings]
    assert gather(corpus, spooled, settled, registries).equals(found)
    nothing = [replace(reading, kept=None) for reading in readings]  # the windows suffice
    assert gather(corpus, nothing, settled, registries).equals(found)


@pytest.mark.parametrize("spoil", [{"lasts": -1}, {"firsts": 1}, {"numbers": 1}])
def test_whoever_is_in_no_window_is_looked_for_in_texts(
    tmp_path: Path, registries, posts, pages, write_lines, spoil
) -> None:
    path = tmp_path / "corpus.jsonl"
    rows = [{"text": f"{pages[40]} {posts[3]['text']} {pages[41]}"}]
    corpus = open_corpus([write_lines(path, rows)])
    readings = read_corpus(corpus, registries, unowned, 1, Quiet())
    settled = claims(readings, registries)
    whole = gather(corpus, readings, settled, registries)
    assert len(whole)

    [(name, by)] = spoil.items()
    [one] = readings[0].windows
    less = [replace(readings[0], windows=(replace(one, **{name: getattr(one, name) + by}),))]

    assert gather(corpus, less, settled, registries).equals(whole)
    path.unlink()
    with pytest.raises(DatasetNotFound):
        gather(corpus, less, settled, registries)


def test_evidence_on_a_whole_text_takes_a_window_that_shows_it(
    tmp_path: Path, pages, write_lines
) -> None:
    articles = build(tmp_path, "articles", pages[:20], write_lines)
    path = tmp_path / "corpus.jsonl"
    corpus = open_corpus([write_lines(path, [{"text": pages[3].replace(".", " indeed.", 3)}])])
    read = read_corpus(corpus, [articles], unowned, 1, Quiet())
    readings = [replace(read[0], candidates=(NO_CANDIDATES,))]
    settled = claims(readings, [articles])
    text = path.read_text("utf-8")
    path.unlink()

    found = gather(corpus, readings, settled, [articles])

    assert found["evidence"].to_pylist() == ["resemblance"]
    [one] = read[0].windows
    for less in ((), (replace(one, whole=~one.whole),)):
        with pytest.raises(DatasetNotFound):
            gather(corpus, [replace(readings[0], windows=less)], settled, [articles])
    path.write_text(text, "utf-8")
    assert gather(corpus, [replace(readings[0], windows=())], settled, [articles]).equals(found)


def batch_of(*shown: str) -> pa.RecordBatch:
    count = len(shown)
    columns = {
        "document": [f"d{row}" for row in range(count)],
        "file": ["corpus.jsonl"] * count,
        "row": list(range(count)),
        "field": ["text"] * count,
        "text": list(shown),
    }
    nothing = {name: [None] * count for name in DOCUMENTS.names if name not in columns}
    return pa.record_batch({**columns, **nothing}, schema=DOCUMENTS)


def cut_out(*shown: str, passages=(), whole=(), margin: int = NEXT) -> Windows:
    batch = batch_of(*shown)
    told = np.array(passages, np.int64).reshape(-1, 3)
    tokens = tokenise(Texts.of(batch.column("text")))
    return windows(batch, tokens, tuple(told.T), np.array(whole, np.int64), margin)


def asked(passages) -> Candidates:
    texts, firsts, lasts = np.array(passages, np.int64).reshape(-1, 3).T
    ends = {"firsts": firsts.astype(np.int32), "lasts": lasts.astype(np.int32)}
    return replace(NO_CANDIDATES, texts=texts, **ends)


WORDS = [f"w{number:03}" for number in range(400)]
PAGE = " ".join(WORDS)


def test_a_window_shows_its_passage_and_eighty_characters_around():
    made = cut_out("none", PAGE, passages=[(1, 100, 109)])
    [shown] = made.batch.column("text").to_pylist()
    assert shown == PAGE[100 * 5 - 81 : 110 * 5 + 80]
    assert made.batch.column("document").to_pylist() == ["d1"]
    assert (made.passed.tokens[0], made.passed.bytes[0], made.passed.points[0]) == (99, 419, 419)
    assert np.diff(made.tokens.offsets).tolist() == [12]
    assert (made.tokens.starts[1], made.tokens.ends[10]) == (81, 81 + 49)


def test_windows_are_of_the_types_that_texts_are_of():
    """Kernels are compiled for each type that they meet."""
    made, texts = cut_out(PAGE, passages=[(0, 100, 109)]), batch_of(PAGE)
    shown, read = made.texts, Texts.of(texts.column("text"))
    assert shown.data.flags.writeable == read.data.flags.writeable
    assert shown.offsets.flags.writeable == read.offsets.flags.writeable


def test_bytes_and_characters_before_a_window_are_counted_apart():
    made = cut_out("é東𠀀 " * 50 + PAGE, passages=[(0, 120, 121)])
    assert made.passed.bytes[0] - made.passed.points[0] > 50


@pytest.mark.parametrize(("second", "count"), [(12, 1), (13, 2)])
def test_windows_that_touch_are_one(second, count):
    passages = [(0, second, second + 4), (0, 3, 10)]
    made = cut_out(PAGE, PAGE, passages=passages)
    assert len(made) == count
    assert made.firsts.tolist() == [3, second][:count]
    assert made.lasts.tolist() == [10, second + 4][-count:]


def test_a_short_passage_does_not_end_the_window_of_a_longer_one_around_it():
    made = cut_out(PAGE, passages=[(0, 10, 200), (0, 20, 25), (0, 150, 160)])
    assert (made.firsts.tolist(), made.lasts.tolist()) == ([10], [200])


def test_a_whole_text_takes_its_passages_in_and_may_have_no_word():
    made = cut_out("...", PAGE, "😀", passages=[(1, 5, 8)], whole=[0, 1, 2])
    assert made.batch.column("text").to_pylist() == ["...", PAGE, "😀"]
    assert made.numbers.tolist() == [0, 1, 2]
    assert made.whole.all()
    assert np.diff(made.tokens.offsets).tolist() == [0, 400, 0]
    assert not made.passed.bytes.any()


def test_a_candidate_is_in_the_window_that_holds_all_of_it():
    passages = [(0, 10, 20), (0, 50, 60), (2, 0, 399)]
    made = cut_out(PAGE, PAGE, PAGE, passages=passages[:2], whole=[2]).counted_from(7)
    held = [(7, 10, 20), (7, 12, 15), (7, 50, 60), (9, 0, 399)]
    lost = [(7, 9, 20), (7, 10, 21), (7, 30, 31), (7, 55, 61), (8, 10, 20)]
    found = asked(sorted([*held, *lost]))
    assert made.among(np.array([6, 7, 8, 9, 10])) == slice(1, 4)
    rows = made.rows_of(found, slice(0, len(found.texts))).tolist()
    told = dict(zip(sorted([*held, *lost]), rows, strict=True))
    assert [told[each] for each in held] == [0, 0, 1, 2]
    assert {told[each] for each in lost} == {-1}


def test_without_passages_nothing_is_cut_out():
    made = cut_out(PAGE)
    assert len(made) == 0
    assert made.among(np.array([0, 1])) == slice(0, 0)


def test_whole_texts_pass_over_nothing():
    made = whole_texts(batch_of("one two", "..."), np.array([3, 5]), NEXT)
    assert (made.firsts.tolist(), made.lasts.tolist()) == ([0, 0], [1, -1])
    assert made.whole.all()
    assert made.batch.column("text").to_pylist() == ["one two", "..."]
