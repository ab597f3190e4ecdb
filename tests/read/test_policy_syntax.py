"""What a policy may say of the use, the model, its claims and contracts."""

import pytest

from provenance.errors import PolicyError
from provenance.model.rules.policy import DEFAULT_ORIGINS, OriginRule, UndecidedRule
from provenance.model.rules.terms import ModelScope
from provenance.read.policy.policy_file import override
from tests.read.policy_texts import WHOLE, written


def test_a_policy_says_what_the_use_and_the_model_are_and_what_is_claimed(tmp_path):
    policy = written(
        tmp_path,
        '[check]\ncommercial = false\nmodel = ["generative", "competing"]\n'
        "[claims]\neu-dsm-art-4 = true\nuk-cdpa-29a = false\n",
    )
    asked = policy.circumstances
    assert (asked.commercial, asked.claims) == (False, ("eu-dsm-art-4",))
    assert asked.model == (ModelScope.GENERATIVE, ModelScope.COMPETING)
    assert written(tmp_path, '[check]\nmodel = ["other"]').circumstances.model == ("other",)
    assert written(tmp_path, "[check]").circumstances.model is None


def test_agreements_carry_the_digest_of_their_document_and_waivers_their_scope(tmp_path):
    text = WHOLE.replace('"contract 17/2024"', f'"c"\ndigest = "{"a1" * 32}"')
    text = text.replace('documents = "faq-*"', 'dataset = "a/*"\nrule = "x/policy/*"')
    policy = written(tmp_path, text)
    assert policy.agreements[0].digest == "a1" * 32
    assert (policy.waivers[0].dataset, policy.waivers[0].rule) == ("a/*", "x/policy/*")


def test_options_state_the_use_the_model_and_the_claims(tmp_path):
    policy = override(
        written(tmp_path, WHOLE), commercial=True, model=["other"], claims=["us-fair-use"]
    )
    asked = policy.circumstances
    assert (asked.commercial, asked.model, asked.claims) == (True, ("other",), ("us-fair-use",))
    kept = override(policy, commercial=None, model=(), claims=())
    assert kept.circumstances == asked


def test_a_policy_says_how_probable_it_must_be_whose_words_they_are(tmp_path):
    assert written(tmp_path, "[check]").origins == DEFAULT_ORIGINS
    text = '[check]\nown_probability = 0.9\nquoted_probability = 0\nundecided = "count"'
    assert written(tmp_path, text).origins == OriginRule(0.9, 0.0, UndecidedRule.COUNT)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("own_probability = 1", "1 is not a probability from 0.5 to 0.99"),
        ("own_probability = true", "is not a probability"),
        ('quoted_probability = "0.1"', "is not a probability from 0 to 0.5"),
        ("quoted_probability = 0.6", "0.6 is not a probability from 0 to 0.5"),
    ],
)
def test_what_is_no_probability_is_refused(tmp_path, entry, said):
    with pytest.raises(PolicyError, match=said):
        written(tmp_path, f"[check]\n{entry}")
