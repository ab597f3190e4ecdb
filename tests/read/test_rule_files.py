"""Rule files: what is read, and what is refused in which words."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import RuleError, RuleSyntax
from provenance.model.rules.terms import DateRange, Purpose, TimeAxis, Verdict
from provenance.read.rules import rule_files
from provenance.read.rules.rule_files import load_cases, load_rules, parse_library

VERDICTS = (Path(__file__).resolve().parents[2] / "rules" / "verdicts.yaml").read_bytes()
SOURCE = """\
id: forum
name: A Forum
hosts: [forum.example]
documents:
  - id: terms
    title: Terms
    time-axis: collection
    periods:
      - from: 2020-01-01
        until: 2021-01-01
        verdict: restricted
        basis: automated-access
        uses: [pretraining]
        binds: [scraper]
        jurisdictions: [any]
        paraphrase: Robots need consent.
        confidence: verified on a stored copy
        stored-copy: https://copies.example/forum
cases:
  passes:
    - purpose: pretraining
      collected: 2020-06-01
      verdict: restricted
"""
LICENCE = SOURCE.replace("hosts: [forum.example]", "aliases: [open]").replace(
    "id: forum", "id: open-1"
)


def library(source=SOURCE, **files):
    return parse_library(
        {"verdicts.yaml": VERDICTS, "sources/forum.yaml": source.encode()}
        | {name.replace("__", "/") + ".yaml": text.encode() for name, text in files.items()}
    )


def refused(old, new, text=SOURCE):
    assert old in text
    with pytest.raises(RuleSyntax) as caught:
        library(text.replace(old, new, 1))
    return caught.value


def test_a_statement_is_read_as_it_is_written():
    (source,) = library().sources
    (terms,) = source.terms
    assert (source.id, source.name, source.hosts) == ("forum", "A Forum", ("forum.example",))
    assert terms.id == "forum/terms/2020-01-01"
    assert terms.period == DateRange(date(2020, 1, 1), date(2021, 1, 1))
    assert (terms.verdict, terms.basis) == (Verdict.RESTRICTED, "automated-access")
    assert (terms.time_axis, terms.uses) == (TimeAxis.COLLECTION, (Purpose.PRETRAINING,))
    assert (terms.condition, terms.quotation_digest) == (None, None)


@pytest.mark.parametrize(
    ("written", "period"),
    [
        ("from: 2024\n        until: 2025-01-01", DateRange(date(2024, 1, 1), date(2025, 1, 1))),
        ("until: 2024", DateRange(None, date(2025, 1, 1))),
        ("until: 2024-02", DateRange(None, date(2024, 3, 1))),
        ("from: 2025-03", DateRange(date(2025, 3, 1), None)),
        ("from: '2025-03-04'", DateRange(date(2025, 3, 4), None)),
    ],
)
def test_a_date_known_to_the_month_or_year_holds_on_every_day_it_may(written, period):
    text = SOURCE.replace("from: 2020-01-01\n        until: 2021-01-01", written)
    assert library(text).sources[0].terms[0].period == period


@pytest.mark.parametrize(
    ("old", "new", "said", "remedy"),
    [
        (
            "verdict: restricted",
            "verdit: restricted",
            "documents[0].periods[0].verdit: unknown key 'verdit'",
            "'verdict'",
        ),
        ("name: A", "nmae: A", "rules/sources/forum.yaml: nmae: unknown key", "'name'"),
        (
            "verdict: restricted",
            "verdict: forbiden",
            "periods[0].verdict: 'forbiden'",
            "'forbidden'",
        ),
        ("[pretraining]", "[pretrainign]", "periods[0].uses[0]: 'pretrainign'", "'pretraining'"),
        (
            "[pretraining]",
            "pretraining",
            "periods[0].uses: 'pretraining' is not a list",
            '["pretraining"]',
        ),
        ("[scraper]", "[scrapper]", "periods[0].binds[0]: 'scrapper'", "'scraper'"),
        (
            "automated-access",
            "automatic-access",
            "periods[0].basis: 'automatic-access'",
            "'automated-access'",
        ),
        ("name: A Forum", "name: no", "name: False is not text", "quotes"),
        (
            "name: A Forum",
            "name: 2020-01-01",
            "name: datetime.date(2020, 1, 1) is not text",
            "quotes",
        ),
        ("name: A Forum", "name: ''", "name: the text is empty", "leave the key out"),
        (
            "from: 2020-01-01",
            "from: yesterday",
            "periods[0].from: 'yesterday' is not a day",
            "2023-06-01",
        ),
        ("from: 2020-01-01", "from: 2020-13", "periods[0].from: '2020-13'", "2023-06-01"),
        ("from: 2020-01-01", "from: 2021-01-01", "contains no day", "first day after"),
        (
            "hosts: [forum.example]",
            "hosts: [https://forum.example/]",
            "hosts[0]: 'https://forum.example/' is not a host",
            "example.org",
        ),
        (
            "id: forum",
            "addresses: [{hosts: []}]\nid: forum",
            "addresses[0].hosts: the list is empty",
            "at least one host",
        ),
        ("id: forum", "id: forums", "rules/sources/forum.yaml: id: the id 'forums'", "same name"),
        (
            "        paraphrase: Robots need consent.\n",
            "",
            "periods[0]: 'paraphrase' is missing",
            "add",
        ),
        (
            "verified on a stored copy",
            "not verified",
            "periods[0]: it is not verified",
            "verdict: unknown",
        ),
        ("basis: automated-access", "basis: silence", "a silent document", "verdict: unknown"),
        (
            "name: A Forum",
            "name: A Forum\nname: B",
            "not valid YAML: line 3: the key 'name' is duplicated",
            "line",
        ),
        ("name: A Forum", "name: [A", "not valid YAML: line 3: did not", "line"),
        (
            "name: A Forum",
            "name: A Forum\ncontent-licence: open-1",
            "content-licence: 'open-1'",
            "rules/licences",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place_and_a_remedy(old, new, said, remedy):
    error = refused(old, new)
    assert error.message.startswith("rules/sources/forum.yaml")
    assert said in error.message
    assert remedy in error.remedy


@pytest.mark.parametrize("content", ["", "- a", "just words", "42"])
def test_a_file_that_is_no_table_is_refused(content):
    with pytest.raises(RuleSyntax, match="is not a table"):
        library(content)


def test_a_second_statement_of_one_period_needs_an_id_of_its_own():
    body = SOURCE[SOURCE.index("      - from") : SOURCE.index("cases:")]
    assert "two periods" in refused("cases:", f"{body}cases:").message


def test_two_sources_do_not_share_a_host():
    other = SOURCE.replace("id: forum", "id: board")
    with pytest.raises(RuleSyntax, match=r"'forum.example' is claimed by rules/sources/board.yaml"):
        library(sources__board=other)


def test_two_licences_do_not_share_a_name():
    other = LICENCE.replace("id: open-1", "id: open-2").replace("[open]", "[OPEN]")
    with pytest.raises(RuleSyntax, match="'OPEN' is claimed"):
        library(**{"licences__open-1": LICENCE, "licences__open-2": other})


def test_a_source_may_name_a_licence_in_place_of_documents():
    text = SOURCE[: SOURCE.index("documents:")] + "content-licence: open-1\n"
    text += SOURCE[SOURCE.index("cases:") :]
    made = library(text, **{"licences__open-1": LICENCE})
    assert (made.sources[0].content_licence, made.sources[0].terms) == ("open-1", ())
    with pytest.raises(RuleSyntax, match="both 'documents' and 'content-licence' are missing"):
        library(text.replace("content-licence: open-1\n", ""))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("strictest-first: [forbidden, ", "strictest-first: [", "not an order of all verdicts"),
        ("  - id: no-terms\n", "  - id: no-termz\n", "the basis 'no-terms'"),
        ("say: silent", "say: mute", "'mute'"),
        ("never-assumed", "never-asumed", "unknown key 'never-asumed'"),
        ("UK: [GB]", "UK: [GB, DE]", "'DE' lies in 'EU' too"),
        ("UK: [GB]", "FR: [EEA]", "lies in itself"),
    ],
)
def test_the_file_of_verdicts_is_held_to_its_format(old, new, said):
    text = VERDICTS.decode()
    assert old in text
    with pytest.raises(RuleSyntax, match=said) as caught:
        parse_library({"verdicts.yaml": text.replace(old, new, 1).encode()})
    assert caught.value.message.startswith("rules/verdicts.yaml")


def test_a_clause_about_a_signal_names_one_that_is_there():
    forbidden = "where-signal: noia\n        verdict: forbidden\n        basis: explicit-ml"
    text = SOURCE.replace("verdict: restricted\n        basis: automated-access", forbidden, 1)
    with pytest.raises(RuleSyntax, match="the rules have no signal 'noia'"):
        library(text)


def test_without_the_file_of_verdicts_there_is_no_library():
    with pytest.raises(RuleError, match=r"rules/verdicts.yaml is missing"):
        parse_library({})


@given(st.permutations(["verdicts.yaml", "sources/forum.yaml", "licences/open-1.yaml"]))
def test_the_order_of_files_never_matters(names):
    files = {
        "verdicts.yaml": VERDICTS,
        "sources/forum.yaml": SOURCE.encode(),
        "licences/open-1.yaml": LICENCE.encode(),
    }
    assert parse_library({name: files[name] for name in names}) == parse_library(files)


def test_the_digest_covers_names_and_contents():
    digests = {
        library().digest,
        library(SOURCE + "# more\n").digest,
        library(**{"licences__open-1": LICENCE}).digest,
    }
    assert len(digests) == 3
    assert library().digest == library().digest


def test_a_folder_of_one_s_own_adds_to_the_shipped_rules(tmp_path):
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "forum.yaml").write_text(SOURCE, "utf-8")
    shipped, made = load_rules(), load_rules(tmp_path)
    assert {s.id for s in made.sources} - {s.id for s in shipped.sources} == {"forum"}
    assert made.digest != shipped.digest
    assert len(load_cases(tmp_path)) == len(load_cases()) + 1


def test_a_file_of_one_s_own_takes_the_place_of_the_shipped_one(tmp_path):
    (tmp_path / "sources").mkdir()
    own = SOURCE.replace("id: forum", "id: weibo")
    (tmp_path / "sources" / "weibo.yaml").write_text(own, "utf-8")
    (weibo,) = (s for s in load_rules(tmp_path).sources if s.id == "weibo")
    assert weibo.name == "A Forum"


@pytest.mark.parametrize("name", ["nowhere", "."])
def test_a_folder_without_rules_is_refused(tmp_path, name):
    with pytest.raises(RuleError, match="has no rules"):
        load_rules(tmp_path / name)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  passes:", "  finds:", "a case in 'finds' gives restricted"),
        ("  passes:", "  pases:", "unknown key 'pases'"),
        (
            "    - purpose: pretraining\n",
            "    - {}\n    - purpose: pretraining\n",
            "'purpose' is missing",
        ),
        (SOURCE[SOURCE.index("cases:") :], "cases: {}\n", "there is no case"),
    ],
)
def test_cases_are_held_to_their_format(tmp_path, old, new, said):
    (tmp_path / "sources").mkdir()
    assert old in SOURCE
    (tmp_path / "sources" / "forum.yaml").write_text(SOURCE.replace(old, new, 1), "utf-8")
    with pytest.raises(RuleSyntax, match=said):
        load_cases(tmp_path)


@pytest.mark.parametrize("place", ["provenance/rules", "rules"], ids=["wheel", "checkout"])
def test_the_shipped_rules_are_found_in_a_wheel_and_in_a_checkout(tmp_path, monkeypatch, place):
    monkeypatch.setattr(
        rule_files, "__file__", str(tmp_path / "provenance/read/rules/rule_files.py")
    )
    with pytest.raises(RuleError, match="the shipped rules are missing"):
        load_rules()
    (tmp_path / place).mkdir(parents=True)
    (tmp_path / place / "verdicts.yaml").write_bytes(VERDICTS)
    assert load_rules().sources == ()


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ("parts: [frum]", "'frum' is neither a source nor a licence"),
        ("parts: [forum]", "'forum' is a part of itself"),
        ("other-parts: [Forum]", "'Forum' is a source of the rules"),
    ],
)
def test_parts_of_a_corpus_are_known_and_not_itself(parts, message):
    changed = f"{parts}\nhosts: [forum.example]"
    assert message in str(refused("hosts: [forum.example]", changed))


def test_a_corpus_is_no_part_of_its_parts():
    whole = SOURCE.replace("id: forum", "id: whole").replace("forum.example", "whole.example")
    inner = SOURCE.replace("hosts:", "parts: [whole]\nhosts:")
    with pytest.raises(RuleSyntax, match="is a part of itself"):
        library(inner, sources__whole=whole.replace("hosts:", "parts: [forum]\nhosts:"))
    made = library(inner, sources__whole=whole)
    assert {source.id: source.parts for source in made.sources} == {
        "forum": ("whole",),
        "whole": (),
    }
