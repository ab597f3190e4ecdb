"""`provenance.fingerprint_dataset` and `compare`: the commands, as functions."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypedDict, Unpack

import pyarrow as pa

from provenance.errors import InputError
from provenance.fingerprint.minhash import signatures, to_datasketch
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from provenance.model.content.fingerprints import Texts
from provenance.model.results.sketches import Comparison
from provenance.pipeline.execution.progress import ProgressCallback, report_progress_to
from provenance.pipeline.python_api.argument_checks import public_function
from provenance.pipeline.python_api.option_types import Address, Names
from provenance.pipeline.python_api.python_inputs import (
    COPY_REMEDY,
    find_addresses,
    local_path,
)
from provenance.pipeline.settings import Settings
from provenance.pipeline.sketching import (
    SHARED_SCALED,
    NamedSketch,
    compare_sketches,
    save_sketch,
    sketch_addresses,
    sketch_corpus,
    sketch_options,
)
from provenance.read.corpus.python_objects import corpus_of_objects


class ReadOptions(TypedDict, total=False):
    """How datasets are read."""

    text_columns: Names
    split: str | None
    max_document: str | int | None
    allow_unread: int
    threads: int | None
    progress: ProgressCallback | None


@public_function
def fingerprint_dataset(
    data: object,
    output: Address | None = None,
    *,
    scaled: int = SHARED_SCALED,
    **options: Unpack[ReadOptions],
) -> NamedSketch:
    """Sketch a dataset or registry, as `provenance fingerprint` does.

    Parameters
    ----------
    data : str, path, or data
        A dataset (anything that `check` takes), a registry, a sketch file, or several of them.
    output : str or path, optional
        The file to write; its name ends in `.sketch`.
    scaled : int, optional
        Keep one in this many runs of words, or fewer if there are more than a million.
    **options
        `text_columns`, `split`, `max_document`, `allow_unread`, `threads`: as the options of the
        command. `progress` as for `check`.

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
    if scaled < 1:
        raise ValueError(f"scaled is at least 1, not {scaled}")
    target = None if output is None else local_path(output, COPY_REMEDY)
    with report_progress_to(options.get("progress")):
        made = _sketch(data, scaled, options)
    if target is not None:
        if len(made.unread) > options.get("allow_unread", 0):
            first = made.unread[0]
            raise InputError(f"{first.file}: {first.reason}", remedy=first.remedy)
        save_sketch(made, target)
    return made


@public_function
def compare(a: object, b: object, *others: object, **options: Unpack[ReadOptions]) -> Comparison:
    """Estimate how much a dataset or registry has in common with others, as `compare` does.

    Parameters
    ----------
    a : str, path, data or sketch
        What is compared: what `fingerprint_dataset` takes or returns.
    b, *others : str, path, data or sketch
        With what.
    **options
        `text_columns`, `split`, `max_document`, `allow_unread`, `threads`: as the options of the
        command. `progress` as for `check`.

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
    with report_progress_to(options.get("progress")):
        sketches = [_sketch(each, 1, options) for each in (a, b, *others)]
    return compare_sketches(sketches[0], sketches[1:], options.get("allow_unread", 0))


def _sketch(data: object, scaled: int, options: ReadOptions) -> NamedSketch:
    if isinstance(data, NamedSketch):
        return data
    columns = options.get("text_columns", ())
    columns = [columns] if isinstance(columns, str) else list(columns)
    reading = sketch_options(scaled, columns, options.get("max_document"))
    settings = _settings(options)
    addresses = find_addresses(data)
    if addresses is not None:
        return sketch_addresses(addresses, settings, reading)
    corpus = corpus_of_objects(
        data,
        text_columns=reading.text_columns,
        split=settings.split,
        max_document=reading.max_document,
    )
    return sketch_corpus(corpus, settings, scaled)


def _settings(options: ReadOptions) -> Settings:
    settings = Settings(split=options.get("split"), allow_unread=options.get("allow_unread", 0))
    threads = options.get("threads")
    return settings if threads is None else replace(settings, threads=threads)


@public_function
def minhashes(texts: Iterable[str]) -> list[Any]:
    """Return the MinHash signatures of texts as objects of datasketch.

    They are those that registries have of their items, of 128 values of the scheme "affine32" with
    the seed 1, over runs of five words as a check reads them. So `datasketch.MinHashLSH` and its
    other indexes hold texts of yours beside what `provenance` compares. Needs datasketch 2.0.

    Parameters
    ----------
    texts : iterable of str
        The texts.

    Returns
    -------
    list of datasketch.LeanMinHash
        One for each text; their `jaccard` estimates how alike two texts are.

    Raises
    ------
    InputError
        If datasketch is older.

    Examples
    --------
    >>> import provenance
    >>> one, other = provenance.minhashes(["the late ferry sank", "The late ferry, sank"])
    ... # doctest: +SKIP
    >>> one.jaccard(other)  # doctest: +SKIP
    1.0
    """
    column = Texts.of(pa.array(list(texts), pa.large_string()))
    parameters = current_parameters()
    shingles = shingle(tokenise(column), parameters.signature_width, include_short=True)
    return to_datasketch(signatures(shingles, parameters), parameters)
