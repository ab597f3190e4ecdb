"""The benchmark's texts: the same for the same seed, and they hold what is said to be in them."""

import json
from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.peers.shingling import word_shingles
from benchmarks.speed.datasets import (
    make_kinds,
    make_lines,
    make_pages,
    make_posts,
    make_real,
    make_shards,
)
from benchmarks.speed.reading import SLICE, first_texts, size_of, slices
from benchmarks.speed.scoring import score
from benchmarks.speed.texts import EDITED, VERBATIM, edit_post, make_plants, recombine, vocabulary
from benchmarks.speed.words import SCRIPTS, random_letter_runs, running_words, words_of_scripts

WORDS = vocabulary([f"Word{number}," for number in range(500)])


@pytest.fixture
def words(tmp_path):
    file = tmp_path / "words.parquet"
    pq.write_table(pa.table({"word": WORDS}), file)
    return str(file)


@pytest.fixture
def posts(tmp_path, words):
    file = str(tmp_path / "posts.parquet")
    make_posts(file, words, count=60, shortest=6, longest=28, seed=1)
    return file


def rows(file, column="text"):
    return pq.read_table(file)[column].to_pylist()


def test_texts_have_the_lengths_that_were_asked_for():
    texts = recombine(WORDS, np.array([3, 1, 5]), np.random.default_rng(1)).to_pylist()
    assert [len(text.split()) for text in texts] == [3, 1, 5]
    assert set(" ".join(texts).split()) <= {word.strip() for word in WORDS.to_pylist()}


def test_the_same_seed_gives_the_same_posts_and_another_gives_others(tmp_path, words, posts):
    again, other = (str(tmp_path / name) for name in ("again.parquet", "other.parquet"))
    make_posts(again, words, count=60, shortest=6, longest=28, seed=1)
    make_posts(other, words, count=60, shortest=6, longest=28, seed=2)
    assert rows(again) == rows(posts)
    assert rows(other) != rows(posts)


def test_a_dump_is_the_same_as_parquet_and_as_lines(posts):
    with pa.input_stream(posts.replace(".parquet", ".jsonl.zst"), compression="zstd") as stream:
        lines = [json.loads(line) for line in stream.read().decode().splitlines()]
    assert lines == pq.read_table(posts).to_pylist()


def test_plants_stand_where_the_truth_says(tmp_path, words, posts):
    file = str(tmp_path / "pages.parquet")
    told = make_pages(file, words, megabytes=0.5, seed=3, posts=posts, planted=20)
    pages, texts = rows(file), dict(zip(rows(posts, "id"), rows(posts), strict=True))
    truth = json.loads((tmp_path / "pages.parquet.truth.json").read_text())
    kinds = [kind for _, _, kind in truth["plants"]]
    assert kinds.count(VERBATIM) == kinds.count(EDITED) == 10
    assert told["plants"] == 20
    assert truth["pages"] == len(pages) == told["texts"]
    for row, post, kind in truth["plants"]:
        held = texts[post].strip() in pages[row]
        assert held is (kind == VERBATIM)
        assert texts[post].lower().replace(",", "").split()[0] in pages[row].lower()


def test_pages_without_plants_hold_no_post(tmp_path, words, posts):
    file = str(tmp_path / "pages.parquet")
    make_pages(file, words, megabytes=0.2, seed=3)
    assert not any(post.strip() in page for page in rows(file) for post in rows(posts))
    assert json.loads((tmp_path / "pages.parquet.truth.json").read_text())["plants"] == []


def test_every_page_can_hold_a_post(tmp_path, words, posts):
    file = str(tmp_path / "pages.parquet")
    told = make_pages(file, words, megabytes=0.5, seed=3, posts=posts, planted=-1)
    assert told["plants"] == told["texts"] > 60


def test_an_edited_post_is_lower_case_without_punctuation_and_with_a_word_changed():
    post = 'He said, "don\'t go." ' + " ".join(f"Word{number};" for number in range(26))
    before = [word.strip('";,.').lower() for word in post.split()]
    after = edit_post(post, ["Other, "], Random(1)).replace("\u201c", "").split()
    changed = [place for place, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
    assert after[2] == "don\u2019t"
    assert changed == [2, 10]


def test_every_second_post_is_edited():
    made = make_plants(["a", "b", "c"], ["One two", "Three, four", "Five "], WORDS, 1)
    assert [(one.kind, one.text) for one in made] == [
        (VERBATIM, "One two"),
        (EDITED, "three four"),
        (VERBATIM, "Five"),
    ]


def test_the_shipped_sample_is_the_vocabulary_where_none_is_named():
    assert len(running_words([])) > 10_000


def test_words_come_from_the_texts_that_are_named(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "seven grey geese"}\n')
    assert running_words([str(tmp_path / "a.jsonl")]) == ["seven", "grey", "geese"]


def test_words_of_scripts_come_from_declarations_or_their_letters_and_their_halves(tmp_path):
    (tmp_path / "udhr.jsonl").write_text('{"lang": "rus", "text": "все люди"}\n')
    made = words_of_scripts(str(tmp_path / "udhr.jsonl"), seed=1)
    half = len(made["Cyrillic"]) // 2
    assert set(made["Cyrillic"][:half]) == {"все", "люди"}
    assert set(made["Cyrillic"][half:]) == {"вссе", "всди", "люсе", "люди"}
    for script, (_, letters, _) in SCRIPTS.items():
        if script != "Cyrillic":
            assert set("".join(made[script])) <= set(letters)


def test_runs_of_letters_have_no_gap():
    assert all(run.isalnum() and run.isascii() for run in random_letter_runs(Random(1), 5))


def test_texts_of_others_are_cut_into_pages_without_a_loss(tmp_path):
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "seven grey geese " * 500}) + "\n")
    told = make_real(str(tmp_path / "real.parquet"), [str(tmp_path / "a.jsonl")], 1)
    pages = rows(tmp_path / "real.parquet")
    assert "".join(pages) == "seven grey geese " * 500
    assert told == {"bytes": 8500, "texts": len(pages)}
    assert len(pages) == 3


def test_each_kind_of_text_is_a_file(tmp_path, words):
    kinds = make_kinds(str(tmp_path), words, 0.01, None, 1)["kinds"]
    assert kinds[0] == "English pages"
    assert all(rows(tmp_path / f"{kind}.parquet") for kind in kinds)


def test_lines_for_decontaminate_keep_the_order_of_the_texts(tmp_path, posts):
    out = tmp_path / "made" / "lines.jsonl"
    make_lines(posts, str(out), "posts")
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [line["question"] for line in lines] == rows(posts)
    assert [line["eval_instance_index"] for line in lines] == list(range(60))


def test_the_first_megabytes_end_with_the_text_that_fills_them(posts):
    texts = first_texts(posts, 0.001)
    assert size_of(texts) >= 1000 > size_of(texts.slice(0, len(texts) - 1))
    assert texts.to_pylist() == rows(posts)[: len(texts)]


def test_slices_hold_every_text_once():
    texts = pa.array(["x" * 400_000] * 7 + ["y" * 3 * SLICE, "z"], pa.large_string())
    pieces = slices(texts)
    assert sum(map(len, pieces)) == len(texts)
    assert len(pieces) > 2
    assert pieces[-1].offsets[-1] == size_of(texts)


def test_shingles_for_peers_are_runs_of_five_words():
    assert word_shingles("A b c d e F") == ["a b c d e", "b c d e f"]
    assert word_shingles("Too short") == ["too short"]


def test_a_score_tells_recall_by_kind_and_pages_that_are_accused_of_nothing():
    truth = {"pages": 5, "plants": [[0, "p1", VERBATIM], [1, "p2", EDITED], [2, "p3", EDITED]]}
    told = score([(0, "p1"), (1, "p9"), (2, "p3"), (4, "p1"), (4, "p2")], truth)
    assert told["recall"] == {VERBATIM: 1, EDITED: 0.5}
    assert (told["flagged"], told["clean"]) == (1, 2)


def test_shards_together_are_the_corpus_and_the_other_file_is_the_first_turned(tmp_path, posts):
    folder, turned = tmp_path / "shards", tmp_path / "turned.parquet"
    made = make_shards(str(turned), posts, str(folder), 7)
    shards = [rows(file) for file in sorted(folder.iterdir())]
    assert made == {"texts": 60}
    assert len(shards) == 7
    assert [row for shard in shards for row in shard] == rows(posts)
    assert rows(turned) == shards[0][::-1]
