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
from provenance.report.disclosure.mlflow_dataset import mlflow_dataset
from provenance.report.disclosure.openlineage_events import openlineage
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
    """

    form: Form
    file: str
    render: Callable[[DisclosureMaterial], str]


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
    "croissant": DisclosureFormat(Form.CROISSANT, "croissant.json", croissant),
    "dataset-card": DisclosureFormat(Form.CARD, "dataset-card.md", dataset_card),
    "ab-2013": DisclosureFormat(
        Form.AB_2013, "ab-2013.md", lambda material: form_markdown(ab_2013(material))
    ),
    "ab-2013-json": DisclosureFormat(
        Form.AB_2013, "ab-2013.json", lambda material: form_json(ab_2013(material))
    ),
    "cyclonedx": DisclosureFormat(Form.CYCLONEDX, "bom.cdx.json", cyclonedx),
    "spdx": DisclosureFormat(Form.SPDX, "dataset.spdx.json", spdx),
    "openlineage": DisclosureFormat(Form.OPENLINEAGE, "openlineage.ndjson", openlineage),
    "mlflow": DisclosureFormat(Form.MLFLOW, "mlflow-dataset.json", mlflow_dataset),
}
"""By name, in the order of the help text."""
