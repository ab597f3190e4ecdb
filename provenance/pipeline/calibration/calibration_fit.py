"""The calibration that a check was given: whether it fits, and what the result says of it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from provenance import __version__
from provenance.atomic_output import read_small
from provenance.errors import PolicyError
from provenance.match.scoring.evalue import STRENGTH_THRESHOLD
from provenance.model import NORMALISATION, Calibration, CalibrationSummary
from provenance.read.policy.calibration_file import load_calibration

_REMEDY = "measure again, with `provenance calibrate`, the corpus and registries that are checked"


@dataclass(frozen=True, slots=True)
class Fitted:
    """A calibration that fits a check, and the file that it was read from."""

    calibration: Calibration
    path: str
    digest: str

    def summary(self, corpus: str) -> CalibrationSummary:
        """Say what was corrected by, of a check of the corpus of this digest."""
        made = self.calibration
        able = made.recalls[0] if made.recalls else None
        return CalibrationSummary(
            path=self.path,
            digest=self.digest,
            created=made.created,
            tool=made.tool,
            planted=able.planted if able else 0,
            recall=able.share if able else None,
            false_basis=made.false.basis,
            reservations=reservations(made, corpus),
        )


def fitted(path: str, registries: Sequence[str]) -> Fitted:
    """Load the calibration of a check, before hours of work.

    Parameters
    ----------
    path : str
        Its file.
    registries : sequence of str
        Digests of what is checked against.

    Raises
    ------
    InputError
        If there is no calibration.
    PolicyError
        If it was made for another check.
    """
    calibration = load_calibration(Path(path))
    check_fit(calibration, registries)
    return Fitted(calibration, path, hashlib.sha256(read_small(Path(path))).hexdigest())


def check_fit(calibration: Calibration, registries: Sequence[str]) -> None:
    """Make sure that what was measured is what is checked with.

    Parameters
    ----------
    calibration : Calibration
        Made earlier.
    registries : sequence of str
        Digests of what is checked against.

    Raises
    ------
    PolicyError
        If it was made with another detector, or with other registries.
    """
    if set(calibration.registries) != set(registries):
        raise PolicyError("the calibration was made with other registries", remedy=_REMEDY)
    if calibration.threshold != STRENGTH_THRESHOLD:
        raise PolicyError(
            f"the calibration was made at a threshold of {calibration.threshold:g}, and "
            f"this is {STRENGTH_THRESHOLD:g}",
            remedy=_REMEDY,
        )
    if calibration.normalisation != NORMALISATION:
        raise PolicyError(
            f"the calibration was made with normalisation {calibration.normalisation}, and this "
            f"is {NORMALISATION}",
            remedy=_REMEDY,
        )


def reservations(calibration: Calibration, corpus: str) -> tuple[str, ...]:
    """Say what a reader of shares must know that a calibration corrected.

    Parameters
    ----------
    calibration : Calibration
        Of the same detector and registries.
    corpus : str
        Digest of what is checked.
    """
    found = []
    if calibration.corpus != corpus:
        found.append("recall was measured on another corpus")
    if calibration.tool != __version__:
        found.append(f"recall was measured with version {calibration.tool} of provenance")
    if calibration.false.basis is None:
        found.append(
            "the calibration did not measure chance matches, so strengths say how many there are"
        )
    return tuple(found)
