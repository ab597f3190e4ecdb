"""A calibration is held to what it was made for, and its reservations are said."""

from dataclasses import replace

import pytest

from provenance import __version__
from provenance.errors import InputError, PolicyError
from provenance.model.results.calibration import FalseRate
from provenance.pipeline.calibration.calibration_fit import (
    calibration_caveats,
    check_calibration,
    load_applied_calibration,
)
from provenance.pipeline.calibration.recall import aggregate_recalls
from provenance.report.files.calibration_json import write_calibration
from tests.pipeline.calibration.made_up_calibrations import calibration, plants

RATE = FalseRate("control", None, 100_000, 1.0, 10, 10, 120, 100.0, 1200.0, 48.0, 184.0)
ROWS = plants(600, 200)
MADE = replace(calibration(ROWS, RATE), tool=__version__)
MADE = replace(MADE, recalls=aggregate_recalls(MADE.plants))


def test_a_calibration_is_held_to_what_it_was_made_for():
    check_calibration(MADE, ("b", "a"))
    with pytest.raises(PolicyError, match="different registries") as raised:
        check_calibration(MADE, ("a",))
    assert "provenance calibrate" in raised.value.remedy
    with pytest.raises(PolicyError, match="threshold"):
        check_calibration(replace(MADE, threshold=1.0), ("a", "b"))
    with pytest.raises(PolicyError, match="normalisation"):
        check_calibration(replace(MADE, normalisation=0), ("a", "b"))


def test_what_a_reader_must_know_is_said_and_nothing_else():
    assert calibration_caveats(MADE, "c") == ()
    (elsewhere,) = calibration_caveats(MADE, "elsewhere")
    assert "another corpus" in elsewhere
    (older,) = calibration_caveats(replace(MADE, tool="0.0.1"), "c")
    assert "version 0.0.1" in older
    (unmeasured,) = calibration_caveats(replace(MADE, false=calibration(ROWS).false), "c")
    assert "chance" in unmeasured


def test_the_summary_names_the_file_by_its_bytes(tmp_path):
    path = tmp_path / "calibration.json"
    write_calibration(MADE, path)
    fit = load_applied_calibration(str(path), ["a", "b"])
    summary = fit.summary("elsewhere")
    assert (summary.path, summary.created, summary.tool) == (str(path), MADE.created, MADE.tool)
    assert (summary.planted, summary.recall, summary.false_basis) == (800, 0.75, "control")
    assert len(summary.reservations) == 1
    before = summary.digest
    write_calibration(replace(MADE, seed=5), path)
    assert load_applied_calibration(str(path), ["a", "b"]).digest != before


def test_a_calibration_that_is_not_there_is_an_error_with_a_remedy(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        load_applied_calibration(str(tmp_path / "none.json"), ["a"])
