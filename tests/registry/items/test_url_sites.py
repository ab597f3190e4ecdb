"""Ids count on one site: what another site calls the same is another item."""

import pyarrow as pa
import pytest

from provenance.registry.items.item_keys import url_sites


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://datascience.meta.stackexchange.com/q/6", "datascience.meta.stackexchange.com"),
        ("https://conlang.meta.stackexchange.com/q/6", "conlang.meta.stackexchange.com"),
        ("http://www.example.org:8080/a", "example.org"),
        ("https://old.reddit.com/r/x/comments/1", "reddit.com"),
        ("https://WWW.Reddit.com/r/x", "reddit.com"),
        ("https://mobile.twitter.com/a/status/1", "x.com"),
        ("https://x.com/a/status/1", "x.com"),
        ("t3_abc", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_site_is_the_host_without_its_dress(url, site):
    assert url_sites(pa.chunked_array([pa.array([url], pa.string())])).to_pylist() == [site]
