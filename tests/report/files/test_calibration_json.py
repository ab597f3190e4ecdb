"""calibration.json: as its schema says, whole or not at all, and read back equal."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from jsonschema import Draft202012Validator

from provenance.errors import InputError, OutputError
from provenance.model.results.calibration import PLANTS, Calibration, FalseRate, Recall
from provenance.read.policy.calibration_file import load_calibration
from provenance.report.files.calibration_json import (
    calibration_document,
    write_calibration,
)
from provenance.report.terminal.recall_table import recall_table
from tests.schemas import load_schema

UNKNOWN = FalseRate(None, "nobody measured it", 0, 1.0, 0, 0, 0, None, None, None, None)
MEASURED = FalseRate("control", None, 2_000_000, 1.5, 3, 2, 31, 1.5, 23.25, 0.18, 5.4)
PLANT = {
    "source": "x",
    "edit": "cut to 50%",
    "family": "cut to 50%",
    "place": "sentence",
    "item_tokens": 12,
    "tokens": 6,
    "bytes": 40,
    "found": True,
    "right": True,
    "covered": 0.975,
    "look": 7,
    "found_tokens": 6,
    "found_bytes": 39,
    "strength": 23.5,
}
MISSED = {
    **PLANT,
    "found": False,
    "right": False,
    "covered": 0.0,
    "look": -1,
    "found_tokens": 0,
    "found_bytes": 0,
    "strength": 0.0,
}
CALIBRATION = Calibration(
    tool="0.1.0",
    created=datetime(2025, 3, 1, 12, tzinfo=UTC),
    corpus="c" * 64,
    addresses=("data/pages.parquet",),
    documents=12_000,
    corpus_tokens=3_400_000,
    registries=("a" * 64, "b" * 64),
    normalisation=1,
    threshold=2.5,
    seed=0,
    skipped=3,
    recalls=(
        Recall(None, None, None, None, 2, 1, 0.09, 0.91, 0.975, 1.0),
        Recall("8-14", None, None, None, 2, 1, 0.09, 0.91, 0.975, 1.0),
        Recall(None, "cut to 50%", None, None, 2, 1, 0.09, 0.91, 0.975, 1.0),
        Recall(None, None, "sentence", None, 2, 1, 0.09, 0.91, 0.975, 1.0),
        Recall(None, None, None, "x\x1b[2J", 2, 1, 0.09, 0.91, 0.975, 1.0),
        Recall("8-14", "cut to 50%", None, None, 2, 1, 0.09, 0.91, 0.975, 1.0),
        Recall(None, "lower", None, None, 0, 0, 0.0, 1.0, None, None),
    ),
    false=UNKNOWN,
    plants=pa.Table.from_pylist([PLANT, MISSED], schema=PLANTS),
)


@pytest.mark.parametrize("false", [UNKNOWN, MEASURED])
def test_a_file_follows_the_schema_and_is_read_back_equal(false, tmp_path):
    calibration = replace(CALIBRATION, false=false)
    write_calibration(calibration, tmp_path / "calibration.json")
    document = json.loads((tmp_path / "calibration.json").read_text("utf-8"))
    Draft202012Validator.check_schema(load_schema("report/calibration"))
    Draft202012Validator(load_schema("report/calibration")).validate(document)
    assert document == calibration_document(calibration)
    assert load_calibration(tmp_path / "calibration.json") == calibration


def test_the_schema_knows_every_key(tmp_path):
    schema = load_schema("report/calibration")
    document = calibration_document(CALIBRATION)
    assert list(schema["properties"]) == list(document)
    assert list(schema["properties"]["plants"]["properties"]) == PLANTS.names
    assert not Draft202012Validator(schema).is_valid({**document, "more": 1})


def test_the_plants_are_a_line_a_column(tmp_path):
    write_calibration(CALIBRATION, tmp_path / "c.json")
    lines = (tmp_path / "c.json").read_text("utf-8").splitlines()
    assert sum('"found_bytes": [39,0]' in line for line in lines) == 1


def test_a_place_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        write_calibration(CALIBRATION, tmp_path / "file" / "calibration.json")


def damaged(document, path, value):
    *steps, last = path
    place = document
    for step in steps:
        place = place[step]
    if value is None and last != "covered":
        del place[last]
    else:
        place[last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("schema",), "provenance/calibration/9", "provenance/calibration/9"),
        (("seed",), None, "'seed' is missing"),
        (("seed",), "one", "not a whole number"),
        (("documents_read",), 3, "unknown key"),
        (("corpus", "tokens"), -1, "negative"),
        (("threshold",), True, "not a number"),
        (("created",), "yesterday", "not a timestamp"),
        (("plants", "look"), [1], "different lengths"),
        (("plants", "found"), ["yes", "no"], "has values of another type"),
        (("plants", "look"), [None, 1], "holds null"),
        (("recalls", 0, "covered"), "much", "not a number"),
    ],
)
def test_what_is_wrong_is_named(path, value, said, tmp_path):
    document = damaged(calibration_document(CALIBRATION), path, value)
    (tmp_path / "c.json").write_text(json.dumps(document))
    with pytest.raises(InputError, match=said) as raised:
        load_calibration(tmp_path / "c.json")
    assert "calibrate" in raised.value.remedy or raised.value.remedy


def test_a_file_that_is_none_is_an_error(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        load_calibration(tmp_path / "none.json")
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(InputError, match="not valid JSON"):
        load_calibration(tmp_path / "bad.json")
    (tmp_path / "list.json").write_text("[]")
    with pytest.raises(InputError, match="not a table"):
        load_calibration(tmp_path / "list.json")


@pytest.mark.parametrize("false", [UNKNOWN, MEASURED])
def test_the_table_fits_a_terminal_without_control_characters(false):
    table = recall_table(replace(CALIBRATION, false=false))
    assert max(map(len, table.splitlines())) <= 80
    assert "\x1b" not in table
    assert "cut to 50%" in table
    assert "50.0%" in table
    assert ("unknown, not zero" in table) == (false is UNKNOWN)
    assert ("1.5 documents in a million tokens" in table) == (false is MEASURED)
