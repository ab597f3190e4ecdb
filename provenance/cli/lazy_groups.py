"""Command groups: ordered help, and commands that are imported when they are called."""

from collections.abc import Mapping
from importlib import import_module

import click

_SENTENCE_LIMIT = 400
"""Maximum length in characters; longer than any first sentence."""


class OrderedGroup(click.Group):
    """A group whose help lists commands in the order of definition, with whole sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of definition."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the first sentence of each command, wrapped but not cut."""
        with formatter.section("Commands"):
            formatter.write_dl(
                [
                    (name, command.get_short_help_str(_SENTENCE_LIMIT))
                    for name, command in self.commands.items()
                ]
            )


class LazyGroup(click.Group):
    """A group that has the names and summaries of its commands without importing them.

    Parameters
    ----------
    commands : mapping of str to (str, str)
        Name of each command, with the module that has it as `command`, and its summary.
    **attributes
        As `click.Group` takes them.
    """

    def __init__(self, *, commands: Mapping[str, tuple[str, str]], **attributes: object) -> None:
        super().__init__(**attributes)  # type: ignore[arg-type]
        self._modules = commands

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of definition."""
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        if cmd_name not in self._modules:
            return None
        command = import_module(self._modules[cmd_name][0]).command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the summaries."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in self._modules.items()])
