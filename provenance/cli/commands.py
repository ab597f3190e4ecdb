"""The command `provenance`."""

import click

from provenance import __version__
from provenance.cli.lazy_groups import LazyGroup
from provenance.cli.terminal_output import print_rendered

_WELCOME = """\
Which share of a dataset may you not train on? Build a registry, then check:

  provenance registry build registries/x --source x posts.jsonl
  provenance check data/train.parquet --registry registries/x -o report

No data at hand? `provenance sample` writes some. Full help: provenance --help
"""


def make_command(commands: dict[str, tuple[str, str]]) -> click.Group:
    """Return the command `provenance`; `commands` is as for `LazyGroup`."""

    @click.group(
        cls=LazyGroup,
        commands=commands,
        context_settings={"help_option_names": ["-h", "--help"]},
        invoke_without_command=True,
    )
    @click.version_option(__version__, message="provenance %(version)s")
    @click.pass_context
    def provenance(context: click.Context) -> None:
        """Find out, before you train, which share of a dataset you may not train on.

        First build a registry of the sources you care about from their dumps,
        then check the dataset against it:

        \b
          provenance registry build registries/x --source x posts.jsonl
          provenance check data/train.parquet --registry registries/x -o report

        Exit codes: 0 policy holds, 1 policy violated, 2 not completed.
        """  # noqa: D301 (click's mark is a backspace)
        if context.invoked_subcommand is None:
            print_rendered(_WELCOME)

    return provenance
