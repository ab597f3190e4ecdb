"""Options of the commands that render a report, and the rendering."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import click
from click.shell_completion import CompletionItem

from provenance import pipeline
from provenance.cli.terminal_output import is_coloured, print_rendered, width
from provenance.model.results.result import Report
from provenance.report.code_location import parse_anchor
from provenance.report.render_options import RenderOptions
from provenance.startup import lean_imports
from provenance.terminal_safety import print_commands

Command = Callable[..., Any]


def _check_anchor(_: click.Context, __: click.Parameter, anchor: str | None) -> str | None:
    """Reject an unusable anchor before hours of work."""
    if anchor is not None:
        parse_anchor(anchor)
    return anchor


anchor_option = click.option(
    "--anchor",
    callback=_check_anchor,
    metavar="FILE[:LINE]",
    help="Small tracked file at which sarif and github show findings, such as a .dvc file.  "
    "[default: the policy's file]",
)
excerpts_option = click.option(
    "--excerpts",
    is_flag=True,
    help="Include excerpts of the dataset and of the items in formats that are made to be shared: "
    "all but terminal, html and json.",
)


_DEFAULT = "terminal"
_COMMANDS = "github"


class _Format(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on
    """Name of a format; the list of formats is loaded only for names other than the default.

    Importing all formats takes as long as hashing a large registry on one core, which starts as
    soon as the options are parsed.
    """

    name = "format"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return value if value == _DEFAULT else _all_formats().convert(value, param, ctx)

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        # click before 8.2 gives no context. The names are too many for a line.
        return "FORMAT"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return _all_formats().shell_complete(ctx, param, incomplete)


def _all_formats() -> "click.Choice[str]":
    with lean_imports():
        from provenance.report.formats.rendering import FORMATS  # noqa: PLC0415 (slow import)
    return click.Choice(list(FORMATS))


def format_options(command: Command) -> Command:
    """Add the options `form`, `excerpts` and `anchor` to a command."""
    form = click.option(
        "--format",
        "form",
        type=_Format(),
        default=_DEFAULT,
        show_default=True,
        help="Format of the output: terminal, html, json, markdown, sarif, junit, csv, jsonl, "
        "obligations, attribution, github.",
    )
    return form(excerpts_option(anchor_option(command)))


def output_format(*others: str) -> Callable[[Command], Command]:
    """Return the option `form`: "terminal", which is the default, or one of some others."""
    return click.option(
        "--format",
        "form",
        type=click.Choice([_DEFAULT, *others]),
        default=_DEFAULT,
        show_default=True,
        help="Format of the output.",
    )


@dataclass(frozen=True, slots=True)
class ReportRenderer:
    """Renders a report as the options say.

    Parameters
    ----------
    form : str
        Name of a format.
    excerpts : bool
        Whether formats that are made to be shared contain excerpts.
    anchor : str or None
        File of the repository at which findings are shown.
    authors_of : sequence of str
        Registries whose names of authors an attribution list has.
    """

    form: str
    excerpts: bool
    anchor: str | None
    authors_of: Sequence[str] = ()

    def text(self, report: Report) -> str:
        """Render a report."""
        from provenance.report.formats.rendering import render  # noqa: PLC0415 (slow import)

        authors = pipeline.author_names(report, self.authors_of) if self.authors_of else {}
        return render(self.form, report, RenderOptions(self.excerpts, self.anchor, authors))

    def print(self, report: Report) -> None:
        """Print a report, for a terminal in its width and colours."""
        if self.form == _DEFAULT:
            from provenance.report.terminal.check_summary import terminal_summary  # noqa: PLC0415 (slow import)

            print_rendered(terminal_summary(report, width=width(), colour=is_coloured()) + "\n")
        elif self.form == _COMMANDS:
            print_commands(self.text(report))
        else:
            sys.stdout.write(self.text(report))
