"""The JSON Schema of policies: it says what the reader reads, and refuses what it refuses."""

import tomllib
from datetime import date
from typing import Any

import jsonschema
import pytest

from provenance.errors import PolicyError
from provenance.model.rules.policy import UndecidedRule, WithdrawnRule
from provenance.model.rules.terms import Actor, Purpose
from provenance.read.policy import policy_file, policy_syntax, waiver_syntax
from provenance.read.policy.policy_file import load_policy
from provenance.report.terminal.rules.policy_summary import POLICY_TEMPLATE
from tests.read.policy_texts import WHOLE
from tests.schemas import load_schema

SCHEMA = load_schema("read/policy")
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

EXAMPLES = {
    *policy_syntax.CHECK_KEYS,
    *policy_syntax.AGREEMENT_KEYS,
    *policy_syntax.COLLECTION_KEYS,
    *waiver_syntax.WAIVER_KEYS,
    *(
        "path",
        "allowed_signers",
        "unknown",
        '"x:restricted/automated-access.documents"',
        "eu-dsm-art-4",
    ),
}


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def uncommented() -> str:
    """The template with its examples switched on; its words of explanation stay out."""
    examples = ("# [", *(f"# {key} =" for key in EXAMPLES))
    text = "\n".join(
        line[2:] if line.startswith(examples) else line for line in POLICY_TEMPLATE.splitlines()
    )
    return text.replace('digest = "..."', f'digest = "{"0" * 64}"')


@pytest.mark.parametrize("text", [WHOLE, POLICY_TEMPLATE, uncommented()])
def test_policies_follow_the_schema_and_are_read(tmp_path, text):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert [error.message for error in VALIDATOR.iter_errors(plain(tomllib.loads(text)))] == []
    (tmp_path / "provenance.toml").write_text(text, "utf-8")
    assert load_policy(None, tmp_path).path == "provenance.toml"


def test_the_schema_knows_the_keys_that_are_read():
    tables = SCHEMA["properties"]
    assert set(tables) == set(policy_file.POLICY_KEYS)
    assert set(tables["check"]["properties"]) == set(policy_syntax.CHECK_KEYS)
    assert set(tables["agreements"]["items"]["properties"]) == set(policy_syntax.AGREEMENT_KEYS)
    assert set(tables["collections"]["items"]["properties"]) == set(policy_syntax.COLLECTION_KEYS)
    assert set(tables["waivers"]["items"]["properties"]) == set(waiver_syntax.WAIVER_KEYS)


@pytest.mark.parametrize(
    "text",
    [
        "[chekc]",
        '[check]\npurpose = "training"',
        '[check]\nmodel = ["any"]',
        "[check]\ncommercial = 1",
        "[claims]\neu-dsm-art-4 = 1",
        '[gate]\nforbiden = "0%"',
        '[gate]\nforbidden = "0"',
        '[[agreements]]\nsource = "x"',
        '[[collections]]\nfiles = "a"',
        '[[collections]]\nname = "a"',
        '[[collections]]\nname = "a"\ncolumn = "b"',
        '[[collections]]\nname = "a"\nfiles = "b"\nroute = "ship"',
        '[[collections]]\nname = "a"\nfiles = "b"\npurpose = "evaluation"',
        WHOLE.replace('source = "x"\ndocuments = "faq-*"', ""),
        WHOLE.replace("own-content", "because"),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(tmp_path, text):
    assert list(VALIDATOR.iter_errors(plain(tomllib.loads(text))))
    (tmp_path / "provenance.toml").write_text(text, "utf-8")
    with pytest.raises(PolicyError):
        load_policy(None, tmp_path)


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("undecided", UndecidedRule),
        ("withdrawn", WithdrawnRule),
        ("purpose", Purpose),
        ("actor", Actor),
    ],
)
def test_the_schema_knows_the_values_that_are_read(key, values):
    assert set(SCHEMA["properties"]["check"]["properties"][key]["enum"]) == set(map(str, values))


def test_the_template_shows_every_key_of_what_is_asked():
    shown = {line.removeprefix("# ").partition(" ")[0] for line in POLICY_TEMPLATE.splitlines()}
    assert shown >= {*policy_syntax.CHECK_KEYS}
