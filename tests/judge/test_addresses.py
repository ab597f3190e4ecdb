"""Which addresses name the same item, however they are written."""

import re
from collections import defaultdict
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.judge.addresses import SourceAddresses
from provenance.judge.item_names import ItemNames, readings
from provenance.read.rules.rule_files import load_rules
from tests.property_campaigns import property_test

LIBRARY = load_rules()
ADDRESSES = SourceAddresses(LIBRARY)

SAME = {
    "a post of X": (
        "https://x.com/jane/status/20",
        "https://twitter.com/jane/status/20",
        "https://twitter.com/old_name_of_jane/statuses/20",
        "https://twitter.com/i/status/20",
        "https://x.com/i/web/status/20",
        "https://nitter.net/jane/status/20#m",
        "https://xcancel.com/jane/status/20",
        "https://vxtwitter.com/jane/status/20",
        "https://fxtwitter.com/jane/status/20/en",
        "https://d.fixupx.com/jane/status/20",
        "http://mobile.twitter.com/jane/status/20",
        "https://m.twitter.com/jane/status/20/",
        "https://x.com/jane/status/20?s=20&t=aBc-1",
        "https://x.com/jane/status/20/photo/1?utm_source=mail#m",
        "https://WWW.X.COM/jane/status/20",
        "x.com/jane/status/20",
        "//x.com:443/jane/status/20",
        "https://api.twitter.com/1.1/statuses/show.json?id=20",
        "https://api.twitter.com/1.1/statuses/show/20.json",
        "https://api.x.com/2/tweets/20?expansions=author_id",
        "twitter://status?id=20",
        "https://twitter.com/#!/jane/status/20",
        "https://web.archive.org/web/20200101000000/https://twitter.com/jane/status/20",
        "https://web.archive.org/web/2020id_/http:/www.twitter.com/jane/status/20?s=20",
        "web.archive.org/web/2020/twitter.com/jane/status/20",
        "https://web.archive.org/https://twitter.com/jane/status/20",
        "https://archive.ph/2023.01.01-000000/https://twitter.com/jane/status/20",
        "https%3A%2F%2Fx.com%2Fjane%2Fstatus%2F20%3Fs%3D20",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fx.com%2Fjane%2Fstatus%2F20%3Fs%3D20&h=AT0",
        "https://l.instagram.com/?e=1&u=https%3A%2F%2Fx.com%2Fjane%2Fstatus%2F20",
        "https://out.reddit.com/t3_a?url=https%3A%2F%2Fx.com%2Fjane%2Fstatus%2F20&token=1",
        "https://www.google.com/url?sa=t&url=https%3A%2F%2Fx.com%2Fjane%2Fstatus%2F20",
        "https://www.google.com/amp/s/x.com/jane/status/20",
        "https://www.youtube.com/redirect?event=a&q=https%3A%2F%2Fx.com%2Fjane%2Fstatus%2F20",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fx.com%2Fa%2Fstatus%2F20&d=5",
        "https://t.umblr.com/redirect?z=https%3A%2F%2Fx.com%2Fjane%2Fstatus%2F20",
    ),
    "a post of Reddit": (
        "https://www.reddit.com/r/slowmiles/comments/zz9900/a_slug/",
        "https://old.reddit.com/r/slowmiles/comments/zz9900",
        "https://np.reddit.com/r/slowmiles/comments/ZZ9900/another_slug/?context=3",
        "https://new.reddit.com/comments/zz9900/",
        "https://i.reddit.com/comments/zz9900/a_slug",
        "https://m.reddit.com/user/jane/comments/zz9900/a_slug/",
        "https://redd.it/zz9900",
        "https://www.reddit.com/gallery/zz9900",
        "https://www.reddit.com/tb/zz9900",
        "https://www.reddit.com/zz9900",
        "https://www.reddit.com/r/slowmiles/comments/zz9900/a_slug/.json",
        "https://www.reddit.com/r/slowmiles/comments/zz9900.json?limit=5",
    ),
    "a comment of Reddit": (
        "https://www.reddit.com/r/slowmiles/comments/zz9900/a_slug/yy1/",
        "https://old.reddit.com/r/slowmiles/comments/zz9900/_/yy1/?context=10000",
        "https://www.reddit.com/r/slowmiles/comments/zz9900/comment/yy1/",
        "https://www.reddit.com/comments/zz9900/_/yy1/",
        "https://www.reddit.com/r/slowmiles/comments/zz9900/a_slug/yy1.json",
    ),
    "a video": (
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://youtu.be/dQw4w9WgXcQ?si=a&t=43",
        "https://m.youtube.com/watch?app=desktop&v=dQw4w9WgXcQ&list=PL1&index=2",
        "https://www.youtube.com/shorts/dQw4w9WgXcQ",
        "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?rel=0",
        "https://www.youtube.com/live/dQw4w9WgXcQ",
    ),
    "a comment on a video": (
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ&lc=Ugx1.a-b",
        "https://youtu.be/dQw4w9WgXcQ?lc=Ugx1.a-b",
    ),
    "a question of Stack Overflow": (
        "https://stackoverflow.com/questions/9900000901/how-do-i",
        "https://stackoverflow.com/questions/9900000901",
        "https://www.stackoverflow.com/q/9900000901",
        "https://stackoverflow.com/q/9900000901/77",
        "https://stackoverflow.com/questions/9900000901/how-do-i?noredirect=1&lq=1#tab-top",
    ),
    "an answer": (
        "https://stackoverflow.com/a/9900000902",
        "https://stackoverflow.com/a/9900000902/77",
        "https://stackoverflow.com/questions/9900000901/how-do-i/9900000902#9900000902",
        "https://stackoverflow.com/questions/9900000901/how-do-i/9900000902",
        "https://stackoverflow.com/questions/9900000901/how-do-i#9900000902",
        "https://stackoverflow.com/questions/9900000901/how-do-i#answer-9900000902",
        "https://stackoverflow.com/questions/9900000901#answer-9900000902",
    ),
    "a comment of Stack Exchange": (
        "https://cooking.stackexchange.com/q/5#comment77_5",
        "https://cooking.stackexchange.com/questions/5/slug#comment77_5",
        "https://cooking.stackexchange.com/posts/comments/77",
    ),
    "a post of Hacker News": (
        "https://news.ycombinator.com/item?id=99000",
        "http://news.ycombinator.com/item?id=99000&p=2",
        "https://news.ycombinator.com/item?id=98000#99000",
        "https://hacker-news.firebaseio.com/v0/item/99000.json",
    ),
    "a post of Bluesky": (
        "https://bsky.app/profile/did:plc:abc/post/3kxyz",
        "https://bsky.app/profile/did%3Aplc%3Aabc/post/3kxyz",
        "at://did:plc:abc/app.bsky.feed.post/3kxyz",
        "https://bsky.app/profile/did:plc:abc/post/3kxyz/liked-by",
    ),
    "a post on an instance of Mastodon": (
        "https://social.example/@jane/109",
        "https://social.example/web/@Jane/109",
        "https://social.example/users/jane/statuses/109",
        "https://social.example/@jane/109/embed",
    ),
    "a post on an instance that has long numbers": (
        "https://social.example/@jane/109300000000000000",
        "https://social.example/web/@Jane/109300000000000000",
        "https://social.example/web/statuses/109300000000000000",
        "https://social.example/users/jane/statuses/109300000000000000.json",
        "https://a.example/authorize_interaction?uri=https://social.example/@jane/109300000000000000",
    ),
    "a file": (
        "https://github.com/Owner/Repo/blob/main/src/A.py#L10-L20",
        "https://github.com/owner/repo/raw/main/src/A.py?raw=true",
        "https://raw.githubusercontent.com/owner/repo/main/src/A.py",
        "https://raw.githubusercontent.com/owner/repo/refs/heads/main/src/A.py",
    ),
    "an issue": (
        "https://github.com/Owner/Repo/issues/5",
        "https://github.com/owner/repo/pull/5/files?w=1",
    ),
    "a repository": ("https://github.com/Owner/Repo", "https://github.com/owner/repo.git"),
    "an article": (
        "https://de.wikipedia.org/wiki/K%C3%B6ln",
        "https://de.m.wikipedia.org/wiki/Köln#Geschichte",
        "https://de.wikipedia.org/w/index.php?title=k%C3%B6ln&action=history",
        "http://de.wikipedia.org/wiki/K%c3%b6ln?useskin=vector",
    ),
    "an article with marks": (
        "https://en.wikipedia.org/wiki/AT%26T_in_%C3%A9t%C3%A9%3F",
        "https://en.wikipedia.org/w/index.php?title=AT%26T+in+%C3%A9t%C3%A9%3F",
    ),
    "a paper": (
        "https://arxiv.org/abs/2301.00001",
        "https://arxiv.org/abs/2301.00001v2",
        "https://arxiv.org/pdf/2301.00001v1.pdf",
        "https://export.arxiv.org/pdf/2301.00001",
        "https://arxiv.org/html/2301.00001v2",
    ),
    "an old paper": ("https://arxiv.org/abs/hep-th/9901001v3", "arxiv.org/pdf/hep-th/9901001.pdf"),
    "a post of LinkedIn": (
        "https://www.linkedin.com/posts/jane_slug-activity-7123-AbCd?utm_source=share",
        "https://de.linkedin.com/posts/jane_slug-activity-7123-AbCd",
        "https://www.linkedin.com/feed/update/urn:li:activity:7123/",
        "https://www.linkedin.com/feed/update/urn%3Ali%3Aactivity%3A7123",
    ),
    "a post of Tumblr": (
        "https://jane.tumblr.com/post/123/a-slug",
        "https://jane.tumblr.com/post/123",
        "https://www.tumblr.com/jane/123/a-slug",
        "https://www.tumblr.com/blog/view/jane/123",
    ),
    "a post of Instagram": (
        "https://www.instagram.com/p/CxYz-_1/?igsh=a",
        "https://instagram.com/jane/reel/CxYz-_1",
        "https://instagr.am/p/CxYz-_1/",
    ),
    "a video of TikTok": (
        "https://www.tiktok.com/@jane/video/7123?is_from_webapp=1",
        "https://m.tiktok.com/v/7123.html",
        "https://www.tiktok.com/embed/v2/7123",
    ),
    "a story of Medium": (
        "https://medium.com/@jane/a-title-0123456789ab",
        "https://medium.com/some-place/a-title-0123456789ab?source=rss",
        "https://jane.medium.com/a-title-0123456789ab",
        "https://medium.com/p/0123456789ab",
    ),
    "a post of Facebook": (
        "https://www.facebook.com/34/posts/12",
        "https://m.facebook.com/story.php?story_fbid=12&id=34",
        "https://www.facebook.com/permalink.php?id=34&story_fbid=12",
    ),
    "a page that no rule knows": (
        "https://www.example.com/Page?a=1&b=2",
        "http://EXAMPLE.com/Page/?b=2&a=1&utm_source=x&fbclid=1#top",
        "https://example.com/%50age?a=1&b=2#:~:text=word",
    ),
}
"""Addresses of one item each."""

APART = [
    ("https://x.com/jane/status/20", "https://x.com/jane/status/21"),
    ("https://x.com/jane/status/20", "https://nitter.example/jane/status/20"),
    ("https://x.com/jane/status/20", "https://x.com/jane"),
    ("https://www.reddit.com/r/a/comments/abc", "https://www.reddit.com/r/a/comments/abc/_/def"),
    ("https://www.reddit.com/about", "https://redd.it/about"),
    ("https://www.reddit.com/login", "https://redd.it/login"),
    ("https://l.facebook.com/l.php?u=junk", "https://l.facebook.com/l.php?u=other"),
    ("https://youtu.be/dQw4w9WgXcQ", "https://youtu.be/dQw4w9WgXcq"),
    ("https://stackoverflow.com/a/5", "https://superuser.com/a/5"),
    ("https://cooking.stackexchange.com/a/5", "https://cooking.meta.stackexchange.com/a/5"),
    ("https://pt.stackoverflow.com/a/5", "https://stackoverflow.com/a/5"),
    ("https://stackoverflow.com/a/77", "https://stackoverflow.com/posts/comments/77"),
    ("https://news.ycombinator.com/item?id=5", "https://news.ycombinator.com/user?id=5"),
    # Only the servers know whether these are the same.
    ("https://bsky.app/profile/jane.example/post/3k", "https://bsky.app/profile/did:plc:a/post/3k"),
    ("https://other.example/@jane@home.example/7", "https://home.example/@jane/7"),
    ("https://home.example/@jane/7", "https://other.example/@jane/7"),
    ("https://de.wikipedia.org/wiki/X", "https://en.wikipedia.org/wiki/X"),
    ("https://en.wikipedia.org/wiki/X", "https://en.wikipedia.org/w/index.php?title=X&oldid=7"),
    ("https://en.wiktionary.org/wiki/polish", "https://en.wiktionary.org/wiki/Polish"),
    ("https://github.com/a/b/blob/main/A.py", "https://github.com/a/b/blob/main/a.py"),
    ("https://github.com/a/b/issues/5", "https://github.com/a/b/issues/5#issuecomment-7"),
    ("https://a.example/page", "https://a.example/Page"),
    ("https://a.example/page?id=1", "https://a.example/page?id=2"),
    ("https://a.example/page#comment-5", "https://a.example/page#comment-6"),
    ("https://a.example/#/post/5", "https://a.example/#/post/6"),
    ("https://a.example:8443/p", "https://a.example/p"),
    ("https://a.example/x%2Fy", "https://a.example/x/y"),
    ("https://a.example/x%3Fy", "https://a.example/x?y"),
    (
        "https://web.archive.org/web/2020/https://a.example/p?id=1",
        "https://web.archive.org/web/2020/https://a.example/p?id=2",
    ),
]


@pytest.mark.parametrize("what", SAME)
def test_all_forms_of_an_address_are_one(what):
    forms = {address: ADDRESSES.canonical(address) for address in SAME[what]}
    assert len(set(forms.values())) == 1, forms


def test_addresses_of_different_items_differ():
    names = {what: ADDRESSES.canonical(forms[0]) for what, forms in SAME.items()}
    assert len(set(names.values())) == len(names)
    for one, other in APART:
        assert ADDRESSES.canonical(one) != ADDRESSES.canonical(other), (one, other)


@pytest.mark.parametrize("text", ["", "20", "not an address", "mailto:a@x.com", "https://", "a/b"])
def test_what_is_no_address_has_no_form(text):
    assert ADDRESSES.canonical(text) is None


SAMPLES = {
    "number": st.from_regex(r"[1-9][0-9]{0,18}", fullmatch=True),
    "hex": st.from_regex(r"[0-9a-f]{12}", fullmatch=True),
    "name": st.from_regex(r"[a-z0-9][a-z0-9_]{0,11}", fullmatch=True),
    "key": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,11}", fullmatch=True),
    "path": st.from_regex(r"[a-zA-Z0-9]{1,8}(/[a-zA-Z0-9.]{1,8}){0,3}", fullmatch=True),
    "title": st.from_regex(r"[A-Z][a-zA-Zäöü0-9_]{0,8}", fullmatch=True),
    "address": st.just("https://a.example/page"),
    "elsewhere": st.just(""),
    "url": st.just("https://a.example/page"),
    "snowflake": st.from_regex(r"[1-9][0-9]{16,18}", fullmatch=True),
    "code": st.from_regex(r"[a-z][0-9][a-z0-9]{3,5}", fullmatch=True),
}
_PLACEHOLDER = re.compile(r"\{(?:(\w+):)?(\w+)\}")
FORMS = [
    (forms.site, host, item, form)
    for all_forms in (*(source.addresses for source in LIBRARY.sources), LIBRARY.addresses)
    for forms in all_forms
    for item in forms.items
    for form in (*item.forms, *([item.address] if forms.site in {None, *forms.hosts} else []))
    if form not in {"{address}", "{elsewhere}"}
    for host in forms.hosts
]
SITES = [
    [(host, form) for own_site, host, _, form in FORMS if (own_site or "") == site]
    for site in sorted({site or "" for site, *_ in FORMS})
]
"""Hosts and forms of each site: most hosts are of a few sites."""


def fill(template, values):
    filled = _PLACEHOLDER.sub(lambda match: values[match[1] or match[2]], template)
    return filled.replace("/**", "").replace("**", "any/page").replace("*", "any")


@st.composite
def written(draw):
    """Draw a form of the rules, and what its placeholders stand for; return canonical address."""
    site, host, item, form = draw(st.sampled_from(FORMS))
    host = "any.example" if host == "*" else host
    templates = host + form + item.address
    kinds = {match[1] or match[2]: match[2] for match in _PLACEHOLDER.finditer(templates)}
    values = {label: draw(SAMPLES[kind]) for label, kind in kinds.items()}
    labels = {match[1] or match[2] for match in _PLACEHOLDER.finditer(f"{site}{item.address}")}
    scheme = f"{host}//" if host.endswith(":") else f"https://{fill(host, values)}/"
    key = site, item.address, *(values[label] for label in sorted(labels))
    own_host = fill(host, values).lower() if site is None else ""
    return scheme + fill(form, values), (*key, own_host)


@given(written())
def test_a_form_is_brought_into_the_one_that_stands_for_all_and_stays(drawn):
    address, _ = drawn
    canonical = ADDRESSES.canonical(address)
    assert canonical is not None
    assert ADDRESSES.canonical(canonical) == canonical
    assert ADDRESSES.canonical(f"http://www.{canonical}") == canonical or "//" in canonical


@given(st.lists(written(), min_size=2, max_size=40))
def test_two_items_never_have_the_same_address(drawn):
    items = defaultdict(set)
    for address, item in drawn:
        if not {"{address}", "{elsewhere}"} & {*item}:
            items[ADDRESSES.canonical(address)].add(item)
    assert [own for own in items.values() if len(own) > 1] == []


WRAPPER = "https://web.archive.org/web/2020/"
STARTS = ["", "https://a.example/", "https://x.com/", "at://", "https://youtu.be/", WRAPPER]
PIECES = [
    *(
        "http://",
        "https:/",
        "//",
        "/",
        "\\",
        "#!/",
        "#",
        "?s=20",
        "?url=",
        "%2F",
        "%253A",
        "%",
        "+",
    ),
    *("x.com/", "jane/status/20", "user:pw@", "@", ":80", "www.", "\xe9", " ", "%20", "2020/"),
]
BROKEN = ["%E9", "%1F", ".", ":", "*", "{", "=", "&", "\xdf", "\u3002", "\x85", "\x1f", "\ud800"]
SCHEMES = ["", "https://", "//", "http://www."]


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        (f"{WRAPPER}#!/x.com/jane", "web.archive.org/web/2020#!/x.com/jane"),
        (f"{WRAPPER}\\x.com/a", "web.archive.org/web/2020//x.com/a"),
        (f"{WRAPPER}%2F\\x.com/jane/status/20", "x.com/i/status/20"),
        (f"{WRAPPER}?s=20*/ x.com/", "web.archive.org/web/2020?s=20*/%20x.com/"),
        (f"{WRAPPER} user:pw@x.com/a", "web.archive.org/web/2020/%20user:pw@x.com/a"),
        ("https://youtu.be/a%2Fb+c", "youtu.be/a%2Fb+c"),
        ("https://youtu.be/%2F?lc=a", "youtu.be/%2F?lc=a"),
        ("open.substack.com/pub/%/p/a", "open.substack.com/pub/%25/p/a"),
        ("open.substack.com/pub/./p/a", "open.substack.com/pub/./p/a"),
        ("open.substack.com/pub/\xdf/p/a", "open.substack.com/pub/\xdf/p/a"),
        ("commons.wikimedia.org/w/index.php?title=/", "commons.wikimedia.org/w/index.php?title=/"),
        ("at://@a/0", "at://@a/0"),
        ("https://*.example.org/@jane/5", "*.example.org/@jane/5"),
        (f"{WRAPPER}x.c\ud800@", "web.archive.org/web/2020/x.c\ufffd\ufffd\ufffd@"),
        (f"{WRAPPER}at://\x1f%20", "web.archive.org/web/2020/at://%1F%20"),
    ],
)
def test_a_malformed_address_has_one_form_that_stays(address, canonical):
    assert ADDRESSES.canonical(address) == canonical
    assert ADDRESSES.canonical(canonical) == canonical


@given(st.lists(st.sampled_from(PIECES), max_size=7).map("".join), st.sampled_from(STARTS))
def test_canonical_addresses_of_pieces_stay_as_they_are(text, start):
    canonical = ADDRESSES.canonical(f"{start}{text}")
    if canonical is not None:
        assert ADDRESSES.canonical(canonical) == canonical


@st.composite
def malformed(draw):
    """Draw a form of the rules with pieces in place of what it leaves open, and behind it."""
    host, form = draw(st.sampled_from(SITES).flatmap(st.sampled_from))
    pieces = st.lists(st.sampled_from([*PIECES, *BROKEN]), max_size=2).map("".join)
    values = st.sampled_from(["20", "abcdef012345", "Jane", *PIECES, *BROKEN])
    host, path = (re.sub(r"\{\w+:?\w*\}|\*+", lambda _: draw(values), t) for t in (host, form))
    start = f"{host}//" if host.endswith(":") else f"{draw(st.sampled_from(SCHEMES))}{host}/"
    return draw(st.sampled_from(["", WRAPPER])) + start + path + draw(pieces)


@property_test(usual=500, many=20_000, address=malformed())
def test_canonical_addresses_of_malformed_forms_stay_as_they_are(address):
    canonical = ADDRESSES.canonical(address)
    if canonical is not None:
        assert ADDRESSES.canonical(canonical) == canonical


@given(st.text(max_size=60), st.sampled_from(STARTS))
def test_canonical_addresses_stay_as_they_are(text, start):
    canonical = ADDRESSES.canonical(f"{start}{text}")
    if canonical is not None:
        assert ADDRESSES.canonical(canonical) == canonical


@pytest.mark.parametrize(
    ("domain", "same"),
    [
        ("x.com", {"twitter.com", "mobile.twitter.com"}),
        ("twitter.com", {"x.com", "mobile.twitter.com"}),
        ("redd.it", {"reddit.com"}),
        ("old.reddit.com", {"reddit.com", "redd.it"}),
        ("youtu.be", {"youtube.com", "m.youtube.com"}),
        ("de.wikipedia.org", {"de.m.wikipedia.org"}),
    ],
)
def test_domains_of_one_site_are_the_same(domain, same):
    assert same < set(ADDRESSES.domains(domain))
    assert len({ADDRESSES.domain(each) for each in (domain, *same)}) == 1


@pytest.mark.parametrize(
    "domain", ["stackoverflow.com", "jane.tumblr.com", "wikipedia.org", "blog.example.com", "t.co"]
)
def test_other_domains_stand_for_themselves(domain):
    assert ADDRESSES.domains(domain) == (domain,)


def test_items_are_named_by_any_form_of_their_address():
    names = ItemNames(
        [" https://twitter.com/jane/status/20?s=20", "t3_abc", "redd.it/xyz"], ADDRESSES
    )
    rows = [
        ("20", "https://x.com/i/status/20", "x", True),
        ("20", None, "x", True),
        ("20", None, "reddit", False),
        ("20", "https://x.com/i/status/200", "x", False),
        ("t3_abc", None, "reddit", True),
        ("t3_xyz", "https://www.reddit.com/r/a/comments/xyz/slug/", "reddit", True),
        ("t1_abc", "https://www.reddit.com/r/a/comments/xyz/slug/abc/", "reddit", False),
        (None, "https://web.archive.org/web/2020/https%3A//x.com/jane/status/20", "any", True),
    ]
    columns = (pa.array([row[place] for row in rows], pa.string()) for place in range(3))
    assert names.mask(*columns).tolist() == [row[3] for row in rows]


@pytest.mark.parametrize(
    "pasted",
    [
        "<{}>",
        "({})",
        "[{}]",
        "[her post]({})".replace(" ", "-"),
        '"{}"',
        "«{}»",
        "{}…",
        "{}.",
        "{}).",
        "{},",
        "<{}>;",
        "{}&amp;s=20".replace("&amp;", "?t=1&amp;"),
        "\u2066{}\u2069.",
        "\ufeff{}\u200b",
    ],
)
def test_items_are_named_by_addresses_as_they_stand_in_texts(pasted):
    entry = pasted.format("https://x.com/jane/status/20")
    names = ItemNames([entry], ADDRESSES)
    assert names.of("20", None, "x") == {entry}
    assert names.of("20", "https://twitter.com/jane/status/20", "x") == {entry}
    columns = (["20", "2"], ["https://x.com/i/status/20", "https://x.com/i/status/2"], ["x", "x"])
    assert names.mask(*(pa.array(each) for each in columns)).tolist() == [True, False]


def test_marks_that_a_name_has_itself_stay():
    entries = ["https://en.wikipedia.org/wiki/Foo_(bar)", "https://en.wikipedia.org/wiki/Ltd."]
    names = ItemNames(entries, ADDRESSES)
    for entry in entries:
        assert names.of(None, entry, "wikipedia") == {entry}
    assert ItemNames(["(https://en.wikipedia.org/wiki/Foo_(bar))"], ADDRESSES).of(
        None, entries[0], None
    )
    assert readings("Warner Bros.") == ("Warner Bros.",)  # an id, not an address
    assert readings("<7700000000000004001>,")[-1] == "7700000000000004001"


@pytest.mark.parametrize(
    "pasted",
    [
        "https://x.com/jane/\n    status/20",
        "https://x.com/ja\u200bne/sta\u00adtus/20",
        "https://x.com/jane/status/20".translate({n: n + 0xFEE0 for n in range(0x21, 0x7F)}),
    ],
)
def test_what_copying_put_into_an_address_is_taken_out(pasted):
    assert ItemNames([pasted], ADDRESSES).of("20", None, "x") == {pasted}


@pytest.mark.parametrize("pasted", ["id:20", "ID 20", "id=20", "#20", "# 20", "no. 20", "No.20"])
def test_the_label_of_a_number_is_no_part_of_it(pasted):
    assert readings(pasted) == (pasted, "20")


@pytest.mark.parametrize(
    "name",
    ["id", "identity 20", "#tag", "20 #1", "no 20", "https://a.example https://b.example/20"],
)
def test_other_names_stand_as_they_are_written(name):
    assert readings(name) == (name,)


@pytest.mark.parametrize(
    "address",
    [
        "https://t.co/AbC",
        "https://www.reddit.com/r/a/s/AbCdE",
        "https://bit.ly/3x",
        "https://social.example/@jane@home.example/109300000000000000",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Ft.co%2FAbC",
    ],
)
def test_addresses_that_do_not_say_where_they_lead_are_marked(address):
    assert ADDRESSES.item_address(address).leads_elsewhere


@given(st.sampled_from([pair for forms in SAME.values() for pair in pairwise(forms)]))
def test_no_named_item_is_passed_over(pair):
    one, other = pair
    names = ItemNames([one], ADDRESSES)
    nulls = pa.array([None], pa.string())
    assert names.mask(nulls, pa.array([other]), nulls).tolist() == [True]


def test_a_host_whose_pages_are_of_several_domains_stands_for_itself():
    assert ADDRESSES.domain("open.substack.com") == "open.substack.com"
    assert ADDRESSES.domains("open.substack.com") == ("open.substack.com",)
