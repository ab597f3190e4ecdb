"""`provenance rules lint`, `test`, `diff` and `verify`."""

from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.error_reporting import CLEAR, VIOLATED
from provenance.cli.options.shared_options import rules_option
from provenance.cli.terminal_output import echo


@click.command("lint")
@rules_option
def lint(rules: Path | None) -> int:
    """Find mistakes in the format of rule files, each with its place and remedy.

    Exit codes: 0 no mistakes, 1 mistakes.
    """
    mistakes = pipeline.lint_rules(rules)
    for mistake in mistakes:
        echo(mistake)
    total = f"{len(mistakes)} mistake{'s' if len(mistakes) > 1 else ''}."
    echo(total if mistakes else "No mistakes.")
    return VIOLATED if mistakes else CLEAR


@click.command("test")
@click.argument("subjects", nargs=-1, metavar="[ID]...")
@rules_option
def test(subjects: tuple[str, ...], rules: Path | None) -> int:
    """Run the test cases of rule files.

    Exit codes: 0 all pass, 1 some fail.
    """
    cases, differences = pipeline.run_rule_cases(rules, subjects)
    for difference in differences:
        echo(difference)
    echo(f"{cases} cases, {len(differences)} failed.")
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
    metavar="REPORT",
    help="Show which findings of this report would be judged differently.",
)
def diff(old: str, new: str, result: Path | None) -> None:
    """Show what changed between two sets of rules, and the effect on a result.

    OLD and NEW are folders of rules, each on top of the shipped ones; `shipped` means only these.
    """
    for line in pipeline.compare_rules(old, new, result):
        echo(line)


@click.command("verify")
@click.argument("subjects", nargs=-1, metavar="[ID]...")
@click.option(
    "--copies",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="Folder of stored copies: plain text, Markdown or HTML.",
)
@rules_option
def verify(subjects: tuple[str, ...], copies: Path, rules: Path | None) -> int:
    """Search stored copies of documents for the quotations that rules are based on.

    The rules contain the SHA-256 of each quotation, not its text. Fetch the copies that
    `provenance rules show` names, and verify them yourself.

    Exit codes: 0 if all quotations of the IDs named were found (without IDs: at least one), else 1.
    """
    found, missing = pipeline.verify_rule_copies(rules, copies, subjects)
    for terms, file in found.items():
        echo(f"found    {terms} in {file}")
    for terms in missing if subjects else ():
        echo(f"missing  {terms}")
    echo(f"{len(found)} of {len(found) + len(missing)} quotations were found.")
    return CLEAR if found and not (subjects and missing) else VIOLATED


@click.command(
    "watch",
    epilog="""
\b
Example:
  provenance rules watch --copies copies  # copies/x/terms-of-service.md, ...
""",
)
@click.argument("subjects", nargs=-1, metavar="[ID]...")
@click.option(
    "--copies",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="Folder of newer copies, laid out as SOURCE/DOCUMENT.md, .html or .txt.",
)
@rules_option
def watch(subjects: tuple[str, ...], copies: Path, rules: Path | None) -> int:
    """List the statements whose words are no longer in newer copies of their documents.

    Each statement in force is compared with the copies of its document, by the SHA-256 of the words
    that were read. What changed, and what the rules have no digest of, has to be read again.

    Exit codes: 0 if all words are still there, 1 if something has to be read.
    """
    watched, unnamed = pipeline.watch_rule_copies(rules, copies, subjects)
    states = {None: "compare", False: "changed", True: "same"}
    for each in sorted(watched, key=lambda one: one.is_there is True):
        terms = each.terms
        read = f", read on {terms.record.stored_on}" if terms.record.stored_on else ""
        echo(f"{states[each.is_there]:<8} {terms.id} ({terms.clause or 'no clause'}{read})")
        echo(f"         {each.file}")
    for name in unnamed:
        echo(
            f"unnamed  {name}: name it after a document, as `rules list` does: x/privacy-policy.md"
        )
    open_ends = sum(each.is_there is not True for each in watched)
    echo(f"{open_ends} of {len(watched)} statements in these copies have to be read again.")
    return VIOLATED if open_ends or not watched else CLEAR
