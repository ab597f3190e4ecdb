"""`provenance.push_registry`, `pull_registry` and others: exchange of registries as functions."""

from os import PathLike, fspath
from pathlib import Path

from provenance.pipeline.exchange.pulling import Pull, pull
from provenance.pipeline.exchange.pushing import Push, push
from provenance.pipeline.exchange.registry_signatures import Signing, sign, trust_check
from provenance.pipeline.execution.progress import ProgressCallback, report_progress_to
from provenance.pipeline.python_api.argument_checks import public_function
from provenance.pipeline.python_api.option_types import Address, Addresses


@public_function
def push_registry(
    registry: Address,
    address: Address,
    *,
    fresh_days: int | None = None,
    verify: bool = False,
    progress: ProgressCallback | None = None,
) -> Push:
    """Publish a registry, or what has changed, as `provenance registry push` does.

    Parameters
    ----------
    registry : str or path
        Its folder.
    address : str or path
        Where to.
    fresh_days : int, optional
        For how many days from now copies count as fresh; else as stated before.
    verify : bool, optional
        Read the files that are there, and send damaged ones again.
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
    with report_progress_to(progress):
        return push(Path(registry), fspath(address), fresh_days=fresh_days, verify=verify)


@public_function
def pull_registry(
    address: Address,
    folder: Address,
    *,
    trust: Address | None = None,
    allow_older: bool = False,
    purge: bool = False,
    progress: ProgressCallback | None = None,
) -> Pull:
    """Fetch a registry, or what has changed, as `provenance registry pull` does.

    Parameters
    ----------
    address : str or path
        Where from.
    folder : str or path
        Where to: a new folder, or one that was pulled from there before.
    trust : str or path, optional
        File with the keys that must have signed it; else it need not be signed.
    allow_older : bool, optional
        Take a version that is older than the one here.
    purge : bool, optional
        If items were withdrawn, clear the result cache, which may quote them.
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
    check = None if trust is None else trust_check(fspath(address), fspath(trust))
    with report_progress_to(progress):
        return pull(
            fspath(address), Path(folder), check=check, allow_older=allow_older, purge=purge
        )


@public_function
def sign_registry(
    registry: Address,
    key: Addresses,
    *,
    principal: str | None = None,
    fresh_days: int | None = None,
) -> Signing:
    """Sign a registry, as `provenance registry sign` does.

    Parameters
    ----------
    registry : str or path
        Its folder.
    key : str, path, or iterable of them
        Files of private keys. Their passphrase is read from `PROVENANCE_KEY_PASSPHRASE`.
    principal : str, optional
        Sign under this name of the reader's trust file; else under all that the key has there.
    fresh_days : int, optional
        As for `push_registry`.

    Returns
    -------
    Signing
        The `manifest`, the `path` of the file with the signatures, and the public `keys`.

    Raises
    ------
    SigningError
        If a key cannot be used.
    """
    keys = [key] if isinstance(key, str | PathLike) else list(key)
    return sign(Path(registry), list(map(Path, keys)), principal, fresh_days=fresh_days)
