"""`provenance rules`: list, show and explain rules."""

from pathlib import Path
from typing import Any

import click

from provenance import pipeline
from provenance.cli.lazy_groups import OrderedGroup
from provenance.cli.options.path_options import files
from provenance.cli.options.shared_options import circumstance_options, rules_option
from provenance.cli.rules.rule_testing import diff, lint, test, verify, watch
from provenance.cli.terminal_output import print_rendered, terminal_style
from provenance.model.rules.terms import Verdict

_POLICY = click.option(
    "--policy",
    metavar="FILE",
    shell_complete=files,
    help="Policy whose agreements and circumstances apply.",
)


@click.group(
    "rules",
    cls=OrderedGroup,
    epilog="""
\b
Examples:
  provenance rules list --verdict forbidden --on 2023-06-01
  provenance rules explain x --collected 2022-06-01 --purpose pretraining
  provenance rules timeline reddit
  provenance rules test --rules my-rules
""",
)
def command() -> None:
    """Query the rules: what documents say about training, for whom, since when.

    The rules ship with provenance, one YAML file for each source, licence, signal or statutory
    exception. rules/README.md explains how to write one. They are not legal advice.
    """


@command.command("list")
@click.argument("subjects", nargs=-1, metavar="[ID]...")
@click.option(
    "--kind",
    type=click.Choice(["source", "licence", "signal", "exception"]),
    help="Only entries of this kind.",
)
@click.option(
    "--verdict",
    type=click.Choice([str(verdict) for verdict in Verdict]),
    metavar="VERDICT",
    help=f"Only statements with this verdict: {', '.join(Verdict)}.",
)
@click.option("--basis", metavar="BASIS", help="Only statements on this basis: explicit-ml, ...")
@click.option("--binds", metavar="ROLE", help="Only statements that bind this role: scraper, ...")
@click.option("--on", "day", metavar="DAY", help="Only statements in force on this day.")
@click.option(
    "--confidence",
    type=click.Choice(["verified", "secondary", "not verified"]),
    help="Only statements with this confidence.",
)
@rules_option
def list_rules(subjects: tuple[str, ...], rules: Path | None, **filters: str | None) -> None:
    """List statements: what each document says, in which period, on which basis."""
    listing = pipeline.list_rules(rules, terminal_style(), subjects=subjects, **filters)
    print_rendered(listing)


@command.command("show")
@click.argument("subject", metavar="ID")
@rules_option
def show(subject: str, rules: Path | None) -> None:
    """Show all rules on one source, licence, signal or exception."""
    print_rendered(pipeline.show_rule(subject, rules, terminal_style()))


@command.command(
    "explain",
    epilog="""
\b
Examples:
  provenance rules explain x --collected 2022-06-01 --purpose pretraining
  provenance rules explain stackexchange --published 2015-03-01
  provenance rules explain cc-by-nc-4.0 --commercial --jurisdiction EU \\
      --collected 2024-01-01 --claim eu-dsm-art-4
""",
)
@click.argument("subject", metavar="ID")
@circumstance_options
@_POLICY
@click.option("--published", metavar="DAY", help="When the content was published.")
@click.option("--licence", metavar="NAME", help="Licence that the content declares.")
@click.option(
    "--signal",
    "signals",
    multiple=True,
    metavar="ID",
    help="Signal that came with it: tdmrep, robots-txt/training-agents; repeatable.",
)
@rules_option
def explain(  # noqa: PLR0913 (one parameter per option)
    subject: str,
    published: str | None,
    licence: str | None,
    signals: tuple[str, ...],
    rules: Path | None,
    policy: str | None,
    kinds: tuple[str, ...],
    **options: Any,
) -> None:
    """Explain the verdict on content of ID: every step with its clause and address."""
    resolved_policy = pipeline.resolve_policy(policy, model=kinds, **options)
    content = (published, licence, signals)
    print_rendered(
        pipeline.explain_rule(subject, rules, terminal_style(), resolved_policy, content)
    )


@command.command("timeline")
@click.argument("subject", metavar="ID")
@circumstance_options
@_POLICY
@rules_option
def timeline(
    subject: str, rules: Path | None, policy: str | None, kinds: tuple[str, ...], **options: Any
) -> None:
    """Draw the verdict by day of collection, for the strictest role and for each role."""
    resolved_policy = pipeline.resolve_policy(policy, model=kinds, **options)
    print_rendered(pipeline.show_timeline(subject, rules, terminal_style(), resolved_policy))


@command.command(
    "signals",
    epilog="""
\b
Examples:
  provenance rules signals robots.txt --url https://example.org/news/1
  provenance rules signals captures --agent GPTBot
""",
)
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--url",
    "page",
    default="",
    metavar="URL",
    help="Address of the page. Unset: the root of the site.",
)
@click.option(
    "--agent",
    "agents",
    multiple=True,
    metavar="NAME",
    help="Robot; repeatable. Unset: those that the rules list as collecting for training.",
)
@rules_option
def signals(path: Path, page: str, agents: tuple[str, ...], rules: Path | None) -> None:
    """Show what a captured robots.txt or similar file says about training on a page, by line.

    PATH is a robots.txt, ai.txt, tdmrep.json, rsl.xml or a dataset's README.md, a folder of these,
    or a folder laid out as HOST/YEAR-MONTH-DAY/FILE.
    """
    print_rendered(pipeline.explain_signals(path, page, agents, rules, terminal_style()))


for subcommand in (lint, test, diff, verify, watch):
    command.add_command(subcommand)
