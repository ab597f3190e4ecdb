"""The front door: options in, one call, one answer out."""

import gc

from provenance.cli.interrupts import (
    INTERRUPTED,
    end,
    heed_interrupts,
    leave,
    was_interrupted,
)
from provenance.pipeline import claim_process
from provenance.terminal_safety import open_missing_streams

COMMANDS = {
    "check": (
        "provenance.cli.check",
        "Which share of a dataset is content of which source, and is that allowed?",
    ),
    "diff": (
        "provenance.cli.diff",
        "What changed from one dataset, or report, to another?",
    ),
    "clean": (
        "provenance.cli.clean",
        "Write a dataset again without what is forbidden, and a receipt.",
    ),
    "report": ("provenance.cli.report", "The outcome of a check, told in another format."),
    "publish": (
        "provenance.cli.publish",
        "The outcome of a check, told to GitHub: summary, annotations, comment.",
    ),
    "calibrate": (
        "provenance.cli.calibrate",
        "How much of what is there would a check of this dataset find?",
    ),
    "cache": ("provenance.cli.cache", "What earlier checks learnt, so that the next one is short."),
    "registry": ("provenance.cli.registry", "Build, extend, show and verify registries."),
    "rules": ("provenance.cli.rules", "Ask the law book: list, explain, timeline, test, ..."),
    "policy": ("provenance.cli.policy", "Write, check and explain what you tolerate."),
    "sample": ("provenance.cli.sample", "A small dataset, and what it quotes, to try things on."),
}

_SELDOM = 300_000, 50, 100
"""Objects more, and generations, after which Python looks for garbage; 700 objects by default. A
start makes 230,000 that stay."""


def main() -> None:
    """Run the command line, and exit with its code."""
    # What is imported is no garbage: looking for it again and again takes a tenth of a start.
    gc.set_threshold(*_SELDOM)
    claim_process()
    open_missing_streams()
    heed_interrupts()
    try:
        code = _run()
    except BaseException:
        # Whatever an interrupt became on its way here, it was one.
        if was_interrupted():
            leave()
        raise
    if code == INTERRUPTED or was_interrupted():
        leave()
    end(code)


def _run() -> int:
    from provenance.cli.commands import command_of  # noqa: PLC0415 (interrupts are heeded by now)
    from provenance.cli.errors import exit_code  # noqa: PLC0415 (as above)

    return exit_code(command_of(COMMANDS))
