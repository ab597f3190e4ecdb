"""The page in a real browser: a quiet console, nothing asked of a network, all of it seen."""

import base64
import itertools

import pytest

from provenance.report import write
from tests.report.browser import chromium, running
from tests.report.samples import clear_report, sample_report

EXECUTABLE = chromium()
pytestmark = pytest.mark.skipif(EXECUTABLE is None, reason="Chromium is not installed")

FAINT = """
(() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const linear = (v) => (v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
  const light = (colour) => {
    const [r, g, b] = numbers(colour).map((v) => linear(v / 255));
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if ((numbers(colour)[3] ?? 1) > .99) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const faint = new Set();
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || element.closest("svg, style")) continue;
    const two = [light(getComputedStyle(element).color), light(behind(element))];
    const ratio = (Math.max(...two) + .05) / (Math.min(...two) + .05);
    if (ratio < 4.5) faint.add(`${element.tagName}.${element.className} ${ratio.toFixed(2)}`);
  }
  return [...faint];
})()
"""
"""Texts with less contrast than WCAG's level AA asks for."""
TOO_WIDE = """
[...document.querySelectorAll("body *")]
  .filter((e) => !e.closest(".scroll, thead, .skip, svg"))
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
  .map((e) => `${e.tagName}.${e.className}`)
"""
CUT_OFF = """
[...document.querySelectorAll("td, th, dd, summary, figure")]
  .filter((e) => !e.closest("thead") && e.scrollWidth > e.clientWidth + 1 && e.clientWidth)
  .map((e) => `${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 40)}`)
"""


@pytest.fixture(scope="module")
def browser():
    with running(EXECUTABLE) as started:
        yield started


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    write(sample_report(), folder / "fails")
    write(clear_report(), folder / "clear")
    return {name: folder / name / "report.html" for name in ("fails", "clear")}


VIEWS = list(itertools.product(("fails", "clear"), (390, 768, 1160, 1600), (False, True)))


@pytest.mark.parametrize(("name", "width", "dark"), VIEWS)
def test_the_page_is_quiet_fits_and_can_be_read(browser, pages, name, width, dark):
    browser.open(pages[name], width=width, dark=dark)
    browser.evaluate(
        "document.querySelectorAll('details').forEach((each) => { each.open = true; })"
    )
    assert browser.complaints() == []
    assert browser.requests() == [pages[name].as_uri()]
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    assert browser.evaluate(TOO_WIDE) == []
    assert browser.evaluate(CUT_OFF) == []
    assert browser.evaluate(FAINT) == []


def test_light_and_dark_differ(browser, pages):
    colours = []
    for dark in (False, True):
        browser.open(pages["fails"], width=1280, dark=dark)
        colours.append(browser.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colours[0] != colours[1]


def test_hostile_texts_made_no_element_and_ran_nothing(browser, pages):
    browser.open(pages["fails"], width=1280)
    assert browser.evaluate("document.scripts.length + document.images.length") == 0
    assert browser.evaluate("[...document.links].every((a) => /^(https?|file):$/.test(a.protocol))")


def test_a_bar_is_as_long_as_its_share(browser, pages):
    browser.open(pages["fails"], width=1280)
    drawn = "document.querySelector('.bar.forbidden .{}').getBoundingClientRect().width"
    filled, track = (browser.evaluate(drawn.format(part)) for part in ("disputed", "track"))
    assert filled / track == pytest.approx(6610 / 312_450 / 0.05, abs=0.01)


def test_the_keyboard_reaches_the_report_and_every_finding(browser, pages):
    browser.open(pages["fails"], width=1280)
    where = """
    (([at, all]) => [at.className, at.tagName === "SUMMARY" ? all.indexOf(at.parentElement) : -1])(
      [document.activeElement, [...document.querySelectorAll(".finding")]])
    """
    reached = []
    for _ in range(60):
        for kind in ("rawKeyDown", "keyUp"):
            browser.call("Input.dispatchKeyEvent", type=kind, key="Tab", windowsVirtualKeyCode=9)
        reached.append(browser.evaluate(where))
    assert reached[0][0] == "skip"
    assert {number for _, number in reached} >= set(range(8))


def test_it_prints_with_every_finding_open(browser, pages):
    contents = """
    [...document.querySelectorAll("details:not([open])")]
      .map((e) => getComputedStyle(e, "::details-content").contentVisibility)
    """
    browser.open(pages["fails"], width=1280)
    assert set(browser.evaluate(contents)) == {"hidden"}
    browser.call("Emulation.setEmulatedMedia", media="print")
    assert set(browser.evaluate(contents)) == {"visible"}
    printed = base64.b64decode(browser.call("Page.printToPDF", printBackground=True)["data"])
    assert printed.startswith(b"%PDF")
