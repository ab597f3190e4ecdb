"""`provenance.push_registry`, `pull_registry` and others: exchange of registries as functions."""

from os import fspath
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from provenance import pipeline
from provenance.pipeline.python_api.argument_checks import public_function
from provenance.pipeline.python_api.option_types import (
    Address,
    Addresses,
    ProgressCallback,
    TrustFile,
    given_paths,
)
from provenance.pipeline.python_api.options import Option

if TYPE_CHECKING:
    from provenance.pipeline.exchange.pulling import Pull
    from provenance.pipeline.exchange.pushing import Push
    from provenance.pipeline.exchange.registry_signatures import Signing

FreshDays = Annotated[
    int | None,
    Option(
        "State that copies count as fresh for this long: by then, you publish again. Unset: as "
        "stated before.",
        flags="--fresh-for",
        metavar="DAYS",
        low=1,
        high=36_500,
    ),
]


@public_function
def push_registry(
    registry: Address,
    address: Address,
    *,
    fresh_days: FreshDays = None,
    verify: Annotated[
        bool,
        Option(
            "Read the files that are there, and send damaged ones again. Unset: at addresses of "
            "other machines, files of the right size count as intact."
        ),
    ] = False,
    progress: ProgressCallback | None = None,
) -> "Push":
    """Publish a registry, or what has changed, as `provenance registry push` does.

    Parameters
    ----------
    registry : str or path
        Its folder.
    address : str or path
        Where to.
    progress : callable, optional
        As for `check`.

    Returns
    -------
    Push
        The `manifest`, and how many files were `sent`, `present` and `removed`.

    Raises
    ------
    RegistryError
        If withdrawn items are still in its files, or a newer version is there.
    """
    with pipeline.report_progress_to(progress):
        return pipeline.push(
            pipeline.local_registry(registry),
            fspath(address),
            fresh_days=fresh_days,
            verify=verify,
        )


@public_function
def pull_registry(
    address: Address,
    output: Annotated[
        Address,
        Option(
            "Where to: a new folder, or one that was pulled from {address} before.",
            flags="-o --output",
            metavar="DIR",
            paths="folders",
        ),
    ],
    *,
    allow_older: Annotated[
        bool,
        Option(
            "Take a version that is older than the one here. Unset: an error, since withdrawn "
            "items would come back."
        ),
    ] = False,
    purge: Annotated[
        bool,
        Option("If items were withdrawn, clear the result cache, which may quote them."),
    ] = False,
    trust: TrustFile = None,
    progress: ProgressCallback | None = None,
) -> "Pull":
    """Fetch a registry, or what has changed, as `provenance registry pull` does.

    What was withdrawn there is recorded in the ledger that the policy names, if any.

    Parameters
    ----------
    address : str or path
        Where from.
    progress : callable, optional
        As for `check`.

    Returns
    -------
    Pull
        The `manifest`, the `difference` in items (`added`, `withdrawn`, `dropped`), and how many
        files were `fetched`.

    Raises
    ------
    RegistryNotFound
        If there is no registry at the address.
    RegistryExists
        If the folder has something else, or was changed.
    RegistryError
        If the registry is older than the one here.
    SigningError
        If nobody who is trusted has signed it.
    """
    there, ledger = fspath(address), pipeline.ledger_of_policy()
    trusted = pipeline.trust_of_policy() if trust is None else fspath(trust)
    with pipeline.report_progress_to(progress):
        pulled = pipeline.pull(
            there,
            pipeline.local_registry(output),
            check=None if trusted is None else pipeline.trust_check(there, trusted),
            allow_older=allow_older,
            purge=purge,
        )
    if ledger is not None and len(tombstones := pulled.difference.tombstones):
        digest = pulled.manifest.digest
        pipeline.record_tombstones(ledger, tombstones, digest, f"pulled from {there}")
    return pulled


@public_function
def sign_registry(
    registry: Address,
    key: Annotated[
        Addresses,
        Option(
            "Private key: ed25519 or ECDSA on P-256, PEM or OpenSSH; its passphrase is read from "
            "PROVENANCE_KEY_PASSPHRASE{repeatable}.",
            metavar="FILE",
            paths="files",
        ),
    ],
    *,
    principal: Annotated[
        str | None,
        Option(
            "Sign under this name of the reader's trust file. Unset: under all that the key has "
            "there.",
            flags="--as",
            metavar="NAME",
        ),
    ] = None,
    fresh_days: FreshDays = None,
) -> "Signing":
    """Sign a registry, as `provenance registry sign` does.

    Parameters
    ----------
    registry : str or path
        Its folder.

    Returns
    -------
    Signing
        The `manifest`, the `path` of the file with the signatures, and the public `keys`.

    Raises
    ------
    SigningError
        If a key cannot be used.
    """
    return pipeline.sign(
        pipeline.local_registry(registry),
        [*map(Path, given_paths(key))],
        principal,
        fresh_days=fresh_days,
    )
