"""Registry of the formats of disclosures. A new format is one module and one line here."""

from collections.abc import Callable
from dataclasses import dataclass

from provenance.model.records.disclosure import DisclosureMaterial
from provenance.model.records.disclosure_questions import Form
from provenance.report.disclosure.ab_2013 import ab_2013
from provenance.report.disclosure.croissant import croissant
from provenance.report.disclosure.cyclonedx_bom import cyclonedx
from provenance.report.disclosure.dataset_card import dataset_card
from provenance.report.disclosure.domain_list import DOMAINS_FILE, domain_list
from provenance.report.disclosure.eu_self_check import self_check_markdown
from provenance.report.disclosure.eu_summary import eu_summary
from provenance.report.disclosure.filled_form import form_json, form_markdown
from provenance.report.disclosure.spdx_dataset import spdx


@dataclass(frozen=True, slots=True)
class DisclosureFormat:
    """A format.

    Parameters
    ----------
    form : Form
        What it is for: it decides which answers are needed.
    file : str
        Name of its file.
    render : callable
        Returns the whole text, including its last newline.
    why_one_dataset : str
        Why it is about one dataset, not about all of a model; empty if it can be about all.
    """

    form: Form
    file: str
    render: Callable[[DisclosureMaterial], str]
    why_one_dataset: str = ""


DISCLOSURE_FORMATS = {
    "eu-summary": DisclosureFormat(
        Form.EU, "eu-summary.md", lambda material: form_markdown(eu_summary(material))
    ),
    "eu-summary-json": DisclosureFormat(
        Form.EU, "eu-summary.json", lambda material: form_json(eu_summary(material))
    ),
    "eu-domains": DisclosureFormat(Form.EU, DOMAINS_FILE, domain_list),
    "eu-self-check": DisclosureFormat(
        Form.EU,
        "eu-self-check.md",
        lambda material: self_check_markdown(material, eu_summary(material)),
    ),
    "croissant": DisclosureFormat(
        Form.CROISSANT,
        "croissant.json",
        croissant,
        "it lists the files of a dataset, which tools load",
    ),
    "dataset-card": DisclosureFormat(
        Form.CARD,
        "dataset-card.md",
        dataset_card,
        "it is a section of the README of a dataset",
    ),
    "ab-2013": DisclosureFormat(
        Form.AB_2013, "ab-2013.md", lambda material: form_markdown(ab_2013(material))
    ),
    "ab-2013-json": DisclosureFormat(
        Form.AB_2013, "ab-2013.json", lambda material: form_json(ab_2013(material))
    ),
    "cyclonedx": DisclosureFormat(
        Form.CYCLONEDX,
        "bom.cdx.json",
        cyclonedx,
        "its component has the licence, the owner and the version of a dataset",
    ),
    "spdx": DisclosureFormat(
        Form.SPDX,
        "dataset.spdx.json",
        spdx,
        "its package has the licence, the supplier and the version of a dataset",
    ),
}
"""By name, in the order of the help text."""

MODEL_FORMATS = tuple(name for name, each in DISCLOSURE_FORMATS.items() if not each.why_one_dataset)
"""Formats about a model: one document covers all of its datasets."""
