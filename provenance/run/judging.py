"""Rulings on what was found: made once for all that are alike."""

from provenance.judge import Judge, Judgement
from provenance.run.items import Item


class ItemJudge:
    """Judges items, once for all that are alike: there may be millions.

    Parameters
    ----------
    judge : Judge
        The law book, held against the circumstances.
    """

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._known: dict[tuple[object, ...], Judgement] = {}

    def of(self, item: Item) -> Judgement:
        """Judge an item of a registry, or a row by what it says of itself."""
        is_row = item.item is None
        key = (item.source, item.day, item.licence, item.signals, is_row)
        judgement = self._known.get(key)
        if judgement is None:
            judgement = self._row(item) if is_row else self._item(item)
            self._known[key] = judgement
        return judgement

    def other(self, source: str) -> Judgement:
        """Judge another source's copy; when it published that is not known here."""
        return self._judge.rule(source)

    def _item(self, item: Item) -> Judgement:
        return self._judge.rule(item.source, item.day, item.licence)

    def _row(self, item: Item) -> Judgement:
        # Neither its licence nor its signals make its source's word laxer.
        alone = self._judge.rule(item.source, signals=item.signals)
        both = self._judge.rule(item.source, None, item.licence, item.signals)
        gain = both.ruling.verdict.strictness - alone.ruling.verdict.strictness
        return both if gain > 0 or (gain == 0 and alone.ruling.terms is None) else alone
