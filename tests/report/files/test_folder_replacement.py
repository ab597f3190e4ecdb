"""Files of a folder are replaced as one set, beside files of others, on every file system."""

import os
from pathlib import Path

import pytest

from provenance.report.files import folder_replacement
from provenance.report.files.folder_replacement import replace_files

OLD = {"a.json": b"old", "b.md": b"old", "list.csv": b"old"}
NEW = {"a.json": b"new", "b.md": b"new"}


def files_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def refuse(*_):
    raise OSError(38, "not supported")


@pytest.mark.parametrize("can_exchange", [True, False])
@pytest.mark.parametrize("others", [{}, {"ours.txt": b"kept"}])
def test_what_the_new_set_lacks_is_removed_and_others_files_stay(
    tmp_path, monkeypatch, can_exchange, others
):
    if not can_exchange:
        monkeypatch.setattr(folder_replacement, "swap_folders", refuse)
    folder = tmp_path / "out"
    replace_files(folder, OLD, mark="a.json")
    for name, content in others.items():
        (folder / name).write_bytes(content)
    replace_files(folder, NEW, owned=["list.csv"], mark="a.json")
    assert files_of(folder) == {**NEW, **others}
    assert os.listdir(tmp_path) == ["out"]
    assert len(os.listdir(folder)) == len(NEW) + len(others)


def test_the_working_folder_keeps_its_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    replace_files(tmp_path, OLD, mark="a.json")
    replace_files(tmp_path, NEW, owned=["list.csv"], mark="a.json")
    assert files_of(Path()) == NEW
