"""Policies begun, checked against the rules, and told, for the front door."""

from datetime import UTC, datetime
from pathlib import Path

from provenance.atomic_output import replacing
from provenance.errors import OutputError
from provenance.judge.gates import check_known, doubts
from provenance.model import Policy
from provenance.read.policy.policy_file import load_policy
from provenance.read.rules.rule_files import load_rules
from provenance.report.terminal.policy_summary import POLICY_TEMPLATE, policy_text
from provenance.report.terminal.terminal_style import TerminalStyle


def begun_policy(path: Path) -> None:
    """Write a policy to start from, with every key explained.

    Raises
    ------
    OutputError
        If there is a file already, or it cannot be written.
    """
    try:
        with replacing(path, exclusive=True) as file:
            file.write(POLICY_TEMPLATE.encode())
    except FileExistsError as error:
        raise OutputError(
            f"{path} is there already", remedy="edit it, or name another file with --output."
        ) from error
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror}", remedy="name another with --output."
        ) from error


def checked_policy(path: str | None, rules: Path | None) -> tuple[Policy, tuple[str, ...]]:
    """Load the policy that holds here, and say what may not be meant in it.

    Parameters
    ----------
    path : str or None
        The policy's file; None looks for it.
    rules : Path or None
        A folder of rules of one's own.

    Returns
    -------
    policy : Policy
        As it was read.
    doubts : tuple of str
        Sources that the rules do not know, and what is over.
    """
    policy, library = load_policy(path, Path.cwd()), load_rules(rules)
    check_known(policy, library)
    today = datetime.now(tz=UTC).date()
    over = [
        f"waiver {waiver.id!r}: it expired {waiver.expires} and excuses nothing any more"
        for waiver in policy.waivers
        if waiver.expires <= today
    ]
    over += [
        f"agreement {signed.reference!r}: it ended {signed.period.until}; content collected later "
        "is not covered"
        for signed in policy.agreements
        if signed.period.until is not None and signed.period.until <= today
    ]
    return policy, (*doubts(policy, library), *over)


def told_policy(path: str | None, rules: Path | None, style: TerminalStyle) -> str:
    """Say in sentences what the policy that holds here says."""
    policy, doubtful = checked_policy(path, rules)
    today = datetime.now(tz=UTC).date()
    return policy_text(policy, load_rules(rules), doubtful, today, style)
