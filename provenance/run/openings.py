"""What a check opens before hours of work: rules, registries. Each notes what it found."""

from collections.abc import Callable
from pathlib import Path

from provenance.errors import PolicyError
from provenance.judge import check_known
from provenance.model import Library, Policy
from provenance.read import load_rules
from provenance.run.references import References
from provenance.run.stages import note, stage


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
