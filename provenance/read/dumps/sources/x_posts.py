"""Posts of X: API v1.1 and v2, Gnip activities, tools of collectors, a user's own archive.

A repost gives the post that it repeats, with that post's id and author; so does a quoted post.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from provenance.errors import InputError
from provenance.model.content.tables import Items
from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import DeletionRecord, Entry, ItemRecord, RowFault
from provenance.read.dumps.parsers.json_posts import (
    JsonObject,
    first_string,
    member,
    objects_in,
    read_objects,
    read_posts,
    string_at,
    to_text,
)
from provenance.read.dumps.parsers.timestamps import first_timestamp, parse_timestamp

POST_URL = "https://x.com/i/status/"
ARCHIVE_NAMES = frozenset(
    {
        *("tweets", "tweet", "note_tweet", "note_tweets", "community_tweet", "community_tweets"),
        *("deleted_tweets", "deleted_tweet"),
    }
)
"""Parts of an archive that hold posts."""

_V2_FIELDS = frozenset(
    {
        *("article", "attachments", "author_id", "card_uri", "community_id", "context_annotations"),
        *("conversation_id", "created_at", "display_text_range", "edit_controls", "entities"),
        *("edit_history_tweet_ids", "geo", "id", "in_reply_to_user_id", "lang", "media_metadata"),
        *("non_public_metrics", "note_tweet", "organic_metrics", "possibly_sensitive"),
        *("promoted_metrics", "public_metrics", "referenced_tweets", "reply_settings", "scopes"),
        *("source", "suggested_source_links", "text", "withheld", "author"),
    }
)
"""Fields of posts of API v2."""
_UNKNOWN_LANGUAGES = {"und", "zxx", "qam", "qct", "qht", "qme", "qst", "art"}
_REPOST = re.compile(r"RT @(\w{1,20}): ")
_RETWEETED_ID = "referenced_tweets.retweeted.id"
_COLLECTED_IDS = ("id_str", "id", "status_id", "tweet_id")
_COLLECTED_TEXTS = ("fullText", "rawContent", "content", "text")
_COLLECTED_AUTHORS = ("author.username", "screen_name", "user_screen_name", "username")
_DATES = ("date", "createdAt", "created_at", "timestamp", "timestamp_utc")
_ARCHIVED_REPOST = "retweeted_status_id"
"""Column of the archive that X gave in CSV until 2018."""
_MINET_REPOST = "retweeted_id"
_ORIGINALS, _QUOTED = ("retweetedTweet", "retweet"), ("quotedTweet", "quote")
"""Members of posts as collectors write them; rows of tables have some of them as columns."""
COLLECTED_COLUMNS = (
    *(*_COLLECTED_IDS, *_COLLECTED_TEXTS, *_DATES, "lang", "screen_name", "author.username"),
    *("is_retweet", "retweet_status_id", "retweet_text", "retweet_screen_name"),
    *(_RETWEETED_ID, "retweeted_username", _ARCHIVED_REPOST),
    *("user_screen_name", "timestamp_utc", _MINET_REPOST, "retweeted_user"),
)
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def is_v1(post: JsonObject) -> bool:
    """Return whether an object is a post or a notice of API v1.1 or of its streams."""
    keys = post.keys()
    if isinstance(member(post, "delete", "status"), dict):
        return True
    if {"id_str", "created_at"} <= keys and {"text", "full_text", "extended_tweet"} & keys:
        return True
    return {"user", "created_at", "id"} <= keys and bool(
        {"full_text", "extended_tweet", "retweet_count"} & keys
    )


def is_v2(post: JsonObject) -> bool:
    """Return whether an object is a post or a page of API v2."""
    if "data" in post and {"includes", "meta", "matching_rules", "errors"} & post.keys():
        return any(map(_is_in_page, objects_in(post["data"])))
    if "errors" in post and "data" not in post:
        return any(_missing_posts(post))
    if member(post, "meta", "result_count") == 0:
        return True
    if "author_id" in post and _is_in_page(post):
        return True
    return {"id", "text"} <= post.keys() and bool(
        {"edit_history_tweet_ids", "public_metrics", "referenced_tweets"} & post.keys()
    )


def _is_in_page(inner: JsonObject) -> bool:
    """Return whether an object has what posts have: other services have `data` and `author_id`."""
    native = inner.get("id")
    return (
        isinstance(inner.get("text"), str)
        and isinstance(native, str)
        and native.isdecimal()
        and inner.keys() <= _V2_FIELDS
    )


def is_activity(post: JsonObject) -> bool:
    """Return whether an object is an activity as Gnip gives them."""
    return post.get("objectType") == "activity" and {"verb", "actor"} <= post.keys()


def read_v1(post: JsonObject, row: int, dump: Dump) -> Iterator[Entry]:
    """Yield a post of API v1.1, and the posts that it repeats or quotes."""
    deleted = member(post, "delete", "status")
    if isinstance(deleted, dict):
        when = parse_timestamp(member(post, "delete", "timestamp_ms"))
        yield _deletion(_v1_id(deleted), when, row, dump)
        return
    yield from _with_related(_v1_post(post), row, dump)


def read_v2(entry: JsonObject, row: int, dump: Dump) -> Iterator[Entry]:
    """Yield the posts of a page of API v2, or of a single post."""
    included = entry.get("includes")
    users = {
        to_text(user.get("id")): string_at(user, "username")
        for user in objects_in(member(included, "users"))
    }
    posts = {to_text(post.get("id")): post for post in objects_in(member(included, "tweets"))}
    yielded = set()
    for title in _missing_posts(entry):
        yield RowFault(row, f"not given by X: {title}")
    for post in objects_in(entry.get("data", [] if {"errors", "meta"} & entry.keys() else entry)):
        for found in _with_related(_v2_post(post, posts, users), row, dump):
            yielded.add(found.item if isinstance(found, ItemRecord) else None)
            yield found
    for native, post in posts.items():  # what other posts answer
        if native not in yielded:
            yield from _with_related(_v2_post(post, {}, users), row, dump)


def _missing_posts(page: JsonObject) -> Iterator[str]:
    """Yield why posts are missing in a page: deleted, protected, of a suspended account."""
    for error in objects_in(page.get("errors")):
        if error.get("resource_type") == "tweet":
            yield string_at(error, "title") or "no reason"


def is_collected(post: JsonObject) -> bool:
    """Return whether an object or row is a post as tools that collect posts write them."""
    keys = post.keys()
    return (
        str(post.get("_type", "")).startswith("snscrape.modules.twitter.Tweet")
        or {"rawContent", "retweetedTweet"} <= keys
        or {"type", "twitterUrl", "author", "createdAt"} <= keys
        or {"status_id", "is_retweet", "screen_name"} <= keys
        or {"author.username", _RETWEETED_ID} <= keys
        or {"tweet_id", _ARCHIVED_REPOST, "expanded_urls"} <= keys
        or {"user_screen_name", "timestamp_utc", _MINET_REPOST} <= keys
    )


def read_collected(post: JsonObject, row: int, dump: Dump) -> Iterator[Entry]:
    """Yield a post of snscrape, twscrape, Apify, rtweet, twarc-csv, minet or an old archive."""
    yield from _with_related(_collected_post(post), row, dump)


def is_response(entry: JsonObject) -> bool:
    """Return whether an object is a response of the interface of X's pages (GraphQL), or a post."""
    return _is_result(entry) or next(_results(entry.get("data")), None) is not None


def read_response(entry: JsonObject, row: int, dump: Dump) -> Iterator[Entry]:
    """Yield the posts of a response, or a single post, and what they repeat or quote."""
    for result in _results(entry):
        if "tombstone" in result:
            yield RowFault(row, skipped_rows.DELETED)
        else:
            yield from _with_related(_result_post(result), row, dump)


def read_activity(activity: JsonObject, row: int, dump: Dump) -> Iterator[Entry]:
    """Yield an activity of Gnip, and the posts that it repeats or quotes."""
    if activity.get("verb") == "delete":
        native = to_text(member(activity, "object", "id")) or to_text(activity.get("id"))
        when = parse_timestamp(activity.get("postedTime"))
        yield _deletion(native and native.rpartition(":")[2], when, row, dump)
        return
    yield from _with_related(_activity_post(activity), row, dump)


def read_archive(dump: Dump) -> Iterator[Items]:
    """Read `tweets.js`, or another file of posts, of an X archive."""
    owner = _archive_owner(dump)

    def read_entry(entry: JsonObject, row: int, dump: Dump) -> Iterator[Entry]:
        note = entry.get("noteTweet")
        post = _as_post(note) if isinstance(note, dict) else entry.get("tweet", entry)
        if not isinstance(post, dict):
            yield RowFault(row, skipped_rows.NOT_A_POST)
        elif "deleted_at" in post:
            yield _deletion(_v1_id(post), parse_timestamp(post["deleted_at"]), row, dump)
        else:
            yield from _with_related(_v1_post(post, owner), row, dump)

    return read_posts(dump, read_entry)


def _deletion(native: str | None, when: int | None, row: int, dump: Dump) -> Entry:
    if native is None:
        return RowFault(row, skipped_rows.DELETION)
    return DeletionRecord(row, dump.source, native, "deleted", when)


def full_text(post: JsonObject) -> str | None:
    """Return the longest known text of a post of API v1.1."""
    candidates = (member(post, "extended_tweet", "full_text"), post.get("full_text"))
    texts = (*candidates, post.get("text"))
    return next((_unescape(text) for text in texts if isinstance(text, str)), None)


class _Post(NamedTuple):
    """A post in any layout.

    Parameters
    ----------
    native, text, author, language : str or None
        As given.
    created_at : int or None
        Second.
    original : _Post or None
        Post that it repeats.
    quoted : tuple of _Post
        Posts that it quotes.
    is_repost : bool
        Whether it repeats another post, which may not be known.
    """

    native: str | None
    text: str | None
    author: str | None
    language: str | None
    created_at: int | None
    original: "_Post | None" = None
    quoted: "tuple[_Post, ...]" = ()
    is_repost: bool = False


def _with_related(post: _Post, row: int, dump: Dump) -> Iterator[Entry]:
    if post.original is not None:
        originals = _items(post.original, row, dump)
        yield from originals
        yield RowFault(row, skipped_rows.REPOST if originals else skipped_rows.REPOST_ALONE)
    elif post.is_repost or (post.text is not None and _REPOST.match(post.text)):
        yield RowFault(row, skipped_rows.REPOST_ALONE)
    else:
        yield _entry(post, row, dump)
    for quoted in post.quoted:
        yield from _items(quoted, row, dump)


def _items(post: _Post, row: int, dump: Dump) -> list[ItemRecord]:
    entries = _with_related(post, row, dump)
    return [entry for entry in entries if isinstance(entry, ItemRecord)]


def _entry(post: _Post, row: int, dump: Dump) -> Entry:
    if post.text is None:
        # Streams also carry limits and other notices.
        return RowFault(row, skipped_rows.NULL if post.native else skipped_rows.NOT_A_POST)
    if not post.text or post.text.isspace():
        return RowFault(row, skipped_rows.EMPTY)
    if post.native is None:
        return RowFault(row, skipped_rows.NO_ID)
    return ItemRecord(
        dump.source,
        post.native,
        post.text,
        POST_URL + post.native,
        post.created_at,
        post.author,
        None if post.language in _UNKNOWN_LANGUAGES else post.language,
    )


def _v1_post(post: JsonObject, owner: str | None = None) -> _Post:
    original, quoted = post.get("retweeted_status"), post.get("quoted_status")
    return _Post(
        _v1_id(post),
        full_text(post),
        string_at(post, "user", "screen_name") or owner,
        to_text(post.get("lang")),
        parse_timestamp(post.get("created_at")),
        _v1_post(original) if isinstance(original, dict) else None,
        (_v1_post(quoted),) if isinstance(quoted, dict) else (),
    )


def _v1_id(post: JsonObject) -> str | None:
    """Return the id; an id that was parsed as a float has lost its last digits, and is ignored."""
    native = post.get("id_str") or post.get("id")
    return None if isinstance(native, float) else to_text(native)


def _v2_post(
    post: JsonObject, posts: dict[str | None, JsonObject], users: dict[str | None, str | None]
) -> _Post:
    text = string_at(post, "note_tweet", "text") or post.get("text")
    related: dict[object, list[_Post]] = {}
    kinds = set()
    for reference in objects_in(post.get("referenced_tweets")):
        kinds.add(reference.get("type"))
        found = reference if "text" in reference else posts.get(to_text(reference.get("id")))
        if found is not None:
            related.setdefault(reference.get("type"), []).append(_v2_post(found, {}, users))
    author = string_at(post, "author", "username") or users.get(to_text(post.get("author_id")))
    return _Post(
        to_text(post.get("id")),
        _unescape(text) if isinstance(text, str) else None,
        author or to_text(post.get("author_id")),
        to_text(post.get("lang")),
        parse_timestamp(post.get("created_at")),
        next(iter(related.get("retweeted", [])), None),
        tuple(related.get("quoted", [])),
        "retweeted" in kinds,
    )


def _collected_post(post: JsonObject) -> _Post:
    originals = [o for name in _ORIGINALS for o in objects_in(post.get(name))]
    quoted = [_collected_post(q) for name in _QUOTED for q in objects_in(post.get(name))]
    text = first_string(post, _COLLECTED_TEXTS)
    return _Post(
        _collected_id(post, *_COLLECTED_IDS),
        None if text is None else _unescape(text),
        string_at(post, "user", "username")
        or string_at(post, "author", "userName")
        or first_string(post, _COLLECTED_AUTHORS),
        string_at(post, "lang"),
        first_timestamp(post, _DATES),
        _collected_post(originals[0]) if originals else _row_original(post, text),
        tuple(quoted),
        str(post.get("isRetweet", post.get("is_retweet"))).lower() == "true",
    )


def _row_original(post: JsonObject, text: str | None) -> _Post | None:
    """Return the post that a row of a table repeats, as it says in further columns."""
    names = ("retweet_status_id", _RETWEETED_ID, _ARCHIVED_REPOST, _MINET_REPOST)
    native = _collected_id(post, *names)
    if native is None:
        return None
    named = _REPOST.match(text or "")
    author = (
        string_at(post, "retweet_screen_name")
        or string_at(post, "retweeted_username")
        or string_at(post, "retweeted_user")
        or (named[1] if named else None)
    )
    repeated = string_at(post, "retweet_text") or _REPOST.sub("", text or "", count=1)
    is_cut_off = repeated.endswith("…")
    return _Post(native, None if is_cut_off else _unescape(repeated), author, None, None)


def _collected_id(post: JsonObject, *names: str) -> str | None:
    """Return an id; rtweet puts an x before it, which keeps spreadsheets from rounding it."""
    for name in names:
        if native := to_text(post.get(name)):
            return native.removeprefix("x")
    return None


def _is_result(value: JsonObject) -> bool:
    return "rest_id" in value and isinstance(member(value, "legacy", "full_text"), str)


def _results(value: object) -> Iterator[JsonObject]:
    """Yield the posts at any depth, and tombstones of posts, without those that posts repeat."""
    if isinstance(value, list):
        for inner in value:
            yield from _results(inner)
    elif isinstance(value, dict):
        if _is_result(value) or "tombstone" in value:
            yield value
        else:
            for inner in value.values():
                yield from _results(inner)


def _result_post(result: JsonObject) -> _Post:
    legacy, user = result.get("legacy"), member(result, "core", "user_results", "result")
    original = next(_results(member(legacy, "retweeted_status_result")), None)
    quoted = next(_results(result.get("quoted_status_result")), None)
    long = string_at(result, "note_tweet", "note_tweet_results", "result", "text")
    return _Post(
        to_text(result.get("rest_id")),
        _unescape(long or string_at(legacy, "full_text") or ""),
        string_at(user, "legacy", "screen_name") or string_at(user, "core", "screen_name"),
        string_at(legacy, "lang"),
        parse_timestamp(member(legacy, "created_at")),
        None if original is None or "tombstone" in original else _result_post(original),
        () if quoted is None or "tombstone" in quoted else (_result_post(quoted),),
    )


def _activity_post(activity: JsonObject) -> _Post:
    long, quoted = string_at(activity, "long_object", "body"), activity.get("twitter_quoted_status")
    native, original = to_text(activity.get("id")), activity.get("object")
    text = long or activity.get("body")
    is_repost = activity.get("verb") == "share"
    return _Post(
        None if native is None else native.rpartition(":")[2],
        _unescape(text) if isinstance(text, str) else None,
        string_at(activity, "actor", "preferredUsername"),
        to_text(activity.get("twitter_lang")),
        parse_timestamp(activity.get("postedTime")),
        _activity_post(original) if is_repost and isinstance(original, dict) else None,
        (_activity_post(quoted),) if isinstance(quoted, dict) else (),
        is_repost,
    )


def _as_post(note: JsonObject) -> JsonObject:
    """Convert a long post of an archive to the structure of a short one."""
    return {
        "id_str": note.get("noteTweetId"),
        "full_text": member(note, "core", "text"),
        "created_at": note.get("createdAt"),
    }


def _archive_owner(dump: Dump) -> str | None:
    """Return the user name in the archive's `account.js`; None if it is not there."""
    account = replace(dump, file=dump.file.sibling("account.js"))
    with suppress(InputError):
        for _, entry in read_objects(account):
            if (name := string_at(entry, "account", "username")) is not None:
                return name
    return None


def _unescape(text: str) -> str:
    """Resolve the only escapes that X uses."""
    for escape, character in _ESCAPES if "&" in text else ():
        text = text.replace(escape, character)
    return text
