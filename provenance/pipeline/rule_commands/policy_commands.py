"""Commands on policies: create, check and describe."""

from datetime import UTC, datetime
from pathlib import Path

from provenance.atomic_output import replace_file
from provenance.errors import OutputError, PolicyError
from provenance.judge.gates import check_collected, check_known, policy_warnings, unknown_names
from provenance.model.rules.policy import Policy, Waiver, WaiverReason
from provenance.pipeline.attesting.disputes import policy_disputes
from provenance.read.policy.policy_file import load_policy, override, policy_mistakes
from provenance.read.rules.rule_files import load_rules
from provenance.report.terminal.rules.policy_summary import AFTER_END, policy_template, policy_text
from provenance.report.terminal.terminal_style import TerminalStyle


def write_policy_template(path: Path, *, strict: bool = False) -> None:
    """Write a commented template of a policy; a strict one also fails on restricted content.

    Raises
    ------
    OutputError
        If the file exists, or cannot be written.
    """
    try:
        with replace_file(path, exclusive=True) as file:
            file.write(policy_template(strict=strict).encode())
    except FileExistsError as error:
        raise OutputError(
            f"{path} already exists", remedy="edit it, or name another file with --output."
        ) from error
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror}", remedy="name another with --output."
        ) from error


def policy_errors(path: str | None, rules: Path | None) -> tuple[PolicyError, ...]:
    """Return all mistakes in the applicable policy; parameters as for `check_policy`."""
    folder = Path.cwd()
    if mistakes := policy_mistakes(path, folder):
        return mistakes
    policy = load_policy(path, folder)
    return tuple(unknown_names(policy, load_rules(rules)))


def check_policy(path: str | None, rules: Path | None) -> tuple[Policy, tuple[str, ...]]:
    """Load the applicable policy, and list what may be a mistake in it.

    Parameters
    ----------
    path : str or None
        The policy file; None searches for it.
    rules : Path or None
        Folder of the user's own rules.

    Returns
    -------
    policy : Policy
        The policy.
    notes : tuple of str
        Sources unknown to the rules, and expired waivers and agreements.
    """
    policy = override(load_policy(path, Path.cwd()), disputed=policy_disputes(path))
    library = load_rules(rules)
    check_known(policy, library)
    today = datetime.now(tz=UTC).date()
    check_collected(policy, today)
    warnings = [
        f"{_kind(waiver)} {waiver.id!r}: it ended on {waiver.expires} and no longer applies"
        for waiver in policy.waivers
        if waiver.is_over(today)
    ]
    warnings += [
        f"agreement {agreement.reference!r}: it ended on {agreement.last_day}; "
        f"{AFTER_END[agreement.survives]}"
        for agreement in policy.agreements
        if agreement.has_ended(today)
    ]
    return policy, (*policy_warnings(policy, library), *warnings)


def _kind(waiver: Waiver) -> str:
    return "dispute" if waiver.reason is WaiverReason.DISPUTED else "waiver"


def describe_policy(path: str | None, rules: Path | None, style: TerminalStyle) -> str:
    """Describe the applicable policy in sentences."""
    policy, warnings = check_policy(path, rules)
    today = datetime.now(tz=UTC).date()
    return policy_text(policy, load_rules(rules), warnings, today, style)
