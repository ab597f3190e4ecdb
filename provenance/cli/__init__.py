"""The command line: commands, options, exit codes."""

import gc

from provenance.cli.interrupts import (
    INTERRUPTED,
    end,
    exit_interrupted,
    handle_interrupts,
    was_interrupted,
)
from provenance.startup import configure_own_process
from provenance.terminal_safety import buffer_stdout, open_missing_streams

COMMANDS = {
    "check": (
        "provenance.cli.datasets.check",
        "Check which share of a dataset comes from which source, and whether it may be used.",
    ),
    "merge": (
        "provenance.cli.datasets.merge",
        "Make the report of a check that was divided into shards.",
    ),
    "diff": (
        "provenance.cli.datasets.diff",
        "Show what changed from one dataset, or report, to another.",
    ),
    "clean": (
        "provenance.cli.datasets.clean",
        "Write a copy of a dataset without its forbidden content, and a receipt.",
    ),
    "trace": (
        "provenance.cli.datasets.trace",
        "Show which passages of one text registries contain, and what their terms say.",
    ),
    "report": ("provenance.cli.reports.report", "Render the result of a check in another format."),
    "review": (
        "provenance.cli.reports.review",
        "Label a random sample of the findings of a report, and correct its shares.",
    ),
    "attest": (
        "provenance.cli.reports.attest",
        "Sign the result of a check, and verify what others signed.",
    ),
    "feedback": (
        "provenance.cli.reports.feedback",
        "Dispute that an item is its source's, with a signed note.",
    ),
    "publish": (
        "provenance.cli.reports.publish",
        "Publish the result of a check on GitHub: summary, annotations, comment.",
    ),
    "calibrate": (
        "provenance.cli.datasets.calibrate",
        "Measure how much of the copied content in a dataset a check finds.",
    ),
    "cache": ("provenance.cli.cache", "Show or clear what earlier checks have cached."),
    "registry": (
        "provenance.cli.registries.registry",
        "Build, extend, show and verify registries.",
    ),
    "audit": (
        "provenance.cli.ledgers.audit",
        "Answer what is known of somebody's content in your datasets.",
    ),
    "disclose": (
        "provenance.cli.reports.disclose",
        "Write documents on a dataset: EU summary, dataset card, bills of materials, ...",
    ),
    "ledger": (
        "provenance.cli.ledgers.ledger",
        "Record what was collected, used and destroyed, in a ledger that shows changes.",
    ),
    "fingerprint": (
        "provenance.cli.datasets.fingerprint",
        "Sketch a dataset or registry into a file without text, to compare it with others.",
    ),
    "compare": (
        "provenance.cli.datasets.compare",
        "Estimate how much datasets and registries have in common, from sketches.",
    ),
    "sources": (
        "provenance.cli.rules.sources",
        "Show where dumps come from: layouts, sizes, access, and the command to build.",
    ),
    "rules": ("provenance.cli.rules.rules", "Query the rules: list, explain, timeline, test, ..."),
    "policy": ("provenance.cli.rules.policy", "Write, check and explain a policy."),
    "sample": ("provenance.cli.sample", "Write a small sample dataset to try the commands on."),
}

_GC_THRESHOLDS = 300_000, 50, 100
"""Thresholds of the garbage collector (Python's first is 700 objects). Start-up creates 230,000
objects that live as long as the process."""


def main() -> None:
    """Run the command line and exit with its exit code."""
    # Collections during imports find nothing and take a tenth of the start-up time.
    gc.set_threshold(*_GC_THRESHOLDS)
    configure_own_process()
    open_missing_streams()
    buffer_stdout()
    handle_interrupts()
    try:
        code = _run()
    except BaseException:
        # An interrupt can arrive here as another exception, such as an ImportError.
        if was_interrupted():
            exit_interrupted()
        raise
    if code == INTERRUPTED or was_interrupted():
        exit_interrupted()
    end(code)


def _run() -> int:
    from provenance.cli.commands import make_command  # noqa: PLC0415 (after interrupts are handled)
    from provenance.cli.error_reporting import exit_code  # noqa: PLC0415 (as above)

    return exit_code(make_command(COMMANDS))
