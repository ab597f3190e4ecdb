"""Rules are parsed once, and never taken for others."""

import pytest

from provenance.model import Library
from provenance.read import load_rules, parsedrules
from provenance.read.parsedrules import parsed
from provenance.read.rulefiles import parse_library, rule_files


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Keep what is parsed here, whatever Python is told of such things."""
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    path = tmp_path / "__pycache__" / "rules.pyc"
    monkeypatch.setattr(parsedrules, "cache_from_source", lambda _: str(path))
    return path.with_suffix(".kept")


def never(_files):
    raise AssertionError("they were parsed before")


def other(_files):
    return EMPTY


EMPTY = Library((), (), (), (), "0" * 64)
FILES = {"verdicts.yaml": b"one", "sources/a.yaml": b"two"}


def test_what_was_parsed_is_what_is_parsed(place):
    files = rule_files(None)
    first = parsed(files, parse_library)
    assert parsed(files, never) == first == parse_library(files)
    assert [path.name for path in place.parent.iterdir()] == ["rules.kept"]


@pytest.mark.parametrize(
    "changed",
    [
        {**FILES, "verdicts.yaml": b"other"},
        {**FILES, "more.yaml": b""},
        {"verdicts.yaml": b"two", "sources/a.yaml": b"one"},
        {"verdicts.yaml": b"one", "sources/a.yamltwo": b""},
        {},
    ],
)
def test_other_rules_are_parsed(place, changed):
    parsed(FILES, other)
    with pytest.raises(AssertionError, match="before"):
        parsed(changed, never)
    parsed(FILES, never)


def test_other_code_parses_anew(place, monkeypatch):
    parsed(FILES, other)
    monkeypatch.setattr(parsedrules, "_code", lambda: [b"def parse(): ..."])
    with pytest.raises(AssertionError, match="before"):
        parsed(FILES, never)


@pytest.mark.parametrize("at", [0, 20, 40, -1])
def test_what_is_damaged_is_parsed_anew(place, at):
    parsed(FILES, other)
    content = bytearray(place.read_bytes())
    content[at] ^= 1
    for damaged in (content, content[:at]):
        place.write_bytes(damaged)
        with pytest.raises(AssertionError, match="before"):
            parsed(FILES, never)


def test_where_nothing_may_be_kept_rules_are_parsed(place, monkeypatch):
    place.parent.write_text("a file where the folder would be")
    assert parsed(FILES, other) == parsed(FILES, other) == EMPTY
    place.parent.unlink()
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    assert parsed(FILES, other) == EMPTY
    assert not place.parent.exists()


def test_rules_of_ones_own_are_not_kept(place, tmp_path, root):
    load_rules.__globals__["_parsed"].cache_clear()
    folder = tmp_path / "own" / "sources"
    folder.mkdir(parents=True)
    shipped = root / "rules" / "sources" / "x.yaml"
    (folder / "x.yaml").write_bytes(shipped.read_bytes() + b"\n# changed\n")
    assert load_rules(folder.parent).digest != load_rules().digest
    assert parsed(rule_files(None), never) == load_rules()
