"""`provenance.publish_registry` and `screen_dataset`: the commands, as functions."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypedDict, Unpack

from provenance import pipeline
from provenance.pipeline.python_api.argument_checks import public_function
from provenance.pipeline.python_api.option_types import (
    Address,
    MaxDocument,
    Names,
    ProgressCallback,
    ShareText,
    Split,
    TextColumns,
    Threads,
    given_paths,
)
from provenance.pipeline.python_api.options import Option, OptionError

if TYPE_CHECKING:
    from provenance.pipeline.publishing.public_screening import Screening
    from provenance.registry.manifest import Manifest
    from provenance.registry.public_copy import PublicManifest

_DEFAULT_RATE = "1%"


@public_function
def publish_registry(  # noqa: PLR0913 (the options of the command)
    registry: Address,
    output: Annotated[
        Address,
        Option("The folder to make.", flags="-o --output", metavar="DIR", paths="folders"),
    ],
    *,
    tier: Annotated[
        Literal["public", "keyed"],
        Option(
            "public: counts, a filter of whole items of 20 words or more, and a sketch. keyed: a "
            "registry without texts whose files are encrypted, for one licensee."
        ),
    ],
    false_positives: Annotated[
        ShareText | None,
        Option(
            "public: expected share of other texts that the filter accepts, so that a single hit "
            f"proves nothing.  [default: {_DEFAULT_RATE}]",
            metavar="N%",
        ),
    ] = None,
    key_file: Annotated[
        Address | None,
        Option(
            "keyed: the licensee's key. Unset: PROVENANCE_REGISTRY_KEY.",
            metavar="FILE",
            paths="files",
        ),
    ] = None,
    new_key: Annotated[bool, Option("keyed: make the key, and write it to {key_file}.")] = False,
    drop: Annotated[
        Names,
        Option(
            "keyed: leave this out{repeatable}. ids: pseudonyms instead of ids, no addresses, "
            "tombstones and marks. authors: the digests of their names. marks: which items are "
            "planted.",
            choices=("ids", "authors", "marks"),
        ),
    ] = (),
    progress: ProgressCallback | None = None,
) -> "Manifest | PublicManifest":
    """Make a copy of a registry to be given away, as `provenance registry publish` does.

    Parameters
    ----------
    registry : str or path
        The registry.
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
    source, target = pipeline.local_registry(registry), pipeline.local_registry(output)
    if tier == "keyed" and false_positives is not None:
        raise OptionError("{false_positives} is for {tier} public")
    if tier == "public" and (key_file is not None or new_key or drop):
        raise OptionError("{key_file}, {new_key} and {drop} are for {tier} keyed")
    with pipeline.report_progress_to(progress):
        if tier == "public":
            rate = pipeline.parse_rate(false_positives or _DEFAULT_RATE)
            return pipeline.publish_public_copy(source, target, rate, pipeline.Settings())
        return pipeline.publish_keyed_copy(
            source,
            target,
            key_file=None if key_file is None else Path(key_file),
            new_key=new_key,
            drop=tuple(given_paths(drop)),
        )


class ScreenOptions(TypedDict, total=False):
    """How a dataset is read."""

    text_columns: TextColumns
    max_document: MaxDocument
    split: Split
    threads: Threads
    progress: ProgressCallback | None


@public_function
def screen_dataset(
    public: Address,
    data: object,
    *,
    output: Annotated[
        Address | None,
        Option(
            "Write the texts that may be items to this CSV file.",
            flags="-o --output",
            metavar="FILE",
            paths="files",
        ),
    ] = None,
    **options: Unpack[ScreenOptions],
) -> "Screening":
    """Count the texts of a dataset that may be items, as `provenance registry screen` does.

    Parameters
    ----------
    public : str or path
        The public copy of a registry.
    data : str, path, or data
        The dataset: anything that `check` takes.
    progress : callable, optional
        As for `check`.

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
    folder, columns = pipeline.local_registry(public), given_paths(options["text_columns"])
    target = None if output is None else pipeline.local_path(output, pipeline.COPY_REMEDY)
    settings, max_document = pipeline.Settings(split=options["split"]), options["max_document"]
    if (threads := options["threads"]) is not None:
        settings = replace(settings, threads=threads)
    with pipeline.report_progress_to(options["progress"]):
        found = pipeline.addresses_or_corpus(
            data,
            text_columns=columns,
            split=settings.split,
            max_document=max_document,
        )
        screening = (
            pipeline.screen_addresses(
                folder, found, settings, text_columns=columns, max_document=max_document
            )
            if isinstance(found, list)
            else pipeline.screen(folder, found, settings)
        )
    if target is not None:
        pipeline.save_hits(screening, target)
    return screening
