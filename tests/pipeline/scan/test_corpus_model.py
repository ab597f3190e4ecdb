"""A frozen model: what is in two corpora is judged alike, whatever else is in them."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.errors import CorruptFile, DatasetNotFound, FingerprintMismatch
from provenance.match.candidates.candidate_table import NO_CANDIDATES
from provenance.match.scoring.corpus_sample import FULL_BOUND, PassageSample
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.locate.claims import hide_unsampled
from provenance.pipeline.scan import corpus_modelling
from provenance.pipeline.settings import Settings
from provenance.report.files.report_folder import write_report
from provenance.report.files.report_reader import read_model

_SAME = ("document", "field", "start", "end", "source", "item", "bits", "strength")


@pytest.fixture
def corpus(posts, pages) -> list[dict[str, str]]:
    """Pages with a post in each; one post stands thirty times."""
    texts = [
        f"{page} {post['text']}. {page[:80]}" for page, post in zip(pages, posts, strict=False)
    ]
    texts += [f"{page[:300]} {posts[3]['text']}" for page in pages[:30]]
    return [{"id": f"d{row}", "text": text} for row, text in enumerate(texts)]


@pytest.fixture
def checked(tmp_path, registry, write_lines):
    def run(rows, model_of=None, registries=(registry,), output=None):
        made = check(
            [write_lines(tmp_path / "corpus.jsonl", rows)],
            Policy(registries=tuple(registries)),
            Settings(threads=2, model_of=model_of),
        )
        if output is not None:
            write_report(made, output)
        return made

    return run


def told(made, documents=None):
    rows = made.findings.select(_SAME).to_pylist()
    return [row for row in rows if documents is None or row["document"] in documents]


def test_a_corpus_weighed_by_its_own_model_comes_out_the_same(tmp_path, checked, corpus) -> None:
    own = checked(corpus, output=tmp_path / "own")
    again = checked(corpus, tmp_path / "own")
    assert len(own.findings) >= 140
    assert again.findings.equals(own.findings)
    timeless = replace(
        again.result, created=own.result.created, corpus_model=own.result.corpus_model
    )
    assert timeless == own.result
    assert again.result.corpus_model.taken_from == str(tmp_path / "own")
    assert again.result.corpus_model.digest == own.result.corpus_model.digest


def test_what_is_left_of_a_corpus_is_judged_as_it_was(tmp_path, checked, corpus) -> None:
    own = checked(corpus, output=tmp_path / "own")
    left = corpus[::7]
    names = {row["id"] for row in left}
    frozen = checked(left, tmp_path / "own")
    assert told(frozen) == told(own, names) != []
    # By itself it is another corpus: the test would show nothing if that made no difference.
    assert told(checked(left)) != told(own, names)


def test_copies_that_are_gone_are_still_left_out_of_the_counts(tmp_path, checked, corpus, posts):
    own = checked(corpus, output=tmp_path / "own")
    left = [row for row in corpus if posts[3]["text"] not in row["text"]] + corpus[-1:]
    frozen = checked(left, tmp_path / "own")
    (kept,) = [row for row in told(frozen) if row["item"] == "p3"]
    assert kept in told(own)


def test_a_passage_that_the_earlier_corpus_did_not_have_is_left_out_of_no_count(
    checked, corpus
) -> None:
    model = checked(corpus).model
    strange = np.array([model.hashes[0] + 1, model.hashes[-1] + 1, 0], np.uint64)
    hashes = np.concatenate([model.hashes[[3, 0, -1]], strange])
    candidates = replace(NO_CANDIDATES, passages=hashes)
    sample = PassageSample(model.bound, model.hashes, model.tokens, model.offsets)
    hidden = hide_unsampled(candidates, sample).passages
    bounded = replace(sample, bound=min(model.bound, FULL_BOUND - 1))
    assert bounded.contains(hidden).tolist() == [True] * 3 + [False] * 3
    assert (hidden[:3] == hashes[:3]).all()


def test_a_model_comes_back_as_it_was_written(tmp_path, checked, corpus) -> None:
    made = checked(corpus, output=tmp_path / "own")
    back = read_model(tmp_path / "own")
    assert back.digest == made.model.digest == made.result.corpus_model.digest
    assert (back.copied == made.model.copied).all()
    assert len(back.copied) >= 40
    assert back.bound == made.model.bound
    written = json.loads((tmp_path / "own" / "result.json").read_text())["corpus_model"]
    assert written["digest"] == back.digest
    assert written["taken_from"] is None


def test_the_same_corpus_makes_the_same_model_whatever_the_order(tmp_path, checked, corpus) -> None:
    forward, backward = checked(corpus), checked(corpus[::-1])
    assert forward.model.digest == backward.model.digest


def test_a_report_passes_the_model_on_that_it_was_weighed_by(tmp_path, checked, corpus) -> None:
    checked(corpus, output=tmp_path / "own")
    checked(corpus[:50], tmp_path / "own", output=tmp_path / "next")
    first, second = (read_model(tmp_path / name).digest for name in ("own", "next"))
    assert first == second


def test_a_report_without_a_model_leaves_no_other_corpus_s(tmp_path, checked, corpus) -> None:
    made = checked(corpus, output=tmp_path / "own")
    write_report(replace(made, model=None), tmp_path / "own")
    with pytest.raises(DatasetNotFound, match="no model") as raised:
        checked(corpus, tmp_path / "own")
    assert "--output" in raised.value.remedy


def test_another_registry_is_said(tmp_path, checked, corpus, posts, write_lines, registry) -> None:
    checked(corpus, output=tmp_path / "own")
    dump = write_lines(tmp_path / "posts.jsonl", posts[:100])
    build_registry(tmp_path / "other", DumpSource([dump], "reddit"))
    made = checked(corpus, tmp_path / "own", [registry, str(tmp_path / "other")])
    (said,) = made.result.corpus_model.reservations
    assert str(tmp_path / "other") in said


@pytest.mark.parametrize("name", ["_normalisation_digest", "_language_digest"])
def test_a_model_of_other_tokens_is_refused(tmp_path, checked, corpus, monkeypatch, name) -> None:
    checked(corpus, output=tmp_path / "own")
    monkeypatch.setattr(corpus_modelling, name, lambda: "another")
    with pytest.raises(FingerprintMismatch, match="another") as raised:
        checked(corpus, tmp_path / "own")
    assert "again" in raised.value.remedy


def _cut(path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def _foreign(path) -> None:
    pq.write_table(pa.table({"passage": [1]}), path)


def _altered(path) -> None:
    table = pq.read_table(path)
    hashes = table["passage"].to_numpy() ^ np.uint64(1)
    pq.write_table(table.set_column(0, table.schema.field(0), pa.array(hashes)), path)


def _speechless(path) -> None:
    table = pq.read_table(path)
    words = pa.array([[]] * len(table), table.schema.field("words").type)
    place = table.schema.get_field_index("words")
    pq.write_table(table.set_column(place, table.schema.field(place), words), path)


@pytest.mark.parametrize("damage", [_cut, _foreign, _altered, _speechless])
def test_a_damaged_model_is_refused(tmp_path, checked, corpus, damage) -> None:
    checked(corpus, output=tmp_path / "own")
    damage(tmp_path / "own" / "model.parquet")
    with pytest.raises(CorruptFile, match=r"model\.parquet") as raised:
        checked(corpus, tmp_path / "own")
    assert raised.value.remedy


def test_a_sample_of_a_corpus_has_a_model_too(tmp_path, registry, corpus, write_lines) -> None:
    path = write_lines(tmp_path / "corpus.jsonl", corpus)
    made = check([path], Policy(registries=(registry,)), Settings(sample=0.5))
    write_report(made, tmp_path / "half")
    again = check([path], Policy(registries=(registry,)), Settings(model_of=tmp_path / "half"))
    assert len(again.findings) > len(made.findings) > 0
    assert made.result.created <= datetime.now(UTC)
