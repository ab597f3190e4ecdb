"""`provenance.minhashes`: signatures of texts as objects of datasketch."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from provenance.fingerprint.minhash import signatures, to_datasketch
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from provenance.model.content.fingerprints import Texts
from provenance.pipeline.python_api.argument_checks import public_function


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
