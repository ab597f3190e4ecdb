"""The shipped rules are parsed from YAML once, and never taken for others."""

import json
import subprocess
import sys

import pytest

from provenance.disk_cache import DIGEST_SIZE
from provenance.read.rules import rule_files
from provenance.read.rules.rule_files import load_rules, parse_rules, read_rule_files

FILES = {"verdicts.yaml": b"one: 2023-06-01", "sources/a.yaml": b"two: [3, true, null]"}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Keep what is made in a folder of this test's own."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    return tmp_path / "provenance" / "rules.json"


@pytest.fixture
def forbid(monkeypatch):
    """Let no YAML be parsed, from when it is called."""

    def never(_content, _file):
        raise AssertionError("it was parsed before")

    return lambda: monkeypatch.setattr(rule_files, "parse_yaml", never)


def ran(code: str) -> subprocess.CompletedProcess[str]:
    """Run Python that has loaded no rules."""
    code = f"from provenance.read.rules import rule_files as rules\n{code}"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


UNPARSED = """
parse_yaml, rules.parse_yaml = rules.parse_yaml, None
kept = rules.load_rules()
rules.parse_yaml = parse_yaml
assert kept == rules.parse_library(rules.read_rule_files(None))
"""


def test_the_rules_that_were_kept_are_the_rules_in_yaml(place):
    assert ran(UNPARSED).returncode == 1
    assert ran("rules.load_rules()").returncode == 0
    assert place.is_file()
    assert ran(UNPARSED).returncode == 0


@pytest.mark.parametrize(
    "changed",
    [
        {**FILES, "verdicts.yaml": b"other"},
        {**FILES, "more.yaml": b""},
        {"verdicts.yaml": b"two: [3, true, null]", "sources/a.yaml": b"one: 2023-06-01"},
        {"verdicts.yaml": b"one: 2023-06-01", "sources/a.yamltwo": b": [3, true, null]"},
    ],
)
def test_other_rules_are_parsed(place, forbid, changed):
    parse_rules(FILES)
    forbid()
    assert set(parse_rules(FILES)) == set(FILES)
    with pytest.raises(AssertionError, match="before"):
        parse_rules(changed)


@pytest.mark.parametrize("at", [0, 20, 40, -1])
def test_damaged_rules_are_parsed_anew(place, forbid, at):
    whole = parse_rules(FILES)
    content = bytearray(place.read_bytes())
    content[at] ^= 1
    for damaged in (content, content[:at]):
        place.write_bytes(damaged)
        assert parse_rules(FILES) == whole
    forbid()
    for damaged in (content, content[:at]):
        place.write_bytes(damaged)
        with pytest.raises(AssertionError, match="before"):
            parse_rules(FILES)


def test_what_is_kept_of_the_rules_is_json_and_is_checked_like_a_rule_file(place, monkeypatch):
    stored, store = [], rule_files.store_entry
    monkeypatch.setattr(rule_files, "store_entry", lambda *given: stored.append(given))
    parse_rules(read_rule_files(None))
    [(name, inputs, content)] = stored
    said = json.loads(content)
    assert said["sources/x.yaml"]["id"] == "x"
    said["sources/x.yaml"]["id"] = 7
    store(name, inputs, json.dumps(said).encode())
    assert place.is_file()
    assert "not text" in ran("rules.load_rules()").stderr


def test_rules_of_ones_own_are_not_kept(place, tmp_path, root):
    parse_rules(read_rule_files(None))
    folder = tmp_path / "own" / "sources"
    folder.mkdir(parents=True)
    shipped = root / "rules" / "sources" / "x.yaml"
    (folder / "x.yaml").write_bytes(shipped.read_bytes() + b"\n# changed\n")
    assert load_rules(folder.parent).digest != load_rules().digest
    assert json.loads(place.read_bytes()[DIGEST_SIZE:]).keys() == read_rule_files(None).keys()
