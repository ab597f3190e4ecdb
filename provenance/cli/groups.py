"""Groups of commands, as their help lists them; imported no sooner than they are called."""

from collections.abc import Mapping
from importlib import import_module

import click

_WHOLE = 400
"""Characters: more than any first sentence has."""


class OrderedGroup(click.Group):
    """A group that lists its commands in the order of their use, and in whole sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names, as they were defined."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the first sentence of each, wrapped and not cut."""
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, each.get_short_help_str(_WHOLE)) for name, each in self.commands.items()]
            )


class LazyGroup(click.Group):
    """A group that knows its commands' names and summaries without importing them.

    Parameters
    ----------
    commands : mapping of str to (str, str)
        Name of a command to its module, which holds it under `command`, and its summary.
    **attributes
        As `click.Group` takes them.
    """

    def __init__(self, *, commands: Mapping[str, tuple[str, str]], **attributes: object) -> None:
        super().__init__(**attributes)  # type: ignore[arg-type]
        self._modules = commands

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names, in the order in which one would use them."""
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in self._modules:
            return None
        command = import_module(self._modules[cmd_name][0]).command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the summaries."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in self._modules.items()])
