"""Posts of X: from API v1.1, and from the archive that X gives its users."""

from collections.abc import Iterator

from provenance.model import Items
from provenance.read.corpus import skipped_rows as skips
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import Fault, Record
from provenance.read.dumps.json_posts import Object, read_posts, word
from provenance.read.dumps.timestamps import moment

ADDRESS = "https://x.com/i/status/"
_CUT = "…"


def read_api(dump: Dump) -> Iterator[Items]:
    """Read posts as API v1.1 gave them."""
    return read_posts(dump, _post)


def read_archive(dump: Dump) -> Iterator[Items]:
    """Read `tweets.js`, or another file of posts, of an X archive."""
    return read_posts(dump, _archived)


def full_text(post: Object) -> str | None:
    """Return a post's text as far as it is known, that of a reposted one included."""
    own = _text(post)
    reposted = post.get("retweeted_status")
    if not isinstance(reposted, dict) or not (own is None or post.get("truncated") or _cut(own)):
        return own
    text, name = _text(reposted), _screen_name(reposted)
    return own if text is None else f"RT @{name}: {text}" if name else text


def _cut(text: str) -> bool:
    return text.rstrip().endswith(_CUT)


def _text(post: Object) -> str | None:
    extended = post.get("extended_tweet")
    texts = (extended.get("full_text") if isinstance(extended, dict) else None,)
    found = (*texts, post.get("full_text"), post.get("text"))
    return next((text for text in found if isinstance(text, str)), None)


def _screen_name(post: Object) -> str | None:
    user = post.get("user")
    return word(user.get("screen_name")) if isinstance(user, dict) else None


def _post(post: Object, row: int, dump: Dump) -> Record | Fault:
    text = full_text(post)
    if text is None:
        # Streams also carry deletions, limits and other notices.
        return Fault(row, skips.NULL if _id(post) else skips.NOT_A_POST)
    if not text or text.isspace():
        return Fault(row, skips.EMPTY)
    native = _id(post)
    if native is None:
        return Fault(row, skips.NO_ID)
    return Record(
        dump.source,
        native,
        text,
        ADDRESS + native,
        moment(post.get("created_at")),
        _screen_name(post),
        word(post.get("lang")),
    )


def _id(post: Object) -> str | None:
    """Return the id; one that was read as a float has lost its last digits."""
    native = post.get("id_str") or post.get("id")
    return None if isinstance(native, float) else word(native)


def _archived(entry: Object, row: int, dump: Dump) -> Record | Fault:
    note = entry.get("noteTweet")
    if isinstance(note, dict):
        return _post(_as_post(note), row, dump)
    post = entry.get("tweet", entry)
    return _post(post, row, dump) if isinstance(post, dict) else Fault(row, skips.NOT_A_POST)


def _as_post(note: Object) -> Object:
    """Give a long post the shape of a short one."""
    core = note.get("core")
    return {
        "id_str": note.get("noteTweetId"),
        "full_text": core.get("text") if isinstance(core, dict) else None,
        "created_at": note.get("createdAt"),
    }
