"""Hugging Face datasets: a function for `Dataset.map` that annotates batches."""

from typing import Any

import pyarrow as pa

from provenance.pipeline.python_api.matcher import Matcher


class AnnotateRows:
    """Adds the columns of `Matcher.annotate` to batches in Arrow format.

    ``dataset.with_format("arrow").map(AnnotateRows(matcher), batched=True)``

    Parameters
    ----------
    matcher : Matcher
        The matcher; every process opens its registries once.
    column : str
        Name of the column with the text.
    """

    def __init__(self, matcher: Matcher, column: str = "text") -> None:
        self._matcher, self._column = matcher, column

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Return the batch with its annotations."""
        return self._matcher.annotate(batch, self._column)

    def __getstate__(self) -> dict[str, Any]:
        # The library caches what functions of equal state returned: registries are part of it.
        return {**self.__dict__, "_digests": self._matcher.digests}
