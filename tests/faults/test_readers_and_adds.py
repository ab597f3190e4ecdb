"""Whoever reads a registry never fails because somebody adds to it."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from provenance.registry import array_reader, registry_folder, store, verification
from provenance.registry.build.registry_builder import create_registry
from provenance.registry.files import mapped_files, parquet_tables
from provenance.registry.manifest import read_manifest
from provenance.registry.store import Registry, open_registry
from provenance.registry.verification import verify_files
from tests.faults.isolated_cases import ROOT
from tests.registry.conftest import batch_of, some_rows

STEPS = (
    (mapped_files, "read_manifest"),
    (mapped_files, "map_file"),
    (store, "check_files"),
    (store, "read_registry_arrays"),
    (store, "read_rows"),
    (array_reader, "map_array"),
    (array_reader, "read_column"),
    (parquet_tables, "open_parquet"),
    (verification, "map_registry"),
    (verification, "check_files"),
    (verification, "read_tokens"),
)
"""What reading calls: before and after each of these, somebody may have added."""


@pytest.fixture(scope="module")
def generations(tmp_path_factory):
    """Two registries, of which the second is what the first becomes."""
    folder = tmp_path_factory.mktemp("generations")
    for name, count in (("old", 60), ("new", 63)):
        create_registry(folder / name, [batch_of(some_rows(count, longest=150))])
    return folder / "old", folder / "new"


def read_all(registry: Registry) -> object:
    """Read all that a check reads of a registry."""
    numbers = np.arange(registry.manifest.items, dtype=np.uint32)
    held = registry.arrays()
    [segment], [signed] = held.segments, registry.signatures()
    return (
        registry.manifest.items,
        held.tokens.tolist(),
        segment.postings.items.tolist(),
        registry.describe(numbers).to_pylist(),
        registry.texts(numbers),
        registry.edges(numbers).lead.tolist(),
        registry.copies(numbers, held),
        (signed.items.tolist(), signed.signatures.tolist(), signed.bands.tolist()),
    )


@dataclass
class Adder:
    """Puts another segment in place, as `add` does, at one step of the reader."""

    folder: Path
    others: list[Path]
    step: int
    steps: int = 0

    def at_step(self) -> None:
        self.steps += 1
        if self.steps - 1 == self.step and self.others:
            other = self.others.pop(0)
            manifest = read_manifest(other)
            staging = self.folder / ".building"
            shutil.rmtree(staging, ignore_errors=True)
            for name in manifest.folders:
                shutil.copytree(other / name, staging / name)
            registry_folder.publish_change(staging, manifest, self.folder)
            self.step += 2


def instrumented(monkeypatch, adder: Adder) -> None:
    for module, name in STEPS:
        function = getattr(module, name)

        def stepped(*given, function=function, **named):
            adder.at_step()
            made = function(*given, **named)
            adder.at_step()
            return made

        monkeypatch.setattr(module, name, stepped)


def steps_of(generations, tmp_path, monkeypatch, use) -> int:
    with monkeypatch.context() as patched:
        adder = Adder(shutil.copytree(generations[0], tmp_path / "counted"), [], -1)
        instrumented(patched, adder)
        use(adder.folder)
    return adder.steps


@pytest.mark.parametrize("stride", [3, pytest.param(1, marks=pytest.mark.long)])
def test_an_add_at_any_step_of_a_reader_leaves_it_one_whole_generation(
    generations, tmp_path, monkeypatch, stride
):
    def use(folder):
        return read_all(open_registry(folder))

    old, new = generations
    expected = [use(old), use(new)]
    steps = steps_of(generations, tmp_path, monkeypatch, use)
    [segment] = read_manifest(old).segments
    assert steps > 2 * len(segment.files)
    seen = set()
    for step in range(0, steps, stride):
        folder = shutil.copytree(old, tmp_path / str(step))
        # A second one, two steps later: what it takes its place is what the first one made.
        adder = Adder(folder, [new, old] if step % 2 else [new], step)
        with monkeypatch.context() as patched:
            instrumented(patched, adder)
            found = use(folder)
        seen.add(expected.index(found))
        shutil.rmtree(folder)
    assert seen == {0, 1}


@pytest.mark.parametrize("stride", [7, pytest.param(1, marks=pytest.mark.long)])
def test_an_add_at_any_step_does_not_disturb_a_verification(
    generations, tmp_path, monkeypatch, stride
):
    old, new = generations
    steps = steps_of(generations, tmp_path, monkeypatch, verify_files)
    for step in range(0, steps, stride):
        folder = shutil.copytree(old, tmp_path / str(step))
        adder = Adder(folder, [new], step)
        with monkeypatch.context() as patched:
            instrumented(patched, adder)
            assert verify_files(folder).items in {60, 63}
        assert not adder.others


ADD = """
import sys
from pathlib import Path
from provenance.registry.build.registry_builder import extend_registry
from tests.registry.conftest import batch_of, some_rows
for seed in range(1, int(sys.argv[2])):
    extend_registry(Path(sys.argv[1]), [batch_of(some_rows(3, seed=seed))])
    print(seed, flush=True)
"""


@pytest.mark.parametrize("adds", [5, pytest.param(60, marks=pytest.mark.long)])
def test_a_registry_that_is_added_to_again_and_again_can_be_read_all_the_time(
    generations, tmp_path, adds
):
    folder = shutil.copytree(generations[0], tmp_path / "r")
    command = [sys.executable, "-c", ADD, str(folder), str(adds)]
    seen = set()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as adding:
        while adding.poll() is None:
            registry = open_registry(folder)
            read_all(registry)
            read_all(registry)
            seen.add(registry.manifest.items)
    assert adding.returncode == 0
    assert len(seen) > 1
