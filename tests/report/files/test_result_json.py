"""result.json: what it says, that it follows its schema, and that nothing is lost in it."""

import json
from dataclasses import fields

import jsonschema
import pytest
from hypothesis import given, settings

from provenance.model.results.result import Result
from provenance.report.files.result_json import dumps, loads, result_document
from tests.report.result_strategies import RESULTS
from tests.report.samples import (
    calibrated_report,
    clear_report,
    compared_report,
    sample_report,
    sampled_report,
)
from tests.schemas import load_schema

VALIDATOR = jsonschema.Draft202012Validator(load_schema("report/result"))
CONTRACT = {
    *("schema", "tool", "corpus", "registries", "rules", "purpose", "status", "violations"),
    *("shares", "created", "policy", "gates", "rulings", "waivers", "method"),
    *("calibration", "sample"),
}


@pytest.mark.parametrize(
    "report",
    [sample_report(), clear_report(), calibrated_report(), sampled_report(), compared_report()],
    ids=["fails", "clear", "calibrated", "sampled", "compared"],
)
def test_a_result_follows_its_schema(report):
    VALIDATOR.validate(json.loads(dumps(report.result)))


@given(RESULTS)
@settings(max_examples=40)
def test_any_result_follows_its_schema_and_comes_back_equal(result):
    text = dumps(result)
    VALIDATOR.validate(json.loads(text))
    assert loads(text) == result


def test_the_schema_is_a_schema_that_names_no_place_on_the_web():
    jsonschema.Draft202012Validator.check_schema(load_schema("report/result"))
    assert load_schema("report/result")["$id"] == "urn:provenance:result:1"


def test_every_field_of_the_schema_has_a_description():
    def without_words(schema, where):
        if isinstance(schema, dict):
            for name, part in schema.get("properties", {}).items():
                if not part.get("description", "").endswith((".", "_`.", "...")):
                    yield f"{where}.{name}"
            for name, part in schema.items():
                yield from without_words(part, f"{where}.{name}")

    assert list(without_words(load_schema("report/result"), "")) == []


def test_the_schema_lets_no_unknown_field_in():
    document = result_document(sample_report().result)
    for broken in (
        {**document, "extra": 1},
        {**document, "corpus": {**document["corpus"], "extra": 1}},
        {name: value for name, value in document.items() if name != "status"},
        {**document, "status": "maybe"},
    ):
        assert not VALIDATOR.is_valid(broken)


def test_the_document_has_what_the_contract_names():
    document = result_document(sample_report().result)
    assert set(document) >= CONTRACT
    assert document["tool"] == {"name": "provenance", "version": "0.1.0"}
    assert set(document["corpus"]) >= {"documents", "tokens", "bytes", "digest"}
    assert set(document["registries"][0]) >= {"path", "digest", "items", "sources"}
    assert set(document["rules"]) == {"digest", "path", "replaced"}
    assert (document["status"], document["purpose"]) == ("fail", "pretraining")
    share = document["shares"][0]
    assert set(share) == {"by", "key", "verdict", "documents", "tokens", "bytes"}
    names = {"count", "share", "low", "high", "any", "contested", "corrected"}
    assert set(share["tokens"]) == names
    assert share["tokens"]["corrected"] is None
    calibrated = result_document(calibrated_report().result)["shares"][0]
    assert set(calibrated["tokens"]["corrected"]) == {"share", "low", "high"}


def test_a_ruling_tells_terms_clause_address_and_alternatives():
    ruling = result_document(sample_report().result)["rulings"][0]
    assert (ruling["source"], ruling["verdict"]) == ("x", "forbidden")
    terms = ruling["reasons"][0]["terms"]
    assert terms["id"] == ruling["terms"]
    assert terms["clause"] == "III.A (k)"
    assert terms["address"].startswith("https://")
    assert ruling["alternatives"][0]["circumstance"] == "collected 2020-06-18 to 2023-09-28"


def test_every_field_of_a_result_is_in_the_document():
    told = {"tool": "tool"} | dict.fromkeys(
        ("rules_digest", "rules_path", "rules_replaced"), "rules"
    )
    document = result_document(sample_report().result)
    assert {told.get(part.name, part.name) for part in fields(Result)} <= set(document)


def test_gates_and_waivers_carry_the_names_that_others_use_for_them():
    report = sample_report()
    document = result_document(report.result)
    assert document["gates"][1]["gate"] == "stackexchange:restricted.documents=10%"
    assert document["violations"][0]["gate"] == document["gates"][0]["gate"]
    waived = set(report.findings["waiver"].to_pylist()) - {None}
    assert waived <= {waiver["id"] for waiver in document["waivers"]}


def test_equal_results_are_equal_bytes():
    assert dumps(sample_report().result) == dumps(sample_report().result)
    assert dumps(sample_report().result).endswith("}\n")


@pytest.mark.parametrize(
    "sign", ["\x1b", "\x9b", "\u202e", "\u2028", "\x7f", "\udc80", "\U000e0041"]
)
def test_the_text_has_no_control_characters_and_can_be_encoded(sign):
    result = sample_report().result
    hostile = type(result)(
        **{part.name: getattr(result, part.name) for part in fields(Result)} | {"tool": f"1{sign}2"}
    )
    text = dumps(hostile)
    assert sign not in text
    assert loads(text.encode("utf-8").decode("utf-8")) == hostile


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(schema="provenance/result/9"),
        lambda d: d.pop("shares"),
        lambda d: d["shares"][0].update(verdict="maybe"),
        lambda d: d["corpus"].update(files="three"),
        lambda d: d["registries"][0].update(created="yesterday"),
        lambda d: d.update(shares={}),
    ],
)
def test_a_result_of_another_version_is_refused(change):
    document = json.loads(dumps(sample_report().result))
    change(document)
    with pytest.raises((ValueError, TypeError, KeyError)):
        loads(json.dumps(document))


def test_a_result_of_a_version_that_knew_less_is_read():
    document = json.loads(dumps(sample_report().result))
    del document["corpus_model"], document["corpus"]["split"], document["rules"]["path"]
    for registry in document["registries"]:
        for source in registry["sources"]:
            del source["published"]
    back = loads(json.dumps(document))
    assert {source.published for one in back.registries for source in one.sources} == {None}
    del document["status"], document["shares"]
    with pytest.raises(KeyError, match="shares"):
        loads(json.dumps(document))
