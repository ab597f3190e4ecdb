"""Command groups: ordered help, and commands that are imported when they are called."""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

_SENTENCE_LIMIT = 400
"""Maximum length in characters; longer than any first sentence."""


class SuggestingGroup(click.Group):
    """A group that names the command that was meant, if there is no such command."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first argument names, and the other arguments."""
        names = self.list_commands(ctx)
        if args[0] not in names and (matches := get_close_matches(args[0], names, n=1)):
            ctx.fail(f"No such command {args[0]!r}. Did you mean {matches[0]!r}?")
        return super().resolve_command(ctx, args)


class OrderedGroup(SuggestingGroup):
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


class ParentCommand(click.Command):
    """A command that has others: `report REPORT` and `report verify REPORT`.

    A first argument that is the name of one of these calls it; a file of that name can be written
    with a path, as `./verify`.
    """

    subcommands: Mapping[str, click.Command] = {}

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Return the context of the command, or of the one that the first argument names."""
        if args and args[0] in self.subcommands:
            name = f"{info_name} {args[0]}"
            return self.subcommands[args[0]].make_context(name, args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write how it is called, and how its commands are."""
        super().format_usage(ctx, formatter)
        names = "|".join(self.subcommands)
        formatter.write_usage(ctx.command_path, f"{names} [ARGS]...", " " * len("Usage: "))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the summaries of its commands, and the epilog."""
        with formatter.section("Commands"):
            formatter.write_dl(
                [
                    (name, command.get_short_help_str(_SENTENCE_LIMIT))
                    for name, command in self.subcommands.items()
                ]
            )
        super().format_epilog(ctx, formatter)


class LazyGroup(SuggestingGroup):
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
