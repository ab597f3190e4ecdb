"""Options that several commands have: the same name, the same words, the same meaning."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from provenance import pipeline
from provenance.cli.completions import files, folders
from provenance.model import Actor, ModelScope, Purpose

Command = Callable[..., Any]

_SCOPES = [str(scope) for scope in ModelScope if scope is not ModelScope.ANY]

registry_option = click.option(
    "--registry",
    "registries",
    multiple=True,
    metavar="DIR",
    shell_complete=folders,
    help="What to match against; repeatable.",
)
background_option = click.option(
    "--background",
    "backgrounds",
    multiple=True,
    metavar="DIR",
    shell_complete=folders,
    help="A registry of what many quote (books, scripture, licences): what it also holds is "
    "contested, and no gate counts it; repeatable.",
)
policy_option = click.option(
    "--policy",
    metavar="FILE",
    shell_complete=files,
    help="Default: provenance.toml, or pyproject.toml.",
)
rules_option = click.option(
    "--rules",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Rules of your own, on top of the shipped ones.",
)
purpose_option = click.option(
    "--purpose",
    type=click.Choice([str(purpose) for purpose in Purpose]),
    metavar="USE",
    help=f"One of {', '.join(Purpose)}.  [default: pretraining]",
)
collected_option = click.option(
    "--collected",
    metavar="DATE",
    help="When the content was collected: a day, month or year, or FROM..UNTIL, without "
    "UNTIL itself. Unset: every version of the terms since an item was published counts.",
)
actor_option = click.option(
    "--actor",
    type=click.Choice([str(actor) for actor in Actor]),
    metavar="ROLE",
    help=f"Who collected it: {', '.join(Actor)}. Unset: the strictest counts.",
)
text_column_option = click.option(
    "--text-column",
    "text_columns",
    multiple=True,
    metavar="NAME",
    help="Where the text is; repeatable. Unset: found by itself.",
)
max_document_option = click.option(
    "--max-document",
    metavar="SIZE",
    help="How large a document may be: a line, a row, a file of text. A larger one is an error.  "
    "[default: 64MB]",
)
split_option = click.option(
    "--split", metavar="NAME", help="Split of a dataset from a hub. Unset: all."
)
threads_option = click.option(
    "--threads",
    type=click.IntRange(1, 1024),
    metavar="N",
    help="Unset: one a core that it may use.",
)
no_cache_option = click.option(
    "--no-cache",
    is_flag=True,
    help="Read everything anew, and keep nothing for the next check. See `provenance cache`.",
)

allow_unread_option = click.option(
    "--allow-unread",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="Accept that up to N files or folders cannot be read to their end. More end with exit "
    "code 2, whatever else comes out.",
)


def circumstance_options(command: Command) -> Command:
    """Give a command the options that say what for, when, by whom and where content is used."""
    options = (
        purpose_option,
        collected_option,
        actor_option,
        click.option("--jurisdiction", metavar="PLACE", help="EU, US, ... Unset: all count."),
        click.option(
            "--commercial/--non-commercial",
            default=None,
            help="Whether the use is commercial. Unset: conditions that turn on it stay open.",
        ),
        click.option(
            "--model",
            "kinds",
            multiple=True,
            type=click.Choice([*_SCOPES, "other"]),
            metavar="KIND",
            help=f"What the model is: {', '.join(_SCOPES)}, or other; repeatable. "
            "Unset: the strictest counts.",
        ),
        click.option(
            "--claim",
            "claims",
            multiple=True,
            metavar="ID",
            help="A statutory exception that you claim, such as eu-dsm-art-4; repeatable.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def settings_of(threads: int | None, *, no_cache: bool, **others: Any) -> "pipeline.Settings":
    """Say how to run, from the options of that name; what is unset is as a check has it.

    Parameters
    ----------
    threads : int or None
        None takes one a core.
    no_cache : bool
        Whether nothing is kept.
    **others
        As `pipeline.Settings` takes them.
    """
    settings = pipeline.Settings(cache=None if no_cache else pipeline.memory_folder(), **others)
    return settings if threads is None else replace(settings, threads=threads)
