"""`provenance registry fit`: the law of chance, measured on texts that hold nothing."""

from pathlib import Path
from random import Random

import pytest

from provenance.errors import InputError, RegistryNotFound
from provenance.match.scoring.evalue import SHIPPED_CHANCE
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, add_to_registry, build_registry
from provenance.pipeline.calibration.chance_fit import fit_chance_model
from provenance.pipeline.settings import Settings
from provenance.registry.store import open_registry
from provenance.registry.verification import verify_files

WORDS = [f"{first}{second}" for first in "bdfghklmnprs" for second in "aeiouäöüyé"]
QUIET = Settings(threads=1)


def babble(seed, count):
    """Write what says little: of so few words that any two who write share runs of them."""
    return " ".join(Random(seed).choices(WORDS, k=count))


@pytest.fixture
def registry(tmp_path: Path, write_lines) -> Path:
    rows = [{"id": row, "text": babble(row, 9)} for row in range(3000)]
    build_registry(tmp_path / "reg", DumpSource([write_lines(tmp_path / "p.jsonl", rows)], "x"))
    return tmp_path / "reg"


@pytest.fixture
def clean(tmp_path: Path, write_lines) -> str:
    rows = [{"text": babble(10**6 + row, 300)} for row in range(500)]
    return write_lines(tmp_path / "clean.jsonl", rows)


def test_what_was_measured_is_stored_and_counts(registry, clean):
    before = open_registry(registry).manifest
    found = check([clean], Policy(registries=(str(registry),)), QUIET).findings.num_rows

    made = fit_chance_model(registry, [clean], QUIET)

    assert before.chance == SHIPPED_CHANCE
    assert 0 < made.chance.exceedances <= 100
    assert made.chance != SHIPPED_CHANCE
    assert made.digest != before.digest
    assert (made.items, made.segments) == (before.items, before.segments)
    assert open_registry(registry).manifest == verify_files(registry) == made
    assert {path.name for path in registry.glob("segment-*")} == made.folders
    after = check([clean], Policy(registries=(str(registry),)), QUIET).findings.num_rows
    assert after <= found


def test_measuring_again_changes_nothing(registry, clean):
    assert fit_chance_model(registry, [clean], QUIET) == fit_chance_model(registry, [clean], QUIET)


def test_what_was_measured_survives_new_items(registry, clean, tmp_path, write_lines):
    made = fit_chance_model(registry, [clean], QUIET)
    dump = write_lines(tmp_path / "more.jsonl", [{"id": "new", "text": "some more words here"}])
    add_to_registry(registry, DumpSource([dump], "x"))

    assert open_registry(registry).manifest.chance == made.chance


def test_too_little_text_tells_nothing(registry, tmp_path, write_lines):
    few = write_lines(tmp_path / "few.jsonl", [{"text": babble(1, 500)}])

    with pytest.raises(InputError, match="500 words are too few"):
        fit_chance_model(registry, [few], QUIET)
    assert open_registry(registry).manifest.chance == SHIPPED_CHANCE


def test_nothing_is_left_where_there_is_no_registry(tmp_path, clean):
    with pytest.raises(RegistryNotFound):
        fit_chance_model(tmp_path / "none", [clean], QUIET)
    assert not (tmp_path / "none").exists()
