from provenance.report.aggregates.third_party_words import ThirdPartyWords, third_party_words
from tests.report.sample_findings import finding, findings_table

EMMA = {"origin": "quotation", "quoted_work": "Emma, by Jane Austen"}
NEWS = {"origin": "quotation", "quoted_url": "https://www.news.example/2020/a-bridge-opens"}


def works(*rows):
    return third_party_words(
        findings_table([finding(name, "x", "a", "a", **row) for name, row in rows])
    )


def test_quotations_are_grouped_by_work_and_by_linked_site():
    found = works(
        ("page-1", {**EMMA, "tokens": 20}),
        ("page-1", {**EMMA, "tokens": 5}),
        ("page-2", {**EMMA, "tokens": 7}),
        ("page-3", {"origin": "quotation", "tokens": 9}),
        ("page-3", {"origin": "quotation", "tokens": 9, "row": 4}),
        ("page-3", {"origin": "quotation", "tokens": 9, "row": 5}),
        ("page-4", {**NEWS, "tokens": 8}),
        ("page-5", {"origin": "item", "quoted_url": NEWS["quoted_url"]}),
        ("page-6", {"origin": "undecided"}),
        ("page-7", {"origin": None, "evidence": "link"}),
    )
    assert found == (
        ThirdPartyWords("Emma, by Jane Austen", None, documents=2, findings=3, tokens=32),
        ThirdPartyWords("titles of pages of news.example", NEWS["quoted_url"], 1, 1, 8),
        ThirdPartyWords("not known whose", None, documents=3, findings=3, tokens=27),
    )


def test_several_pages_of_a_site_have_no_address_together():
    other = {**NEWS, "quoted_url": "https://news.example/2021/the-bridge-closes"}
    (site,) = works(("page-1", NEWS), ("page-2", other), ("page-3", {**NEWS, "origin": "item"}))
    assert (site.address, site.documents) == (None, 2)


def test_without_quotations_there_is_nothing_to_list():
    assert works() == works(("page-1", {"origin": "item"})) == ()
