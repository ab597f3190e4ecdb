"""What a check opens before hours of work: rules, registries. Each notes what it found.

What a corpus is held against: registries, and what says how far to trust what they find.

An earlier check of the same corpus, to act upon.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from provenance.errors import InputError, PolicyError
from provenance.judge.gates import check_known
from provenance.model import Control, Library, Policy, Report
from provenance.pipeline.calibration.calibration_fit import Fitted, fitted
from provenance.pipeline.calibration.controls import OpenedControl, measured, open_control
from provenance.pipeline.calibration.standalone_texts import looked_up
from provenance.pipeline.corpus_model import frozen_model
from provenance.pipeline.locate.backgrounds import margin_for, open_backgrounds
from provenance.pipeline.locate.claims import Claims
from provenance.pipeline.scan.readings import Opened, Reading, opened
from provenance.pipeline.stage_log import note, stage
from provenance.read.corpus.corpora import Corpus
from provenance.read.rules.rule_files import load_rules
from provenance.registry.data_files import Digest, digest_of_file
from provenance.registry.store import open_registry
from provenance.report.files.report_reader import read_report


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


@stage("opening the rules")
def library_of(policy: Policy, rules: Path | None) -> Library:
    """Load the law book that a policy speaks of.

    Parameters
    ----------
    policy : Policy
        What it names has to be there.
    rules : Path or None
        Folder of rule files; None takes the ones that are shipped.

    Raises
    ------
    PolicyError
        If the policy names what is not there, or no registry.
    """
    if not policy.registries:
        raise PolicyError(
            "there is no registry to check against",
            remedy="name one with --registry, or in provenance.toml under [check] registries",
        )
    library = load_rules(rules)
    check_known(policy, library)
    note(f"policy: {policy.path or 'the default one'}")
    note(f"rules: {rules or 'as shipped'}; digest {library.digest}")
    return library


@stage("waiting for registries")
def told_of(opening: Callable[[], References]) -> References:
    """Wait until registries are open; tell of them after whatever was opened meanwhile."""
    against = opening()
    for kind, several in (("registry", against.sought), ("background", against.backgrounds)):
        for one in several:
            manifest = one.registry.manifest
            note(
                f"{kind}: {one.registry.path}; items: {manifest.items:,}, digest {manifest.digest}"
            )
    return against


_AGAIN = "check it again, and name that report"


def earlier_report(folder: Path, corpus: Corpus, library: Library) -> Report:
    """Read a report, if it is of this corpus and would come out the same today.

    Parameters
    ----------
    folder : Path
        The report's.
    corpus : Corpus
        As it is now.
    library : Library
        The law book, as it is now.

    Raises
    ------
    InputError
        If it is of another corpus, or of a sample.
    PolicyError
        If the rules or registries are others now.
    """
    report = read_report(folder)
    result = report.result
    if result.corpus.digest != corpus.digest():
        raise InputError(
            f"{folder} is the report of another corpus than {', '.join(corpus.addresses)}: its "
            f"digest is {result.corpus.digest[:12]}, not {corpus.digest()[:12]}",
            remedy=f"name the corpus as it was checked; if it has changed, {_AGAIN}",
        )
    if result.sample is not None:
        raise InputError(
            f"{folder} is the report of a sample: most of the corpus was not looked at",
            remedy="check all of it, and name that report",
        )
    if result.rules_digest != library.digest:
        raise PolicyError(f"the rules have changed since {folder} was made", remedy=_AGAIN)
    for registry in result.registries:
        if open_registry(Path(registry.path)).manifest.digest != registry.digest:
            raise PolicyError(
                f"the registry {registry.path} has changed since {folder} was made", remedy=_AGAIN
            )
    return replace(report, model=frozen_model(folder))
