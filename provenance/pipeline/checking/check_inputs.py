"""Load what a check needs before the scan: rules, registries, and an earlier report."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from provenance.errors import InputError, PolicyError
from provenance.judge.gates import check_collected, check_known
from provenance.match.scoring.evalue import chance_threshold
from provenance.model.results.result import Report
from provenance.model.rules.policy import Policy
from provenance.model.rules.rule_library import Library
from provenance.pipeline.calibration.calibration_fit import (
    AppliedCalibration,
    load_applied_calibration,
)
from provenance.pipeline.calibration.controls import ControlIndex, open_control
from provenance.pipeline.exchange.remote_registries import open_named_registry
from provenance.pipeline.execution.stage_log import log_duration, log_fact
from provenance.pipeline.locate.backgrounds import Background, margin_tokens, open_backgrounds
from provenance.pipeline.scan.corpus_modelling import load_frozen_model
from provenance.pipeline.scan.readings import RegistryIndex, build_registry_indexes
from provenance.read.corpus.corpora import Corpus
from provenance.read.rules.rule_files import load_rules
from provenance.registry.files.data_files import Digest, digest_of_file
from provenance.report.files.report_reader import read_report


@dataclass(frozen=True, slots=True)
class References:
    """The registries that a check matches a corpus against, with what calibrates their findings.

    Parameters
    ----------
    registries : sequence of RegistryIndex
        Registries to search for, in order of their digests.
    backgrounds : sequence of Background
        Registries that make a finding contested if they hold it too.
    control : ControlIndex or None
        Registry whose matches measure chance.
    calibration : AppliedCalibration or None
        Calibration that shares are corrected with.
    """

    registries: Sequence[RegistryIndex]
    backgrounds: Sequence[Background]
    control: ControlIndex | None
    calibration: AppliedCalibration | None

    @property
    def all_registries(self) -> Sequence[RegistryIndex]:
        """The registries, followed by the control."""
        return [*self.registries, self.control.index] if self.control else self.registries

    @property
    def margin(self) -> int:
        """Number of tokens needed on both sides of findings."""
        return margin_tokens(self.backgrounds)


def open_references(
    policy: Policy, control: str | None, digest: Digest = digest_of_file
) -> References:
    """Open registries, backgrounds, control and calibration, so that errors appear before the scan.

    Parameters
    ----------
    policy : Policy
        Names registries, backgrounds and calibration.
    control : str or None
        Folder of the control.
    digest : callable
        Computes the digests of the registries' files.

    Raises
    ------
    ProvenanceError
        If one of them cannot be read or does not fit.
    """
    # Ties between registries must not depend on the order in which they are named.
    opened_registries = [
        open_named_registry(name, digest, policy.trust) for name in policy.registries
    ]
    registries_by_digest = {registry.manifest.digest: registry for registry in opened_registries}
    aliases = {
        alias: digest
        for digest, registry in registries_by_digest.items()
        for alias in registry.manifest.aliases
    }
    threshold = chance_threshold(policy.chance)
    calibration = (
        load_applied_calibration(
            policy.calibration, sorted(registries_by_digest), aliases, threshold
        )
        if policy.calibration
        else None
    )
    registries = build_registry_indexes(
        [registries_by_digest[digest] for digest in sorted(registries_by_digest)],
        to_report=True,
        threshold=threshold,
    )
    return References(
        registries,
        open_backgrounds(
            policy.backgrounds, registries, common=policy.common_background, trust=policy.trust
        ),
        open_control(control, registries, policy.trust) if control else None,
        calibration,
    )


NAME_A_REGISTRY = "name one with --registry, or in provenance.toml under [check] registries"


@log_duration("opening the rules")
def load_library(
    policy: Policy, rules: Path | None, without_registry: str = NAME_A_REGISTRY
) -> Library:
    """Load the rules, and check the policy against them.

    Parameters
    ----------
    policy : Policy
        The policy.
    rules : Path or None
        Folder of rule files; None uses the shipped ones.
    without_registry : str
        Remedy if the policy names no registry.

    Raises
    ------
    PolicyError
        If the policy refers to something unknown or to the future, or names no registry.
    """
    if not policy.registries:
        raise PolicyError(
            "there is no registry to check against",
            remedy=without_registry,
        )
    library = load_rules(rules)
    check_known(policy, library)
    check_collected(policy, datetime.now(UTC).date())
    log_fact(f"policy: {policy.path or 'default'}")
    log_fact(f"rules: {rules or 'as shipped'}; digest {library.digest}")
    return library


@log_duration("waiting for registries")
def wait_for_references(opening: Callable[[], References]) -> References:
    """Wait until registries are open, and log them."""
    references = opening()
    registries = [each.registry.summary() for each in references.all_registries]
    backgrounds = [each.summary for each in references.backgrounds]
    for kind, summaries in (("registry", registries), ("background", backgrounds)):
        for summary in summaries:
            log_fact(f"{kind}: {summary.path}; items: {summary.items:,}, digest {summary.digest}")
    return references


_CHECK_AGAIN = "check it again, and name that report"


def load_current_report(folder: Path, corpus: Corpus, library: Library) -> Report:
    """Load a report, if it is of this corpus and its rules and registries are unchanged.

    Parameters
    ----------
    folder : Path
        Folder of the report.
    corpus : Corpus
        The corpus now.
    library : Library
        The rules now.

    Raises
    ------
    InputError
        If it is of another corpus, or of a sample.
    PolicyError
        If the rules or registries have changed.
    """
    report = read_report(folder)
    result = report.result
    if result.corpus.digest != corpus.digest():
        raise InputError(
            f"{folder} is the report of another corpus than {', '.join(corpus.addresses)}: its "
            f"digest is {result.corpus.digest[:12]}, not {corpus.digest()[:12]}",
            remedy=f"name the corpus as it was checked; if it has changed, {_CHECK_AGAIN}",
        )
    if result.sample is not None:
        raise InputError(
            f"{folder} is the report of a sample: most of the corpus was not checked",
            remedy="check all of it, and name that report",
        )
    if result.rules_digest != library.digest:
        raise PolicyError(f"the rules have changed since {folder} was made", remedy=_CHECK_AGAIN)
    for registry in result.registries:
        manifest = open_named_registry(registry.path, trust=result.policy.trust).manifest
        if registry.digest not in (manifest.digest, *manifest.aliases):
            raise PolicyError(
                f"the registry {registry.path} has changed since {folder} was made",
                remedy=_CHECK_AGAIN,
            )
    return replace(report, model=load_frozen_model(folder))
