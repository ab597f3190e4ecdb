"""The page in a real browser: a quiet console, nothing asked of a network, all of it seen."""

import base64
import itertools

import pytest

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


VIEWS = list(itertools.product(("fails", "clear", "review"), (390, 768, 1160, 1600), (False, True)))


@pytest.mark.parametrize(("name", "width", "dark"), VIEWS)
def test_the_page_is_quiet_fits_and_can_be_read(browser, pages, name, width, dark):
    browser.open(pages[name], width=width, dark=dark)
    browser.evaluate(
        "document.querySelectorAll('details').forEach((each) => { each.open = true; });"
        "document.querySelectorAll('#open-all').forEach((each) => each.click())"
    )
    assert browser.complaints() == []
    assert browser.requests() == [pages[name].as_uri()]
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    assert browser.evaluate(TOO_WIDE) == []
    assert browser.evaluate(CUT_OFF) == []
    assert browser.evaluate(FAINT) == []


def test_on_a_phone_cells_are_beside_their_labels(browser, pages):
    browser.open(pages["fails"], width=390)
    indented = """
    [...document.querySelectorAll(".stack td > *")].filter((e) => e.offsetParent)
      .map((e) => e.getBoundingClientRect().left - e.closest("td").getBoundingClientRect().left)
    """
    assert min(browser.evaluate(indented)) > 100


def test_light_and_dark_differ(browser, pages):
    colours = []
    for dark in (False, True):
        browser.open(pages["fails"], width=1280, dark=dark)
        colours.append(browser.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colours[0] != colours[1]


def test_a_bar_is_as_long_as_its_share(browser, pages):
    browser.open(pages["fails"], width=1280)
    drawn = "document.querySelector('.bar.forbidden .{}').getBoundingClientRect().width"
    filled, track = (browser.evaluate(drawn.format(part)) for part in ("disputed", "track"))
    assert filled / track == pytest.approx(6610 / 312_450 / 0.05, abs=0.01)


def test_the_keyboard_reaches_the_report_first(browser, pages):
    browser.open(pages["fails"], width=1280)
    browser.press("Tab")
    assert browser.evaluate("document.activeElement.className") == "skip"
    browser.press("Enter", "Tab")
    assert browser.evaluate("document.activeElement.closest('main') !== null")


def test_it_prints_light_with_the_terms_open_and_without_controls(browser, pages):
    contents = """
    [...document.querySelectorAll("details:not([open])")]
      .map((e) => getComputedStyle(e, "::details-content").contentVisibility)
    """
    controls = """
    [...document.querySelectorAll("input, select, .plain")]
      .filter((each) => each.offsetParent !== null).length
    """
    browser.open(pages["fails"], width=1280, dark=True)
    assert set(browser.evaluate(contents)) == {"hidden"}
    assert browser.evaluate(controls) > 0
    dark = {"name": "prefers-color-scheme", "value": "dark"}
    browser.call("Emulation.setEmulatedMedia", media="print", features=[dark])
    assert set(browser.evaluate(contents)) == {"visible"}
    assert browser.evaluate(controls) == 0
    assert browser.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
    printed = base64.b64decode(browser.call("Page.printToPDF", printBackground=True)["data"])
    assert printed.startswith(b"%PDF")
