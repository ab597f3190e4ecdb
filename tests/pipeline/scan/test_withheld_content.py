"""Which documents are withheld, by their addresses, compared with a slow and plain reading."""

from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.judge.identifiers import SourceHosts, host_of
from provenance.model.content.fingerprints import Texts
from provenance.pipeline.item_addresses import known_addresses
from provenance.pipeline.scan.withheld_content import WithheldContent
from provenance.read.rules.rule_files import load_rules
from provenance.registry.side_tables.opt_outs import NO_OPT_OUTS, make_opt_outs
from provenance.registry.side_tables.tombstones import NO_TOMBSTONES, TOMBSTONES

DAY = date(2030, 1, 1)
HOSTS = SourceHosts(load_rules())
NO_TOKENS = tokenise(Texts.of(pa.array([], pa.large_string())))
HOST = st.sampled_from(["a.example", "b.a.example", "www.a.example", "xa.example", "example"])
STEPS = st.lists(st.sampled_from(["owner", "Owner", "ownerx", "repo", "1"]), max_size=3)
QUERY = st.sampled_from(["", "?id=1", "?id=12", "?id=1&page=2"])
ADDRESS = st.builds(
    lambda scheme, host, steps, query, end: f"{scheme}{'/'.join([host, *steps])}{query}{end}",
    st.sampled_from(["https://", "http://", "//", "", "HTTPS://user@"]),
    HOST,
    STEPS,
    QUERY,
    st.sampled_from(["", "#top"]),
)


def withheld(opt_outs=NO_OPT_OUTS, tombstones=NO_TOMBSTONES):
    return WithheldContent(opt_outs, tombstones, None, HOSTS)


def reasons(content, *addresses):
    return content.reasons(pa.array(addresses, pa.string()), NO_TOKENS)


def is_below(address, entry):
    """Whether an entry covers an address, as the standard library reads them."""
    own, other = (urlsplit(f"//{each.partition('//')[2] or each}") for each in (address, entry))
    host, wanted = ((each.hostname or "").removeprefix("www.") for each in (own, other))
    steps, wanted_steps = (
        [step.lower() for step in each.path.split("/") if step] for each in (own, other)
    )
    if not wanted_steps and not other.query:
        return f".{host}".endswith(f".{wanted}")
    if host != wanted:
        return False
    if other.query:
        return steps == wanted_steps and {*parse_qsl(other.query)} <= {*parse_qsl(own.query)}
    return steps[: len(wanted_steps)] == wanted_steps


@given(st.lists(ADDRESS | st.none(), max_size=6), st.lists(ADDRESS, max_size=4))
def test_entries_cover_what_is_below_them(addresses, entries):
    names = [known_addresses().opt_out(entry) for entry in entries]
    usable = [entry for entry, name in zip(entries, names, strict=True) if name is not None]
    table = make_opt_outs(pa.array(sorted({*filter(None, names)}), pa.string()), DAY, None)
    found = reasons(withheld(table), *addresses)
    assert {*found} == {
        row
        for row, address in enumerate(addresses)
        if address is not None
        and host_of(address) is not None
        and any(is_below(address, entry) for entry in usable)
    }


def tombstone(source, site, item, reason=None):
    values = dict.fromkeys(TOMBSTONES.names) | {
        "source": source,
        "site": site,
        "item": item,
        "date": DAY,
        "reason": reason,
    }
    return pa.Table.from_pylist([values], TOMBSTONES)


def test_a_tombstone_covers_addresses_of_its_source_that_have_its_id():
    content = withheld(tombstones=tombstone("x", None, "1234567", "request"))
    found = reasons(
        content,
        "https://x.com/ann/status/1234567?s=20",
        "https://twitter.com/ann/status/12345678",
        "https://mobile.twitter.com/ann/status/1234567",
        "https://reddit.com/r/a/comments/1234567/title",
        None,
    )
    assert found == dict.fromkeys((0, 2), "item 1234567 of x, withdrawn 2030-01-01: request")


def test_a_tombstone_of_a_site_does_not_cover_another():
    site = "stackoverflow.com"
    content = withheld(tombstones=tombstone("stackexchange", site, "77"))
    found = reasons(
        content, f"https://{site}/questions/77/title", "https://physics.stackexchange.com/q/77"
    )
    assert {*found} == {0}


def test_names_of_reddit_are_found_without_their_kind():
    content = withheld(tombstones=tombstone("reddit", None, "t3_abc12"))
    assert {*reasons(content, "https://www.reddit.com/r/all/comments/abc12/title/")} == {0}


def test_the_first_of_several_entries_is_the_longest():
    entries = pa.array(["a.example", "a.example/owner"])
    found = reasons(withheld(make_opt_outs(entries, DAY, "form")), "https://a.example/owner/repo")
    assert found == {0: "opted out 2030-01-01 (a.example/owner): form"}
