"""Posts of X, from API v1.1 and from the archive that X gives its users."""

from collections.abc import Iterator

from provenance.model import Items
from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import ItemRecord, RowFault
from provenance.read.dumps.json_posts import JsonObject, read_posts, to_text
from provenance.read.dumps.timestamps import parse_timestamp

POST_URL = "https://x.com/i/status/"
_ELLIPSIS = "…"


def read_api(dump: Dump) -> Iterator[Items]:
    """Read posts in the format of API v1.1."""
    return read_posts(dump, _read_post)


def read_archive(dump: Dump) -> Iterator[Items]:
    """Read `tweets.js`, or another file of posts, of an X archive."""
    return read_posts(dump, _read_archived)


def full_text(post: JsonObject) -> str | None:
    """Return the longest known text of a post, including that of a repost."""
    own_text = _text(post)
    original = post.get("retweeted_status")
    if not isinstance(original, dict) or not (
        own_text is None or post.get("truncated") or _is_truncated(own_text)
    ):
        return own_text
    text, name = _text(original), _screen_name(original)
    return own_text if text is None else f"RT @{name}: {text}" if name else text


def _is_truncated(text: str) -> bool:
    return text.rstrip().endswith(_ELLIPSIS)


def _text(post: JsonObject) -> str | None:
    extended_tweet = post.get("extended_tweet")
    texts = (extended_tweet.get("full_text") if isinstance(extended_tweet, dict) else None,)
    candidates = (*texts, post.get("full_text"), post.get("text"))
    return next((text for text in candidates if isinstance(text, str)), None)


def _screen_name(post: JsonObject) -> str | None:
    user = post.get("user")
    return to_text(user.get("screen_name")) if isinstance(user, dict) else None


def _read_post(post: JsonObject, row: int, dump: Dump) -> ItemRecord | RowFault:
    text = full_text(post)
    if text is None:
        # Streams also carry deletions, limits and other notices.
        return RowFault(row, skipped_rows.NULL if _post_id(post) else skipped_rows.NOT_A_POST)
    if not text or text.isspace():
        return RowFault(row, skipped_rows.EMPTY)
    native = _post_id(post)
    if native is None:
        return RowFault(row, skipped_rows.NO_ID)
    return ItemRecord(
        dump.source,
        native,
        text,
        POST_URL + native,
        parse_timestamp(post.get("created_at")),
        _screen_name(post),
        to_text(post.get("lang")),
    )


def _post_id(post: JsonObject) -> str | None:
    """Return the id; an id that was parsed as a float has lost its last digits, and is ignored."""
    native = post.get("id_str") or post.get("id")
    return None if isinstance(native, float) else to_text(native)


def _read_archived(entry: JsonObject, row: int, dump: Dump) -> ItemRecord | RowFault:
    note = entry.get("noteTweet")
    if isinstance(note, dict):
        return _read_post(_as_post(note), row, dump)
    post = entry.get("tweet", entry)
    return (
        _read_post(post, row, dump)
        if isinstance(post, dict)
        else RowFault(row, skipped_rows.NOT_A_POST)
    )


def _as_post(note: JsonObject) -> JsonObject:
    """Convert a long post to the structure of a short one."""
    core = note.get("core")
    return {
        "id_str": note.get("noteTweetId"),
        "full_text": core.get("text") if isinstance(core, dict) else None,
        "created_at": note.get("createdAt"),
    }
