"""Fingerprints of withdrawn items: made on request, under a key, until a day, and then gone."""

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest

from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.model.content.fingerprints import Texts
from provenance.registry.build.registry_builder import create_registry, extend_registry
from provenance.registry.changes.withdrawal import KeptFingerprints, remove_items
from provenance.registry.manifest import read_manifest
from provenance.registry.segments.item_selection import Selection
from provenance.registry.side_tables.tombstones import load_tombstones
from provenance.registry.side_tables.withdrawn_texts import FingerprintKey, WithdrawnTexts
from provenance.registry.verification import verify_files
from tests.registry.conftest import batch_of

KEY, OTHER = FingerprintKey(b"a secret of many bytes"), FingerprintKey(b"another secret of bytes")
TODAY = datetime.now(UTC).date()
LATER = TODAY + timedelta(days=100)
TEXT = "the harbour lay under fog until noon when a ferry came in"
SHORT = "the harbour lay under fog"


@pytest.fixture
def folder(tmp_path):
    texts = {"long": TEXT, "short": SHORT, "other": "seven violins went under the hammer today"}
    rows = [{"source": "x", "item": name, "text": text} for name, text in texts.items()]
    create_registry(tmp_path / "r", [batch_of(rows)])
    return tmp_path / "r"


def withdraw(folder, *ids, key=KEY, until=LATER, today=TODAY):
    selection = Selection(ids=pa.array(ids))
    return remove_items(
        folder, selection, kept_fingerprints=KeptFingerprints(key, until), today=today
    )


def tombstones(folder):
    return load_tombstones(folder, read_manifest(folder))


def recognised(folder, *texts, key=KEY):
    tokens = tokenise(Texts.of(pa.array(texts, pa.large_string())))
    return [
        (text, found["item"])
        for text, found in WithdrawnTexts(tombstones(folder), key).find(tokens)
    ]


def test_a_text_is_recognised_by_its_words_alone(folder):
    assert withdraw(folder, "long").fingerprints == 1
    verify_files(folder)
    texts = ["nothing of it", TEXT.upper() + "!", TEXT + " again", TEXT.replace("fog", "smog")]
    assert recognised(folder, *texts) == [(1, "long")]


def test_another_key_recognises_nothing(folder):
    withdraw(folder, "long")
    assert recognised(folder, TEXT, key=OTHER) == []


def test_no_fingerprint_is_kept_of_a_few_words(folder):
    done = withdraw(folder, "short", "long")
    assert (done.items, done.fingerprints) == (2, 1)
    assert recognised(folder, SHORT) == []
    kept = {row["item"]: (row["key"], row["expires"]) for row in tombstones(folder).to_pylist()}
    assert kept == {"long": (KEY.id, LATER), "short": (None, None)}


def test_nothing_of_the_content_is_stored_without_the_key(folder):
    withdraw(folder, "long")
    [row] = tombstones(folder).to_pylist()
    assert len(row["fingerprint"]) == 16
    content = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert KEY.secret not in content
    assert b"ferry" not in content


@pytest.mark.parametrize("change", ["add", "remove"])
def test_an_expired_fingerprint_is_removed_by_the_next_change(folder, change):
    past = TODAY - timedelta(days=1)
    withdraw(folder, "long", until=past, today=past - timedelta(days=9))
    assert tombstones(folder)["fingerprint"].null_count == 0
    if change == "add":
        extend_registry(folder, [batch_of([])])
    else:
        remove_items(folder, Selection(ids=pa.array(["no such id"])))
    verify_files(folder)
    [row] = tombstones(folder).to_pylist()
    assert (row["fingerprint"], row["key"], row["expires"]) == (None, None, None)
    assert row["date"] == date.fromordinal(past.toordinal() - 9)
