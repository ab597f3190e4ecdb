"""Forms about training data: what is measured, what is declared, what is to be provided."""

import csv
import json
from dataclasses import replace
from datetime import date
from io import StringIO

import jsonschema
import pytest
from markdown_it import MarkdownIt

from provenance.cli.reports.disclose import command
from provenance.model.content.tables import Unread
from provenance.model.records.disclosure import DOMAIN_SIZES, EntryStatus
from provenance.model.records.ledger import UseFacts
from provenance.model.results.result import SampleSummary
from provenance.model.rules.terms import DateRange, Verdict
from provenance.report.disclosure.ab_2013 import ab_2013
from provenance.report.disclosure.disclosure_formats import DISCLOSURE_FORMATS
from provenance.report.disclosure.domain_list import domain_list, listed_domains
from provenance.report.disclosure.eu_self_check import self_check
from provenance.report.disclosure.eu_summary import eu_summary, large_datasets, months_later
from provenance.report.disclosure.filled_form import (
    DRAFT,
    changes,
    form_json,
    form_markdown,
    parse_form,
)
from tests.report.disclosure.disclosure_samples import (
    CONTENTS,
    answered_material,
    unanswered_material,
    with_answers,
)
from tests.schemas import load_schema

LINK = "https://a.example"
MARKDOWN = [name for name, each in DISCLOSURE_FORMATS.items() if each.file.endswith(".md")]


FORMS = [eu_summary, ab_2013]


def entry(form, id_):
    [found] = [each for each in form.entries if each.id == id_]
    return found


def validate(text):
    schema = load_schema("report/disclosure/disclosure")
    jsonschema.Draft202012Validator.check_schema(schema)
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(schema, format_checker=checker).validate(json.loads(text))


def test_the_command_knows_all_formats():
    [formats] = (option.type for option in command.params if option.name == "formats")
    assert tuple(DISCLOSURE_FORMATS) == tuple(formats.choices)
    assert len({each.file for each in DISCLOSURE_FORMATS.values()}) == len(DISCLOSURE_FORMATS)


@pytest.mark.parametrize("make", [answered_material, unanswered_material])
@pytest.mark.parametrize("form", FORMS)
def test_the_json_is_valid(make, form):
    validate(form_json(form(make())))


def test_a_form_without_a_value_is_not_valid():
    document = json.loads(form_json(eu_summary(answered_material())))
    document["entries"][0]["value"] = None
    with pytest.raises(jsonschema.ValidationError):
        validate(json.dumps(document))


@pytest.mark.parametrize("make", FORMS)
def test_every_field_says_how_it_is_known(make):
    form = make(answered_material())
    assert {each.status for each in form.entries} == {EntryStatus.MEASURED, EntryStatus.DECLARED}
    assert len({each.id for each in form.entries}) == len(form.entries)
    for each in form.entries:
        assert each.source
        assert each.digest or each.source.startswith("ledger"), each.id


def test_what_is_not_known_is_to_be_provided():
    open_ = eu_summary(unanswered_material())
    assert entry(open_, "1.3/text-size").status is EntryStatus.MEASURED
    assert entry(open_, "1.1/provider").status is EntryStatus.TO_BE_PROVIDED
    assert "name it with --corpus" in entry(open_, "1.3/languages").source


def test_sizes_have_a_band_and_a_number():
    size = entry(eu_summary(answered_material()), "1.3/text-size")
    assert size.value == {
        "band": "less than 1 billion tokens",
        "tokens": 312_450,
        "documents": 1204,
        "bytes": 1_874_700,
        "estimated": False,
    }
    assert "312,450 tokens" in size.lines[0]


@pytest.mark.parametrize(
    ("tokens", "band"),
    [
        (10**9 - 1, "less than 1 billion tokens"),
        (10**9, "1 billion to 10 trillion tokens"),
        (10**13 - 1, "1 billion to 10 trillion tokens"),
        (10**13, "more than 10 trillion tokens"),
    ],
)
def test_bands_are_those_of_the_form(tokens, band):
    material = answered_material()
    result = material.report.result
    report = replace(
        material.report, result=replace(result, corpus=replace(result.corpus, tokens=tokens))
    )
    size = entry(eu_summary(replace(material, report=report)), "1.3/text-size")
    assert size.value["band"] == band


def test_sizes_of_a_sample_are_estimates_of_the_whole():
    material = answered_material()
    sample = SampleSummary(0.1, 1204, 12_040, 1_874_700, 18_747_000)
    report = replace(material.report, result=replace(material.report.result, sample=sample))
    size = entry(eu_summary(replace(material, report=report)), "1.3/text-size")
    assert (size.value["tokens"], size.value["documents"]) == (3_124_500, 12_040)
    assert "estimated from a sample of 1,204 documents" in size.lines[0]


def test_official_languages_of_the_union_come_first():
    languages = entry(eu_summary(answered_material()), "1.3/languages")
    assert [each["code"] for each in languages.value] == ["en", "mt", "ja", "und"]
    assert languages.lines[1].startswith("Maltese: 10.0% of the texts (95 % interval 8.3")
    assert "a sample of 1,000 of 1,204 texts" in languages.lines[-1]


def test_languages_that_are_answered_take_the_place_of_those_measured():
    material = with_answers(dataset__languages=("Maltese", "English"))
    languages = entry(eu_summary(material), "1.3/languages")
    assert (languages.status, languages.value) == (EntryStatus.DECLARED, ["Maltese", "English"])


def test_the_latest_acquisition_is_the_last_month_of_a_range_that_excludes_its_end():
    acquired = entry(eu_summary(answered_material()), "1.3/latest-acquisition")
    assert (acquired.value, acquired.source) == ("02/2026", "ledger: record 0a1b2c3d4e5f")
    material = with_answers(dataset__collected=DateRange(date(2024, 1, 1), date(2025, 1, 1)))
    acquired = entry(eu_summary(material), "1.3/latest-acquisition")
    assert (acquired.value, acquired.source) == ("12/2024", "summary.toml: dataset.collected")
    open_ended = with_answers(dataset__collected=DateRange(date(2024, 1, 1)))
    acquired = entry(eu_summary(open_ended), "1.3/latest-acquisition")
    assert acquired.status is EntryStatus.TO_BE_PROVIDED


def test_public_datasets_over_three_percent_are_named():
    rows = (
        {"name": "a", "bytes": 970},
        {"name": "b", "bytes": 30},
        {"name": "c"},
    )
    assert [row["name"] for row in large_datasets(rows)] == ["a", "c"]
    rows = ({"name": "a", "bytes": 969}, {"name": "b", "bytes": 31})
    assert [row["name"] for row in large_datasets(rows)] == ["a", "b"]


@pytest.mark.parametrize(
    ("domains", "small", "listed"),
    [
        (31, False, 4),
        (31, True, 2),
        (20_000, True, 1000),
        (19_000, True, 950),
        (40_000, True, 1000),
        (1, True, 1),
        (0, False, 0),
        (0, True, 0),
    ],
)
def test_the_rules_say_how_many_domains_are_listed(domains, small, listed):
    largest = DOMAIN_SIZES.empty_table() if not domains else CONTENTS.domains.largest
    sizes = replace(CONTENTS.domains, domains=domains, largest=largest)
    assert listed_domains(sizes, small=small) == listed


def test_a_small_provider_lists_fewer_domains():
    everything = list(csv.reader(StringIO(domain_list(answered_material()))))
    assert everything[0] == ["domain", "bytes", "documents"]
    assert [row[0] for row in everything[1:]] == [
        *("ferry.example", "museum.example", "pier.example", "quay.example"),
    ]
    small = with_answers(provider__small=True)
    assert len(domain_list(small).splitlines()) == 3
    domains = entry(eu_summary(small), "2.3/domains")
    assert domains.value["rule"] == "top 5 %, at most 1,000"
    assert domains.value["share_of_bytes"] == pytest.approx(1_200_000 / 1_700_000)


def test_what_does_not_apply_is_said_not_to_apply():
    form = eu_summary(with_answers(crawl__used=False))
    domains = entry(form, "2.3/domains")
    assert (domains.status, domains.value) == (EntryStatus.DECLARED, "not applicable")
    assert domain_list(with_answers(crawl__used=False)) == "domain,bytes,documents\n"
    assert entry(form, "2.6/description").lines == (
        "Not applicable: no data from other sources was used.",
    )


TEMPLATE = """\
1. General information
1.1. Provider identification
1.2. Model identification
1.3. Modalities, overall training data size and other characteristics
2. List of data sources
2.1. Publicly available datasets
2.2. Private non-publicly available datasets obtained from third parties
2.2.1. Datasets commercially licensed by rightsholders or their representatives
2.2.2. Private datasets obtained from other third parties
2.3. Data crawled and scraped from online sources
2.4. User data
2.5. Synthetic data
2.6. Other sources of data
3. Data processing aspects
3.1. Respect of reservation of rights from text and data mining exception or limitation
3.2. Removal of illegal content
3.3. Other information (optional)
"""
"""Titles of the sections in C(2025) 8311."""


@pytest.mark.parametrize("make", [answered_material, unanswered_material])
def test_the_sections_are_those_of_the_template_word_for_word(make):
    form = eu_summary(make())
    titles = TEMPLATE.splitlines()
    assert len(titles) == 17
    assert [each.title for each in form.sections if each.title] == titles
    headings = [line for line in form_markdown(form).splitlines() if line.startswith("##")]
    assert [line.lstrip("# ") for line in headings] == titles
    depths = [line.count("#", 0, 5) for line in headings]
    assert depths == [title.split(" ")[0].count(".") + 1 for title in titles]
    document = json.loads(form_json(form))
    assert [each["title"] for each in document["sections"] if each["title"]] == titles


def test_comments_can_be_added_where_the_template_has_a_box_for_them():
    boxes = ["1.3", "2.1", "2.2.2", "2.3", "2.4", "2.5", "2.6", "3.1"]
    for make, status in (
        (answered_material, EntryStatus.DECLARED),
        (unanswered_material, EntryStatus.NOT_GIVEN),
    ):
        found = {
            each.id: each
            for each in eu_summary(make()).entries
            if each.title == "Additional comments (optional)"
        }
        assert [*found] == [f"{number}/comments" for number in boxes]
        assert {each.status for each in found.values()} == {status}


def test_it_is_a_draft_until_a_name_is_stated():
    form = eu_summary(answered_material())
    assert form_markdown(form).startswith(f"**{DRAFT}**")
    assert json.loads(form_json(form))["status"] == DRAFT
    stated = eu_summary(replace(answered_material(), stated_name="R. Osei, counsel"))
    assert DRAFT not in form_markdown(stated)
    document = json.loads(form_json(stated))
    assert (document["status"], document["stated_name"]) == ("name stated", "R. Osei, counsel")
    assert "signed_by" not in document


def test_it_is_stale_after_six_months():
    assert eu_summary(answered_material()).stale_after == date(2026, 11, 4)
    assert months_later(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert months_later(date(2026, 12, 1), 1) == date(2027, 1, 1)


def test_changes_since_the_version_before_are_listed():
    first = form_json(eu_summary(answered_material()))
    before = parse_form(first, "3f" * 32, "eu-summary")
    same = eu_summary(replace(answered_material(), previous=before))
    assert (same.version, changes(same)) == (2, ())
    assert "None." in form_markdown(same)
    changed = with_answers(provider__contact="rights@harbour.example", dataset__other_sizes=None)
    form = eu_summary(replace(changed, previous=before))
    assert [(each.id, each.before, each.after) for each in changes(form)] == [
        (
            "1.1/provider",
            {"name": "Harbour Models GmbH", "contact": "copyright@harbour.example"},
            {"name": "Harbour Models GmbH", "contact": "rights@harbour.example"},
        ),
        ("1.3/other-sizes", "2,400 images", None),
    ]
    assert "copyright@harbour.example" in form_markdown(form)
    validate(form_json(form))
    third = parse_form(form_json(form), "4a" * 32, "eu-summary")
    assert third.version == 2


def test_the_version_before_is_named_with_its_address():
    first = form_json(eu_summary(answered_material()))
    before = parse_form(first, "3f" * 32, "eu-summary")
    page = form_markdown(eu_summary(replace(answered_material(), previous=before)))
    [line] = [each for each in page.splitlines() if each.startswith("- Version before: ")]
    assert line.startswith("- Version before: 1 of 2026-05-04, SHA-256 `3f3f")
    assert line.endswith("(<https://harbour.example/lantern-2/training-content>)")


def test_data_of_one_modality_needs_no_further_answers():
    form = eu_summary(with_answers(dataset__modalities=("text",), crawl__modalities=None))
    assert entry(form, "2.3/modalities").value == ["text"]
    form = eu_summary(with_answers(dataset__modalities=None, crawl__modalities=None))
    assert entry(form, "2.3/modalities").status is EntryStatus.MEASURED
    form = eu_summary(with_answers(crawl__modalities=None))
    assert entry(form, "2.3/modalities").status is EntryStatus.TO_BE_PROVIDED


def test_another_document_is_no_earlier_version():
    with pytest.raises(ValueError, match="of kind ab-2013"):
        parse_form(form_json(eu_summary(answered_material())), "3f" * 32, "ab-2013")


def questions(material):
    checked = self_check(material, eu_summary(material))
    return {(each.section, each.dimension): each.passed for each in checked if not each.passed}


def test_the_self_check_finds_what_assessors_criticise():
    signed = replace(answered_material(), stated_name="R. Osei")
    failed = questions(signed)
    assert set(failed) == {("3", "consistency")}  # the check of the sample fails
    for changed, section, dimension in (
        ({"dataset__types": ("Web data",)}, "1", "clarity"),
        ({"models": ({"name": "Lantern 2"},)}, "1", "completeness"),
        (
            {"public__datasets": ({"name": "A", "link": LINK},)},
            "2.1",
            "completeness",
        ),
        ({"public__datasets": ({"name": "A", "bytes": 5},)}, "2.1", "accessibility"),
        ({"licensed__used": False}, "2.2", "consistency"),
        ({"crawl__behaviour": "Polite."}, "2.3", "completeness"),
        ({"rights__policy": "in our drawer"}, "3", "accessibility"),
        ({"synthetic__models": ({"name": "Lantern 1"},)}, "2.5", "accessibility"),
        ({"provider__contact": "Hamburg"}, "1", "comprehension"),
        ({"dataset__collected": DateRange(None, date(2020, 1, 1))}, "1", "correctness"),
        ({"rights__code_of_practice": None}, "all", "completeness"),
        ({"summary__url": None}, "all", "accessibility"),
        ({"users__description": "Posts."}, "2.4", "clarity"),
        ({"rights__reservations": "Respected."}, "3", "comprehension"),
    ):
        material = replace(with_answers(**changed), stated_name="R. Osei")
        assert (section, dimension) in questions(material), changed


@pytest.mark.parametrize("form", MARKDOWN)
def test_text_of_people_is_no_markup(form):
    hostile = "<script>alert(1)</script> [a](javascript:b) **bold** @team\n# head"
    material = with_answers(provider__name=hostile, additional__information=hostile)
    page = MarkdownIt("commonmark").render(DISCLOSURE_FORMATS[form].render(material))
    for markup in ("<script", 'javascript:b"', "<strong>bold", "<h1>head"):
        assert markup not in page


def test_california_asks_for_twelve_items():
    form = ab_2013(answered_material())
    assert [int(each.title.partition(".")[0]) for each in form.sections] == [*range(1, 13)]
    assert all(each.entries for each in form.sections)
    numbers = {int(each.id.partition("/")[0]) for each in form.entries}
    assert numbers == {*range(1, 13)}
    assert (form.version, form.stale_after) == (None, None)
    assert entry(form, "3/size").value["documents"] == 1204
    assert entry(form, "11/first-use").value == "2026-05-06"
    assert entry(form, "11/first-use").source == "ledger: record 1b2c3d4e5f60"
    assert entry(form, "9/cleaning-1").source == "ledger: record 2c3d4e5f6071"
    assert entry(form, "6/agreements").status is EntryStatus.DECLARED
    open_ = ab_2013(unanswered_material())
    assert [each.id for each in open_.entries if each.status is EntryStatus.MEASURED] == [
        *("1/sources-found", "3/size", "5/check"),
    ]
    assert len({each.id.partition("/")[0] for each in open_.entries}) == 12


def test_the_earliest_of_several_uses_counts():
    material = answered_material()
    recorded = material.recorded
    later = UseFacts("pages@2026-05", dates=DateRange(date(2026, 9, 1), None))
    undated = UseFacts("pages@2026-05")
    uses = (("record 999", later), *recorded.uses, ("record 000", undated))
    form = ab_2013(replace(material, recorded=replace(recorded, uses=uses)))
    assert entry(form, "11/first-use").value == "2026-05-06"


def test_an_answer_on_the_first_use_counts_more_than_the_ledger():
    form = ab_2013(with_answers(california__first_used=date(2026, 4, 1)))
    assert entry(form, "11/first-use").value == "2026-04-01"


def test_a_check_that_compared_no_text_says_so():
    material = answered_material()
    report = replace(material.report, result=replace(material.report.result, registries=()))
    checked = entry(eu_summary(replace(material, report=report)), "3.2/check")
    assert checked.lines[0].startswith("Addresses, licences and signals of the documents were read")
    found = entry(ab_2013(replace(material, report=report)), "1/sources-found")
    assert found.lines[-1].startswith("No text was compared")
    assert "verdict" not in found.value[0]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("pass", "within all limits"),
        ("warn", "not decided"),
        ("fail", "not within the limits"),
        ("incomplete", "none"),
    ],
)
def test_the_outcome_is_that_of_the_check(status, words):
    result = answered_material().report.result
    violations = result.violations if status == "fail" else ()
    unread = (Unread("a.jsonl", "damaged", "mend it"),) if status == "incomplete" else ()
    known = tuple(share for share in result.shares if share.key != Verdict.UNKNOWN)
    shares = result.shares if status == "warn" else known
    changed = replace(result, violations=violations, unread=unread, shares=shares)
    material = answered_material()
    report = replace(material.report, result=changed)
    checked = entry(eu_summary(replace(material, report=report)), "3.2/check")
    assert checked.value["status"] == status
    assert any(words in line for line in checked.lines)
    failed = questions(replace(material, report=report))
    assert (("3", "consistency") not in failed) == (status == "pass")
