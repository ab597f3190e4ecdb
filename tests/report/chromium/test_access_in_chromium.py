"""The page for people who do not see it, or use no mouse: names, roles, order, and axe's rules."""

import itertools
import json
import shutil
import subprocess
from pathlib import Path

import pytest

NAMED = {"button", "link", "searchbox", "combobox", "table", "region", "navigation", "search"}
"""Roles of which a screen reader says nothing useful without a name."""

OPEN_ALL = """
document.querySelectorAll("details").forEach((each) => { each.open = true; });
document.querySelectorAll("#open-all").forEach((each) => each.click());
"""
VIEWS = list(itertools.product(("fails", "clear", "review"), (390, 1280), (False, True)))


def tree(browser):
    """What a screen reader is told: role, name and properties of every node."""
    browser.call("Accessibility.enable")
    nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
    browser.call("Accessibility.disable")
    return [
        (
            node["role"]["value"],
            node.get("name", {}).get("value", "").strip(),
            {each["name"]: each["value"].get("value") for each in node.get("properties", ())},
        )
        for node in nodes
        if not node["ignored"]
    ]


@pytest.fixture(scope="module")
def axe(root):
    """The rules of axe-core, where somebody has installed them."""
    folders = [root / "node_modules"]
    if npm := shutil.which("npm"):
        answer = subprocess.run([npm, "root", "--global"], capture_output=True, check=False)
        folders.append(Path(answer.stdout.decode().strip()))
    found = [path for each in folders if (path := each / "axe-core/axe.min.js").is_file()]
    if not found:
        pytest.skip("axe-core is not installed: npm install --no-save axe-core")
    return found[0].read_text("utf-8")


@pytest.mark.parametrize("name", ["fails", "clear"])
def test_controls_and_groups_have_accessible_names(browser, pages, name):
    browser.open(pages[name], width=1280)
    browser.evaluate(OPEN_ALL)
    told = tree(browser)
    assert [role for role, said, _ in told if role in NAMED and not said] == []
    roles = [role for role, _, _ in told]
    assert (roles.count("main"), roles.count("navigation")) == (1, 1)
    assert browser.evaluate("document.documentElement.lang") == "en"


def test_sorting_and_open_rows_are_announced_to_screen_readers(browser, pages):
    browser.open(pages["fails"], width=1280)
    browser.evaluate("document.querySelector('[data-sort=strength]').click()")
    browser.evaluate("document.querySelector('.opener').click()")
    assert browser.evaluate("document.querySelectorAll('[aria-sort]').length") == 1
    told = tree(browser)
    headings = [name for role, name, _ in told if role == "columnheader"]
    for name in ("Verdict", "Document", "Source", "Matched words", "Strength"):
        assert name in headings
    expanded = [
        (name, said["expanded"])
        for role, name, said in told
        if role == "button" and "expanded" in said
    ]
    assert expanded[:2] == [("page-118", True), ("page-7", False)]
    (tally,) = [said for role, _, said in told if role == "status"]
    assert tally["live"] == "polite"


def test_on_a_phone_tables_are_still_tables(browser, pages):
    browser.open(pages["fails"], width=390)
    roles = [role for role, _, _ in tree(browser)]
    browser.open(pages["fails"], width=1280)
    for role in ("table", "row", "rowheader", "cell"):
        assert roles.count(role) == [each for each, _, _ in tree(browser)].count(role)


def test_the_keyboard_goes_through_the_table_in_its_order(browser, pages):
    browser.open(pages["fails"], width=1280)
    browser.evaluate("document.getElementById('words').focus()")
    reached = []
    for _ in range(20):
        browser.press("Tab")
        reached.append(browser.evaluate("document.activeElement.textContent.trim().slice(0, 20)"))
    assert reached[5:9] == ["Open all on this pag", "Verdict", "Document", "Source"]
    assert reached[12:15] == ["page-118", "page-7", "faq-12"]


def test_where_the_focus_is_can_be_seen(browser, pages):
    browser.open(pages["fails"], width=1280)
    browser.evaluate("document.getElementById('words').focus()")
    for _ in range(14):
        browser.press("Tab")
        style = "getComputedStyle(document.activeElement).outlineStyle"
        assert browser.evaluate(style) == "solid"


@pytest.mark.parametrize(("name", "width", "dark"), VIEWS)
def test_axe_has_nothing_to_say(browser, pages, axe, name, width, dark):
    browser.open(pages[name], width=width, dark=dark)
    browser.evaluate(OPEN_ALL)
    browser.evaluate(f"{axe}; undefined")
    answer = browser.call(
        "Runtime.evaluate",
        expression="axe.run().then((told) => JSON.stringify(told.violations))",
        awaitPromise=True,
        returnByValue=True,
    )
    violations = json.loads(answer["result"]["value"])
    assert [(v["id"], [n["html"][:200] for n in v["nodes"]][:3]) for v in violations] == []
