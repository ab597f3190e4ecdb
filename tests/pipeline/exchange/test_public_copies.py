"""Public copies of registries: what they count, what they reveal, and that no verdict follows."""

import csv
import json
import random

import numpy as np
import pyarrow as pa
import pytest

import provenance
from provenance.errors import (
    CorruptFile,
    DigestMismatch,
    InputError,
    RegistryError,
    RegistryVersion,
)
from provenance.model.rules.policy import Policy
from provenance.pipeline import check, publish_keyed_copy, publish_public_copy, screen_addresses
from provenance.pipeline.publishing.public_screening import save_hits
from provenance.pipeline.settings import Settings
from provenance.registry.build.registry_builder import create_registry, extend_registry
from provenance.registry.changes.opt_out_changes import add_opt_outs
from provenance.registry.changes.withdrawal import remove_items
from provenance.registry.public_copy import open_public_copy
from provenance.registry.segments.item_selection import Selection
from provenance.registry.sketch_file import read_sketch
from tests.registry.conftest import batch_of

QUIET = Settings(threads=2, quiet=True)


def post(dice, words):
    return " ".join(f"w{dice.randrange(5000)}" for _ in range(words))


@pytest.fixture(scope="module")
def posts():
    """Posts of 12 to 40 words."""
    dice = random.Random(3)
    return [post(dice, dice.randint(12, 40)) for _ in range(800)]


@pytest.fixture(scope="module")
def folder(posts, tmp_path_factory):
    """A registry with copies, replaced and withdrawn items, and a public copy of it."""
    folder = tmp_path_factory.mktemp("public")
    rows = [{"source": "x", "item": str(n), "text": text} for n, text in enumerate(posts)]
    again = [{"source": "reddit", "item": f"r{n}", "text": posts[n]} for n in range(30)]
    create_registry(folder / "r", [batch_of([*rows, *again])])
    extend_registry(folder / "r", [batch_of([rows[40] | {"text": "it was replaced"}])])
    remove_items(folder / "r", Selection(ids=pa.array(["41", "42"])))
    publish_public_copy(folder / "r", folder / "p", 0.01, QUIET)
    return folder


@pytest.fixture
def screened(folder, write_lines, tmp_path):
    """Screen texts."""

    def work(texts, public="p"):
        lines = [{"id": f"d{n}", "text": text} for n, text in enumerate(texts)]
        corpus = write_lines(tmp_path / "corpus.jsonl", lines)
        return screen_addresses(folder / public, [str(corpus)], QUIET)

    return work


def is_long(text):
    return len(text.split()) >= 20


def test_every_item_that_is_long_enough_is_found(folder, screened, posts):
    counted = [text for n, text in enumerate(posts) if n not in {40, 41, 42}]
    found = screened([text.upper() + "!" for text in counted])
    assert found.texts == len(counted)
    assert found.compared == found.hits == sum(map(is_long, counted))
    rows = found.rows.to_pylist()
    assert {row["document"] for row in rows} == {
        f"d{n}" for n, text in enumerate(counted) if is_long(text)
    }
    assert {row["verdict"] for row in rows} == {"unknown"}
    assert found.estimate.low > 0.9 * found.hits
    assert open_public_copy(folder / "p").manifest.items == found.hits


def test_items_that_do_not_count_or_are_short_are_not_in_it(screened, posts):
    others = [posts[n] for n in (40, 41, 42)]
    assert any(map(is_long, others))
    assert screened(others).hits <= 1  # a false positive, of three
    short = screened([text for text in posts if not is_long(text)])
    assert short.compared == short.hits == 0
    assert short.estimate is None


@pytest.mark.parametrize("rate", [0.01, 0.1])
def test_false_positives_are_as_many_as_is_stated(folder, screened, rate):
    publish_public_copy(folder / "r", folder / f"p{rate}", rate, QUIET)
    dice = random.Random(9)
    found = screened([post(dice, 25) for _ in range(20_000)], f"p{rate}")
    assert found.compared == 20_000
    assert found.expected == pytest.approx(20_000 * rate)
    assert abs(found.hits - found.expected) < 4 * found.expected**0.5
    assert found.estimate.low == 0.0
    assert found.estimate.high < 0.02 * 20_000


def test_counts_are_of_distinct_texts(screened, posts):
    """One false positive that is repeated would be many."""
    text = next(filter(is_long, posts))
    found = screened([text] * 50)
    assert (found.texts, found.compared, found.hits, len(found.rows)) == (50, 1, 1, 50)


def test_a_text_in_several_files_counts_once(folder, posts, tmp_path, write_lines):
    text = next(filter(is_long, posts))
    files = [write_lines(tmp_path / f"{n}.jsonl", [{"text": text}]) for n in range(3)]
    found = screen_addresses(folder / "p", [str(file) for file in files], QUIET)
    assert (found.texts, found.compared, found.hits, len(found.rows)) == (3, 1, 1, 3)


def test_the_estimate_holds_where_some_texts_are_items(screened, posts):
    dice, items = random.Random(11), [text for text in posts[50:] if is_long(text)][:200]
    found = screened([*items, *(post(dice, 25) for _ in range(5000))])
    assert found.estimate.low < 200 < found.estimate.high
    assert found.hits > 200


def test_nothing_but_hashes_counts_and_terms_is_published(folder, posts):
    assert sorted(path.name for path in (folder / "p").iterdir()) == [
        "filter.npy",
        "registry.json",
        "registry.sketch",
    ]
    content = json.loads((folder / "p" / "registry.json").read_text())
    assert [each["source"] for each in content["sources"]] == ["reddit", "x"]
    assert any(each["address"].startswith("https://") for each in content["terms"])
    assert content["tier"] == "public"
    sketch = read_sketch(folder / "p" / "registry.sketch")
    assert sketch.scaled == 1000
    counted = [*posts[:40], *posts[43:], *posts[:30]]
    assert sketch.documents == sum(map(is_long, counted))


def test_a_registry_without_items_has_an_empty_filter(tmp_path):
    add_opt_outs(tmp_path / "r", pa.array(["example.org"]))
    made = publish_public_copy(tmp_path / "r", tmp_path / "p", 0.01, QUIET)
    assert made.items == 0
    found = provenance.screen_dataset(
        tmp_path / "p", pa.table({"text": [post(random.Random(1), 30)]})
    )
    assert (found.compared, found.hits) == (1, 0)


def test_a_public_copy_is_no_registry(folder, tmp_path, write_lines):
    corpus = write_lines(tmp_path / "c.jsonl", [{"text": "some words"}])
    with pytest.raises(RegistryVersion, match="public copy of a registry") as error:
        check([corpus], Policy(registries=(str(folder / "p"),)), QUIET)
    assert "registry screen" in error.value.remedy
    assert "ask the owner" in error.value.remedy
    with pytest.raises(RegistryVersion, match="public copy"):
        extend_registry(folder / "p", [batch_of([{"source": "x", "item": "1", "text": "a b"}])])
    with pytest.raises(RegistryVersion, match="public copy"):
        publish_public_copy(folder / "p", tmp_path / "q", 0.01, QUIET)
    with pytest.raises(RegistryVersion, match="format 10"):
        screen_addresses(folder / "r", [str(corpus)], QUIET)


def test_a_keyed_copy_is_not_published_again(folder, tmp_path):
    publish_keyed_copy(folder / "r", tmp_path / "k", key_file=tmp_path / "key", new_key=True)
    with pytest.raises(RegistryError, match="keyed copy"):
        publish_public_copy(tmp_path / "k", tmp_path / "q", 0.01, QUIET)


@pytest.mark.parametrize("rate", [0.0, 0.00001, 0.9])
def test_rates_that_would_accuse_or_say_nothing_are_refused(folder, tmp_path, rate):
    with pytest.raises(InputError, match="rate of false positives"):
        publish_public_copy(folder / "r", tmp_path / "q", rate, QUIET)
    assert not (tmp_path / "q").exists()


@pytest.fixture
def spoilt(folder, tmp_path):
    """A public copy to be spoilt."""
    publish_public_copy(folder / "r", tmp_path / "p", 0.01, QUIET)
    return tmp_path / "p"


def test_damage_is_found(spoilt):
    path = spoilt / "filter.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(DigestMismatch, match="altered"):
        open_public_copy(spoilt)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"false_positive_rate": 0.5}, DigestMismatch),
        ({"false_positive_rate": 1.5}, CorruptFile),
        ({"probes": 0}, CorruptFile),
        ({"files": [{"name": "../x.npy", "bytes": 1, "blake3": "0" * 64}] * 2}, CorruptFile),
        ({"parameters": {"normalisation": "two"}}, CorruptFile),
    ],
)
def test_an_altered_manifest_is_found(spoilt, change, error):
    path = spoilt / "registry.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(error):
        open_public_copy(spoilt)


def test_python_programs_can_do_the_same(folder, tmp_path, posts):
    made = provenance.publish_registry(folder / "r", tmp_path / "q", tier="public")
    assert made.items == open_public_copy(folder / "p").manifest.items
    found = provenance.screen_dataset(tmp_path / "q", pa.table({"text": posts}))
    assert found.compared >= found.hits > 0
    keyed = provenance.publish_registry(
        folder / "r", tmp_path / "k", tier="keyed", key_file=tmp_path / "key", new_key=True
    )
    assert keyed.key_id


def test_who_keeps_an_old_copy_learns_what_was_withdrawn(folder, tmp_path, posts):
    """A new filter does not undo an old one: docs/privacy.md says so."""
    rows = [{"source": "x", "item": str(n), "text": text} for n, text in enumerate(posts)]
    create_registry(tmp_path / "r", [batch_of(rows)])
    publish_public_copy(tmp_path / "r", tmp_path / "old", 0.01, QUIET)
    withdrawn = [n for n, text in enumerate(posts) if is_long(text)][:20]
    remove_items(tmp_path / "r", Selection(ids=pa.array(map(str, withdrawn))))
    publish_public_copy(tmp_path / "r", tmp_path / "new", 0.01, QUIET)
    guesses = pa.table({"text": [posts[n] for n in withdrawn]})
    before = provenance.screen_dataset(tmp_path / "old", guesses)
    after = provenance.screen_dataset(tmp_path / "new", guesses)
    assert before.hits == len(withdrawn)
    assert after.hits <= 2


def test_a_single_hit_can_be_denied(folder, posts):
    """Of texts that are no items, somebody with a list of candidates finds some that seem so."""
    public = open_public_copy(folder / "p")
    candidates = np.random.default_rng(4).integers(0, 1 << 64, 100_000, np.uint64)
    assert public.filter.contains(candidates).sum() > 800


def test_the_list_of_hits_is_a_table_of_documents(folder, screened, posts, tmp_path):
    found = screened([text for text in posts if is_long(text)])
    save_hits(found, tmp_path / "hits.csv")
    rows = [*csv.DictReader((tmp_path / "hits.csv").read_text().splitlines())]
    assert len(rows) == len(found.rows)
    assert rows[0]["file"] == "corpus.jsonl"
    assert "text" not in rows[0]
