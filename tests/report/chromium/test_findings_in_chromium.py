"""The findings' table in a real browser: searched, sorted, opened, cited, by mouse and by keys."""

import base64

import pytest

from tests.report.sample_findings import FOUND

DOCUMENTS = "[...document.querySelectorAll('.opener')].map((each) => each.textContent)"
TALLY = "document.getElementById('tally').textContent"
OPEN = "document.querySelectorAll('.opened').length"


@pytest.fixture
def page(browser, pages):
    browser.open(pages["fails"], width=1280)
    return browser


@pytest.fixture
def many(browser, pages):
    browser.open(pages["many"], width=1280)
    return browser


def search(browser, words):
    browser.evaluate("document.getElementById('words').select()")
    before = browser.evaluate(TALLY)
    browser.call("Input.insertText", text=words)
    browser.wait_for(f"{TALLY} !== {before!r}")


def choose(browser, name, value):
    browser.evaluate(f"""
      (() => {{
        const select = document.getElementById("only-{name}");
        select.value = "{value}";
        select.dispatchEvent(new Event("change"));
      }})()
    """)


def sort(browser, column):
    browser.evaluate(f"document.querySelector('[data-sort={column}]').click()")
    return browser.evaluate("""
      [...document.querySelectorAll("[aria-sort]")].map((each) => each.ariaSort).join()
    """)


def test_the_strictest_and_strongest_come_first(page):
    shown = page.evaluate(DOCUMENTS)
    assert shown[:4] == ["page-118", "page-7", "faq-12", "page-903"]
    assert shown[-1] == "page-77"
    assert len(shown) == len(FOUND)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("HARBOUR oranges", ["page-118"]),
        ("今天的雨", ["page-7"]),
        ("1642400420042", ["page-118"]),
        ("forum.example", ["page-40"]),
        ("twitter cat", ["faq-12"]),
    ],
)
def test_search_looks_in_words_names_and_addresses(page, words, found):
    search(page, words)
    assert page.evaluate(DOCUMENTS) == found
    assert page.evaluate(TALLY) == "1 of 8 findings"


def test_a_search_without_results_shows_advice(page):
    search(page, "zebra")
    assert page.evaluate(DOCUMENTS) == []
    assert "Search for fewer words" in page.evaluate(TALLY)


def test_findings_are_chosen_by_verdict_source_evidence_and_what_gates_count(page):
    choose(page, "verdict", "restricted")
    assert page.evaluate(DOCUMENTS) == ["page-512", "page-300"]
    choose(page, "evidence", "link")
    assert page.evaluate(DOCUMENTS) == ["page-300"]
    for name in ("verdict", "evidence"):
        choose(page, name, "")
    for standing, found in (("contested", ["page-903"]), ("waived", ["faq-12"])):
        choose(page, "standing", standing)
        assert page.evaluate(DOCUMENTS) == found


def test_a_column_sorts_both_ways_and_announces_it(page):
    assert sort(page, "strength") == "descending"
    assert page.evaluate(DOCUMENTS)[0] == "page-118"
    assert sort(page, "strength") == "ascending"
    assert page.evaluate(DOCUMENTS)[-1] == "page-118"
    assert sort(page, "document") == "ascending"
    assert page.evaluate(DOCUMENTS)[:3] == ["faq-12", "page-7", "page-40"]
    assert sort(page, "date") == "ascending"
    assert page.evaluate(DOCUMENTS)[-1] != "page-300"


def test_matched_words_keep_the_signs_between_them_and_say_where_others_stand(page):
    said = page.evaluate("[...document.querySelectorAll('.said')].map((e) => e.textContent)")
    assert "今天的雨把整条街洗成了一面镜子\uff0c连路灯都在练习倒立" in said
    assert any("the habit of taking it … measure before" in each for each in said)


def test_a_finding_opens_side_by_side_with_why_and_how_sure(page):
    page.evaluate("document.querySelector('.opener').click()")
    opened = "document.querySelector('.opened')"
    sides = page.evaluate(f"[...{opened}.querySelectorAll('figure')].map((e) => e.offsetTop)")
    assert sides[0] == sides[1]
    marked = page.evaluate(f"[...{opened}.querySelectorAll('mark')].map((e) => e.textContent)")
    assert marked[0] == marked[1]
    assert marked[0].startswith("the harbour smelled")
    said = page.evaluate(f"{opened}.textContent")
    for words in (
        "Why it is forbiddenThe date of collection is unknown",
        "names the training of models",
        "X Developer Agreement, III.A (k), in force since 2025-06-04.",
        "https://developer.x.com/en/developer-terms/agreement",
        "once in about 20 billion words",
        "The whole item, 17 words, is in the document",
        "item 1780042, 2023-04-02",
    ):
        assert words in said


def test_an_open_finding_shows_contesting_sources_and_its_waiver(page):
    page.evaluate("document.getElementById('open-all').click()")
    assert page.evaluate(OPEN) == len(FOUND)
    said = page.evaluate("document.getElementById('entries').textContent")
    assert "No gate counts it: a permitted source or a background registry contains the" in said
    assert "Stack Exchange (88121), y<i>" in said
    assert "These pages quote our own account. (Legal, R. Osei, until 2027-01-30)" in said


def test_keys_move_open_close_and_go_back_to_the_search(page):
    page.evaluate("document.getElementById('words').focus()")
    page.press("ArrowDown", "ArrowDown", "ArrowUp", "ArrowDown", "Enter")
    assert page.evaluate("document.activeElement.textContent") == "page-7"
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    assert page.evaluate(OPEN) == 1
    page.press("Tab", "Escape")
    assert page.evaluate(OPEN) == 0
    assert page.evaluate("document.activeElement.textContent") == "page-7"
    page.press("Escape")
    assert page.evaluate("document.activeElement.id") == "words"


@pytest.mark.parametrize("focused", ["#open-all", ".opener", "#sources a"])
def test_no_key_that_types_a_sign_does_anything(page, focused):
    page.evaluate(f"document.querySelector({focused!r}).focus()")
    state = f"[{TALLY}, {OPEN}, document.activeElement.outerHTML]"
    before = page.evaluate(state)
    page.press(*"/?.,-+#0aAjJkKnNsSxXéß")
    assert page.evaluate(state) == before


def test_the_search_finds_in_the_last_row_while_its_texts_are_still_being_made(many):
    last = many.evaluate("of.document(every.length - 1)")
    many.evaluate(f"""
      (() => {{
        const words = document.getElementById("words");
        words.focus();
        words.value = {last!r};
        choose();
      }})()
    """)
    assert many.evaluate(DOCUMENTS) == [last]
    many.wait_for("texts.filter(Boolean).length === every.length")


def test_a_finding_has_an_address_that_opens_it(browser, pages, page):
    page.evaluate("document.querySelectorAll('.opener')[2].click()")
    address = page.evaluate("location.href")
    assert "#finding-" in address
    browser.open(pages["clear"], width=1280)
    browser.call("Page.navigate", url=address)
    browser.wait_for("document.querySelector('.opened') && document.readyState === 'complete'")
    assert browser.evaluate("document.activeElement.textContent") == "faq-12"
    top = browser.evaluate("document.activeElement.getBoundingClientRect().top / innerHeight")
    assert 0 <= top < 1


def test_an_address_is_found_on_any_page_and_behind_any_search(many):
    anchor = many.evaluate("data.columns.id[777]")
    choose(many, "verdict", "permitted")
    many.evaluate(f"location.hash = '#{anchor}'")
    many.wait_for("document.querySelector('.opened')")
    assert many.evaluate("document.activeElement.closest('tr').id") == anchor
    assert many.evaluate("document.getElementById('page').textContent") == "Page 16 of 200"


def test_ten_thousand_findings_are_turned_page_by_page(many):
    assert many.evaluate(TALLY) == "10,000 findings, 1 to 50 here"
    assert "400 more are in findings.parquet" in many.evaluate("document.body.textContent")
    assert many.evaluate("document.getElementById('previous').disabled")
    many.evaluate("document.getElementById('next').click()")
    assert many.evaluate(TALLY) == "10,000 findings, 51 to 100 here"
    assert many.evaluate("document.querySelectorAll('.entry').length") == 50
    search(many, "gerald")
    assert many.evaluate(TALLY) == "1,300 of 10,000 findings, 1 to 50 here"


def test_hostile_texts_make_no_element_and_run_nothing(page, pages):
    page.evaluate("document.getElementById('open-all').click()")
    assert page.evaluate("document.scripts.length") == 2
    assert page.evaluate("document.images.length") == 0
    assert page.evaluate("document.querySelectorAll('main b, main i').length") == 0
    protocols = "[...document.links].every((each) => /^(https?|file):$/.test(each.protocol))"
    assert page.evaluate(protocols)
    assert "<script>alert('page')</script>" in page.evaluate("document.body.textContent")
    assert page.complaints() == []
    assert page.requests() == [pages["fails"].as_uri()]


def test_an_injected_script_does_not_run(page):
    page.evaluate("""
      (() => {
        const script = document.createElement("script");
        script.textContent = "globalThis.slipped = true";
        document.body.append(script);
        const styled = document.createElement("p");
        styled.setAttribute("style", "position: fixed");
        styled.id = "styled";
        document.body.append(styled);
      })()
    """)
    assert page.evaluate("globalThis.slipped") is None
    assert page.evaluate("getComputedStyle(document.getElementById('styled')).position") == "static"


def test_without_scripts_the_strongest_findings_are_a_plain_table(browser, pages):
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(pages["many"], width=1280)
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)
    assert browser.evaluate("document.getElementById('explorer').offsetParent") is None
    assert browser.evaluate("document.querySelectorAll('.listed').length") == 50
    assert browser.evaluate("document.querySelectorAll('#strongest mark').length") >= 50


def test_an_opened_finding_is_printed(page):
    def printed():
        return len(base64.b64decode(page.call("Page.printToPDF")["data"]))

    before = printed()
    page.evaluate("document.getElementById('open-all').click()")
    assert printed() > before
