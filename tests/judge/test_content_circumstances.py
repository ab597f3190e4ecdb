"""Every text is judged under the first collection that it is in."""

from datetime import date
from fnmatch import fnmatchcase

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from provenance.judge.content_circumstances import CircumstanceJudges
from provenance.model.content.tables import LABELS
from provenance.model.rules.policy import Collection, Policy

TODAY = date(2026, 1, 1)
COLLECTIONS = st.builds(
    dict,
    files=st.sampled_from([None, "*", "a*", "*b"]),
    source=st.sampled_from([None, "x", "reddit"]),
    host=st.sampled_from([None, "example.org", "www.example.org"]),
    value=st.sampled_from([None, "*", "2022-*"]),
)
TEXTS = st.fixed_dictionaries(
    {
        "file": st.sampled_from(["a", "b", "ab"]),
        "source": st.sampled_from(["x", "reddit", "y"]),
        "address": st.sampled_from(
            [None, "https://example.org/1", "https://www.example.org/1", "https://example.com"]
        ),
        "snapshot": st.sampled_from([None, "2022-06", "2026-06"]),
    }
)


def is_member(text, files, source, host, value):
    address, snapshot = text["address"] or "", text["snapshot"]
    return (
        (files is None or fnmatchcase(text["file"], files))
        and (source is None or text["source"] == source)
        and (host is None or address.partition("//")[2].partition("/")[0].endswith(host))
        and (value is None or (snapshot is not None and fnmatchcase(snapshot, value)))
    )


@given(st.lists(COLLECTIONS, max_size=4), st.lists(TEXTS, min_size=1, max_size=6))
def test_the_first_collection_that_fits_counts(shipped, collections, texts):
    named = [
        Collection(str(number), **stated, column=stated["value"] and "snapshot")
        for number, stated in enumerate(collections)
    ]
    judges = CircumstanceJudges(shipped, Policy(collections=tuple(named)), TODAY)
    files, sources, addresses = (
        pa.array([text[name] for text in texts], pa.string())
        for name in ("file", "source", "address")
    )
    stated = [text["snapshot"] for text in texts]
    labels = [day and [{"column": "snapshot", "value": day}] for day in stated]
    codes, made = judges.assign(files, sources, addresses, pa.array(labels, LABELS))
    for code, text in zip(codes.tolist(), texts, strict=True):
        fits = (n for n, stated in enumerate(collections) if is_member(text, **stated))
        first = next(fits, None)
        assert made[code] is judges.named(None if first is None else str(first))
