"""The section on provenance of a dataset card, as Markdown."""

from collections.abc import Iterator

from provenance.model.records.disclosure import DisclosureMaterial, Entry, EntryStatus
from provenance.model.records.disclosure_questions import QUESTIONS_BY_KEY, Form
from provenance.report.disclosure.croissant import is_spdx_id
from provenance.report.disclosure.entries import (
    answered,
    dates_of_collection,
    recorded,
    to_be_provided,
)
from provenance.report.disclosure.filled_form import entry_lines, linked_text
from provenance.report.disclosure.measured_entries import (
    check_made,
    languages,
    shown_languages,
    sources_found,
    text_size,
)
from provenance.report.sanitize import markdown_code, markdown_row, markdown_table, markdown_text
from provenance.report.text.number_format import count, interval, percent, period
from provenance.report.text.sentences import source_shares

_THOUSANDS = ("1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T")


def dataset_card(material: DisclosureMaterial) -> str:
    """Render the section; it begins at level 2, so that it can be put into a card as it is."""
    lines = ["## Provenance of the content", "", *_intro(material)]
    lines += ["### Sources found (measured)", "", *_sources(material), ""]
    lines += ["### Checks (measured)", "", *_bullets(check_made(material, "check")), ""]
    lines += ["### Content", ""]
    for entry in (text_size(material, "size"), languages(material, "languages")):
        lines += entry_lines(entry)
    lines += ["", "### Declared by people", ""]
    for entry in _declared(material):
        lines += entry_lines(entry)
    lines += ["", "### Metadata for the head of the card", "", *_metadata(material)]
    return "\n".join(lines) + "\n"


def _intro(material: DisclosureMaterial) -> Iterator[str]:
    result = material.report.result
    yield (
        f"Measured by provenance {result.tool} on {result.created.date()} in the dataset with "
        f"SHA-256 {markdown_code(result.corpus.digest)}; the report has SHA-256 "
        f"{markdown_code(material.digest)}. Absence of a source is no clearance: only what was "
        "searched for can be found."
    )
    yield ""


def _sources(material: DisclosureMaterial) -> list[str]:
    result = material.report.result
    rows = [
        markdown_row(
            markdown_text(share.key, 80),
            percent(share.tokens.share),
            interval(share.tokens.low, share.tokens.high),
            count(share.documents.count, "document"),
            str(share.verdict or "several"),
        )
        for share in source_shares(result)
        if share.documents.count
    ]
    searched = markdown_text(sources_found(material, "found").lines[-1], 2000)
    if not rows:
        return ["No content of the sources that were searched for was found.", "", searched]
    use = f"For {result.policy.circumstances.purpose}"
    heads = ("Source", "Share of tokens:", "95 % interval:", "Documents:", use)
    return [markdown_table(heads, rows), "", searched]


def _declared(material: DisclosureMaterial) -> tuple[Entry, ...]:
    wanted = (
        ("Provider", "provider.name"),
        ("Address", "dataset.url"),
        ("Version", "dataset.version"),
        ("Published", "dataset.published"),
        ("Description", "dataset.description"),
        ("Licence", "dataset.licence"),
        ("Uses", "dataset.purpose"),
        ("Source datasets", "public.datasets"),
        ("Synthetic data", "synthetic.used"),
        ("Personal and sensitive information", "dataset.personal_information"),
        ("Biases", "dataset.biases"),
        ("Limitations", "dataset.limitations"),
        ("Social impact", "dataset.social_impact"),
    )
    entries = [answered(material, key, title, key) for title, key in wanted]
    shown = [each for each in entries if _is_shown(each)]
    return (_collected(material), *shown)


def _is_shown(entry: Entry) -> bool:
    """Return whether an entry is answered, or has to be."""
    is_open = entry.status is EntryStatus.TO_BE_PROVIDED
    return not is_open or Form.CARD in QUESTIONS_BY_KEY[entry.id].needed_by


def _collected(material: DisclosureMaterial) -> Entry:
    dates, source = dates_of_collection(material)
    if dates is None:
        return to_be_provided("collected", "Collected", "answer dataset.collected")
    return recorded(source, "collected", "Collected", None, period(dates))


def _bullets(entry: Entry) -> list[str]:
    return [f"- {linked_text(line)}" for line in entry.lines]


def _metadata(material: DisclosureMaterial) -> Iterator[str]:
    """Yield the keys of the YAML head that follow from the report."""
    yield "```yaml"
    licence = material.answers.text("dataset.licence")
    if licence is not None and is_spdx_id(licence):
        yield f"license: {licence.lower()}"
    codes = [each.code for each in shown_languages(material) if each.code != "und"]
    if codes:
        yield "language:"
        yield from (f"- {code}" for code in codes)
    yield "size_categories:"
    yield f"- {size_category(material.report.result.corpus.documents)}"
    yield "```"


def size_category(documents: int) -> str:
    """Return the category of a number of documents, as the Hugging Face hub names them.

    Examples
    --------
    >>> [size_category(number) for number in (153, 1000, 99_999, 2 * 10**12)]
    ['n<1K', '1K<n<10K', '10K<n<100K', 'n>1T']
    """
    if documents < 1000:
        return "n<1K"
    place = len(str(documents)) - 4
    if place >= len(_THOUSANDS) - 1:
        return "n>1T"
    return f"{_THOUSANDS[place]}<n<{_THOUSANDS[place + 1]}"
