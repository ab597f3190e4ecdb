"""datatrove: steps that add matches to the metadata of documents, and drop documents by verdict."""

from collections.abc import Iterable, Sequence
from typing import Any

from provenance.pipeline.matching.annotations import count_matches, match_records
from provenance.pipeline.matching.text_column import text_batch
from provenance.pipeline.python_api.matcher import Matcher

KEY = "provenance_matches"
"""Key of the metadata: a list of matches, each a dictionary with the fields of `Match`."""


WORDLESS_KEY = "provenance_wordless"
"""Key of the metadata of texts that are not words, so that nothing can match: their kind."""


def _add_matches(matcher: Matcher, documents: Sequence[Any]) -> None:
    texts = text_batch([document.text for document in documents])
    records = match_records(matcher.match(texts), len(documents))
    kinds = matcher.wordless(texts).to_pylist()
    for document, matches, kind in zip(documents, records, kinds, strict=True):
        document.metadata[KEY] = matches
        if kind is not None:
            document.metadata[WORDLESS_KEY] = kind


def _define_classes() -> dict[str, Any]:
    """Define the steps, on first use, because their base class is datatrove's."""
    from datatrove.pipeline.filters.base_filter import BaseFilter  # noqa: PLC0415 (optional)

    class MatchAnnotator(BaseFilter):  # type: ignore[misc]
        """Adds the matches of each document to its metadata, under `KEY`, and keeps it.

        What a text consists of that is not words is under `WORDLESS_KEY`.
        """

        __qualname__ = "MatchAnnotator"  # by which workers unpickle it
        name, type = "provenance matches", "🔎 - ANNOTATION"

        def __init__(self, matcher: Matcher, batch_size: int = 5000, **options: Any) -> None:
            super().__init__(batch_size=batch_size, **options)
            self.matcher = matcher

        def filter(self, doc: Any) -> Any:
            return self.filter_batch([doc])[0]

        def filter_batch(self, batch: list[Any]) -> list[Any]:
            _add_matches(self.matcher, batch)
            return [True] * len(batch)

    class MatchFilter(MatchAnnotator):
        """Adds matches too, and drops documents by the verdicts on them.

        It drops those whose uncontested matches of `verdicts` have at least `min_tokens` words and
        `min_share` of the characters.
        """

        __qualname__ = "MatchFilter"
        name, type = "provenance", BaseFilter.type

        def __init__(
            self,
            matcher: Matcher,
            verdicts: Iterable[str] = ("forbidden",),
            min_tokens: int = 1,
            min_share: float = 0.0,
            **options: Any,  # exclusion_writer, batch_size
        ) -> None:
            super().__init__(matcher, **options)
            self.verdicts = frozenset(verdicts)
            self.min_tokens, self.min_share = max(min_tokens, 1), min_share

        def filter_batch(self, batch: list[Any]) -> list[Any]:
            super().filter_batch(batch)
            return [self._is_kept(document) or (False, "provenance") for document in batch]

        def _is_kept(self, document: Any) -> bool:
            tokens, size = count_matches(document.metadata[KEY], self.verdicts)
            return tokens < self.min_tokens or size < self.min_share * len(document.text)

    return {each.__name__: each for each in (MatchAnnotator, MatchFilter)}


def __getattr__(name: str) -> Any:
    if name not in {"MatchAnnotator", "MatchFilter"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals().update(_define_classes())
    return globals()[name]
