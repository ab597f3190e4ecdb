"""Samples of a corpus: the same ones whoever reads it, every file's share, and honest shares."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from provenance.model.content.tables import DOCUMENTS, Documents
from provenance.model.rules.policy import Gate, Policy, Unit
from provenance.model.rules.terms import Verdict
from provenance.pipeline import check
from provenance.pipeline.scan.document_sampling import DocumentSampler
from provenance.pipeline.scan.readings import Counts
from provenance.pipeline.settings import Settings
from provenance.read.corpus.corpora import Corpus, open_corpus
from provenance.read.corpus.corpus_parts import Part


def part_of(file, first, texts, batch=7):
    """A part of a file, its rows from `first` on; each document has two texts."""
    rows = [
        {"document": f"{file}#{row}", "file": file, "row": row, "field": field, "text": text}
        for row, text in enumerate(texts, first)
        for field in ("a", "b")
    ]

    def read():
        for start in range(0, len(rows), 2 * batch):
            piece = rows[start : start + 2 * batch]
            columns = {name: [row.get(name) for row in piece] for name in DOCUMENTS.names}
            yield Documents(pa.record_batch(columns, schema=DOCUMENTS))

    return Part(file, 0, read, ("a", "b"))


def corpus_of(*parts):
    return Corpus((), parts, ("a", "b"), ())


def drawn_from(rate, corpus):
    """Read the corpus; give the sample, and for each part the documents that were drawn."""
    sample = DocumentSampler(rate)
    names = []
    for part in sample.tap(corpus).parts:
        texts = [text for documents in part.batches() for text in documents.batch.to_pylist()]
        assert len(texts) == 2 * len({text["document"] for text in texts})
        names.append([text["document"] for text in texts][::2])
    return sample, names


FILES = corpus_of(
    part_of("a", 0, ["x" * 10] * 3000), part_of("a", 3000, ["y" * 30] * 1000), part_of("b", 0, "z")
)


class Read:
    """A reading, as far as a sample looks at it."""

    def __init__(self, tokens, size, part):
        self.part = part
        self.counts = Counts(1, 1, tokens, size)


def test_every_file_gives_its_share_and_at_least_one_document():
    sample, (first, second, only) = drawn_from(0.05, FILES)
    assert 110 < len(first) < 195
    assert 30 < len(second) < 75
    assert only == ["b#0"]
    summary = sample.summary()
    assert summary.documents == len(first) + len(second) + 1
    assert (summary.of_documents, summary.rate) == (4001, 0.05)
    assert summary.of_bytes == 2 * (3000 * 10 + 1000 * 30 + 1)
    assert summary.bytes == 2 * (10 * len(first) + 30 * len(second) + 1)


def test_the_sample_is_the_same_whoever_reads_in_what_order():
    _, names = drawn_from(0.05, FILES)
    pieces = corpus_of(*(part_of("a", row, ["x"] * 100, 13) for row in range(0, 4000, 100)))
    _, others = drawn_from(0.05, pieces)
    assert [name for part in others for name in part] == names[0] + names[1]
    sample = DocumentSampler(0.05)
    tapped = sample.tap(FILES)
    twice = [
        [text["row"] for documents in part.batches() for text in documents.batch.to_pylist()]
        for part in (*reversed(tapped.parts), *tapped.parts)
    ]
    assert twice[:3][::-1] == twice[3:]
    assert sample.summary().of_documents == 4001


def test_a_larger_sample_holds_the_smaller_one():
    _, (small, *_) = drawn_from(0.02, FILES)
    _, (large, *_) = drawn_from(0.2, FILES)
    assert set(small) <= set(large)


def test_documents_stand_for_those_of_their_file():
    sample, (first, second, only) = drawn_from(0.05, FILES)
    sizes = [20 * len(first), 60 * len(second), 2]
    drawn = sample.weighted_documents(
        [Read(size // 2, size, part) for part, size in enumerate(sizes)]
    )
    assert len(drawn.weights) == len(first) + len(second) + 1
    assert drawn.weights[:-1].sum() == pytest.approx(4000)
    assert drawn.weights[-1] == 1
    assert drawn.strata.tolist() == [0] * (len(first) + len(second)) + [1] * len(only)
    assert (drawn.sizes[0] == 1).all()
    assert drawn.sizes[1] == pytest.approx(drawn.sizes[2] / 2)
    assert set(drawn.sizes[2].tolist()) == {20, 60, 2}


def test_the_document_that_a_file_gives_at_least_is_no_bias():
    shares = []
    for turn in range(400):
        small = corpus_of(part_of(f"f{turn}", 0, "abcdefgh"), part_of(f"f{turn}", 8, ["y" * 9] * 8))
        sample, (first, second) = drawn_from(0.1, small)
        drawn = sample.weighted_documents([Read(1, 1, part) for part in range(2)])
        held = np.repeat([1.0, 0.0], [len(first), len(second)])
        shares.append((held * drawn.weights).sum() / drawn.weights.sum())
        assert len(first) >= 1
    # A ratio of two sums over very few documents leans a little; the plain mean leans by 0.2.
    assert np.mean(shares) == pytest.approx(0.5, abs=0.2)


def test_all_of_it_is_all_of_it():
    sample, names = drawn_from(1.0, FILES)
    assert [len(part) for part in names] == [3000, 1000, 1]
    drawn = sample.weighted_documents([Read(1, 1, part) for part in range(3)])
    assert (drawn.weights == 1).all()


def test_text_files_are_drawn_from_together(tmp_path: Path):
    for number in range(300):
        (tmp_path / f"{number}.txt").write_text(f"text {number}")
    sample = DocumentSampler(0.1)
    for part in sample.tap(open_corpus([str(tmp_path)])).parts:
        assert len(list(part.batches())) >= 1
    assert 10 < sample.summary().documents < 60
    assert sample.summary().of_documents == 300


@pytest.fixture(scope="module")
def mixed(tmp_path_factory, pages, posts, write_lines) -> str:
    folder = tmp_path_factory.mktemp("mixed")
    texts = [
        f"{pages[row % len(pages)]} {posts[row % len(posts)]['text'] if row % 3 == 0 else ''}"
        for row in range(900)
    ]
    rows = [{"id": f"d{row}", "text": text} for row, text in enumerate(texts)]
    write_lines(folder / "one.jsonl", rows[:600])
    write_lines(folder / "two.jsonl", rows[600:])
    return str(folder)


def x_of(report, unit="tokens"):
    share = next(each for each in report.result.shares if (each.by, each.key) == ("source", "x"))
    return getattr(share, unit)


def test_a_sample_s_shares_are_those_of_the_whole_within_their_intervals(mixed, registry):
    policy = Policy(registries=(registry,))
    whole, sample, every = (
        check([mixed], policy, Settings(threads=2, sample=rate)) for rate in (None, 0.2, 1.0)
    )
    assert whole.result.sample is None
    assert 100 < sample.result.sample.documents < 270
    assert sample.result.sample.of_documents == 900
    assert sample.result.sample.of_bytes == whole.result.corpus.bytes
    assert sample.result.corpus.documents == sample.result.sample.documents
    assert sample.result.corpus.digest == whole.result.corpus.digest
    for unit in Unit:
        true, seen, same = x_of(whole, unit), x_of(sample, unit), x_of(every, unit)
        assert seen.low <= true.share <= seen.high
        assert seen.share == pytest.approx(true.share, rel=0.4)
        assert seen.high - seen.low > true.high - true.low
        assert (same.count, same.share) == (true.count, pytest.approx(true.share))
        assert (same.low, same.any) == pytest.approx((true.low, true.any), rel=1e-4)
    found = set(sample.findings["document"].to_pylist())
    assert found < set(whole.findings["document"].to_pylist())
    assert sample.findings.num_rows == x_of(sample, "documents").count


def test_threads_do_not_decide_a_sample(mixed, registry):
    policy = Policy(registries=(registry,))
    one, two = (check([mixed], policy, Settings(threads=n, sample=0.1)) for n in (1, 2))
    assert one.findings.equals(two.findings)
    assert one.result.shares == two.result.shares


def test_a_gate_that_passes_only_because_of_the_sample_says_so(mixed, registry):
    whole = check([mixed], Policy(registries=(registry,)), Settings(threads=2))
    limit = x_of(whole).share * 0.9
    gate = Gate(Verdict.FORBIDDEN, limit=limit)
    policy = Policy(registries=(registry,), gates=(gate,))
    assert not check([mixed], policy, Settings(threads=2)).result.gates[0].passed
    (sampled,) = check([mixed], policy, Settings(threads=2, sample=0.1)).result.gates
    (sure,) = check(
        [mixed], replace(policy, gates=(replace(gate, limit=0.9),)), Settings(sample=0.1)
    ).result.gates
    assert (sampled.passed, sampled.undecided) == (True, sampled.share > limit * 1.05)
    assert (sure.passed, sure.undecided) == (True, False)


def test_what_a_sample_holds_fails_a_gate_of_nothing(mixed, registry):
    policy = Policy(registries=(registry,), gates=(Gate(Verdict.FORBIDDEN),))
    made = check([mixed], policy, Settings(threads=2, sample=0.1))
    assert made.result.status == "fail"
