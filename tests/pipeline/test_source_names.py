"""Names of sources that somebody gives: known, called otherwise, mistyped, or one's own."""

import pytest

from provenance import pipeline


@pytest.mark.parametrize("name", ["x", "stackexchange", "cc-by-4.0"])
def test_a_name_of_the_rules_is_not_doubted(name):
    assert pipeline.source_name_warning(name) is None


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("twitter", "in the rules 'twitter' is 'x': use that"),
        ("CC BY 4.0", "in the rules 'CC BY 4.0' is 'cc-by-4.0': use that"),
    ],
)
def test_another_name_is_told_what_the_rules_call_it(name, told):
    assert pipeline.source_name_warning(name) == told


@pytest.mark.parametrize(
    ("name", "meant"), [("redit", "reddit"), ("twiter", "x"), ("https://x.com/somebody", "x")]
)
def test_a_mistyped_name_is_met_with_the_one_that_is_meant(name, meant):
    doubt = pipeline.source_name_warning(name)
    assert doubt.startswith(f"the rules have no source '{name}'")
    assert doubt.endswith(f"did you mean '{meant}'?")


def test_a_name_of_ones_own_is_said_to_be_unknown():
    told = "the rules have no source 'rope-street-forum', so it is unknown"
    assert pipeline.source_name_warning("rope-street-forum") == told
