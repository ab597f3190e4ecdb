"""What a check begins while the rest of it is loaded: compilers take a while, and leave a core."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from provenance.model import Policy
from provenance.read import Corpus, open_corpus
from provenance.registry import HashedAhead
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
    digest: Callable[[Path], str]


def begun(addresses: Sequence[str], policy: Policy, split: str | None, ahead: HashedAhead) -> Begun:
    """Open a corpus, and let its files be hashed behind those of the policy's registries."""
    ahead.begin(map(Path, policy.registries))
    corpus = dataset_of(addresses, policy, split)
    for hashing in corpus.hashings():
        ahead.follow(hashing)
    return Begun(corpus, ahead)


@stage("opening the dataset")
def dataset_of(addresses: Sequence[str], policy: Policy, split: str | None) -> Corpus:
    """Open a corpus; as `open_corpus`."""
    corpus = open_corpus(
        addresses,
        text_columns=policy.text_columns,
        split=split,
        max_document=policy.max_document,
    )
    files = {name for part in corpus.parts for name in part.files}
    note(f"dataset: {', '.join(addresses)}; files: {len(files)}, parts: {len(corpus.parts)}")
    note(f"text in: {', '.join(corpus.text_columns) or 'no column'}")
    return corpus
