"""The command `provenance`, and the names of all others."""

import click

from provenance import __version__
from provenance.cli.groups import LazyGroup
from provenance.cli.terminals import draw

_FIRST = """\
Which share of a dataset may you not train on? Say what to look for, and where:

  provenance registry build registries/x --source x posts.jsonl
  provenance check data/train.parquet --registry registries/x -o report

Nothing at hand? `provenance sample` writes some. All else: provenance --help
"""


def command_of(commands: dict[str, tuple[str, str]]) -> click.Group:
    """Make the command whose subcommands are `commands`, as `LazyGroup` takes them."""

    @click.group(
        cls=LazyGroup,
        commands=commands,
        context_settings={"help_option_names": ["-h", "--help"]},
        invoke_without_command=True,
    )
    @click.version_option(__version__, message="provenance %(version)s")
    @click.pass_context
    def provenance(context: click.Context) -> None:
        """Learn, before you train, which share of a dataset you have no right to train on.

        First make a registry of the sources you care about, from their dumps;
        then check the dataset against it:

        \b
          provenance registry build registries/x --source x posts.jsonl
          provenance check data/train.parquet --registry registries/x -o report

        Exit codes: 0 clear, 1 the policy is violated, 2 could not do the work.
        """  # noqa: D301 (click's mark is a backspace)
        if context.invoked_subcommand is None:
            draw(_FIRST)

    return provenance
