"""`provenance registry`: commands that exchange registries with others."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli.options.function_commands import FunctionCall, function_command
from provenance.cli.options.path_options import LOCAL_FOLDER, folders
from provenance.cli.options.shared_options import quiet_option, registry_key_option
from provenance.cli.registries.registry_summary import (
    pull_lines,
    push_lines,
    signing_lines,
)
from provenance.cli.terminal_output import echo
from provenance.pipeline.python_api.exchange_functions import (
    pull_registry,
    push_registry,
    sign_registry,
)

if TYPE_CHECKING:
    from provenance.pipeline.exchange.pulling import Pull
    from provenance.pipeline.exchange.pushing import Push
    from provenance.pipeline.exchange.registry_signatures import Signing

_REGISTRY = click.argument("registry", type=LOCAL_FOLDER, shell_complete=folders)
_QUIET = quiet_option("No progress and no summary.")


@function_command(
    push_registry,
    "push",
    epilog="""
\b
Examples:
  provenance registry push registries/x s3://bucket/registries/x
  provenance registry push registries/x /mnt/shared/x --fresh-for 30
""",
)
@_REGISTRY
@click.argument("address")
@_QUIET
def push(run: "FunctionCall[Push]", registry: Path, address: str) -> None:
    """Publish REGISTRY at ADDRESS, or what has changed since it was published there.

    ADDRESS is a folder, or an address such as s3://bucket/folder. Only files that are not there are
    sent, the manifest last: whoever reads meanwhile sees the registry as it was, or as it is
    afterwards. A push that was killed continues. Files of earlier versions are removed, since they
    may have items that were withdrawn.
    """
    outcome = run(registry, address)
    if not run.quiet:
        echo(*push_lines(address, outcome))


@function_command(
    pull_registry,
    "pull",
    epilog="""
\b
Examples:
  provenance registry pull s3://bucket/registries/x -o registries/x
  provenance registry pull /mnt/shared/x -o registries/x --purge
""",
)
@click.argument("address")
@registry_key_option
@_QUIET
def pull(run: "FunctionCall[Pull]", address: str) -> None:
    """Fetch the registry at ADDRESS, or what has changed since it was fetched.

    Only files that are not here are fetched, and verified by their digests; a pull that was killed
    continues. Items that were withdrawn there are withdrawn here, and the files that had them are
    removed. DIR is for pulls alone: a registry that was changed here is not overwritten.
    """
    outcome = run(address)
    if not run.quiet:
        echo(*pull_lines(run.options["output"], outcome))


@function_command(
    sign_registry,
    "sign",
    epilog="""
\b
Examples:
  provenance registry sign registries/x --key owner.key
  provenance registry sign registries/x --key owner.key --fresh-for 30
""",
)
@_REGISTRY
@registry_key_option
@_QUIET
def sign(run: "FunctionCall[Signing]", registry: Path) -> None:
    """Sign REGISTRY: that its items are content of its sources, in their owners' name.

    The signature is a file of REGISTRY, and is pushed with it. It covers the manifest, and with it
    every file. A change of REGISTRY removes it: sign again before you push.
    """
    signing = run(registry)
    for key in signing.exposed:
        echo(f"Note: others on this machine may read {key}: chmod 600 {key}", err=True)
    if not run.quiet:
        echo(*signing_lines(signing))


EXCHANGE = [sign, push, pull]
"""The commands, in the order of the help."""
