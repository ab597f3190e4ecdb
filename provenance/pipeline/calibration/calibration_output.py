"""Calibrations shown and written, for the front door: it knows neither room."""

from pathlib import Path

from provenance.model import Calibration
from provenance.report import recall_table, write_calibration


def calibration_table(calibration: Calibration) -> str:
    """Show a calibration on a terminal."""
    return recall_table(calibration)


def written_calibration(calibration: Calibration, path: Path) -> None:
    """Write `calibration.json`."""
    write_calibration(calibration, path)
