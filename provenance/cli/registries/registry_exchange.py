"""`provenance registry`: commands that exchange registries with others."""

from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.options.path_options import LOCAL_FOLDER, files, folders
from provenance.cli.options.shared_options import (
    registry_key_option,
    trust_option,
)
from provenance.cli.registries.registry_summary import (
    pull_lines,
    push_lines,
    signing_lines,
)
from provenance.cli.terminal_output import echo

_REGISTRY = click.argument("registry", type=LOCAL_FOLDER, shell_complete=folders)
_QUIET = click.option("-q", "--quiet", is_flag=True, help="No progress and no summary.")
_FRESH_FOR = click.option(
    "--fresh-for",
    "fresh_days",
    type=click.IntRange(1, 36_500),
    metavar="DAYS",
    help="State that copies count as fresh for this long: by then, you publish again. Unset: as "
    "stated before.",
)


@click.command(
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
@_FRESH_FOR
@click.option(
    "--verify",
    is_flag=True,
    help="Read the files that are there, and send damaged ones again. Unset: at addresses of other "
    "machines, files of the right size count as intact.",
)
@_QUIET
def push(registry: Path, address: str, fresh_days: int | None, verify: bool, quiet: bool) -> None:
    """Publish REGISTRY at ADDRESS, or what has changed since it was published there.

    ADDRESS is a folder, or an address such as s3://bucket/folder. Only files that are not there are
    sent, the manifest last: whoever reads meanwhile sees the registry as it was, or as it is
    afterwards. A push that was killed continues. Files of earlier versions are removed, since they
    may have items that were withdrawn.
    """
    outcome = pipeline.push(registry, address, fresh_days=fresh_days, verify=verify, quiet=quiet)
    if not quiet:
        echo(*push_lines(address, outcome))


@click.command(
    "pull",
    epilog="""
\b
Examples:
  provenance registry pull s3://bucket/registries/x -o registries/x
  provenance registry pull /mnt/shared/x -o registries/x --purge
""",
)
@click.argument("address")
@click.option(
    "-o",
    "--output",
    type=LOCAL_FOLDER,
    required=True,
    metavar="DIR",
    shell_complete=folders,
    help="Where to: a new folder, or one that was pulled from ADDRESS before.",
)
@click.option(
    "--allow-older",
    is_flag=True,
    help="Take a version that is older than the one here. Unset: an error, since withdrawn items "
    "would come back.",
)
@click.option(
    "--purge",
    is_flag=True,
    help="If items were withdrawn, clear the result cache, which may quote them.",
)
@registry_key_option
@trust_option
@_QUIET
def pull(
    address: str, output: Path, allow_older: bool, purge: bool, trust: str | None, quiet: bool
) -> None:
    """Fetch the registry at ADDRESS, or what has changed since it was fetched.

    Only files that are not here are fetched, and verified by their digests; a pull that was killed
    continues. Items that were withdrawn there are withdrawn here, and the files that had them are
    removed. DIR is for pulls alone: a registry that was changed here is not overwritten.
    """
    ledger = pipeline.ledger_of_policy()
    trust = trust or pipeline.trust_of_policy()
    outcome = pipeline.pull(
        address,
        output,
        check=None if trust is None else pipeline.trust_check(address, trust),
        allow_older=allow_older,
        purge=purge,
        quiet=quiet,
    )
    if ledger is not None and len(outcome.difference.tombstones):
        tombstones, digest = outcome.difference.tombstones, outcome.manifest.digest
        pipeline.record_tombstones(ledger, tombstones, digest, f"pulled from {address}")
    if not quiet:
        echo(*pull_lines(output, outcome))


@click.command(
    "sign",
    epilog="""
\b
Examples:
  provenance registry sign registries/x --key owner.key
  provenance registry sign registries/x --key owner.key --fresh-for 30
""",
)
@_REGISTRY
@click.option(
    "--key",
    "keys",
    type=click.Path(path_type=Path),
    multiple=True,
    required=True,
    metavar="FILE",
    shell_complete=files,
    help="Private key: ed25519 or ECDSA on P-256, PEM or OpenSSH; its passphrase is read from "
    "PROVENANCE_KEY_PASSPHRASE. Repeatable.",
)
@click.option(
    "--as",
    "principal",
    metavar="NAME",
    help="Sign under this name of the reader's trust file. Unset: under all that the key has "
    "there.",
)
@_FRESH_FOR
@registry_key_option
@_QUIET
def sign(
    registry: Path,
    keys: tuple[Path, ...],
    principal: str | None,
    fresh_days: int | None,
    quiet: bool,
) -> None:
    """Sign REGISTRY: that its items are content of its sources, in their owners' name.

    The signature is a file of REGISTRY, and is pushed with it. It covers the manifest, and with it
    every file. A change of REGISTRY removes it: sign again before you push.
    """
    signing = pipeline.sign(registry, keys, principal, fresh_days=fresh_days)
    for key in signing.exposed:
        echo(f"Note: others on this machine may read {key}: chmod 600 {key}", err=True)
    if not quiet:
        echo(*signing_lines(signing))


EXCHANGE = [sign, push, pull]
"""The commands, in the order of the help."""
