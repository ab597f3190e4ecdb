"""The JSON Schemas of rule files: every shipped file follows them, and they say what is read."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from provenance.errors import RuleSyntax
from provenance.model.rules.signals import Stance
from provenance.read.rules import rule_cases, rule_syntax, terms_syntax
from provenance.read.rules.rule_files import load_cases, load_rules
from provenance.read.signals import HEADER_NAMES, TAG_NAMES

KINDS = {
    "sources": ("source", rule_syntax.SOURCE_KEYS, 91),
    "licences": ("licence", rule_syntax.LICENCE_KEYS, 68),
    "signals": ("signal", rule_syntax.SIGNAL_KEYS, 11),
    "exceptions": ("exception", rule_syntax.EXCEPTION_KEYS, 5),
}


def plain(value: Any) -> Any:
    """Write days as JSON would."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def schema_of(root: Path, kind: str) -> dict[str, Any]:
    return json.loads((root / "rules" / "schema" / f"{kind}.schema.json").read_text("utf-8"))


def loaded(path: Path) -> Any:
    return plain(yaml.safe_load(path.read_text("utf-8")))


def files(root: Path, folder: str) -> dict[str, Any]:
    paths = sorted((root / "rules" / folder).glob("*.yaml"))
    return {path.name: loaded(path) for path in paths}


@pytest.mark.parametrize(("folder", "kind"), [(f, k) for f, (k, *_) in KINDS.items()])
def test_every_shipped_file_follows_its_schema(root, folder, kind):
    schema = schema_of(root, kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    wrong = {
        f"{name}: {list(error.path)}: {error.message[:100]}"
        for name, file in files(root, folder).items()
        for error in validator.iter_errors(file)
    }
    assert wrong == set()


@pytest.mark.parametrize("folder", KINDS)
def test_no_file_was_lost(root, folder):
    assert len(files(root, folder)) >= KINDS[folder][2]


def test_no_statement_was_lost():
    library = load_rules()
    named = (*library.sources, *library.licences, *library.signals, *library.exceptions)
    every = {terms.id: terms for each in named for terms in each.terms}
    assert len(every) >= 262
    assert sum(terms.quotation_digest is not None for terms in every.values()) >= 225
    assert len(library.questions) == 17
    assert len(load_cases()) >= 650


def test_the_schema_of_signals_knows_the_keys_of_examples(root):
    example = schema_of(root, "signal")["$defs"]["example"]["properties"]
    assert set(example) == set(rule_cases.EXAMPLE_KEYS)
    assert set(example["headers"]["properties"]) == set(HEADER_NAMES)
    assert set(example["tags"]["properties"]) == set(TAG_NAMES)
    assert example["says"]["enum"] == [stance.value for stance in Stance]


@pytest.mark.parametrize("folder", KINDS)
def test_a_schema_knows_the_keys_that_are_read(root, folder):
    kind, keys, _ = KINDS[folder]
    schema = schema_of(root, kind)
    assert set(schema["properties"]) == set(keys)
    assert set(schema["$defs"]["period"]["properties"]) == set(terms_syntax.PERIOD_KEYS)
    assert set(schema["$defs"]["period"]["required"]) == set(terms_syntax.PERIOD_NEEDS)
    assert set(schema["$defs"]["document"]["properties"]) == set(terms_syntax.DOCUMENT_KEYS)
    assert set(schema["$defs"]["case"]["properties"]) == set(rule_cases.CASE_KEYS)


def test_a_schema_knows_the_words_that_verdicts_yaml_opens(root):
    library = load_rules()
    period = schema_of(root, "source")["$defs"]["period"]["properties"]
    assert period["basis"]["enum"] == [basis.id for basis in library.bases]
    tags = period["conditions"]["items"]["pattern"]
    assert tags.startswith("^(" + "|".join(tag.id for tag in library.conditions) + ")")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["name"], 3),
        (["hosts"], ["HTTPS://x.com"]),
        (["hosst"], []),
        (["documents", 0, "periods", 0, "verdict"], "forbiden"),
        (["documents", 0, "periods", 0, "basis"], "because"),
        (["documents", 0, "periods", 0, "uses"], "pretraining"),
        (["documents", 0, "periods", 0, "binds"], ["scrapper"]),
        (["documents", 0, "periods", 0, "conditions"], ["consent or luck"]),
        (["documents", 0, "periods", 0, "model-scope"], "large"),
        (["documents", 0, "periods", 0, "from"], "yesterday"),
        (["documents", 0, "periods", 0, "quotation-sha256"], "abc"),
        (["documents", 0, "periods", 0, "reviewed-by"], "A. Lawyer"),
        (["documents", 0, "time-axis"], "birth"),
        (["format"], 1),
    ],
)
def test_a_schema_refuses_what_the_reader_refuses(root, path, value):
    file = loaded(root / "rules" / "sources" / "x.yaml")
    place = file
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert list(jsonschema.Draft202012Validator(schema_of(root, "source")).iter_errors(file))
    library = load_rules()
    words = terms_syntax.Vocabulary(
        [basis.id for basis in library.bases], [tag.id for tag in library.conditions]
    )
    with pytest.raises(RuleSyntax):
        rule_syntax.parse_source(
            rule_syntax.UncheckedValue(file, "rules/sources/x.yaml", RuleSyntax), words
        )
