"""The law of chance of a registry is replaced, and nothing else of it."""

from dataclasses import replace

import pytest

from provenance.errors import DigestMismatch, RegistryError, RegistryNotFound
from provenance.model.content.chance import ChanceModel
from provenance.registry.build.registry_builder import compact_registry, extend_registry
from provenance.registry.changes.chance_model import replace_chance_model
from provenance.registry.manifest import read_manifest
from provenance.registry.store import open_registry
from provenance.registry.verification import verify_files
from tests.registry.damaged_registries import file_of

MEASURED = ChanceModel(decay=0.5, scale=1e-9, exceedances=7)


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_law_of_chance_changes_and_no_file_does(segmented):
    before, names = read_manifest(segmented), names_in(segmented)
    made = replace_chance_model(segmented, MEASURED)
    expected = replace(before, chance=MEASURED, digest=made.digest, created=made.created)
    assert made == replace(expected, supersets=(before.digest,))
    assert made.digest != before.digest
    assert made.created > before.created
    assert verify_files(segmented) == made
    assert open_registry(segmented).arrays().chance == MEASURED
    assert names_in(segmented) == names


def test_the_law_that_it_has_changes_nothing(folder):
    before = read_manifest(folder)
    assert replace_chance_model(folder, before.chance) == before
    assert read_manifest(folder) == before


def test_the_law_of_chance_outlives_additions_and_merging(segmented, items, posts):
    replace_chance_model(segmented, MEASURED)
    assert extend_registry(segmented, [items(posts(5, seed=4))]).chance == MEASURED
    assert compact_registry(segmented).chance == MEASURED


def test_what_a_killed_refit_left_is_in_nobodys_way(folder):
    (folder / ".building").mkdir()
    (folder / ".building" / "registry.json").touch()
    made = replace_chance_model(folder, MEASURED)
    assert verify_files(folder) == made
    assert names_in(folder) == ["registry.json", made.segments[0].folder]


def test_a_registry_that_cannot_be_written_is_an_error_of_ours(folder):
    (folder / ".lock").mkdir()
    with pytest.raises(RegistryError, match="cannot be written") as caught:
        replace_chance_model(folder, MEASURED)
    assert "is writable" in caught.value.remedy


def test_a_registry_that_lacks_a_file_is_refused(folder):
    file_of(folder, "owners.npy").unlink()
    with pytest.raises(DigestMismatch, match=r"owners\.npy cannot be read"):
        replace_chance_model(folder, MEASURED)


def test_nothing_is_no_registry(tmp_path):
    with pytest.raises(RegistryNotFound):
        replace_chance_model(tmp_path, MEASURED)
    assert list(tmp_path.iterdir()) == []
