"""Whole disclosures, compared with files that git tracks, as in `test_golden_reports`."""

from pathlib import Path

import pytest

from provenance.report.disclosure.disclosure_formats import DISCLOSURE_FORMATS
from tests.golden.golden_files import assert_golden
from tests.report.disclosure.disclosure_samples import answered_material, unanswered_material

HERE = Path(__file__).parent / "disclosures"
MATERIALS = {"answered": answered_material, "unanswered": unanswered_material}


@pytest.mark.parametrize("name", sorted(MATERIALS))
@pytest.mark.parametrize("form", sorted(DISCLOSURE_FORMATS))
def test_a_disclosure_matches_its_golden_file(name, form):
    kind = DISCLOSURE_FORMATS[form]
    text = kind.render(MATERIALS[name]())
    assert_golden(HERE / f"{name}.{kind.file}", text)
    assert text.endswith("\n")
    assert kind.render(MATERIALS[name]()) == text
