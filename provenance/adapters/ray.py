"""Ray Data: a class for `Dataset.map_batches` that annotates batches."""

import pyarrow as pa

from provenance.pipeline.python_api.matcher import Matcher


class AnnotateBatches:
    """Adds the columns of `Matcher.annotate` to batches in Arrow format.

    ``ds.map_batches(AnnotateBatches, fn_constructor_args=[matcher], batch_format="pyarrow")``

    Parameters
    ----------
    matcher : Matcher
        The matcher; every worker opens its registries once.
    column : str
        Name of the column with the text.
    """

    def __init__(self, matcher: Matcher, column: str = "text") -> None:
        self._matcher, self._column = matcher, column

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Return the batch with its annotations."""
        return self._matcher.annotate(batch, self._column)
