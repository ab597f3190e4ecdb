"""A disk on which a sync fails: what a command says is what is there."""

import errno
import os
import stat
import warnings

import pytest

from provenance.atomic_output import append_line
from provenance.errors import NotDurable, ProvenanceError
from provenance.pipeline.building.registries import build_registry
from provenance.pipeline.building.registry_changes import merge_into
from provenance.pipeline.exchange.pulling import pull
from provenance.pipeline.publishing.registry_publishing import publish_public_copy
from provenance.pipeline.settings import Settings
from provenance.registry.manifest import read_manifest
from provenance.registry.verification import verify_files
from provenance.report.files.report_reader import read_report
from tests.cli.commandline import provenance
from tests.faults.interruptions.killable_writes import report, save_report, write_rendering
from tests.pipeline.exchange.exchanged_items import dump_of


class _Syncs:
    """Makes one of the syncs of a writer fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._sync = os.fsync
        self._failing = -1
        self.made: list[bool] = []
        monkeypatch.setattr(os, "fsync", self._fail_at)

    def begin(self, failing: int) -> None:
        """Let the sync of this number fail from now on."""
        self._failing, self.made = failing, []

    @property
    def is_over(self) -> bool:
        """Whether the writer had made all of its syncs before one failed."""
        return self._failing >= len(self.made)

    def _fail_at(self, descriptor: int) -> None:
        self.made.append(stat.S_ISDIR(os.fstat(descriptor).st_mode))
        if len(self.made) - 1 == self._failing:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        self._sync(descriptor)


@pytest.fixture
def syncs(monkeypatch):
    return _Syncs(monkeypatch)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    build_registry(folder / "registry", dump_of(folder, 0, 20))
    return folder / "registry"


def _registry_state(path):
    return verify_files(path).digest if (path / "registry.json").exists() else None


def _report_state(path):
    return read_report(path).result.created if path.exists() else None


def _file_state(path):
    return (path.read_bytes()[:5] or None) if path.exists() else None


def _folder_state(path):
    return sorted(each.name for each in path.iterdir()) if path.exists() else None


_WRITERS = {
    "build": (
        lambda work, out: build_registry(out, dump_of(work, 0, 5)),
        _registry_state,
    ),
    "merge": (
        lambda work, out: merge_into([str(work / "registry")], out),
        _registry_state,
    ),
    "publish": (
        lambda work, out: publish_public_copy(work / "registry", out, 0.01, Settings(threads=1)),
        _folder_state,
    ),
    "pull": (
        lambda work, out: pull(str(work / "registry"), out),
        _registry_state,
    ),
    "report": (lambda _, out: save_report(str(out), "first"), _report_state),
    "file": (lambda _, out: write_rendering(str(out), "first"), _file_state),
    "line": (lambda _, out: append_line(out, b"first\n"), _file_state),
}


@pytest.mark.parametrize("name", sorted(_WRITERS))
def test_where_a_sync_fails_output_is_missing_and_said_to_be_or_there_and_said_to_be(
    name, built, syncs, tmp_path
):
    write, state = _WRITERS[name]
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "registry").symlink_to(built)
    number, outcomes = 0, set()
    while True:
        out = tmp_path / f"{number}" / "out"
        out.parent.mkdir()
        syncs.begin(number)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                write(tmp_path / "work", out)
                error = None
            except (ProvenanceError, OSError) as raised:
                error = raised
        if syncs.is_over:
            break
        made = state(out)
        is_said_missing = error is not None and "has the registry now" not in str(error)
        assert (made is None) == is_said_missing, (number, error, made)
        said = [str(one.message) for one in caught if one.category is NotDurable]
        outcomes.add((error is None, bool(said)))
        assert error is not None or "is complete, but it may be lost" in said[0]
        number += 1
    assert outcomes >= {(True, True)}
    assert not caught


def test_an_earlier_report_is_replaced_or_as_it_was(syncs, tmp_path):
    for is_alone in (True, False):
        number = 0
        while True:
            out = tmp_path / f"{is_alone}{number}"
            syncs.begin(-1)
            save_report(str(out), "first")
            if not is_alone:
                (out / "notes.txt").write_text("mine")
            syncs.begin(number)
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                try:
                    save_report(str(out), "second")
                    expected = "second"
                except ProvenanceError:
                    expected = "first"
            if syncs.is_over:
                break
            assert read_report(out).result == report(expected).result, number
            assert bool(caught) == (expected == "second")
            number += 1
        assert number > 3


def test_a_command_warns_and_ends_as_it_would_have(tmp_path, monkeypatch, syncs):
    (tmp_path / "posts.jsonl").write_text('{"id": "1", "text": "%s"}\n' % ("seven words " * 20))
    arguments = ["registry", "build", "r", "--source", "x", "posts.jsonl"]
    whole = provenance(*arguments, cwd=tmp_path)
    assert (whole.returncode, whole.stderr) == (0, whole.stderr)
    (tmp_path / "r").rename(tmp_path / "other")
    syncs.begin(len(syncs.made) - 1)
    done = provenance(*arguments, cwd=tmp_path)
    assert done.returncode == 0
    assert "Warning: " in done.stderr
    assert "may be lost if the power fails" in done.stderr
    assert "registry_folder.py" not in done.stderr
    assert read_manifest(tmp_path / "r").digest == read_manifest(tmp_path / "other").digest
