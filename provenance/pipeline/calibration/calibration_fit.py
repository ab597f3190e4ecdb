"""Load the calibration of a check, and check that it was made for its registries."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from provenance import __version__
from provenance.atomic_output import read_small_file
from provenance.errors import PolicyError
from provenance.match.scoring.evalue import STRENGTH_THRESHOLD
from provenance.model.content.fingerprints import NORMALISATION
from provenance.model.results.calibration import Calibration, CalibrationSummary
from provenance.read.policy.calibration_file import load_calibration

_REMEDY = "measure again, with `provenance calibrate`, the corpus and registries that are checked"

NO_ALIASES: Mapping[str, str] = MappingProxyType({})
"""Registries that have one digest each."""


@dataclass(frozen=True, slots=True)
class AppliedCalibration:
    """A calibration that fits a check, and the file that it was read from."""

    calibration: Calibration
    path: str
    digest: str

    def summary(self, corpus: str) -> CalibrationSummary:
        """Summarise the calibration for the check of a corpus with this digest."""
        calibration = self.calibration
        overall = calibration.recalls[0] if calibration.recalls else None
        return CalibrationSummary(
            path=self.path,
            digest=self.digest,
            created=calibration.created,
            tool=calibration.tool,
            planted=overall.planted if overall else 0,
            recall=overall.share if overall else None,
            false_basis=calibration.false.basis,
            reservations=calibration_caveats(calibration, corpus),
        )


def load_applied_calibration(
    path: str,
    registries: Sequence[str],
    aliases: Mapping[str, str] = NO_ALIASES,
    threshold: float = STRENGTH_THRESHOLD,
) -> AppliedCalibration:
    """Load the calibration of a check, so that errors appear before the scan.

    Parameters
    ----------
    path : str
        The file.
    registries : sequence of str
        Digests of the registries.
    aliases : mapping of str to str
        Their digests, by those that the same items had in other segments.
    threshold : float
        Strength from which the check reports matches.

    Raises
    ------
    ProvenanceError
        If it cannot be read, or does not fit: see `check_calibration`.
    """
    calibration = load_calibration(Path(path))
    check_calibration(calibration, registries, aliases, threshold)
    return AppliedCalibration(
        calibration, path, hashlib.sha256(read_small_file(Path(path))).hexdigest()
    )


def check_calibration(
    calibration: Calibration,
    registries: Sequence[str],
    aliases: Mapping[str, str] = NO_ALIASES,
    threshold: float = STRENGTH_THRESHOLD,
) -> None:
    """Check that a calibration was made for these registries and this version.

    Parameters
    ----------
    calibration : Calibration
        The calibration.
    registries : sequence of str
        Digests of the registries.
    aliases : mapping of str to str
        As for `load_applied_calibration`.

    Raises
    ------
    PolicyError
        If it was not.
    """
    if {aliases.get(digest, digest) for digest in calibration.registries} != set(registries):
        raise PolicyError("the calibration was made with different registries", remedy=_REMEDY)
    if calibration.threshold != threshold:
        raise PolicyError(
            f"the calibration was made at a threshold of {calibration.threshold:g}, and "
            f"this is {threshold:g}",
            remedy=f"{_REMEDY}, or check with the same --chance",
        )
    if calibration.normalisation != NORMALISATION:
        raise PolicyError(
            f"the calibration was made with normalisation {calibration.normalisation}, and this "
            f"is {NORMALISATION}",
            remedy=_REMEDY,
        )


def calibration_caveats(calibration: Calibration, corpus: str) -> tuple[str, ...]:
    """List the limitations of shares that a calibration corrects."""
    caveats = []
    if calibration.corpus != corpus:
        caveats.append("recall was measured on another corpus")
    if calibration.tool != __version__:
        caveats.append(f"recall was measured with version {calibration.tool} of provenance")
    if calibration.false.basis is None:
        caveats.append(
            "the calibration did not measure chance matches, so their number is an estimate"
        )
    return tuple(caveats)
