"""Options that commands share which tell a result, and the telling."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click
from click.shell_completion import CompletionItem

from provenance import run
from provenance.cli.terminals import draw, is_coloured, width
from provenance.model import Report

Command = Callable[..., Any]


anchor_option = click.option(
    "--anchor",
    metavar="FILE[:LINE]",
    help="The small tracked file at which sarif and github show findings, such as a .dvc file.  "
    "[default: the policy's file]",
)
excerpts_option = click.option(
    "--excerpts",
    is_flag=True,
    help="Put words of the dataset and of the items also into what is made to leave the machine: "
    "all formats but terminal, html and json.",
)


_TOLD = "terminal"


class _Format(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on
    """The name of a format; all of them are asked for where it is another than the usual one.

    Whoever writes in formats takes as long to load as a core takes to hash a large registry, which
    is begun when the options are known.
    """

    name = "format"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return value if value == _TOLD else _all_formats().convert(value, param, ctx)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        return _all_formats().get_metavar(param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return _all_formats().shell_complete(ctx, param, incomplete)


def _all_formats() -> "click.Choice[str]":
    return click.Choice(run.format_names())


def format_options(command: Command) -> Command:
    """Give a command the options `form`, `excerpts` and `anchor`."""
    form = click.option(
        "--format",
        "form",
        type=_Format(),
        default=_TOLD,
        show_default=True,
        help="What goes to stdout.",
    )
    return form(excerpts_option(anchor_option(command)))


@dataclass(frozen=True, slots=True)
class Told:
    """What was asked of the telling of a result.

    Parameters
    ----------
    form : str
        Name of a format.
    excerpts : bool
        Whether words of others may leave the machine.
    anchor : str or None
        Where findings are shown in the repository.
    """

    form: str
    excerpts: bool
    anchor: str | None

    def text(self, report: Report) -> str:
        """Render a report."""
        return run.rendered(self.form, report, excerpts=self.excerpts, anchor=self.anchor)

    def tell(self, report: Report) -> None:
        """Write a report to stdout; on a terminal, as wide and as colourful as that is."""
        if self.form == _TOLD:
            draw(run.summary(report, width=width(), colour=is_coloured()) + "\n")
        else:
            sys.stdout.write(self.text(report))
