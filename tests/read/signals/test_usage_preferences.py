"""Preferences by use: AIPREF's `Content-Usage`, and `Content-Signal`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.model.rules.signals import Stance
from provenance.read.signals.path_patterns import url_path
from provenance.read.signals.robots_txt import parse_robots
from provenance.read.signals.usage_preferences import (
    AIPREF,
    CONTENT_SIGNALS,
    line_notices,
    stance_of,
)

AGENTS = {"robots-txt/training-agents": ("GPTBot",)}
NO, YES, SILENT = Stance.DISALLOWS, Stance.ALLOWS, Stance.SILENT


@pytest.mark.parametrize(
    ("value", "stance"),
    [
        ("train-ai=n", NO),
        ("train-ai=y", YES),
        ("search=n", SILENT),
        ("search=y, train-ai=n", NO),
        ("train-ai=n;reason=x", NO),
        ("train-ai=n, train-ai=y", YES),  # a dictionary keeps the last
        ("train-ai=y, train-ai=n", NO),
        ("train-ai", SILENT),  # true is neither of the two answers
        ("train-ai=?0", SILENT),
        ("train-ai=maybe", SILENT),
        ("Train-AI=N", NO),
        (";;=, train-ai = n", NO),
        ("train-genai=n", NO),  # of an earlier draft
        ("not-train-ai=n", SILENT),
        ("", SILENT),
    ],
)
def test_a_list_of_preferences(value, stance):
    assert stance_of(value, AIPREF) is stance


@pytest.mark.parametrize(
    ("value", "stance"),
    [
        ("search=yes, ai-input=yes, ai-train=no", NO),
        ("ai-train=yes", YES),
        ("search=no", SILENT),
        ("ai-input=no", SILENT),
        ("ai-train=n", SILENT),
    ],
)
def test_a_list_of_content_signals(value, stance):
    assert stance_of(value, CONTENT_SIGNALS) is stance


def lines(text: str, address: str) -> dict[str, tuple[Stance, str]]:
    found = line_notices(parse_robots(text.encode()), url_path(address), AGENTS)
    return {notice.signal: (notice.stance, notice.why) for notice in found}


SITE = """\
User-Agent: *
Allow: /
Disallow: /never/
Content-Usage: / train-ai=n
Content-Usage: /fine/ train-ai=y

User-Agent: GPTBot
Allow: /
Content-Usage: / train-ai=y
"""


def test_the_strictest_of_all_robots_counts():
    assert lines(SITE, "/page") == {
        "aipref": (NO, 'robots.txt, line 4 "Content-usage: / train-ai=n"')
    }


def test_the_longest_path_counts():
    assert lines(SITE, "/fine/page")["aipref"][0] is YES


def test_of_equal_paths_any_that_disallows_counts():
    text = "User-agent: *\nContent-Usage: / train-ai=y\nContent-Usage:\t/\ttrain-ai=n # so\n"
    assert lines(text, "/")["aipref"][0] is NO


def test_a_line_without_a_path_speaks_of_all_and_one_before_the_groups_to_all():
    text = "Content-Signal: ai-train=no\n\nUser-agent: GPTBot\nAllow: /\n"
    assert lines(text, "/a")["content-signals"][0] is NO


def test_lines_of_other_robots_say_nothing():
    assert lines("User-agent: Other\nContent-Usage: / train-ai=n\n", "/") == {}


@given(st.text(max_size=60))
def test_nothing_that_somebody_writes_is_an_error(text):
    for words in (AIPREF, CONTENT_SIGNALS):
        stance_of(text, words)


members = st.lists(st.sampled_from(["search=y", "train-ai=y", "x", "=", "bots=y"]), max_size=4)


@given(members, st.integers(0, 4))
def test_another_use_that_is_disallowed_never_makes_it_laxer(given_members, place):
    more = [*given_members[:place], "train-genai=n", *given_members[place:]]
    assert stance_of(", ".join(more), AIPREF) is NO
