"""The law of chance of a registry is replaced, and nothing else of it."""

from dataclasses import replace

import pytest

from provenance.errors import DigestMismatch, RegistryError, RegistryNotFound
from provenance.model import ChanceModel
from provenance.registry import registry_folder
from provenance.registry.chance_model import replace_chance_model
from provenance.registry.manifest import read_manifest, registry_digest
from provenance.registry.verification import verify_files

MEASURED = ChanceModel(decay=0.5, scale=1e-9, exceedances=7)


def generation_of(folder, chance):
    made = read_manifest(folder)
    digest = registry_digest(made.parameters, chance, made.files)
    return folder / replace(made, digest=digest).generation


def test_the_law_of_chance_changes_and_no_file_does(folder):
    before = read_manifest(folder)
    made = replace_chance_model(folder, MEASURED)
    assert made == replace(before, chance=MEASURED, digest=made.digest)
    assert made.digest != before.digest
    assert verify_files(folder) == made
    assert sorted(p.name for p in folder.iterdir()) == [made.generation, "registry.json"]


def test_the_law_that_it_has_changes_nothing(folder):
    before = read_manifest(folder)
    assert replace_chance_model(folder, before.chance) == before
    assert read_manifest(folder) == before


def test_what_a_killed_refit_left_is_in_nobodys_way(folder):
    left = generation_of(folder, MEASURED)
    left.mkdir()
    (left / "items.parquet").touch()
    made = replace_chance_model(folder, MEASURED)
    assert verify_files(folder) == made


def test_a_registry_that_somebody_writes_to_is_left_alone(folder):
    with (
        registry_folder.staged_generation(folder),
        pytest.raises(RegistryError, match="another process"),
    ):
        replace_chance_model(folder, MEASURED)


def test_a_registry_that_cannot_be_written_is_an_error_of_ours(folder):
    (folder / ".lock").mkdir()
    with pytest.raises(RegistryError, match="cannot be written") as caught:
        replace_chance_model(folder, MEASURED)
    assert "is writable" in caught.value.remedy


def test_a_registry_that_lacks_a_file_is_refused(folder):
    (folder / read_manifest(folder).generation / "owners.npy").unlink()
    with pytest.raises(DigestMismatch, match=r"owners\.npy cannot be read"):
        replace_chance_model(folder, MEASURED)


def test_nothing_is_no_registry(tmp_path):
    with pytest.raises(RegistryNotFound):
        replace_chance_model(tmp_path, MEASURED)
    assert list(tmp_path.iterdir()) == []
