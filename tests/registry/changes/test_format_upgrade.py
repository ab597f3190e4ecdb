"""A registry of format 4 is converted whole, or stays as it is."""

import json
import shutil
from hashlib import sha256
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from provenance.errors import CorruptFile, DigestMismatch, FingerprintMismatch, RegistryVersion
from provenance.model.content.tables import Skipped, Unread
from provenance.registry.changes.format_upgrade import upgrade_registry
from provenance.registry.manifest import read_manifest
from provenance.registry.store import open_registry
from provenance.registry.verification import verify_files

EARLIER = Path(__file__).parents[2] / "pipeline" / "earlier" / "registry"


@pytest.fixture
def earlier(tmp_path):
    shutil.copytree(EARLIER, tmp_path / "r")
    return tmp_path / "r"


def restate(folder, **changes):
    """Change what the manifest says; its digest covers parameters, chance model and files only."""
    path = folder / "registry.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def data(folder):
    [found] = folder.glob("data-*")
    return found


def test_items_texts_and_what_the_manifest_says_are_kept(earlier):
    before = json.loads((earlier / "registry.json").read_text())
    items = pq.read_table(data(earlier) / "items.parquet")
    texts = pq.read_table(data(earlier) / "texts.parquet")["text"].to_pylist()
    [source] = before["sources"]
    skipped = {"file": "a.jsonl", "reason": "null text", "count": 2, "rows": [3, 5]}
    unread = {"file": "b.jsonl", "reason": "cut off", "remedy": "fetch it again"}
    restate(
        earlier,
        sources=[source | {"published": 500}],
        skipped=[skipped],
        unread=[unread],
        replaced=7,
    )
    manifest = upgrade_registry(earlier)
    assert verify_files(earlier) == manifest == read_manifest(earlier)
    assert (manifest.items, manifest.tokens) == (before["items"], before["tokens"])
    assert manifest.postings == before["postings"]
    assert manifest.sources[0].published == 500
    assert manifest.skipped == (Skipped("a.jsonl", "null text", 2, (3, 5)),)
    assert manifest.unread == (Unread("b.jsonl", "cut off", "fetch it again"),)
    assert manifest.replaced == 7
    assert manifest.chance.decay == before["chance"]["decay"]
    assert manifest.aliases == (before["digest"],)
    registry = open_registry(earlier)
    numbers = registry.arrays().firsts
    described = registry.describe(numbers)
    rows = zip(items["item"].to_pylist(), items["url"].to_pylist(), texts, strict=True)
    stored = described["item"].to_pylist(), described["url"].to_pylist(), registry.texts(numbers)
    assert sorted(zip(*stored, strict=True)) == sorted(rows)
    assert sorted(path.name.partition("-")[0] for path in earlier.iterdir()) == [
        "registry.json",
        "segment",
    ]


def test_a_registry_of_this_format_is_left_alone(earlier):
    manifest = upgrade_registry(earlier)
    before = (earlier / "registry.json").read_bytes()
    assert upgrade_registry(earlier) == manifest
    assert (earlier / "registry.json").read_bytes() == before


def test_one_that_keeps_no_texts_has_none_afterwards(earlier):
    (data(earlier) / "texts.parquet").unlink()
    files = json.loads((earlier / "registry.json").read_text())["files"]
    with_digest(earlier, files=[file for file in files if file["name"] != "texts.parquet"])
    assert not upgrade_registry(earlier).keeps_texts
    verify_files(earlier)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"format": 3}, RegistryVersion, "has format 3; this version of provenance reads format 8"),
        ({"replaced": 1.5}, CorruptFile, r"registry\.json is damaged"),
        ({"digest": "0" * 64}, DigestMismatch, r"registry\.json was altered"),
    ],
)
def test_what_cannot_be_converted_is_named_and_stays(earlier, changes, error, message):
    restate(earlier, **changes)
    before = {path: path.read_bytes() for path in earlier.rglob("*") if path.is_file()}
    with pytest.raises(error, match=message):
        upgrade_registry(earlier)
    assert {path: path.read_bytes() for path in earlier.rglob("*") if path.is_file()} == before


def test_a_damaged_file_is_named(earlier):
    path = data(earlier) / "texts.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(DigestMismatch, match=r"texts\.parquet was altered"):
        upgrade_registry(earlier)


def test_other_fingerprints_are_refused_by_name(earlier):
    parameters = json.loads((earlier / "registry.json").read_text())["parameters"]
    with_digest(earlier, parameters=parameters | {"seed_width": 5})
    with pytest.raises(FingerprintMismatch, match="seed_width=5"):
        upgrade_registry(earlier)


def test_another_version_of_unicode_is_kept(earlier):
    parameters = json.loads((earlier / "registry.json").read_text())["parameters"]
    with_digest(earlier, parameters=parameters | {"unicode": "9.0.0"})
    assert upgrade_registry(earlier).parameters.unicode == "9.0.0"
    open_registry(earlier)


def test_the_error_of_a_reader_names_the_command(earlier):
    with pytest.raises(RegistryVersion) as raised:
        open_registry(earlier)
    assert raised.value.remedy == f"convert it: provenance registry upgrade {earlier}"


def with_digest(folder, **changes):
    """Change the manifest, and make its digest right again."""
    restate(folder, **changes)
    content = json.loads((folder / "registry.json").read_text())
    files = sorted((file["name"], file["blake3"]) for file in content["files"])
    parts = [4, content["parameters"], content["chance"], files]
    digest = sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    data(folder).rename(folder / f"data-{digest[:12]}")
    restate(folder, digest=digest)
