"""What is located in windows that were kept is what is located in texts that are read again."""

import json
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO, TextIOWrapper
from pathlib import Path

import numpy as np
import pytest
from hypothesis import strategies as st

from provenance.match.candidates.candidate_table import NO_CANDIDATES
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.locate.backgrounds import Background, margin_tokens, open_backgrounds
from provenance.pipeline.locate.claims import attribute_claims
from provenance.pipeline.locate.locations import ChangedPartsError, locate_matches
from provenance.pipeline.scan.readings import RegistryIndex, build_registry_indexes
from provenance.pipeline.scan.windows import NEIGHBOUR_TOKENS
from provenance.read.corpus.corpora import open_corpus
from provenance.registry.store import open_registry
from tests.pipeline.corpus_scans import scan
from tests.pipeline.smaller_slices import scan_in_slices
from tests.property_campaigns import property_test

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


def build(folder: Path, name: str, texts: Sequence[str], write_lines) -> RegistryIndex:
    rows = [{"id": f"{name}{row}", "text": text} for row, text in enumerate(texts)]
    build_registry(folder / name, DumpSource([write_lines(folder / f"{name}.jsonl", rows)], name))
    return build_registry_indexes([open_registry(folder / name)])[0]


@pytest.fixture(scope="module")
def registries(tmp_path_factory: pytest.TempPathFactory, posts, write_lines) -> list[RegistryIndex]:
    folder = tmp_path_factory.mktemp("windows")
    texts = [AROUND[row % len(AROUND)].format(post["text"]) for row, post in enumerate(posts[:60])]
    return [
        build(folder, "posts", texts, write_lines),
        build(folder, "others", texts[40:] + [post["text"] for post in posts[60:90]], write_lines),
    ]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory, posts, pages, write_lines) -> Background:
    quoted = [f"{pages[row]} {posts[row]['text']} {pages[row + 1]}" for row in range(20)]
    built = build(tmp_path_factory.mktemp("book"), "book", quoted, write_lines)
    return open_backgrounds([str(built.registry.path)], [])[0]


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


@property_test(20, 200, data=st.data())
def test_what_is_located_in_windows_is_what_is_located_in_texts(
    tmp_path: Path, registries, book, posts, pages, write_lines, data
) -> None:
    written = data.draw(st.lists(texts(posts[:90], pages), min_size=1, max_size=4))
    backgrounds = data.draw(st.sampled_from([[], [book]]))
    # Pages beside them: a corpus of posts alone would know their words too well.
    rows = [{"text": text} for text in [*written, *pages[40:80]]]
    corpus = open_corpus([write_lines(tmp_path / "corpus.jsonl", rows)])
    readings, model = scan(corpus, registries, margin_tokens(backgrounds))
    settled = attribute_claims(readings, registries, model)

    kept = locate_matches(corpus.parts, readings, settled, registries, backgrounds)

    forgetful = [replace(reading, windows=None) for reading in readings]
    assert kept.equals(locate_matches(corpus.parts, forgetful, settled, registries, backgrounds))


def test_posts_in_pages_are_located_in_windows_alone(
    tmp_path: Path, registries, posts, pages, write_lines
) -> None:
    path = tmp_path / "corpus.jsonl"
    rows = [
        {"text": f"{page} {post['text']} {page}"}
        for page, post in zip(pages[40:100], posts, strict=False)
    ]
    corpus = open_corpus([write_lines(path, rows)])
    readings, model = scan(corpus, registries)
    settled = attribute_claims(readings, registries, model)
    path.unlink()  # so that nobody can read it again

    found = locate_matches(corpus.parts, readings, settled, registries)

    assert settled.chosen.sum() == len(rows)
    assert found.filter(found["chosen"])["row"].to_pylist() == list(range(len(rows)))
    [seen] = readings[0].windows
    assert seen.texts.data.nbytes < path_size(rows) / 3


def path_size(rows) -> int:
    return sum(len(row["text"].encode()) for row in rows)


def test_who_asks_for_more_tokens_around_than_were_kept_is_given_texts(
    tmp_path: Path, registries, book, posts, pages, write_lines
) -> None:
    path = tmp_path / "corpus.jsonl"
    corpus = open_corpus([write_lines(path, [{"text": f"{pages[40]} {posts[3]['text']}"}])])
    readings, model = scan(corpus, registries, NEIGHBOUR_TOKENS)
    settled = attribute_claims(readings, registries, model)
    assert len(locate_matches(corpus.parts, readings, settled, registries, [book]))
    path.unlink()
    with pytest.raises(ChangedPartsError, match="no such file"):
        locate_matches(corpus.parts, readings, settled, registries, [book])


def test_what_passes_once_is_located_in_windows_or_in_what_was_spooled(
    registries, posts, pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"{page} {post['text']}" for page, post in zip(pages[40:50], posts, strict=False)]
    content = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(content.encode())))
    corpus = open_corpus(["-"])
    readings, model = scan(corpus, registries)
    settled = attribute_claims(readings, registries, model)

    found = locate_matches(corpus.parts, readings, settled, registries)

    assert found.filter(found["chosen"])["row"].to_pylist() == list(range(len(texts)))
    spooled = [replace(reading, windows=None) for reading in readings]
    assert locate_matches(corpus.parts, spooled, settled, registries).equals(found)
    nothing = [replace(reading, spool=None) for reading in readings]  # the windows suffice
    assert locate_matches(corpus.parts, nothing, settled, registries).equals(found)


@pytest.mark.parametrize("spoil", [{"lasts": -1}, {"firsts": 1}, {"numbers": 1}])
def test_whoever_is_in_no_window_is_looked_for_in_texts(
    tmp_path: Path, registries, posts, pages, write_lines, spoil
) -> None:
    path = tmp_path / "corpus.jsonl"
    rows = [{"text": f"{pages[40]} {posts[3]['text']} {pages[41]}"}]
    corpus = open_corpus([write_lines(path, rows)])
    readings, model = scan(corpus, registries)
    settled = attribute_claims(readings, registries, model)
    whole = locate_matches(corpus.parts, readings, settled, registries)
    assert len(whole)

    [(name, by)] = spoil.items()
    [one] = readings[0].windows
    less = [replace(readings[0], windows=(replace(one, **{name: getattr(one, name) + by}),))]

    assert locate_matches(corpus.parts, less, settled, registries).equals(whole)
    path.unlink()
    with pytest.raises(ChangedPartsError, match="no such file"):
        locate_matches(corpus.parts, less, settled, registries)


def test_evidence_on_a_whole_text_takes_a_window_that_shows_it(
    tmp_path: Path, pages, write_lines
) -> None:
    articles = build(tmp_path, "articles", pages[:20], write_lines)
    path = tmp_path / "corpus.jsonl"
    corpus = open_corpus([write_lines(path, [{"text": pages[3].replace(".", " indeed.", 3)}])])
    read, model = scan(corpus, [articles])
    readings = [replace(read[0], candidates=(NO_CANDIDATES,))]
    settled = attribute_claims(readings, [articles], model)
    text = path.read_text("utf-8")
    path.unlink()

    found = locate_matches(corpus.parts, readings, settled, [articles])

    assert found["evidence"].to_pylist() == ["resemblance"]
    [one] = read[0].windows
    for less in ((), (replace(one, whole=~one.whole),)):
        with pytest.raises(ChangedPartsError, match="no such file"):
            locate_matches(corpus.parts, [replace(readings[0], windows=less)], settled, [articles])
    path.write_text(text, "utf-8")
    assert locate_matches(
        corpus.parts, [replace(readings[0], windows=())], settled, [articles]
    ).equals(found)


def test_it_is_no_matter_how_many_texts_were_looked_at_together(
    tmp_path: Path, registries, posts, pages, write_lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fills a text stands behind its claims, not behind those of all read with it."""
    both = build(
        tmp_path, "both", [*pages[:20], *(post["text"] for post in posts[:20])], write_lines
    )
    texts = [pages[3].replace(".", " indeed.", 3), f"{pages[50]} {posts[3]['text']}"] * 3
    corpus = open_corpus([write_lines(tmp_path / "c.jsonl", [{"text": text} for text in texts])])
    found = []
    for size in (1, 1 << 23):
        scan_in_slices(monkeypatch, size)
        [reading], model = scan(corpus, [both])
        [passages] = reading.candidates
        own = passages.take(np.flatnonzero(passages.texts % 2 == 1))
        readings = [replace(reading, candidates=(own,))]
        settled = attribute_claims(readings, [both], model)
        again = [replace(readings[0], windows=None)]
        found += [locate_matches(corpus.parts, one, settled, [both]) for one in (readings, again)]
    assert found[0]["evidence"].to_pylist() == ["resemblance", "content"] * 3
    assert all(each.equals(found[0]) for each in found)


def test_where_most_texts_are_wanted_as_a_whole_none_is_kept(
    tmp_path: Path, pages, write_lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = build(tmp_path, "articles", pages[:20], write_lines)
    corpus = open_corpus(
        [write_lines(tmp_path / "c.jsonl", [{"text": page} for page in pages[:5]])]
    )
    size = sum(len(page.encode()) for page in pages[:5])
    for room, is_kept in ((size - 1, False), (size, True)):
        monkeypatch.setattr("provenance.pipeline.scan.part_scan._MAX_WHOLE_TEXT_BYTES", room)
        [reading], _ = scan(corpus, [articles])
        assert (reading.windows is not None) == is_kept
