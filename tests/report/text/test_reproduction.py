"""The command on the page asks again what was asked."""

import shlex
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from provenance import pipeline
from provenance.cli.datasets.check import command as check
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import Actor, DateRange, ModelScope, Purpose
from provenance.report.text.reproduction import reproduction_command
from tests.report.result_strategies import RESULTS
from tests.report.samples import sample_report, sampled_report

CIRCUMSTANCES = [
    Circumstances(),
    Circumstances(Purpose.RESEARCH_TDM, DateRange(date(2023, 6, 1), date(2023, 6, 2))),
    Circumstances(collected=DateRange(None, date(2024, 1, 1)), actor=Actor.SCRAPER),
    Circumstances(collected=DateRange(date(2024, 1, 1), None), jurisdiction="EU", commercial=True),
    Circumstances(commercial=False, model=("other",), claims=("eu-dsm-art-4", "eu-dsm-art-3")),
    Circumstances(model=(ModelScope.GENERATIVE, ModelScope.COMPETING)),
]


def parsed(result):
    program, name, *words = shlex.split(
        " ".join(" ".join(each) for each in reproduction_command(result))
    )
    assert (program, name) == ("provenance", "check")
    return check.make_context(name, words, help_option_names=["-h", "--help"]).params


@pytest.mark.parametrize("asked", CIRCUMSTANCES)
def test_the_command_reproduces_the_policy(asked):
    result = sample_report().result
    result = replace(result, policy=replace(result.policy, circumstances=asked, path=None))
    given_ = parsed(result)
    read = pipeline.effective_policy(
        None,
        purpose=given_["purpose"],
        collected=given_["collected"],
        actor=given_["actor"],
        jurisdiction=given_["jurisdiction"],
        commercial=given_["commercial"],
        model=given_["model"],
        claims=given_["claims"],
        gates=given_["gates"],
        text_columns=given_["text_columns"],
        registries=given_["registries"],
        calibration=given_["calibration"],
        backgrounds=given_["backgrounds"],
    )
    assert read.circumstances == asked
    assert set(read.gates) == set(result.policy.gates)
    assert list(read.registries) == [each.path for each in result.registries]
    assert list(read.backgrounds) == [each.path for each in result.backgrounds]


def test_sample_control_and_policy_are_named():
    given_ = parsed(sampled_report().result)
    assert given_["sample"] == "10%"
    assert given_["control"] == "registries/later"
    assert given_["policy"] == "provenance.toml"


def test_a_split_and_rules_of_ones_own_are_named_where_they_were_given(tmp_path):
    result = sample_report().result
    assert (parsed(result)["split"], parsed(result)["rules"]) == (None, None)
    given_ = replace(result, corpus=replace(result.corpus, split="train"), rules_path=str(tmp_path))
    assert (parsed(given_)["split"], parsed(given_)["rules"]) == ("train", str(tmp_path))


@given(RESULTS)
def test_no_name_of_others_breaks_out_of_its_word(result):
    words = shlex.split(" ".join(" ".join(each) for each in reproduction_command(result)))
    assert words[2 : 2 + len(result.corpus.addresses)] == list(result.corpus.addresses)
    assert words[-2:] == ["--output", "report"]
