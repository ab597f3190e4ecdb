"""What a corpus is held against: registries, and what says how far to trust what they find."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from provenance.model import Control, Policy
from provenance.registry import Digest, digest_of_file, open_registry
from provenance.run.backgrounds import margin_for, open_backgrounds
from provenance.run.calibration.controls import OpenedControl, measured, open_control
from provenance.run.calibration.fitting import Fitted, fitted
from provenance.run.calibration.outsiders import looked_up
from provenance.run.claiming import Claims
from provenance.run.readings import Opened, Reading, opened


@dataclass(frozen=True, slots=True)
class References:
    """All that a check is asked to hold a corpus against.

    Parameters
    ----------
    registries : sequence of Opened
        What is looked for, in order of their digests.
    backgrounds : sequence of Opened
        What they hold too is contested.
    control : OpenedControl or None
        What is looked for to measure chance.
    fit : Fitted or None
        What shares are corrected by.
    """

    registries: Sequence[Opened]
    backgrounds: Sequence[Opened]
    control: OpenedControl | None
    fit: Fitted | None

    @property
    def sought(self) -> Sequence[Opened]:
        """What the corpus is read for: registries and, after them, the control."""
        return [*self.registries, self.control.opened] if self.control else self.registries

    @property
    def margin(self) -> int:
        """Tokens on both sides of what is found that will be asked for."""
        return margin_for(self.backgrounds)

    def own(self, readings: Sequence[Reading]) -> Sequence[Reading]:
        """Give readings for `sought` as if the registries alone had been looked for."""
        return looked_up(readings, 0, len(self.registries)) if self.control else readings

    def chance(
        self, readings: Sequence[Reading], settled: Claims, found: pa.Table
    ) -> Control | None:
        """Measure, with readings for `sought`, how much of what was found may be chance."""
        if self.control is None:
            return None
        return measured(self.control, readings, self.registries, settled, found)


def open_references(
    policy: Policy, control: str | None, digest: Digest = digest_of_file
) -> References:
    """Open what a corpus is held against, before hours of work.

    Parameters
    ----------
    policy : Policy
        Which registries, backgrounds and calibration.
    control : str or None
        Folder of the control.
    digest : callable
        Digests the files of the registries.

    Raises
    ------
    ProvenanceError
        If one of them cannot be read, or is not fit for its part.
    """
    # Ties between registries must not depend on the order in which they were named.
    opening = [open_registry(Path(folder), digest) for folder in policy.registries]
    whole = {one.manifest.digest: one for one in opening}
    fit = fitted(policy.calibration, sorted(whole)) if policy.calibration else None
    registries = opened([whole[digest] for digest in sorted(whole)], to_report=True)
    return References(
        registries,
        open_backgrounds(policy.backgrounds, registries),
        open_control(control, registries) if control else None,
        fit,
    )
