"""`provenance.publish_registry` and `screen_dataset`: the commands, as functions."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Literal, TypedDict, Unpack

from provenance.pipeline.execution.progress import ProgressCallback, report_progress_to
from provenance.pipeline.publishing.public_screening import Screening, screen, screen_addresses
from provenance.pipeline.publishing.registry_publishing import (
    publish_keyed_copy,
    publish_public_copy,
)
from provenance.pipeline.python_api.argument_checks import public_function
from provenance.pipeline.python_api.option_types import Address, Names
from provenance.pipeline.python_api.python_inputs import (
    COPY_REMEDY,
    find_addresses,
    local_path,
)
from provenance.pipeline.settings import Settings
from provenance.read.corpus.python_objects import corpus_of_objects
from provenance.read.policy.policy_file import parse_size_option
from provenance.registry.manifest import Manifest
from provenance.registry.public_copy import PublicManifest


@public_function
def publish_registry(  # noqa: PLR0913 (the options of the command)
    registry: Address,
    output: Address,
    *,
    tier: Literal["public", "keyed"],
    key_file: Address | None = None,
    new_key: bool = False,
    drop: Iterable[str] = (),
    false_positive_rate: float = 0.01,
    progress: ProgressCallback | None = None,
) -> Manifest | PublicManifest:
    """Make a copy of a registry to be given away, as `provenance registry publish` does.

    Parameters
    ----------
    registry, output : str or path
        The registry, and the folder to make.
    tier : "public" or "keyed"
        A filter and a sketch for everybody, or an encrypted registry for one licensee.
    key_file : str or path, optional
        Keyed: the file with the key. Unset: the key in `PROVENANCE_REGISTRY_KEY`.
    new_key : bool, optional
        Keyed: make the key, and the file.
    drop : iterable of str, optional
        Keyed: what to leave out, of "ids", "authors" and "marks".
    false_positive_rate : float, optional
        Public: expected share of other texts that the filter accepts.
    progress : callable, optional
        As for `check`.

    Returns
    -------
    Manifest or PublicManifest
        Of the copy.

    Raises
    ------
    RegistryError
        If the registry cannot be read, or is such a copy itself.
    """
    source, target = local_path(registry, COPY_REMEDY), local_path(output, COPY_REMEDY)
    with report_progress_to(progress):
        if tier == "public":
            return publish_public_copy(source, target, false_positive_rate, Settings(quiet=True))
        return publish_keyed_copy(
            source,
            target,
            key_file=None if key_file is None else Path(key_file),
            new_key=new_key,
            drop=tuple(drop),
        )


class ScreenOptions(TypedDict, total=False):
    """How a dataset is read."""

    text_columns: Names
    split: str | None
    max_document: str | int | None
    threads: int | None
    progress: ProgressCallback | None


@public_function
def screen_dataset(public: Address, data: object, **options: Unpack[ScreenOptions]) -> Screening:
    """Count the texts of a dataset that may be items, as `provenance registry screen` does.

    Parameters
    ----------
    public : str or path
        The public copy of a registry.
    data : str, path, or data
        The dataset: anything that `check` takes.
    **options
        `text_columns`, `split`, `max_document`, `threads`: as the options of the command.
        `progress` as for `check`.

    Returns
    -------
    Screening
        `hits`, and how many of them are `expected` by chance; `rows` lists them. No verdict follows
        from a hit: ask the owner.

    Raises
    ------
    ProvenanceError
        If the copy or the dataset cannot be read.
    """
    columns = options.get("text_columns", ())
    columns = (columns,) if isinstance(columns, str) else tuple(columns)
    folder, max_document = local_path(public, COPY_REMEDY), options.get("max_document")
    settings, threads = Settings(split=options.get("split"), quiet=True), options.get("threads")
    settings = settings if threads is None else replace(settings, threads=threads)
    with report_progress_to(options.get("progress")):
        if (addresses := find_addresses(data)) is not None:
            return screen_addresses(
                folder, addresses, settings, text_columns=columns, max_document=max_document
            )
        corpus = corpus_of_objects(
            data,
            text_columns=columns,
            split=settings.split,
            max_document=parse_size_option(max_document),
        )
        return screen(folder, corpus, settings)
