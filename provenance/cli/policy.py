"""`provenance policy`."""

from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.groups import OrderedGroup
from provenance.cli.options import policy_option, rules_option
from provenance.cli.terminals import draw, echo, is_coloured, width


@click.group("policy", cls=OrderedGroup)
def command() -> None:
    """Write, check and explain what you tolerate.

    A policy says what is asked (purpose, dates, place), which shares are tolerated, which contracts
    you have signed, which statutory exceptions you claim, and which findings somebody answers for.
    It is the file provenance.toml beside your work, or [tool.provenance] in pyproject.toml.
    """


@command.command("init")
@click.option(
    "-o",
    "--output",
    default="provenance.toml",
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to write it.",
)
def init(output: Path) -> None:
    """Write a policy to start from, with every key explained."""
    pipeline.begun_policy(output)
    echo(f"Wrote {output}. Edit it, then: provenance policy explain")


@command.command("check")
@policy_option
@rules_option
def check(policy: str | None, rules: Path | None) -> None:
    """Make sure that a policy can be meant: its keys, words and days, what has ended.

    A mistake ends with exit code 2, its place and a remedy. What may be meant, such as a source
    that the rules do not know, is told and passes.
    """
    read, doubts = pipeline.checked_policy(policy, rules)
    for doubt in doubts:
        echo(f"Note: {doubt}.")
    echo(f"{read.path or 'The default policy'} is in order.")


@command.command("explain")
@policy_option
@rules_option
def explain(policy: str | None, rules: Path | None) -> None:
    """Say in sentences what the policy says that holds here."""
    told = pipeline.told_policy(policy, rules, width=width(), colour=is_coloured())
    draw(told)
