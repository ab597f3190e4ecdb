"""Counts of what was read from dumps: items, their fields, and records that were skipped."""

from collections import Counter
from collections.abc import Iterator

import pyarrow.compute as pc

from provenance.model.content.tables import Items
from provenance.read.dumps.item_batches import MADE_ID
from provenance.read.dumps.parsers.date_order import UNREADABLE_DATE

FIELDS = {
    "id": "item",
    "date": "created_at",
    "url": "url",
    "author": "author",
    "language": "language",
    "licence": "licence",
}
"""Columns of `ITEMS` by the names under which they are reported."""


PLANTED_SOURCE = "stackexchange"
_PLANTED_IDS = "(^|/)(1000000001|1000000010)$"
"""A question and an answer that Stack Exchange invented, to see who takes its dumps; each of its
sites has them in every dump since 2025 (meta.stackexchange.com/questions/412018)."""


class ReadingCounts:
    """Counts the items that pass, and their fields.

    Attributes
    ----------
    items : int
        Number of items.
    fields : Counter of str
        Number of items that have each of `FIELDS`; an id is one of the source's own.
    skipped : Counter of str
        Number of records that were skipped, by reason.
    unread_columns : Counter of str
        Number of files by what is said of a column with texts that is not read.
    licence_origins : Counter of str
        Number of items by where their licence is stated, of files of repositories; "" where none
        is known.
    dated_by_id : int
        Number of items whose date is that of their id.
    planted : set of str
        Ids of items of `PLANTED_SOURCE` that it invented, as it says itself.
    """

    def __init__(self) -> None:
        self.items = 0
        self.fields: Counter[str] = Counter(dict.fromkeys(FIELDS, 0))
        self.skipped: Counter[str] = Counter()
        self.unread_columns: Counter[str] = Counter()
        self.licence_origins: Counter[str] = Counter()
        self.dated_by_id = 0
        self.planted: set[str] = set()

    def watch(self, batches: Iterator[Items]) -> Iterator[Items]:
        """Yield batches, and count what they hold."""
        for items in batches:
            batch = items.batch
            self.items += batch.num_rows
            self.dated_by_id += items.dated_by_id
            for name, column in FIELDS.items():
                self.fields[name] += batch.num_rows - batch[column].null_count
            made = pc.sum(pc.match_substring_regex(batch["item"], MADE_ID)).as_py()
            self.fields["id"] -= made or 0
            is_planted = pc.and_(
                pc.equal(batch["source"], PLANTED_SOURCE),
                pc.match_substring_regex(batch["item"], _PLANTED_IDS),
            )
            self.planted |= {*batch["item"].filter(is_planted).to_pylist()}
            self.licence_origins.update(dict(items.licence_origins))
            for entry in items.skipped:
                if not entry.count:
                    self.unread_columns[entry.reason] += 1
                elif not entry.reason.startswith(UNREADABLE_DATE):  # the item was kept
                    self.skipped[entry.reason] += entry.count
            yield items
