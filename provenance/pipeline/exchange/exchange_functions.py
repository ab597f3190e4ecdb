"""`provenance.push_registry`, `pull_registry` and others: exchange of registries as functions."""

from os import fspath
from pathlib import Path

from provenance.pipeline.exchange.pulling import Pull, pull
from provenance.pipeline.exchange.pushing import Push, push
from provenance.pipeline.progress import ProgressCallback, report_progress_to
from provenance.pipeline.python_inputs import Address


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


def pull_registry(
    address: Address,
    folder: Address,
    *,
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
    """
    with report_progress_to(progress):
        return pull(fspath(address), Path(folder), allow_older=allow_older, purge=purge)
