"""A self-check of the EU's summary by what those criticise who assess published summaries.

Assessors score each section of a summary by clarity, completeness, consistency, correctness,
accessibility and comprehension (AI Accountability Lab, Trinity College Dublin,
"gpai-training-transparency", methodology of 2026). What a program can decide of that is here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from provenance.model.records.disclosure import Disclosure, DisclosureMaterial, EntryStatus
from provenance.model.results.result import Result
from provenance.report.disclosure.entries import dates_of_collection
from provenance.report.disclosure.eu_summary import LARGE
from provenance.report.disclosure.filled_form import DRAFT
from provenance.report.disclosure.measured_entries import newest_item, sources_found
from provenance.report.sanitize import markdown_row, markdown_table, markdown_text, safe_url
from provenance.report.text.number_format import count
from provenance.report.text.sentences import outcome_of, status_mark

_VAGUE = frozenset(
    {
        *("text", "texts", "web", "web data", "web content", "web pages", "websites", "internet"),
        *("data", "documents", "various", "various sources", "other", "public data", "crawl"),
        *("online content", "internet data", "mixed", "misc", "general"),
    }
)
_SHORT = 20
"""Characters below which a description cannot say much."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question of the self-check.

    Parameters
    ----------
    section : str
        Section of the summary.
    dimension : str
        What is assessed: "clarity", "completeness", ...
    question : str
        The question; yes is good.
    passed : bool
        The answer.
    remark : str
        What to do if not.
    """

    section: str
    dimension: str
    question: str
    passed: bool
    remark: str


def self_check(material: DisclosureMaterial, form: Disclosure) -> tuple[Criterion, ...]:
    """Answer the questions of the self-check."""
    return (
        *_document(form),
        *_general(material),
        *_public(material),
        *_private(material),
        *_crawl(material, form),
        *_users_and_synthetic(material),
        *_processing(material),
    )


def self_check_markdown(material: DisclosureMaterial, form: Disclosure) -> str:
    """Render the self-check as Markdown, for the provider alone."""
    criteria = self_check(material, form)
    passed = sum(each.passed for each in criteria)
    rows = [
        markdown_row(
            each.section,
            each.dimension,
            markdown_text(each.question),
            "yes" if each.passed else "**no**",
            "" if each.passed else markdown_text(each.remark),
        )
        for each in criteria
    ]
    lines = [
        *([f"**{DRAFT}**", ""] if form.stated_name is None else []),
        "# Self-check of the public summary",
        "",
        (
            f"{passed} of {count(len(criteria), 'question')} are answered with yes. Not for "
            "publication."
        ),
        "",
        (
            "Assessors of published summaries score each section by clarity, completeness, "
            "consistency, correctness, accessibility and comprehension. These are the questions of "
            "that kind that a program can decide; whether a text is true, clear and useful, people "
            "have to judge."
        ),
        "",
        markdown_table(("Section", "Dimension", "Question", "Answer", "To do"), rows),
        "",
        "## What the check found",
        "",
        "Compare it with your answers on types of content (1.3) and on sources (2).",
        "",
        *(f"- {markdown_text(line)}" for line in sources_found(material, "evidence").lines),
    ]
    return "\n".join(lines) + "\n"


def _document(form: Disclosure) -> Iterator[Criterion]:
    open_ = [entry.id for entry in form.entries if entry.status is EntryStatus.TO_BE_PROVIDED]
    yield Criterion(
        "all",
        "completeness",
        "Is every field filled in, or said not to apply?",
        not open_,
        f"to be provided: {', '.join(open_)}",
    )
    yield Criterion(
        "all",
        "accessibility",
        "Is there an address at which it is published?",
        any(entry.id == "0/address" for entry in form.entries),
        "give it in summary.url; the next version refers to it",
    )
    yield Criterion(
        "all",
        "clarity",
        "Is it stated who has reviewed and signed it?",
        form.stated_name is not None,
        "have it reviewed, then give --signed-by",
    )


def _general(material: DisclosureMaterial) -> Iterator[Criterion]:
    answers, section = material.answers, "1"
    contact = answers.text("provider.contact") or ""
    yield Criterion(
        section,
        "comprehension",
        "Is the contact an address that can be written to?",
        "@" in contact or safe_url(contact) is not None or len(contact) >= _SHORT,
        "name an e-mail address, a form or a postal address in provider.contact",
    )
    models = answers.rows("models")
    yield Criterion(
        section,
        "completeness",
        "Has every model a version and the day on which it was placed on the market?",
        bool(models) and all({"version", "market"} <= row.keys() for row in models),
        "add version and market to every table of models",
    )
    types = answers.texts("dataset.types")
    vague = [each for each in types if each.strip().casefold() in _VAGUE]
    yield Criterion(
        section,
        "clarity",
        "Are the types of content specific?",
        bool(types) and not vague,
        f"say what kind of content it is instead of: {', '.join(vague) or 'nothing'}",
    )
    yield from _acquisition(material)


def _acquisition(material: DisclosureMaterial) -> Iterator[Criterion]:
    newest = newest_item(material)
    dates, _ = dates_of_collection(material)
    if newest is None or dates is None or dates.until is None:
        return
    last = dates.until - timedelta(days=1)
    yield Criterion(
        "1",
        "correctness",
        "Is the latest date of acquisition not before the newest item found in the text?",
        newest <= last,
        f"the text has an item of {newest}, and the data is said to be acquired until {last}",
    )


def _public(material: DisclosureMaterial) -> Iterator[Criterion]:
    answers, section = material.answers, "2.1"
    if not answers.truth("public.used"):
        return
    rows = answers.rows("public.datasets")
    total = sum(size for row in rows if isinstance(size := row.get("bytes"), int))
    unsized = [str(row["name"]) for row in rows if not isinstance(row.get("bytes"), int)]
    yield Criterion(
        section,
        "completeness",
        "Is the size of every public dataset given, so that large ones are known?",
        bool(rows) and not unsized,
        f"add bytes to: {', '.join(unsized) or 'public.datasets'}",
    )
    unlinked = [
        str(row["name"])
        for row in rows
        if safe_url(str(row.get("link", ""))) is None
        and (not isinstance(size := row.get("bytes"), int) or size > LARGE * total)
    ]
    yield Criterion(
        section,
        "accessibility",
        "Has every large public dataset an address?",
        not unlinked,
        f"add a link to: {', '.join(unlinked)}",
    )


def _private(material: DisclosureMaterial) -> Iterator[Criterion]:
    checks = [check.report.result for check in material.checks]
    agreements = [each for result in checks for each in result.policy.agreements]
    names = ", ".join(sorted({each.source for each in agreements}))
    yield Criterion(
        "2.2",
        "consistency",
        "Does the answer on licensed data agree with the agreements of the policy?",
        not agreements or material.answers.truth("licensed.used") is True,
        f"the policy has agreements with {names}, and licensed.used is not true",
    )


def _crawl(material: DisclosureMaterial, form: Disclosure) -> Iterator[Criterion]:
    answers, section = material.answers, "2.3"
    if answers.truth("crawl.used") is False:
        return
    behaviour = (answers.text("crawl.behaviour") or "").casefold()
    yield Criterion(
        section,
        "completeness",
        "Is it said whether the crawlers obey robots.txt?",
        "robots" in behaviour,
        "say so in crawl.behaviour; and what they do about captchas and paywalls",
    )
    domains = [entry for entry in form.entries if entry.id == "2.3/domains"]
    yield Criterion(
        section,
        "completeness",
        "Is there a list of domains, made from the data?",
        any(entry.status is EntryStatus.MEASURED for entry in domains),
        "name the dataset with --corpus; its rows need the address of each document",
    )


def _users_and_synthetic(material: DisclosureMaterial) -> Iterator[Criterion]:
    answers = material.answers
    if answers.truth("users.own") or answers.truth("users.other_services"):
        yield Criterion(
            "2.4",
            "clarity",
            "Is it said of which services user data was used?",
            len(answers.text("users.description") or "") >= _SHORT,
            "describe it in users.description",
        )
    if answers.truth("synthetic.used"):
        rows = answers.rows("synthetic.models")
        yield Criterion(
            "2.5",
            "accessibility",
            "Has every model that made data an address?",
            bool(rows) and all(safe_url(str(row.get("link", ""))) for row in rows),
            "add a link to every table of synthetic.models",
        )


def _processing(material: DisclosureMaterial) -> Iterator[Criterion]:
    answers, section = material.answers, "3"
    yield Criterion(
        section,
        "accessibility",
        "Is the copyright policy at an address?",
        safe_url(answers.text("rights.policy")) is not None,
        "publish it, and give its address in rights.policy",
    )
    yield Criterion(
        section,
        "comprehension",
        "Is it described how reservations of rights were respected?",
        len(answers.text("rights.reservations") or "") >= _SHORT,
        "say in rights.reservations which protocols were read, when, and what followed",
    )
    yield Criterion(
        section,
        "consistency",
        "Does the check support what is said about protected content?",
        all(outcome_of(each) == "pass" for each in _results(material)),
        f"{_ended(material)}: clean the dataset, or explain it",
    )


def _results(material: DisclosureMaterial) -> list[Result]:
    """Return the checks of what was trained on; what it was made from was not."""
    return [check.report.result for each in material.trained_on for check in each.checks]


def _ended(material: DisclosureMaterial) -> str:
    results = _results(material)
    marks = [status_mark(each).lower() for each in results]
    differing = " and ".join(repr(mark) for mark in dict.fromkeys(marks) if mark != "pass")
    if len(results) == 1:
        return f"the check ended with {differing}"
    failed = sum(mark != "pass" for mark in marks)
    return f"{failed} of {len(marks)} checks ended with {differing}"
