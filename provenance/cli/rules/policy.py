"""`provenance policy`."""

from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.error_reporting import CLEAR, FAILED, print_error
from provenance.cli.lazy_groups import OrderedGroup
from provenance.cli.options.path_options import OUTPUT_FILE
from provenance.cli.options.shared_options import policy_option, rules_option
from provenance.cli.terminal_output import echo, print_rendered, terminal_style


@click.group("policy", cls=OrderedGroup)
def command() -> None:
    """Write, check and explain a policy.

    A policy states the use (purpose, dates, place), which shares are tolerated, which contracts you
    have signed, which statutory exceptions you claim, and which findings are waived. It is the file
    provenance.toml in the working directory, or [tool.provenance] in pyproject.toml.
    """


@command.command("init")
@click.option(
    "-o",
    "--output",
    default="provenance.toml",
    show_default=True,
    type=OUTPUT_FILE,
    metavar="FILE",
    help="File to write.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Fail on restricted content, too: on everything that is not permitted.",
)
def init(output: Path, *, strict: bool) -> None:
    """Write a template of a policy, with every key explained.

    Its gates fail on any forbidden and any unknown content. What is restricted, so allowed only
    under conditions, passes unless you give --strict.
    """
    pipeline.write_policy_template(output, strict=strict)
    echo(f"Wrote {output}. Edit it, then: provenance policy explain")


@command.command("check")
@policy_option
@rules_option
def check(policy: str | None, rules: Path | None) -> int:
    """Check a policy for mistakes: keys, words, dates, and what has expired.

    All mistakes are shown, each with its place and a remedy; the exit code is then 2. What may be
    intended, such as a source that the rules do not know, is noted and passes.
    """
    if errors := pipeline.policy_errors(policy, rules):
        for error in errors:
            print_error(error.message, error.remedy)
        return FAILED
    loaded_policy, notes = pipeline.check_policy(policy, rules)
    for note in notes:
        echo(f"Note: {note}" if note.endswith("?") else f"Note: {note}.")
    echo(f"{loaded_policy.path or 'The default policy'} is valid.")
    return CLEAR


@command.command("explain")
@policy_option
@rules_option
def explain(policy: str | None, rules: Path | None) -> None:
    """Describe in sentences the policy that applies here."""
    print_rendered(pipeline.describe_policy(policy, rules, terminal_style()))
