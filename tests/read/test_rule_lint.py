"""Mistakes of rule files, all at once."""

from provenance.read.rules.rule_lint import rule_mistakes
from tests.read.rule_texts import SOURCE

CASES = """\
cases:
  finds:
    - purpose: pretraining
      collected: 2020-01-01
      verdict: unknown
  passes:
    - purpose: pretraining
      agreed: true
      verdict: permitted
"""


def mistakes(tmp_path, **texts):
    (tmp_path / "sources").mkdir()
    for name, text in texts.items():
        (tmp_path / "sources" / f"{name}.yaml").write_text(text, "utf-8")
    return rule_mistakes(tmp_path)


def test_the_shipped_rules_have_none():
    assert rule_mistakes() == ()


def test_each_file_s_mistake_is_told_with_its_remedy(tmp_path):
    bad = SOURCE.replace("cases: {}\n", CASES)
    found = mistakes(
        tmp_path,
        forum=bad.replace("verdict: unknown\n        basis", "verdict: unkown\n        basis"),
        board=bad.replace("id: forum", "id: bord"),
    )
    found = [each for each in found if "names no clause" not in each]
    assert len(found) == 2
    assert "board.yaml: id: the id 'bord'" in found[0]
    assert "Try: did you mean 'unknown'?" in found[1]


def test_a_verified_statement_without_a_clause_and_a_file_without_cases_are_thin(tmp_path):
    half = CASES[: CASES.index("  passes")]
    found = mistakes(tmp_path, forum=SOURCE.replace("cases: {}\n", half))
    assert any("`passes` has no case" in each for each in found)
    assert sum("names no clause" in each for each in found) == 2


def test_several_mistakes_of_one_file_are_told_at_once(tmp_path):
    text = SOURCE.replace("cases: {}\n", CASES)
    for old, new in (
        ("name: A Forum\n", "name: A Forum\nnaem: A Forum\n"),
        ("time-axis: collection", "time-axis: birth"),
        ("verdict: unknown\n        basis", "verdict: unkown\n        basis"),
        ("binds: [scraper]\n", "binds: [scrapper]\n"),
        ("from-basis: first seen", "from-basis: seen"),
        ("[robots or consent,", "[robots or luck,"),
        (
            "        verdict: restricted\n        basis: automated-access\n",
            "        basis: robots\n",
        ),
        ("      collected: 2020-01-01\n", "      collected: yesterday\n"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    told = mistakes(tmp_path, forum=text)
    for said in (
        "unknown key 'naem'",
        "time-axis: 'birth'",
        "periods[0].verdict: 'unkown'",
        "periods[0].binds[0]: 'scrapper'",
        "periods[1].from-basis: 'seen'",
        "conditions[0]: 'luck'",
        "periods[1]: 'verdict' is missing",
        "periods[1].basis: 'robots'",
        "cases.finds[0].collected",
    ):
        assert sum(said in each for each in told) == 1, said
    assert len([each for each in told if "names no clause" not in each]) == 9


def test_what_clashes_with_the_shipped_rules_is_told(tmp_path):
    text = SOURCE.replace("cases: {}\n", CASES).replace("forum.example,", "reddit.com,")
    text = text.replace("        paraphrase", "        clause: s.1\n        paraphrase")
    (clash,) = mistakes(tmp_path, forum=text)
    assert "'reddit.com' is claimed by" in clash
