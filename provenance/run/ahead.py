"""What a check begins while the rest of it is loaded: compilers take a second, and leave a core."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provenance.model import Policy
from provenance.read import Corpus, open_corpus
from provenance.registry import Digest, hashed_ahead
from provenance.run.stages import note, stage


@dataclass(frozen=True, slots=True)
class Begun:
    """A check that was begun.

    Parameters
    ----------
    corpus : Corpus
        What is checked. The digests of its files are made meanwhile.
    digest : callable
        Gives the digests of registries' files, which are made before those.
    """

    corpus: Corpus
    digest: Digest


@contextmanager
def begun(addresses: Sequence[str], policy: Policy, split: str | None) -> Iterator[Begun]:
    """Open a corpus, and hash what is hashed anyway in a thread, until the check has ended.

    Parameters
    ----------
    addresses : sequence of str
        Of the corpus.
    policy : Policy
        Its registries are hashed first.
    split : str or None
        As of `open_corpus`.
    """
    aside = ThreadPoolExecutor(1)
    try:
        digest = hashed_ahead(map(Path, policy.registries), aside)
        corpus = dataset_of(addresses, policy.text_columns, split)
        for hashing in corpus.hashings():
            aside.submit(hashing)
        yield Begun(corpus, digest)
    finally:
        aside.shutdown(wait=False, cancel_futures=True)


@stage("opening the dataset")
def dataset_of(addresses: Sequence[str], text_columns: Sequence[str], split: str | None) -> Corpus:
    """Open a corpus; as `open_corpus`."""
    corpus = open_corpus(addresses, text_columns=text_columns, split=split)
    files = {part.file for part in corpus.parts}
    note(f"dataset: {', '.join(addresses)}; files: {len(files)}, parts: {len(corpus.parts)}")
    note(f"text in: {', '.join(corpus.text_columns) or 'no column'}")
    return corpus
