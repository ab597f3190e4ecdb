"""A dump of the same texts in every layout."""

import csv
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from xml.sax.saxutils import quoteattr

import cbor2
import pyarrow as pa
import pyarrow.parquet as pq

from tests.read.dumps.checkout_writing import Repository

TEXTS = ["Good morning, all of you", "naïve café, 東京 😀", "a < b && c > d\n\nsecond", "last one"]
API_PAGE = 100
"""Posts that the API of Stack Exchange gives at once, at most."""


@dataclass(frozen=True)
class Sample:
    """A dump of `TEXTS`, with one record besides that is no item."""

    layout: str
    name: str
    write: Callable[[Path], None]
    reason: str
    row: int
    ends: bool = True
    """Whether the content itself shows that it has been cut."""
    packs: bool = True
    has_ids: bool = True
    texts: tuple[str, ...] = tuple(TEXTS)


def lines(records):
    return "".join(json.dumps(record) + "\n" for record in records)


def json_lines(path):
    rows = [
        {"id": f"i{n}", "text": text, "url": "https://a.example"} for n, text in enumerate(TEXTS)
    ]
    path.write_text(lines([*rows[:2], {"id": "bad", "text": None}, *rows[2:]]), "utf-8")


def json_array(path):
    rows = [{"id": f"i{n}", "text": text} for n, text in enumerate(TEXTS)]
    path.write_text(json.dumps([*rows, {"id": "bad", "text": ""}], indent=1), "utf-8")


def comma_separated(path):
    rows = ["id,text,created_at", *(f'{n},"{text}",2020-01-01' for n, text in enumerate(TEXTS))]
    path.write_text("\n".join([*rows, "9,,2020-01-01", ""]), "utf-8")


def parquet(path):
    texts = [TEXTS[0], None, *TEXTS[1:]]
    pq.write_table(pa.table({"id": list(range(len(texts))), "text": texts}), path)


def archive(path):
    posts = [{"tweet": {"id_str": str(n), "full_text": text}} for n, text in enumerate(TEXTS)]
    begun = "window.YTD.tweets.part0 = "
    path.write_text(begun + json.dumps([*posts, {"tweet": "?"}], indent=2), "utf-8")


def api(path):
    when = "Wed Oct 19 20:37:25 +0000 2022"
    posts = [
        {"id": n, "id_str": str(n), "text": text, "created_at": when, "user": {"screen_name": "a"}}
        for n, text in enumerate(TEXTS)
    ]
    path.write_text(lines([*posts, {"delete": {"status": {"id": 7}}}]), "utf-8")


def api_v2(path):
    posts = [{"id": f"{n}", "text": text, "author_id": "7"} for n, text in enumerate(TEXTS)]
    path.write_text(lines([*posts, {"id": "9", "text": " ", "author_id": "7"}]), "utf-8")


def graphql(path):
    results = [
        {"rest_id": str(n), "legacy": {"full_text": escape(text, quote=False)}}
        for n, text in enumerate([*TEXTS, ""])
    ]
    path.write_text(lines(results), "utf-8")


def gnip(path):
    activities = [
        {
            "objectType": "activity",
            "verb": "post",
            "id": f"tag:search.twitter.com,2005:{n}",
            "actor": {"preferredUsername": "a"},
            "body": text,
        }
        for n, text in enumerate(TEXTS)
    ]
    path.write_text(lines([*activities, {**activities[0], "verb": "delete"}]), "utf-8")


def as_html(text):
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n"))


def firebase(path):
    items = [
        {"id": n, "by": "a", "time": 1_500_000_000, "type": "comment", "text": as_html(text)}
        for n, text in enumerate(TEXTS)
    ]
    path.write_text(lines([*items, {**items[0], "text": "[flagged]"}]), "utf-8")


def hub_hackernews(path):
    texts = [*map(as_html, TEXTS), "<p>gone</p>"]
    count = len(texts)
    columns = {
        "id": pa.array(range(count), pa.uint32()),
        "type": pa.array([2] * count, pa.int8()),
        "by": ["a"] * count,
        "time": pa.array([1_500_000_000] * count, pa.timestamp("s", "UTC")),
        "text": texts,
        "dead": pa.array([0] * (count - 1) + [1], pa.uint8()),
    }
    pq.write_table(pa.table(columns), path)


def papers(path):
    rows = [
        {"id": f"21{n}", "title": "", "abstract": f"  {text}\n", "categories": "cs", "versions": []}
        for n, text in enumerate([*TEXTS, " "])
    ]
    path.write_text(lines(rows), "utf-8")


def code(path):
    rows = [
        {"hexsha": f"{n:x}", "content": text, "max_stars_repo_name": "a/b"}
        for n, text in enumerate([*TEXTS, None])
    ]
    pq.write_table(pa.Table.from_pylist(rows), path)


def outbox(path):
    public = ["https://www.w3.org/ns/activitystreams#Public"]
    notes = [
        {"type": "Create", "object": {"id": f"n{n}", "content": as_html(text), "to": public}}
        for n, text in enumerate(TEXTS)
    ]
    private = {"type": "Create", "object": {"id": "n9", "content": "secret", "to": ["a"]}}
    path.write_text(
        json.dumps({"type": "OrderedCollection", "orderedItems": [*notes, private]}), "utf-8"
    )


def statuses(path):
    rows = [
        {
            "id": f"{n}",
            "content": as_html(text),
            "account": {"acct": "a"},
            "visibility": "private" if text == "secret" else "public",
        }
        for n, text in enumerate([*TEXTS, "secret"])
    ]
    path.write_text(json.dumps(rows), "utf-8")


def warc_record(kind, content, **headers):
    lines = {"WARC-Type": kind, "WARC-Date": "2020-01-02T03:04:05Z", **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
    size = f"Content-Length: {len(content)}\r\n\r\n"
    return f"WARC/1.0\r\n{head}{size}".encode() + content + b"\r\n\r\n"


def wet(path):
    texts = [
        warc_record("conversion", text.encode(), WARC_Target_URI=f"https://a.example/{n}")
        for n, text in enumerate(TEXTS)
    ]
    path.write_bytes(b"".join([*texts, warc_record("metadata", b"fetchTimeMs: 5\r\n")]))


def car_block(content):
    data = cbor2.dumps(content)
    cid = b"\x01\x71\x12\x20" + hashlib.sha256(data).digest()
    return cid, data


def varint(number):
    data = b""
    while number >= 0x80:
        data, number = data + bytes([number & 0x7F | 0x80]), number >> 7
    return data + bytes([number])


def repository(path):
    posts = [
        {"$type": "app.bsky.feed.post", "text": text, "createdAt": "2024-01-01T00:00:00Z"}
        for text in TEXTS
    ]
    blocks = [car_block(record) for record in [*posts, {"$type": "app.bsky.feed.like"}]]
    keys = [f"app.bsky.feed.post/{n}".encode() for n in range(len(TEXTS))]
    entries = [
        {"p": 0 if n == 0 else 19, "k": key if n == 0 else key[19:], "v": link(blocks[n][0])}
        for n, key in enumerate(keys)
    ]
    tree = car_block({"l": None, "e": entries})
    commit = car_block({"did": "did:plc:a", "data": link(tree[0]), "sig": b"s", "version": 3})
    header = cbor2.dumps({"roots": [link(commit[0])], "version": 1})
    sections = [header, *(cid + data for cid, data in [*blocks, commit, tree])]
    path.write_bytes(b"".join(varint(len(section)) + section for section in sections))


def link(cid):
    return cbor2.CBORTag(42, b"\0" + cid)


def jetstream(path):
    events = [
        {
            "did": "did:plc:a",
            "time_us": 1_700_000_000_000_000,
            "kind": "commit",
            "commit": {
                "operation": "create",
                "collection": "app.bsky.feed.post",
                "rkey": f"k{n}",
                "record": {"$type": "app.bsky.feed.post", "text": text},
            },
        }
        for n, text in enumerate(TEXTS)
    ]
    gone = {"operation": "delete", "collection": "app.bsky.feed.post", "rkey": "x"}
    path.write_text(lines([*events, {**events[0], "commit": gone}]), "utf-8")


def mediawiki(path):
    revision = "<revision><text>{1}</text></revision>"
    page = f"<page><title>{{1}}</title><ns>{{2}}</ns><id>{{0}}</id>{revision}</page>"
    pages = [page.format(n, escape(text), 0) for n, text in enumerate(TEXTS)]
    path.write_text(
        f'<mediawiki xml:lang="en">{"".join([*pages, page.format(9, "Talk:a", 1)])}</mediawiki>',
        "utf-8",
    )


def extracted(path):
    document = '<doc id="{0}" url="https://a.example/{0}" title="A title">\n{1}\n</doc>\n'
    texts = [escape(text) for text in TEXTS]
    path.write_text("".join(document.format(*x) for x in enumerate([*texts, "A title"])), "utf-8")


def enterprise(path):
    rows = [
        {"name": "", "identifier": n, "url": "https://a.example", "article_body": {"html": html}}
        for n, html in enumerate([*map(as_html, TEXTS), ""])
    ]
    path.write_text(lines(rows), "utf-8")


def telegram(path):
    messages = [
        {"id": n, "type": "message", "date": "2020-01-01T00:00:00", "text": text}
        for n, text in enumerate(TEXTS)
    ]
    notice = {"id": 9, "type": "service", "date": "2020-01-01T00:00:00", "action": "joined"}
    export = {"name": "a", "type": "public_channel", "id": 5, "messages": [*messages, notice]}
    path.write_text(json.dumps(export, indent=1), "utf-8")


def telegram_api(path):
    rows = [
        {"_": "Message", "id": n, "date": "2020-01-01T00:00:00+00:00", "message": text}
        for n, text in enumerate(TEXTS)
    ]
    path.write_text(lines([*rows, {"_": "MessageService", "id": 9}]), "utf-8")


def discord(path):
    messages = [
        {"id": f"{n}", "type": "Default", "content": text, "author": {"name": "a"}}
        for n, text in enumerate(TEXTS)
    ]
    joined = {"id": "9", "type": "GuildMemberJoin", "content": "Joined the server."}
    export = {"guild": {"id": "1"}, "channel": {"id": "2"}, "messages": [*messages, joined]}
    path.write_text(json.dumps(export), "utf-8")


def discord_package(path):
    rows = [{"ID": n, "Timestamp": "", "Contents": t} for n, t in enumerate([*TEXTS, ""])]
    path.write_text(json.dumps(rows), "utf-8")


def slack(path):
    texts = [text.replace("&", "&amp;").replace("<", "&lt;") for text in TEXTS]
    said = [
        {"type": "message", "user": "U1", "text": t, "ts": f"{1_600_000_000 + n}.000100"}
        for n, t in enumerate(texts)
    ]
    path.write_text(json.dumps([*said, said[0] | {"subtype": "channel_join"}], indent=1), "utf-8")


def facebook(path):
    escaped = [text.encode().decode("latin-1") for text in TEXTS]
    posts = [{"timestamp": 1_600_000_000, "data": [{"post": text}]} for text in escaped]
    path.write_text(json.dumps([*posts, {"timestamp": 1, "data": []}]), "utf-8")


def json_feed(path):
    items = [{"id": str(n), "content_html": f"<p>{escape(t)}</p>"} for n, t in enumerate(ONE_LINE)]
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [*items, {"id": "9"}]}
    path.write_text(json.dumps(feed), "utf-8")


def openalex(path):
    works = [
        {"id": str(n), "abstract_inverted_index": {word: [k] for k, word in enumerate(t.split())}}
        for n, t in enumerate(ONE_LINE)
    ]
    path.write_text(lines([*works, works[0] | {"id": "9", "abstract_inverted_index": None}]))


def crossref(path):
    works = [
        {"DOI": str(n), "publisher": "p", "title": [escape(t)]} for n, t in enumerate(ONE_LINE)
    ]
    path.write_text(json.dumps({"items": [*works, works[0] | {"DOI": "9", "title": []}]}), "utf-8")


def exchange_api(path):
    posts = [
        {
            "owner": {"display_name": "ann"},
            "creation_date": 1_600_000_000,
            "answer_id": n,
            "link": f"https://a.stackexchange.com/a/{n}",
            "body": f"<p>{escape(text)}</p>",
        }
        for n, text in enumerate(ONE_LINE)
    ]
    posts += [posts[0] | {"body": ""}]
    pages = [posts[start : start + API_PAGE] for start in range(0, len(posts), API_PAGE)]
    path.write_text("".join(json.dumps({"items": page}) + "\n" for page in pages), "utf-8")


def github_events(path):
    events = [
        {
            "type": "IssueCommentEvent",
            "actor": {"login": "ann"},
            "repo": {"name": "a/b"},
            "payload": {"action": "created", "comment": {"id": n, "body": text}},
            "created_at": "2024-01-02T03:04:05Z",
        }
        for n, text in enumerate(TEXTS)
    ]
    watch = events[0] | {"type": "WatchEvent", "payload": {"action": "started"}}
    path.write_text(lines([*events, watch]), "utf-8")


ONE_LINE = tuple(text.replace("\n\n", " ") for text in TEXTS)


def irc(path):
    spoken = "".join(f"[09:14] <ann> {text}\n" for text in ONE_LINE)
    path.write_text(f"{spoken}=== ben [a@b.example] has joined #c\n", "utf-8")


def whatsapp(path):
    spoken = "".join(f"31/12/2020, 21:15 - Ann: {text}\n" for text in TEXTS)
    path.write_text(f"{spoken}31/12/2020, 21:16 - Ben left\n", "utf-8")


def mailbox(path):
    text = "".join(
        f"From ann@a.example Thu Jan  2 03:04:05 2020\nMessage-ID: <{n}@a.example>\n"
        f'Content-Type: text/plain; charset="utf-8"\n\n{text}\n\n'
        for n, text in enumerate([*TEXTS, ""])
    )
    path.write_text(text, "utf-8")


def feed(path):
    items = "".join(
        f"<item><guid>{n}</guid><description>{escape(as_html(text))}</description></item>"
        for n, text in enumerate(TEXTS)
    )
    path.write_text(
        f'<?xml version="1.0"?>\n<rss version="2.0"><channel>{items}'
        "<item><guid>9</guid></item></channel></rss>",
        "utf-8",
    )


def weibo(path):
    rows = [{"mid": f"z{n}", "uid": "5", "text": text} for n, text in enumerate([*TEXTS, ""])]
    path.write_text(json.dumps(rows), "utf-8")


def youtube(path):
    comments = [{"id": f"c{n}", "text": text} for n, text in enumerate(TEXTS[1:])]
    video = {"id": "v", "title": TEXTS[0], "webpage_url": "https://a.example", "extractor": "a"}
    path.write_text(lines([{**video, "comments": [*comments, {"id": "c", "text": ""}]}]), "utf-8")


def linkedin(path):
    rows = [
        {"Date": "2020-01-01", "ShareLink": f"https://a.example/{n}", "ShareCommentary": text}
        for n, text in enumerate([*TEXTS, ""])
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def pubmed(path):
    citation = (
        "<PubmedArticle><MedlineCitation><PMID>{}</PMID><Article><Abstract>{}</Abstract>"
        "</Article></MedlineCitation></PubmedArticle>"
    )
    paragraph = "<AbstractText>{}</AbstractText>"
    articles = [
        citation.format(n, "".join(paragraph.format(escape(p)) for p in text.split("\n\n")))
        for n, text in enumerate(TEXTS)
    ]
    gone = "<DeleteCitation><PMID>9</PMID></DeleteCitation>"
    content = f"<PubmedArticleSet>{''.join(articles)}{gone}</PubmedArticleSet>"
    path.write_text(content, "utf-8")


def jats(path):
    article = (
        '<article><front><article-meta><article-id pub-id-type="pmc">{}</article-id>'
        "</article-meta></front><body>{}</body></article>"
    )
    bodies = ["".join(f"<p>{escape(p)}</p>" for p in text.split("\n\n")) for text in TEXTS]
    articles = "".join(article.format(*entry) for entry in enumerate([*bodies, ""]))
    path.write_text(f"<pmc-articleset>{articles}</pmc-articleset>", "utf-8")


def reddit_table(path):
    rows = [
        {"id": f"c{n}", "body": text, "link_id": "t3_a", "created_utc": 1_500_000_000}
        for n, text in enumerate([*TEXTS, "[removed]"])
    ]
    pq.write_table(pa.Table.from_pylist(rows), path)


def comments(path):
    posts = [
        {"id": f"c{n}", "body": text, "link_id": "t3_a", "created_utc": 1_500_000_000}
        for n, text in enumerate([*TEXTS, "[removed]"])
    ]
    path.write_text(lines(posts), "utf-8")


def submissions(path):
    posts = [
        {"id": f"s{n}", "title": text, "selftext": "", "created_utc": "1500000000", "is_self": True}
        for n, text in enumerate([*TEXTS, "[deleted by user]"])
    ]
    path.write_text(lines(posts), "utf-8")


def exchange(root, attribute):
    def write(path):
        rows = [f'<row Id="{n}" {attribute}={quoted(text)} />' for n, text in enumerate(TEXTS)]
        path.write_text(
            f'\ufeff<?xml version="1.0" encoding="utf-8"?>\n<{root}>\n'
            + "\n".join([*rows, f'<row Id="9" {attribute}="" />', f"</{root}>"]),
            "utf-8",
        )

    def quoted(text):
        return quoteattr(text, {"\n": "&#xA;"})

    return write


def checkout(path):
    """Write a checkout whose index is at `path`, and whose files are in a folder beside."""
    tree = path.parent.with_name("tree")
    repository = Repository(tree, path.parent)
    for number, text in enumerate([*TEXTS, ""]):
        repository.add(f"{number}.txt", text)
    repository.commit(config="[core]\n\tworktree = ../tree\n")
    (tree / ".git").write_text(f"gitdir: ../{path.parent.name}\n")


SHAPED = {
    "imageboard": lambda text: {"no": text, "time": 1, "resto": 1, "com": as_html(text)},
    "discourse": lambda text: {"cooked": as_html(text), "post_number": 1, "topic_id": 1},
    "lobsters": lambda text: (
        {"short_id": text, "created_at": 1} | {"commenting_user": "ann", "comment": as_html(text)}
    ),
    "lemmy-comments": lambda text: (
        {"comment": {"content": text}, "post": {}, "creator": {}} | {"community": {}, "counts": {}}
    ),
    "lemmy-posts": lambda text: (
        {"post": {"name": "", "body": text}, "creator": {}} | {"community": {}, "counts": {}}
    ),
    "nostr": lambda text: {"pubkey": "a", "kind": 1, "content": text, "sig": "b"},
    "misskey": lambda text: (
        {"createdAt": 1, "visibility": "public", "visibleUserIds": []} | {"text": text}
    ),
    "matrix": lambda text: (
        {"event_id": text, "sender": "a", "type": "m.room.message"}
        | {"content": {"msgtype": "m.text", "body": text}}
    ),
    "mattermost": lambda text: {"user": "ann", "message": text, "create_at": 1},
    "rocketchat": lambda text: {"rid": "a", "msg": text, "u": {}},
    "zulip": lambda text: {"date_sent": 1, "content": text, "rendered_content": "", "sender": 1},
    "teams": lambda text: (
        {"messageType": "message", "createdDateTime": 1}
        | {"body": {"contentType": "text", "content": text}}
    ),
    "skype": lambda text: (
        {"originalarrivaltime": 1, "messagetype": "Text"} | {"content": as_html(text)}
    ),
    "hangouts": lambda text: (
        {"event_id": text, "sender_id": {}, "event_type": "a"}
        | {"chat_message": {"message_content": {"segment": [{"text": text}]}}}
    ),
    "youtube-live": lambda text: (
        {"timestampUsec": 1, "authorExternalChannelId": "a"}
        | {"message": {"runs": [{"text": text}]}}
    ),
    "openassistant": lambda text: (
        {"message_id": text, "text": text, "role": "prompter"} | {"replies": []}
    ),
    "biorxiv": lambda text: {"doi": text, "title": "", "abstract": text, "jatsxml": ""},
    "openreview": lambda text: (
        {"id": text, "forum": "a", "signatures": []} | {"content": {"comment": {"value": text}}}
    ),
    "app-store": lambda text: (
        {"im:rating": {}, "title": {"label": ""}, "content": {"label": text}}
    ),
    "tumblr": lambda text: (
        {"blog_name": "ann", "post_url": "https://a.example/1", "reblog_key": "k"}
        | {"timestamp": 1_600_000_000, "id_string": text, "body": as_html(text)}
    ),
    "tiktok": lambda text: {"date": "2020-01-01", "comment": text, "url": ""},
    "twitch": lambda text: (
        {"commenter": {}, "message": {"body": text}} | {"content_offset_seconds": 1}
    ),
}
"""Posts of the layouts that differ only in where they have what."""


def shaped(layout):
    def write(path):
        path.write_text(lines([SHAPED[layout](text) for text in [*TEXTS, ""]]), "utf-8")

    return write


def collected(path):
    kind = {"_type": "snscrape.modules.twitter.Tweet"}
    rows = [kind | {"id": n, "content": escape(text)} for n, text in enumerate([*TEXTS, ""])]
    path.write_text(lines(rows), "utf-8")


def search_index(path):
    pages = [
        {"title": "A title", "text": text, "namespace": 0, "wiki": "enwiki", "page_id": n}
        for n, text in enumerate(TEXTS)
    ]
    path.write_text(lines([*pages, pages[0] | {"namespace": 1}]), "utf-8")


SAMPLES = [
    Sample(
        "cirrussearch",
        "enwiki-content.json",
        search_index,
        "not an article (a talk page, a template, a redirect)",
        4,
        ends=False,
        texts=tuple(f"A title\n\n{text}" for text in TEXTS),
    ),
    Sample("x-collected", "tweets.jsonl", collected, "null text", 4, ends=False),
    *(
        Sample(name, "a.jsonl", shaped(name), "empty text", 4, ends=False, has_ids=False)
        for name in SHAPED
    ),
    Sample("table", "posts.jsonl", json_lines, "null text", 2, ends=False),
    Sample("table", "posts.json", json_array, "empty text", 4),
    Sample("table", "posts.csv", comma_separated, "empty text", 4, ends=False),
    Sample("table", "posts.parquet", parquet, "null text", 1, packs=False),
    Sample("x-archive", "tweets.js", archive, "not a post", 4),
    Sample("x-api", "stream.ndjson", api, "deletion notice", 4, ends=False),
    Sample("x-api-v2", "posts.jsonl", api_v2, "empty text", 4, ends=False),
    Sample("x-graphql", "posts.jsonl", graphql, "empty text", 4, ends=False),
    Sample("x-gnip", "activities.json", gnip, "deletion notice", 4, ends=False),
    Sample("hackernews", "items.json", firebase, "deleted or removed", 4, ends=False),
    Sample("hackernews", "2024-01.parquet", hub_hackernews, "deleted or removed", 4, packs=False),
    Sample("arxiv", "arxiv-metadata.json", papers, "empty text", 4, ends=False),
    Sample("the-stack", "code.parquet", code, "null text", 4, packs=False),
    Sample("git", "index", checkout, "empty text", 4, packs=False),
    Sample("warc", "pages.wet", wet, "not a page (a request, metadata, or another type)", 4),
    Sample("bluesky", "jetstream.jsonl", jetstream, "deletion notice", 4, ends=False),
    Sample("bluesky-car", "a.car", repository, "not a post", 4),
    Sample(
        "mediawiki",
        "pages.xml",
        mediawiki,
        "not an article (a talk page, a template, a redirect)",
        4,
        texts=tuple(f"{text}\n\n{text}" for text in TEXTS),
    ),
    Sample("wikiextractor", "wiki_00", extracted, "empty text", 4, ends=False),
    Sample("wikimedia", "articles.ndjson", enterprise, "empty text", 4, ends=False),
    Sample("telegram", "result.json", telegram, "notice of the service", 4),
    Sample("telegram-api", "m.jsonl", telegram_api, "notice of the service", 4, ends=False),
    Sample("discord", "channel.json", discord, "notice of the service", 4),
    Sample("discord-package", "messages.json", discord_package, "empty text", 4),
    Sample("slack", "2020-01-02.json", slack, "notice of the service", 4),
    Sample("facebook", "your_posts_1.json", facebook, "null text", 4, has_ids=False),
    Sample(
        "irc", "a.log", irc, "notice of the service", 4, ends=False, has_ids=False, texts=ONE_LINE
    ),
    Sample(
        "whatsapp", "_chat.txt", whatsapp, "notice of the service", 6, ends=False, has_ids=False
    ),
    Sample("mail", "a.mbox", mailbox, "empty text", 4, ends=False),
    Sample("feed", "feed.xml", feed, "empty text", 4),
    Sample("json-feed", "feed.json", json_feed, "empty text", 4, texts=ONE_LINE),
    Sample("openalex", "part_000", openalex, "empty text", 4, ends=False, texts=ONE_LINE),
    Sample("crossref", "0.json", crossref, "empty text", 4, texts=ONE_LINE),
    Sample("stackexchange-api", "p.json", exchange_api, "empty text", 4, texts=ONE_LINE),
    Sample("github-events", "2024-01-02-3.json", github_events, "not a post", 4, ends=False),
    Sample("weibo", "a.json", weibo, "empty text", 4),
    Sample("youtube", "v.info.json", youtube, "empty text", 0, ends=False),
    Sample("linkedin", "Shares.csv", linkedin, "empty text", 4, ends=False),
    Sample("pubmed", "a.xml", pubmed, "deletion notice", 4),
    Sample("jats", "a.xml", jats, "empty text", 4),
    Sample("mastodon", "outbox.json", outbox, "not public", 4),
    Sample("mastodon-api", "statuses.json", statuses, "not public", 4),
    Sample("reddit", "comments.parquet", reddit_table, "deleted or removed", 4, packs=False),
    Sample("reddit", "RC_2017-07", comments, "deleted or removed", 4, ends=False),
    Sample("reddit", "RS_2017-07", submissions, "deleted or removed", 4, ends=False),
    Sample("stackexchange", "Comments.xml", exchange("comments", "Text"), "empty text", 4),
    Sample(
        "stackexchange",
        "PostHistory.xml",
        exchange("posthistory", 'PostHistoryTypeId="5" Text'),
        "empty text",
        4,
    ),
    Sample("stackexchange", "Posts.xml", exchange("posts", "Title"), "empty text", 4),
]
