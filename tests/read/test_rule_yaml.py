"""Our loader of YAML is the safe one, but for keys that stand twice."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import RuleSyntax
from provenance.read.rules.rule_yaml import parse_yaml

RULES = sorted((Path(__file__).resolve().parents[2] / "rules").rglob("*.yaml"))
BARE = (
    *("yes", "No", "on", "true", "FALSE", "~", "null", "Null", "none", "n", "y", "t", "o"),
    *("1", "-1", "+1", "0", "0x1f", "0o7", "017", "1_000", "190:20:30", "1.5", ".5", "-.inf"),
    *(".nan", "1e3", "6.8523015e+5", "2024-03-01", "2024-03-01T10:00:00Z", "2024", "=", "<<"),
    *(
        "CC BY 4.0",
        "a: b",
        "text",
        "not yes",
        "'1'",
        '"no"',
        "!!str 1",
        "!!int '7'",
        "",
        "-",
        "...x",
    ),
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.dates()
    | st.text(max_size=8)
    | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3)
    ),
    max_leaves=8,
)


def loaded(text):
    return parse_yaml(text.encode(), "it").value


@given(VALUES)
def test_what_is_written_is_read(value):
    assert loaded(yaml.safe_dump(value)) == value
    # A line's end among the letters comes back as a space, from any loader.
    text = yaml.safe_dump(value, allow_unicode=True)
    assert loaded(text) == yaml.load(text, yaml.CSafeLoader)


@pytest.mark.parametrize("bare", [one for one in BARE if one not in ("a: b", ".nan")])
@pytest.mark.parametrize("place", ["{}\n", "- {}\n", "key: {}\n", "[{}]\n", "{}: value\n"])
def test_a_bare_word_is_what_the_safe_loader_takes_it_for(bare, place):
    text = place.format(bare)
    try:
        expected = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        with pytest.raises(RuleSyntax):
            loaded(text)
    else:
        found = loaded(text)
        assert found == expected
        assert repr(found) == repr(expected)  # 1 is no True


@pytest.mark.parametrize(
    "text",
    [
        "a: &x [one, 1]\nb: *x\n",
        "a: &x one\nb: *x\n",
        "base: &x {k: v, n: 1}\nown: {<<: *x, k: w}\n",
        "a: !!set {one, two}\n",
        "a: |\n  one\n  two\n",
        "a: !!binary aGVsbG8=\n",
    ],
)
def test_what_yaml_has_beyond_plain_values_is_read_as_well(text):
    assert loaded(text) == yaml.safe_load(text)


@pytest.mark.parametrize("text", ["a: !!python/object:os.system x\n", "a: !own x\n"])
def test_what_is_not_safe_is_refused(text):
    with pytest.raises(RuleSyntax):
        loaded(text)


def test_a_list_of_text_that_is_tagged_so_is_refused():
    with pytest.raises(RuleSyntax):
        loaded("!!str [a]\n")


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_every_rule_file_is_read_as_the_safe_loader_reads_it(path):
    assert parse_yaml(path.read_bytes(), path.name).value == yaml.safe_load(path.read_bytes())


def test_a_day_is_a_day():
    assert loaded("day: 2024-03-01") == {"day": date(2024, 3, 1)}
