"""`provenance.fingerprint_dataset` and `compare`: the commands, as functions."""

from dataclasses import replace
from os import PathLike, fspath
from typing import TYPE_CHECKING, Annotated, TypedDict, Unpack

from provenance import pipeline
from provenance.errors import NotRead
from provenance.pipeline.python_api.argument_checks import public_function
from provenance.pipeline.python_api.option_types import (
    Address,
    AddressList,
    AllowUnread,
    MaxDocument,
    ProgressCallback,
    Split,
    TextColumns,
    Threads,
)
from provenance.pipeline.python_api.options import Option

if TYPE_CHECKING:
    from provenance.model.results.sketches import Comparison
    from provenance.pipeline.sketching import NamedSketch


class ReadOptions(TypedDict, total=False):
    """How datasets are read."""

    text_columns: TextColumns
    split: Split
    max_document: MaxDocument
    allow_unread: AllowUnread
    threads: Threads
    progress: ProgressCallback | None


@public_function
def fingerprint_dataset(
    data: object,
    output: Annotated[
        Address | None,
        Option(
            "The sketch file to write; its name ends in .sketch.",
            flags="-o --output",
            metavar="FILE",
            paths="files",
            needed=True,
        ),
    ] = None,
    *,
    scaled: Annotated[
        int,
        Option(
            "Keep one in N runs of words, or fewer if there are more than a million. Smaller "
            "numbers make comparisons of small datasets more precise, and reveal more of them.",
            metavar="N",
            low=1,
        ),
    ] = 1000,
    **options: Unpack[ReadOptions],
) -> "NamedSketch":
    """Sketch a dataset or registry, as `provenance fingerprint` does.

    Parameters
    ----------
    data : str, path, or data
        A dataset (anything that `check` takes), a registry, a sketch file, or several of them.
    progress : callable, optional
        As for `check`.

    Returns
    -------
    NamedSketch
        Its `sketch` has `documents`, `tokens`, `hashes`, `scaled` and `digest`; `unread` lists what
        could not be read. `compare` takes it.

    Raises
    ------
    ProvenanceError
        If something cannot be read, or more files than accepted: then nothing is written.
    """
    target = None if output is None else pipeline.local_path(output, pipeline.COPY_REMEDY)
    with pipeline.report_progress_to(options["progress"]):
        made = _sketch(data, scaled, options)
    if target is not None:
        if len(made.unread) > options["allow_unread"]:
            raise NotRead(made.unread)
        pipeline.save_sketch(made, target)
    return made


@public_function
def compare(a: object, b: object, *others: object, **options: Unpack[ReadOptions]) -> "Comparison":
    """Estimate how much a dataset or registry has in common with others, as `compare` does.

    Parameters
    ----------
    a : str, path, data or sketch
        What is compared: what `fingerprint_dataset` takes or returns.
    b, *others : str, path, data or sketch
        With what.
    progress : callable, optional
        As for `check`.

    Returns
    -------
    Comparison
        `overlaps`, the one first that contains most of `a`; each has `contained`, `contains` and
        `resemblance`, with `value`, `low` and `high`, or None if nothing is known.

    Raises
    ------
    ProvenanceError
        If something cannot be read.
    """
    with pipeline.report_progress_to(options["progress"]):
        stored = [_stored_sketch(each) for each in (b, *others)]
        # Nothing is sketched finer than all that it is compared with.
        finest = min(1 if each is None else each.sketch.scaled for each in stored)
        query = _stored_sketch(a) or _sketch(a, finest, options)
        sketches = [
            kept or _sketch(each, query.sketch.scaled, options)
            for kept, each in zip(stored, (b, *others), strict=True)
        ]
    return pipeline.compare_sketches(query, sketches, options["allow_unread"])


def _stored_sketch(data: object) -> "NamedSketch | None":
    """Return a sketch that was made before, as an object or in a file; None of anything else."""
    if isinstance(data, pipeline.NamedSketch):
        return data
    given = data if isinstance(data, AddressList) else [data]
    names = [fspath(each) for each in given if isinstance(each, str | PathLike)]
    return pipeline.stored_sketch(names[0]) if len(names) == 1 else None


def _sketch(data: object, scaled: int, options: ReadOptions) -> "NamedSketch":
    if isinstance(data, pipeline.NamedSketch):
        return data
    columns = pipeline.given_paths(options["text_columns"])
    reading = pipeline.sketch_options(scaled, columns, options["max_document"])
    settings = pipeline.Settings(split=options["split"], allow_unread=options["allow_unread"])
    if (threads := options["threads"]) is not None:
        settings = replace(settings, threads=threads)
    found = pipeline.addresses_or_corpus(
        data,
        text_columns=reading.text_columns,
        split=settings.split,
        max_document=reading.max_document,
    )
    if isinstance(found, list):
        return pipeline.sketch_addresses(found, settings, reading)
    return pipeline.sketch_corpus(found, settings, scaled)
