"""Options that name keys: to sign with, and to verify with."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from provenance import pipeline
from provenance.cli.options.path_options import files
from provenance.cli.terminal_output import echo
from provenance.signing.keys import PASSPHRASE_VARIABLE, PrivateKey

Command = Callable[..., Any]

key_option = click.option(
    "--key",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    shell_complete=files,
    help="Your private key: ed25519 or ECDSA P-256, as PEM or of OpenSSH. Its passphrase is taken "
    f"from the environment variable {PASSPHRASE_VARIABLE}.",
)
_public_key_option = click.option(
    "--key",
    "keys",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PUB",
    shell_complete=files,
    help="Public key of a signer whom you trust; repeatable.",
)
_allowed_signers_option = click.option(
    "--allowed-signers",
    type=click.Path(path_type=Path),
    metavar="FILE",
    shell_complete=files,
    help="File of those who may sign, as OpenSSH has it: names, key, and which namespaces, until "
    "when.",
)
_identity_option = click.option(
    "--identity",
    metavar="NAME",
    help="Name in --allowed-signers that the signer must have.",
)


def trust_options(function: Command) -> Command:
    """Add the options that say whose signatures count."""
    return _public_key_option(_allowed_signers_option(_identity_option(function)))


def check_trust(keys: tuple[Path, ...], signers: Path | None, identity: str | None) -> None:
    """Raise a usage error unless options say whose signatures count."""
    if not keys and signers is None:
        raise click.UsageError("say whose signature counts: --key PUB or --allowed-signers FILE")
    if identity is not None and signers is None:
        raise click.UsageError("--identity needs --allowed-signers, which has the names")


def open_key(path: Path) -> PrivateKey:
    """Load a private key, and warn if others may read it."""
    key = pipeline.open_key(path)
    if key.is_exposed:
        echo(
            f"Warning: other users may read the private key {str(path)!r}",
            f"Try: chmod 600 {path}",
            err=True,
        )
    return key
