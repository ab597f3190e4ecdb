"""Which source an address belongs to, however it is written."""

import tracemalloc
from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.judge.identifiers import SourceHosts, host_of
from provenance.model.rules.rule_library import Library, Source
from provenance.read.rules.rule_files import load_rules

HOSTS = SourceHosts(load_rules())


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("https://x.com/user/status/1", "x"),
        ("https://mobile.twitter.com/user", "x"),
        ("HTTP://WWW.Reddit.COM/r/all", "reddit"),
        ("reddit.com", "reddit"),
        ("old.reddit.com/r/all?x=1#y", "reddit"),
        ("//x.com/a", "x"),
        ("https://user:secret@x.com:8443/a", "x"),
        ("x.com:443/a", "x"),
        ("https://x.com./a", "x"),
        (" https://x.com\n", "x"),
        ("https:\\\\x.com\\a", "x"),
        ("https:/x.com/a", "x"),
        ("https://x.com?redirect=https://reddit.com", "x"),
        ("https://reddit.com@example.org/", None),
        ("https://de.wikipedia.org/wiki/X", "wikipedia"),
        ("https://news.ycombinator.com/item?id=1", "hackernews"),
        ("https://notx.com/", None),
        ("https://x.com.example.org/", None),
        ("https://example.org/x.com", None),
        ("mailto:somebody@x.com", None),
        ("javascript:alert('x.com')", None),
        ("urn:x.com:1", None),
        ("https://[::1]/", None),
        ("https://", None),
        ("x", None),
        ("not an address. x.com", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_belongs_to_the_source_of_its_host(address, source):
    assert HOSTS.source_of(address) == source


def test_the_longest_name_wins():
    library = load_rules()
    outer = Source("outer", "Outer", ("example.org",), ())
    inner = Source("inner", "Inner", ("forum.example.org",), ())
    hosts = SourceHosts(replace(library, sources=(outer, inner)))
    assert hosts.source_of("https://a.forum.example.org") == "inner"
    assert hosts.source_of("https://b.example.org") == "outer"


def test_a_host_may_be_written_in_any_script(shipped: Library):
    hosts = SourceHosts(
        replace(shipped, sources=(Source("umlaut", "Umlaut", ("bücher.example",), ()),))
    )
    for address in (
        "https://www.bücher.example/",
        "https://xn--bcher-kva.example/",
        "https://BÜCHER.example",
        "https://b%C3%BCcher.example/",
        "https://bücher\N{IDEOGRAPHIC FULL STOP}example",
    ):
        assert hosts.source_of(address) == "umlaut", address


def test_a_column_of_addresses_gets_a_column_of_sources():
    column = pa.chunked_array([["x.com", None], ["nobody.org", "x.com"]], pa.string())
    assert HOSTS.sources_of(column).to_pylist() == ["x", None, None, "x"]


HOST_NAMES = (
    *("x.com", "www.X.com", "x.com.", "a@x.com", "x.com:443", "x..com", "-x.com", "x%2ecom"),
    *("sub.reddit.com", "forum.org", "www.forum.org", "lent.org", "nobody.org", "localhost", ""),
)
ADDRESS = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["https://", "http://", "HTTPS://", "//", "", " https://", "ftp://", "http:/"]),
    st.sampled_from(HOST_NAMES),
    st.sampled_from(["", "/", "/data", "/data/20", "/database", "/only/a", "?q=/data", "#", "\\"]),
    st.sampled_from(["", "/x", " ", "\n", "?a=b", "é"]),
)


@given(st.lists(st.one_of(st.none(), ADDRESS, st.text(st.characters(codec="utf-8")))))
def test_a_column_gives_the_sources_of_its_addresses(shipped, addresses):
    made = {"forum": ("forum.org",), "data": ("forum.org/data/*",), "lent": ("lent.org/only/*",)}
    sources = tuple(Source(name, name, hosts, ()) for name, hosts in made.items())
    hosts = SourceHosts(replace(shipped, sources=(*shipped.sources, *sources)))
    column = pa.array(addresses, pa.string())
    expected = [hosts.source_of(address) for address in column.to_pylist()]
    assert hosts.sources_of(column).to_pylist() == expected


@given(st.text())
def test_no_address_is_too_odd(address):
    host = host_of(address)
    assert host is None or ("." in host and host == host.lower())


@pytest.mark.parametrize(
    ("address", "owner"),
    [
        ("https://forum.org/", "forum"),
        ("https://forum.org/data", "data"),
        ("https://www.forum.org/data/2020?page=1", "data"),
        ("https://forum.org/database", "forum"),
        ("https://forum.org/data/raw/posts", "raw"),
        ("https://forum.org/u/ann/data", "users"),
        ("https://forum.org/u/ann/bob/data", "forum"),
        ("https://forum.org/sets/big-2/file", "sets"),
        ("https://forum.org/sets/small", "forum"),
        ("https://lent.org/else", None),
    ],
)
def test_a_path_narrows_a_host_down(shipped, address, owner):
    made = {
        "forum": ("forum.org",),
        "data": ("forum.org/data/*",),
        "raw": ("forum.org/data/raw",),
        "users": ("forum.org/u/*/data",),
        "sets": ("forum.org/sets/big*",),
        "lent": ("lent.org/only/*",),
    }
    sources = tuple(Source(name, name, hosts, ()) for name, hosts in made.items())
    assert SourceHosts(replace(shipped, sources=sources)).source_of(address) == owner


def test_an_address_of_very_many_labels_takes_no_more_memory_than_it_has_letters():
    tracemalloc.start()
    long = f"https://{'a.' * 100_000}x.com/status/1"
    assert SourceHosts(load_rules()).source_of(long) is None, "names of hosts have 253 letters"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * len(long) + 20_000_000
    assert HOSTS.source_of(f"https://{'a.' * 100}x.com/status/1") == "x"


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("bigcode/the-stack-v2-dedup", "the-stack"),
        ("nvidia/Nemotron-CC-v2", "nemotron-pretraining"),
        ("nvidia/Nemotron-Post-Training-Dataset-v1", "nemotron"),
        ("nvidia/other", None),
    ],
)
def test_sets_on_a_hub_are_told_by_the_beginning_of_their_names(shipped, name, owner):
    address = f"https://huggingface.co/datasets/{name}/resolve/main/a.parquet"
    assert SourceHosts(shipped).source_of(address) == owner
