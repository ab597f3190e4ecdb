"""A check against a keyed copy finds what one against the registry does, if it has the key."""

import json
import pickle

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance import Matcher
from provenance.errors import (
    InputError,
    ProvenanceError,
    RegistryError,
    RegistryExists,
    RegistryKeyMissing,
)
from provenance.model.content.chance import ChanceModel
from provenance.model.rules.policy import Policy
from provenance.pipeline import check, publish_keyed_copy, pull, push
from provenance.pipeline.settings import Settings
from provenance.registry.build.registry_builder import create_registry
from provenance.registry.changes.chance_model import replace_chance_model
from provenance.registry.changes.mark_changes import mark_items
from provenance.registry.changes.opt_out_changes import add_opt_outs
from provenance.registry.changes.withdrawal import remove_items
from provenance.registry.files.registry_keys import KEY_VARIABLE
from provenance.registry.segments.item_selection import Selection
from provenance.registry.sorting.duckdb_engine import BuildLimits
from provenance.report.files.report_folder import write_report
from tests.pipeline.overlapping_items import World
from tests.registry.conftest import batch_of, create_in_segments

PENDING = BuildLimits(rewritten_bytes=0)
"""What is withdrawn stays on the disk for now."""


@pytest.fixture(autouse=True)
def _no_key(monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, "")


@pytest.fixture
def give_key(monkeypatch):
    """Put the key in a file into the environment."""

    def work(*files):
        monkeypatch.setenv(KEY_VARIABLE, "\n".join(file.read_text() for file in files))

    return work


@pytest.fixture
def findings(tmp_path, write_lines):
    """Check pages against a registry; give findings, shares, and what is said of the registry."""

    def work(path, pages, engine="threads"):
        corpus = write_lines(tmp_path / "pages.jsonl", pages)
        out = tmp_path / f"{path.name}-report"
        settings = Settings(threads=2, engine=engine, tasks=str(tmp_path / f"{path.name}-tasks"))
        write_report(check([corpus], Policy(registries=(str(path),)), settings), out)
        result = json.loads((out / "result.json").read_text("utf-8"))
        for registry in result["registries"]:
            for name in ("path", "digest", "created"):
                registry.pop(name, None)
        return (out / "findings.parquet").read_bytes(), result["shares"], result["registries"]

    return work


def eventful_registry(path, world):
    """Make a registry of several segments that people changed in every way there is."""
    create_in_segments(path, world.parts(4), keep_texts=False)
    withdrawn = pa.array([row["item"] for row in world.dice.sample(world.rows, 60)])
    remove_items(path, Selection(ids=withdrawn), limits=PENDING)
    mark_items(path, pa.array([row["item"] for row in world.dice.sample(world.rows, 9)]))
    add_opt_outs(path, pa.array(["example.org"]), reason="asked")
    replace_chance_model(path, ChanceModel(0.7, 2e-12, 500))


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(n, marks=pytest.mark.long) for n in range(1, 6))]
)
def test_a_check_finds_the_same_rows(seed, tmp_path, findings, give_key):
    world, plain, keyed = World(seed), tmp_path / "plain", tmp_path / "keyed"
    eventful_registry(plain, world)
    pages = world.pages()
    pages[0]["url"] = "https://example.org/page"
    publish_keyed_copy(plain, keyed, key_file=tmp_path / "key", new_key=True)
    give_key(tmp_path / "key")
    expected = findings(plain, pages)
    assert len(pq.read_table(pa.BufferReader(expected[0]))) > 100
    assert findings(keyed, pages) == expected


def test_workers_inherit_the_key(tmp_path, findings, give_key):
    world, plain, keyed = World(7), tmp_path / "plain", tmp_path / "keyed"
    create_registry(plain, [batch_of(world.rows)], keep_texts=False)
    publish_keyed_copy(plain, keyed, key_file=tmp_path / "key", new_key=True)
    give_key(tmp_path / "key")
    pages = world.pages()
    assert findings(keyed, pages, "processes") == findings(plain, pages)


def test_two_copies_have_their_own_keys(tmp_path, findings, give_key):
    world, plain = World(8), tmp_path / "plain"
    create_registry(plain, [batch_of(world.rows)], keep_texts=False)
    for name in ("one", "two"):
        publish_keyed_copy(plain, tmp_path / name, key_file=tmp_path / f"{name}.key", new_key=True)
    give_key(tmp_path / "one.key")
    pages = world.pages()
    with pytest.raises(RegistryKeyMissing, match=r"is keyed with the key \w+; the keys given are"):
        findings(tmp_path / "two", pages)
    give_key(tmp_path / "one.key", tmp_path / "two.key")
    assert findings(tmp_path / "one", pages) == findings(tmp_path / "two", pages)


def test_without_the_key_a_check_says_what_to_do(tmp_path, findings):
    create_registry(tmp_path / "plain", [batch_of(World(9).rows)])
    publish_keyed_copy(tmp_path / "plain", tmp_path / "k", key_file=tmp_path / "key", new_key=True)
    with pytest.raises(RegistryKeyMissing, match="no key is given") as error:
        findings(tmp_path / "k", [{"text": "words"}])
    assert "--registry-key" in error.value.remedy
    assert KEY_VARIABLE in error.value.remedy


def test_an_invalid_key_is_named_but_not_shown(tmp_path, findings, monkeypatch):
    create_registry(tmp_path / "plain", [batch_of(World(9).rows)])
    publish_keyed_copy(tmp_path / "plain", tmp_path / "k", key_file=tmp_path / "key", new_key=True)
    monkeypatch.setenv(KEY_VARIABLE, "correct horse")
    with pytest.raises(RegistryError, match=KEY_VARIABLE) as error:
        findings(tmp_path / "k", [{"text": "words"}])
    assert "horse" not in str(error.value)


def test_a_matcher_of_a_keyed_copy_can_be_sent_to_workers(tmp_path, give_key):
    world = World(10)
    create_registry(tmp_path / "plain", [batch_of(world.rows)], keep_texts=False)
    publish_keyed_copy(tmp_path / "plain", tmp_path / "k", key_file=tmp_path / "key", new_key=True)
    give_key(tmp_path / "key")
    text = next(row["text"] for row in world.rows if len(row["text"].split()) > 30)
    matcher = pickle.loads(pickle.dumps(Matcher(tmp_path / "k")))
    assert matcher.find(text) == Matcher(tmp_path / "plain").find(text) != ()
    assert (tmp_path / "key").read_text().strip().encode() not in pickle.dumps(matcher)


def test_a_new_key_is_for_its_owner_only(tmp_path):
    create_registry(tmp_path / "plain", [batch_of(World(11).rows)])
    publish_keyed_copy(tmp_path / "plain", tmp_path / "k", key_file=tmp_path / "key", new_key=True)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(InputError, match="cannot be written"):
        publish_keyed_copy(
            tmp_path / "plain", tmp_path / "l", key_file=tmp_path / "key", new_key=True
        )
    publish_keyed_copy(tmp_path / "plain", tmp_path / "l", key_file=tmp_path / "key")


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"key_file": "k/key", "new_key": True}, InputError),  # it would be given away
        ({"new_key": True}, InputError),
        ({}, RegistryError),
        ({"key_file": "missing"}, InputError),
        ({"key_file": "key", "drop": ["everything"]}, InputError),
    ],
)
def test_what_cannot_be_published_leaves_nothing(tmp_path, monkeypatch, options, error):
    create_registry(tmp_path / "plain", [batch_of(World(12).rows)])
    (tmp_path / "key").write_text("0" * 64)
    monkeypatch.chdir(tmp_path)
    if "key_file" in options:
        options = options | {"key_file": tmp_path / options["key_file"]}
    with pytest.raises(error):
        publish_keyed_copy(tmp_path / "plain", tmp_path / "k", **options)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["key", "plain"]


def test_a_copy_takes_no_place_that_is_taken(tmp_path):
    create_registry(tmp_path / "plain", [batch_of(World(12).rows)])
    with pytest.raises(RegistryExists):
        publish_keyed_copy(
            tmp_path / "plain", tmp_path / "plain", key_file=tmp_path / "key", new_key=True
        )
    assert not (tmp_path / "key").exists()
    with pytest.raises(ProvenanceError):
        publish_keyed_copy(
            tmp_path / "none", tmp_path / "k", key_file=tmp_path / "key", new_key=True
        )
    assert not (tmp_path / "key").exists()


def stored(folder):
    """Give the files of a registry, all but what pulling keeps beside them."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in {"pulled.json", ".lock"}
    }


def test_a_keyed_copy_travels_encrypted(tmp_path, findings, give_key, monkeypatch):
    world, plain, keyed = World(13), tmp_path / "plain", tmp_path / "keyed"
    eventful_registry(plain, world)
    publish_keyed_copy(plain, keyed, key_file=tmp_path / "key", new_key=True)
    push(keyed, str(tmp_path / "there"), fresh_days=30)
    assert stored(tmp_path / "there") == stored(keyed)
    give_key(tmp_path / "key")
    push(keyed, str(tmp_path / "again"))
    assert stored(tmp_path / "again") == stored(keyed)
    monkeypatch.setenv(KEY_VARIABLE, "")
    with pytest.raises(RegistryKeyMissing):
        pull(str(tmp_path / "there"), tmp_path / "here")
    assert not (tmp_path / "here").exists()
    give_key(tmp_path / "key")
    pull(str(tmp_path / "there"), tmp_path / "here")
    assert stored(tmp_path / "here") == stored(keyed)
    pages = world.pages()
    assert findings(tmp_path / "here", pages)[:2] == findings(plain, pages)[:2]


def test_a_registry_without_items_has_a_keyed_copy(tmp_path, findings, give_key):
    add_opt_outs(tmp_path / "plain", pa.array(["example.org"]), reason="asked")
    publish_keyed_copy(tmp_path / "plain", tmp_path / "k", key_file=tmp_path / "key", new_key=True)
    assert b"example.org" not in b"".join(stored(tmp_path / "k").values())
    give_key(tmp_path / "key")
    pages = [{"text": "some words", "url": "https://example.org/page"}]
    found = findings(tmp_path / "k", pages)
    assert found == findings(tmp_path / "plain", pages)
    assert len(pq.read_table(pa.BufferReader(found[0]))) == 1
