"""`provenance rules`: the law book listed, shown and told."""

from pathlib import Path
from typing import Any

import click

from provenance import pipeline
from provenance.cli.completions import files
from provenance.cli.groups import OrderedGroup
from provenance.cli.options import circumstance_options, rules_option
from provenance.cli.rulechecks import diff, lint, test, verify
from provenance.cli.terminals import draw, pen
from provenance.model import Verdict

_POLICY = click.option(
    "--policy",
    metavar="FILE",
    shell_complete=files,
    help="A policy whose agreements and circumstances count.",
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
    """Ask the law book: what documents say of training, to whom, since when.

    The rules ship with provenance, one YAML file a source, licence, signal or statutory exception.
    rules/README.md says how to write one. They are no legal advice.
    """


@command.command("list")
@click.argument("subjects", nargs=-1, metavar="[ID]...")
@click.option(
    "--kind",
    type=click.Choice(["source", "licence", "signal", "exception"]),
    help="Only what is of this kind.",
)
@click.option(
    "--verdict",
    type=click.Choice([str(verdict) for verdict in Verdict]),
    metavar="VERDICT",
    help=f"Only what says so: {', '.join(Verdict)}.",
)
@click.option("--basis", metavar="BASIS", help="Only on this basis: explicit-ml, ...")
@click.option("--binds", metavar="ROLE", help="Only what binds this role: scraper, ...")
@click.option("--on", "day", metavar="DAY", help="Only what was in force on this day.")
@click.option(
    "--confidence",
    type=click.Choice(["verified", "secondary", "not verified"]),
    help="Only what is known so well.",
)
@rules_option
def list_rules(subjects: tuple[str, ...], rules: Path | None, **filters: str | None) -> None:
    """List statements: what each document said, in which days, on which basis."""
    listed = pipeline.listed_rules(rules, pen(), subjects=subjects, **filters)
    draw(listed)


@command.command("show")
@click.argument("subject", metavar="ID")
@rules_option
def show(subject: str, rules: Path | None) -> None:
    """Show all that the rules say of one source, licence, signal or exception."""
    draw(pipeline.shown_rule(subject, rules, pen()))


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
@click.option("--published", metavar="DAY", help="When the content itself was published.")
@click.option("--licence", metavar="NAME", help="The licence that the content declares.")
@click.option(
    "--signal",
    "signals",
    multiple=True,
    metavar="ID",
    help="A signal that came with it: tdmrep, robots-txt/training-agents; repeatable.",
)
@rules_option
def explain(  # noqa: PLR0913 (one parameter an option)
    subject: str,
    published: str | None,
    licence: str | None,
    signals: tuple[str, ...],
    rules: Path | None,
    policy: str | None,
    kinds: tuple[str, ...],
    **options: Any,
) -> None:
    """Tell what holds for content of ID, and why: every step with its clause and address."""
    given = pipeline.asked_policy(policy, model=kinds, **options)
    content = (published, licence, signals)
    draw(pipeline.explained_rule(subject, rules, pen(), given, content))


@command.command("timeline")
@click.argument("subject", metavar="ID")
@circumstance_options
@_POLICY
@rules_option
def timeline(
    subject: str, rules: Path | None, policy: str | None, kinds: tuple[str, ...], **options: Any
) -> None:
    """Draw the verdict for each day of collection, for anybody and for each role."""
    given = pipeline.asked_policy(policy, model=kinds, **options)
    draw(pipeline.timeline_of(subject, rules, pen(), given))


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
@click.option("--url", "page", default="", metavar="URL", help="The page. Unset: the site's root.")
@click.option(
    "--agent",
    "agents",
    multiple=True,
    metavar="NAME",
    help="A robot; repeatable. Unset: those that the rules list as collecting for training.",
)
@rules_option
def signals(path: Path, page: str, agents: tuple[str, ...], rules: Path | None) -> None:
    """Tell what a captured robots.txt, or its like, says of training on a page, and which line.

    PATH is a robots.txt, ai.txt, tdmrep.json, rsl.xml or a dataset's README.md, a folder of these,
    or one laid out as HOST/YEAR-MONTH-DAY/FILE.
    """
    draw(pipeline.told_signals(path, page, agents, rules, pen()))


for each in (lint, test, diff, verify):
    command.add_command(each)
