"""`provenance rules`: the law book held to its form, its cases, its sources, and another."""

from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.errors import CLEAR, VIOLATED
from provenance.cli.options import rules_option
from provenance.cli.terminals import echo


@click.command("lint")
@rules_option
def lint(rules: Path | None) -> int:
    """Find every mistake in the form of rule files, each with its place and remedy.

    Exit codes: 0 none, 1 some.
    """
    mistakes = pipeline.linted_rules(rules)
    for mistake in mistakes:
        echo(mistake)
    total = f"{len(mistakes)} mistake{'s' if len(mistakes) > 1 else ''}."
    echo(total if mistakes else "No mistakes.")
    return VIOLATED if mistakes else CLEAR


@click.command("test")
@click.argument("subjects", nargs=-1, metavar="[ID]...")
@rules_option
def test(subjects: tuple[str, ...], rules: Path | None) -> int:
    """Run the cases of rule files: what must be found, and what must pass.

    Exit codes: 0 all hold, 1 some do not.
    """
    cases, differences = pipeline.tested_rules(rules, subjects)
    for difference in differences:
        echo(difference)
    echo(f"{cases} cases, {len(differences)} of which came out otherwise.")
    return VIOLATED if differences else CLEAR


@click.command(
    "diff",
    epilog="""
\b
Examples:
  provenance rules diff shipped my-rules
  provenance rules diff rules-2025 rules-2026 --result report
""",
)
@click.argument("old")
@click.argument("new")
@click.option(
    "--result",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="A report: which of its findings would be judged otherwise?",
)
def diff(old: str, new: str, result: Path | None) -> None:
    """Say what changed between two law books, and what that does to a result.

    OLD and NEW are folders of rules, each on top of the shipped ones; `shipped` is these alone.
    """
    for line in pipeline.compared_rules(old, new, result):
        echo(line)


@click.command("verify")
@click.argument("subjects", nargs=-1, metavar="[ID]...")
@click.option(
    "--copies",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="A folder of stored copies: plain text, Markdown or HTML.",
)
@rules_option
def verify(subjects: tuple[str, ...], copies: Path, rules: Path | None) -> int:
    """Look in stored copies for the words that rules were made of.

    No sentence of a document is shipped, but the SHA-256 of the words that were read. Fetch the
    copies that `provenance rules show` names, and see for yourself.

    Exit codes: 0 all of the IDs named were found (without IDs: any), 1 otherwise.
    """
    found, missing = pipeline.verified_rules(rules, copies, subjects)
    for terms, file in found.items():
        echo(f"found    {terms} in {file}")
    for terms in missing if subjects else ():
        echo(f"missing  {terms}")
    echo(f"{len(found)} of {len(found) + len(missing)} quotations were found.")
    return CLEAR if found and not (subjects and missing) else VIOLATED
