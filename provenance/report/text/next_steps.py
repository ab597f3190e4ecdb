"""What to do after a check, and its outcome in one line."""

from provenance.model import Result
from provenance.report.text.sentences import by_source, capital, headline, remedy_of
from provenance.report.text.unread_text import unread_step


def next_steps(result: Result) -> tuple[str, ...]:
    """List what to do now, most pressing first.

    Parameters
    ----------
    result : Result
        The outcome.

    Returns
    -------
    tuple of str
        Each once, in the imperative.
    """
    found = [each for each in result.rulings if each.documents]
    expired = [outcome.waiver.id for outcome in result.waivers if outcome.expired]
    unused = [each.waiver.id for each in result.waivers if not each.expired and not each.findings]
    steps = [
        *unread_step(result),
        *(capital(violation.remedy) for violation in result.violations),
        *(
            f"{each.name}: {remedy}"
            for each, *_ in by_source(found)
            if (remedy := remedy_of(each.ruling))
        ),
        *(f"Renew or remove the expired waiver '{waiver}'." for waiver in expired),
        *(f"Remove the waiver '{waiver}': it excuses nothing." for waiver in unused),
    ]
    return tuple(dict.fromkeys(steps))


def summary_line(result: Result) -> str:
    """Say in one line how the check came out, why, and what to do first.

    Parameters
    ----------
    result : Result
        The outcome.

    Returns
    -------
    str
        "FAIL: 1.9% of the tokens are forbidden for pretraining; the policy allows 0%. Next: ..."
    """
    steps = next_steps(result) if result.status != "pass" else ()
    todo = f" Next: {steps[0]}" if steps else ""
    return f"{result.status.upper()}: {headline(result)}{todo}"
