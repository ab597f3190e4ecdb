"""Rows of few words, ids and authors, so that many agree in something."""

from hypothesis import strategies as st

from provenance.registry.schema import EARLIEST, LATEST

WORDS = ["the", "cat", "sat", "on", "my", "mat", "東", "rt"]
TEXTS = [
    "",
    "!",
    "the cat sat",
    "the cat sat on my mat",
    "on my mat the cat sat on my mat",
    " ".join(WORDS * 20),
]
ROW = st.fixed_dictionaries(
    {
        "source": st.sampled_from(["x", "reddit", "Ünï"]),
        "item": st.sampled_from("abcdef"),
        "text": st.one_of(
            st.sampled_from(TEXTS), st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
        ),
        "url": st.sampled_from([None, None, "https://one.example/1", "https://two.example/1"]),
        "created_at": st.one_of(
            st.none(), st.integers(0, 3), st.integers(EARLIEST, LATEST), st.just(-(2**62))
        ),
        "author": st.sampled_from([None, "one", "two"]),
    }
)
WRITES = st.lists(st.lists(ROW, min_size=1, max_size=9), min_size=1, max_size=6)
"""Rows that are added at a time; of rows with the same identity the last counts."""


def identity(row):
    return row["source"], (row["url"] or "")[8:].partition("/")[0], row["item"]


def latest(writes):
    """Give the rows that count."""
    rows = {identity(row): row for rows_at_a_time in writes for row in rows_at_a_time}
    return list(rows.values())
