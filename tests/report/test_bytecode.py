"""Compiled templates are kept, and never believed when they are another's."""

import pytest
from jinja2 import DictLoader, Environment

from provenance.report.bytecode import Bytecode

SOURCE = "Dear {{ name }}"


def rendered(folder, source=SOURCE, made_by=b"us", **options):
    made = Environment(
        loader=DictLoader({"letter": source}), bytecode_cache=Bytecode(folder, made_by), **options
    )
    return made.get_template("letter").render(name="<you>")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "__pycache__"


@pytest.fixture
def allowed(monkeypatch):
    """Let Python keep what it compiles, whatever it is told here."""
    monkeypatch.setattr("sys.dont_write_bytecode", False)


@pytest.fixture
def uncompiled(monkeypatch):
    """Let nothing be compiled, from when it is called."""

    def forbid():
        monkeypatch.setattr(Environment, "compile", None)

    return forbid


def test_what_was_compiled_is_not_compiled_again(folder, allowed, uncompiled):
    first = rendered(folder)
    uncompiled()
    assert rendered(folder) == first == "Dear <you>"
    assert [path.suffix for path in folder.iterdir()] == [".jinja"]


def test_another_source_is_compiled_anew(folder, allowed):
    rendered(folder)
    assert rendered(folder, "Hello {{ name }}") == "Hello <you>"


def test_what_was_compiled_in_another_manner_is_compiled_anew(folder, allowed):
    rendered(folder)
    assert rendered(folder, made_by=b"us, escaping", autoescape=True) == "Dear &lt;you&gt;"


@pytest.mark.parametrize("part", [0, 3, 40, 90])
def test_what_was_cut_short_is_compiled_anew(folder, allowed, uncompiled, part):
    rendered(folder)
    (kept,) = folder.iterdir()
    kept.write_bytes(kept.read_bytes()[:part])
    assert rendered(folder) == "Dear <you>"
    uncompiled()
    assert rendered(folder) == "Dear <you>"


@pytest.mark.parametrize("place", [0, 5, 20, 60])
def test_what_does_not_begin_as_it_should_is_compiled_anew(folder, allowed, uncompiled, place):
    rendered(folder)
    (kept,) = folder.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:place] + b"\xff" + whole[place + 1 :])
    assert rendered(folder) == "Dear <you>"
    uncompiled()
    assert rendered(folder) == "Dear <you>"


def test_where_nothing_can_be_kept_templates_are_compiled(tmp_path, allowed):
    (tmp_path / "file").write_text("no folder")
    assert rendered(tmp_path / "file") == rendered(tmp_path / "file" / "below") == "Dear <you>"
    folder = tmp_path / "kept"
    folder.mkdir(mode=0o500)
    assert rendered(folder) == "Dear <you>"


def test_python_s_wish_to_keep_nothing_is_heard(folder, monkeypatch):
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    assert rendered(folder) == "Dear <you>"
    assert not folder.exists()
