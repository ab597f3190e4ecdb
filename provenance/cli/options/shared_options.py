"""Options that many commands have: registries, policies, settings, ledgers."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from provenance import pipeline
from provenance.cli.options.path_options import files, folders
from provenance.model.rules.terms import Actor, ModelScope, Purpose

Command = Callable[..., Any]

_SCOPES = [str(scope) for scope in ModelScope if scope is not ModelScope.ANY]


def _give_keys(
    _context: click.Context, _parameter: click.Parameter, files: tuple[str, ...]
) -> None:
    """Put the keys in files into the environment, where workers find them, too."""
    if files:
        os.environ.update(pipeline.key_environment(files))


registry_key_option = click.option(
    "--registry-key",
    multiple=True,
    metavar="FILE",
    shell_complete=files,
    expose_value=False,
    callback=_give_keys,
    help="File with the key of a keyed registry; repeatable. Unset: PROVENANCE_REGISTRY_KEY.",
)


ledger_option = click.option(
    "--ledger",
    metavar="DIR",
    shell_complete=folders,
    help="The ledger: a folder, or an address such as s3://bucket/ledger. Unset: the one that "
    "provenance.toml names under [ledger].",
)
policy_option = click.option(
    "--policy",
    metavar="FILE",
    shell_complete=files,
    help="Policy file. Default: provenance.toml, or pyproject.toml.",
)
rules_option = click.option(
    "--rules",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder of your own rules, on top of the shipped ones.",
)
purpose_option = click.option(
    "--purpose",
    type=click.Choice([str(purpose) for purpose in Purpose]),
    metavar="USE",
    help=f"Purpose: {', '.join(Purpose)}.  [default: pretraining]",
)
collected_option = click.option(
    "--collected",
    metavar="DATE",
    help="When the content was collected: a day, month or year, or FROM..UNTIL, both included. "
    "Unset: every version of the terms since an item was published is considered.",
)
actor_option = click.option(
    "--actor",
    type=click.Choice([str(actor) for actor in Actor]),
    metavar="ROLE",
    help=f"Role of the collector: {', '.join(Actor)}. Unset: the strictest applies.",
)
threads_option = click.option(
    "--threads",
    type=click.IntRange(1, 1024),
    metavar="N",
    help="Number of threads. Unset: one per available core.",
)
trust_option = click.option(
    "--trust",
    metavar="FILE",
    shell_complete=files,
    help="Keys, and the sources that each may speak for: registries that these have not signed are "
    "refused. Unset: as the policy says, else any registry.",
)

allow_unread_option = click.option(
    "--allow-unread",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="Accept up to N files or folders that cannot be read to the end, or columns of which the "
    "texts are not words. With more, the exit code is 2, regardless of the result.",
)


def quiet_option(text: str) -> Callable[[Command], Command]:
    """Return the option `quiet`; the text says what it leaves out."""
    return click.option("-q", "--quiet", is_flag=True, help=text)


def circumstance_options(command: Command) -> Command:
    """Add the options for purpose, dates, role, place and model to a command."""
    options = (
        purpose_option,
        collected_option,
        actor_option,
        click.option("--jurisdiction", metavar="PLACE", help="EU, DE, US, ... Unset: all apply."),
        click.option(
            "--commercial/--non-commercial",
            default=None,
            help="Whether the use is commercial. Unset: the stricter verdict applies.",
        ),
        click.option(
            "--model",
            "kinds",
            multiple=True,
            type=click.Choice([*_SCOPES, "other"]),
            metavar="KIND",
            help=f"Kind of model: {', '.join(_SCOPES)}; repeatable. It may be of the others, too, "
            "unless other is stated, alone or beside them. Unset: the strictest applies.",
        ),
        click.option(
            "--claim",
            "claims",
            multiple=True,
            metavar="ID",
            help="Statutory exception that you claim, such as eu-dsm-art-4; repeatable.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def make_settings(threads: int | None, *, no_cache: bool, **fields: Any) -> "pipeline.Settings":
    """Return the settings of a run.

    Parameters
    ----------
    threads : int or None
        None uses one per available core.
    no_cache : bool
        Whether to run without the cache.
    **fields
        Other fields of `Settings`.
    """
    settings = pipeline.Settings(cache=None if no_cache else pipeline.cache_folder(), **fields)
    return settings if threads is None else replace(settings, threads=threads)
