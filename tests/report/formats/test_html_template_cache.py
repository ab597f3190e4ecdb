"""Compiled templates are kept, and never believed when they are another's."""

import pytest
from jinja2 import DictLoader, Environment

from provenance.report.formats.html_template_cache import TemplateCache

SOURCE = "Dear {{ name }}"


def rendered(source=SOURCE, made_by=b"us", **options):
    made = Environment(
        loader=DictLoader({"letter": source}), bytecode_cache=TemplateCache(made_by), **options
    )
    return made.get_template("letter").render(name="<you>")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Keep what is compiled in a folder of this test's own."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    return tmp_path / "provenance"


@pytest.fixture
def uncompiled(monkeypatch):
    """Let nothing be compiled, from when it is called."""

    def forbid():
        monkeypatch.setattr(Environment, "compile", None)

    return forbid


def test_compiled_templates_are_reused(folder, uncompiled):
    first = rendered()
    uncompiled()
    assert rendered() == first == "Dear <you>"
    assert [path.suffix for path in folder.iterdir()] == [".jinja"]


def test_another_source_is_compiled_anew(folder):
    rendered()
    assert rendered("Hello {{ name }}") == "Hello <you>"


def test_a_template_compiled_by_other_code_is_recompiled(folder):
    rendered()
    assert rendered(made_by=b"us, escaping", autoescape=True) == "Dear &lt;you&gt;"


@pytest.mark.parametrize("part", [0, 3, 40, 90])
def test_a_truncated_cached_template_is_recompiled(folder, uncompiled, part):
    rendered()
    (kept,) = folder.iterdir()
    kept.write_bytes(kept.read_bytes()[:part])
    assert rendered() == "Dear <you>"
    uncompiled()
    assert rendered() == "Dear <you>"


@pytest.mark.parametrize("place", [0, 5, 20, 60])
def test_a_cached_template_with_a_wrong_header_is_recompiled(folder, uncompiled, place):
    rendered()
    (kept,) = folder.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:place] + b"\xff" + whole[place + 1 :])
    assert rendered() == "Dear <you>"
    uncompiled()
    assert rendered() == "Dear <you>"


def test_where_nothing_can_be_kept_templates_are_compiled(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        monkeypatch.setenv("NUMBA_CACHE_DIR", str(place))
        assert rendered() == "Dear <you>"
