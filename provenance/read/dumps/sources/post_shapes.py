"""Posts of forums, networks and chats as JSON objects that differ only in the paths of fields.

Each shape says how to recognise its objects, and the paths of texts, ids, dates and further posts.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Literal

from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import Entry, ItemRecord, RowFault
from provenance.read.dumps.parsers.html_text import plain_text, remove_elements
from provenance.read.dumps.parsers.json_posts import JsonObject, member, objects_in, to_text
from provenance.read.dumps.parsers.timestamps import parse_timestamp

ENCRYPTED = "encrypted"


def _nothing(_: JsonObject) -> None:
    return None


@dataclass(frozen=True, slots=True)
class PostShape:
    """Paths of the fields of a post in the objects of a layout.

    A path leads through objects and lists; the first of several paths with a value is taken.

    Parameters
    ----------
    name : str
        Name of the layout.
    is_post : callable
        Returns whether an object is a post.
    texts : tuple of str or callable
        Paths of the parts of its text, which are joined with an empty line, or what returns them.
    dates : tuple of str
        Paths of its date.
    ids : tuple of str or callable
        Paths of its id, or what returns it.
    authors, languages, urls, licences : tuple of str
        Paths of its author, language, address and licence.
    html : "all", "marked" or None
        Whether the texts are HTML; "marked" are those beside which a `contentType` says so.
    reason : callable
        Returns the reason why a post is no item; None if it is one.
    is_container : callable
        Returns whether an object only contains posts.
    inner : tuple of str
        Paths of further posts, in posts and containers.
    """

    name: str
    is_post: Callable[[JsonObject], object]
    texts: tuple[str, ...] | Callable[[JsonObject], Iterable[str]]
    dates: tuple[str, ...]
    ids: tuple[str, ...] | Callable[[JsonObject], str | None] = ()
    authors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    html: Literal["all", "marked"] | None = None
    reason: Callable[[JsonObject], str | None] = _nothing
    is_container: Callable[[JsonObject], object] = _nothing
    inner: tuple[str, ...] = ()

    def is_entry(self, entry: JsonObject) -> bool:
        """Return whether an object is of this shape."""
        return bool(self.is_post(entry) or self.is_container(entry))

    def read_entry(self, entry: JsonObject, row: int, dump: Dump) -> Iterable[Entry]:
        """Return a post, and all that are in it."""
        posts = self._posts(entry) if self.inner else [entry] if self.is_post(entry) else []
        items = [self._item(post, row, number, dump) for number, post in enumerate(posts)]
        return items or [RowFault(row, skipped_rows.NOT_A_POST)]

    def _posts(self, entry: JsonObject) -> Iterator[JsonObject]:
        if self.is_post(entry):
            yield entry
        for path in self.inner:
            for found in _values(entry, path):
                if isinstance(found, dict):
                    yield from self._posts(found)

    def _item(self, post: JsonObject, row: int, number: int, dump: Dump) -> ItemRecord | RowFault:
        if (reason := self.reason(post)) is not None:
            return RowFault(row, reason)
        texts = self.texts
        parts = texts(post) if callable(texts) else [_text(post, path) for path in texts]
        if self.html == "all" or (self.html and _is_marked_as_html(post)):
            parts = [plain_text(part) if part else "" for part in parts]
        text = "\n\n".join([part for part in map(str.strip, parts) if part])
        if not text:
            return RowFault(row, skipped_rows.EMPTY)
        ids = self.ids
        native = ids(post) if callable(ids) else _first(post, ids)
        return ItemRecord(
            dump.source,
            native or f"{dump.prefix}#{row}.{number}".removesuffix(".0"),
            text,
            _first(post, self.urls),
            _first_second(post, self.dates),
            _first(post, self.authors),
            _first(post, self.languages),
            _first(post, self.licences),
        )


def _is_marked_as_html(post: JsonObject) -> bool:
    kind = post.get("content_type") or member(post, "body", "contentType")
    return kind in ("html", "text/html")


def _value(post: JsonObject, path: str) -> object:
    """Return the value at a path, or the list of those of each element of the lists on it."""
    value = post.get(path)
    return _inner_value(post, _names(path)) if value is None and "." in path else value


def _inner_value(entry: object, names: Sequence[str]) -> object:
    value = entry
    for depth, name in enumerate(names):
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list):
            inner = (_inner_value(element, names[depth:]) for element in value)
            return [v for found in inner for v in (found if isinstance(found, list) else [found])]
        else:
            return None
    return value


def _values(entry: JsonObject, path: str) -> Sequence[object]:
    """Return the values at a path, of each element of the lists on it."""
    value = _value(entry, path)
    return value if isinstance(value, list) else (value,)


@cache
def _names(path: str) -> Sequence[str]:
    return path.split(".")


def _text(post: JsonObject, path: str) -> str:
    value = _value(post, path)
    if isinstance(value, str):  # most texts
        return value
    parts = value if isinstance(value, list) else ()
    return "".join([part for part in parts if isinstance(part, str)])


def _first(post: JsonObject, paths: tuple[str, ...]) -> str | None:
    for path in paths:
        value = _value(post, path)
        if value is None:  # as most optional members are
            continue
        for each in value if isinstance(value, list) else (value,):
            if text := to_text(each):
                return text
    return None


def _first_second(post: JsonObject, paths: tuple[str, ...]) -> int | None:
    for path in paths:
        for value in _values(post, path):
            if value is not None and (second := parse_timestamp(value)) is not None:
                return second
    return None


def _has(*names: str) -> Callable[[JsonObject], bool]:
    required = frozenset(names)
    return lambda entry: entry.keys() >= required


def _flagged(*names: str) -> Callable[[JsonObject], str | None]:
    """Return a check for posts that were deleted: one of the members is true, or has a date."""

    def reason(post: JsonObject) -> str | None:
        for name in names:
            if _value(post, name):
                return skipped_rows.DELETED
        return None

    return reason


def _tumblr_texts(post: JsonObject) -> Iterator[str]:
    """Yield what a blog wrote in a post, of either format, without what it repeats of others."""
    blocks = post.get("content")
    if isinstance(blocks, list):
        for block in blocks:
            if isinstance(text := member(block, "text"), str):
                yield escape(text, quote=False).replace("\n", "<br>")
        return
    parts = [member(post, "reblog", "comment")]
    if not _is_reblog(post):
        parts = [post.get(name) for name in _TUMBLR_TEXTS]
    yield from (part for part in parts if isinstance(part, str))


def _is_reblog(post: JsonObject) -> bool:
    """Return whether a post of Tumblr repeats another one."""
    return any("is_current_item" not in part for part in objects_in(post.get("trail")))


def _tumblr_reason(post: JsonObject) -> str | None:
    if post.get("state", "published") != "published":
        return skipped_rows.NOT_PUBLIC
    is_alone = _is_reblog(post) and not any(_tumblr_texts(post))
    return skipped_rows.REPOST_ALONE if is_alone else None


def _discourse_texts(post: JsonObject) -> Iterator[str]:
    """Yield the text, without what it quotes of other posts and pages."""
    html = post.get("cooked")
    if isinstance(html, str):
        yield remove_elements(html, "aside") if "<aside" in html else html


def _discourse_reason(post: JsonObject) -> str | None:
    if post.get("post_type") == _WHISPER:
        return skipped_rows.NOT_PUBLIC
    if post.get("action_code") or post.get("post_type") == _SMALL_ACTION:
        return skipped_rows.SERVICE
    return _flagged("user_deleted", "hidden", "deleted_at")(post)


def _matrix_reason(event: JsonObject) -> str | None:
    if event.get("type") == "m.room.encrypted":
        return ENCRYPTED
    if event.get("type") != "m.room.message":
        return skipped_rows.SERVICE
    if not event.get("content"):
        return skipped_rows.DELETED
    kind = member(event, "content", "msgtype")
    return None if kind in ("m.text", "m.emote", "m.notice") else skipped_rows.EMPTY


def _matrix_texts(event: JsonObject) -> Iterator[str]:
    """Yield the text of a message, as it was edited, without the message that it answers."""
    content = event.get("content")
    edited = member(content, "m.new_content", "body")
    text = edited if isinstance(edited, str) else member(content, "body")
    if isinstance(text, str):
        is_answer = member(content, "m.relates_to", "m.in_reply_to") is not None
        yield _ANSWERED.sub("", text, count=1) if is_answer else text


def _matrix_id(event: JsonObject) -> str | None:
    """Return the id of a message; of an edit, that of the message that it replaces."""
    related = member(event, "content", "m.relates_to")
    is_edit = member(related, "rel_type") == "m.replace"
    return to_text(member(related, "event_id") if is_edit else event.get("event_id"))


def _nostr_reason(event: JsonObject) -> str | None:
    kind = event.get("kind")
    if kind in _NOSTR_PRIVATE:
        return skipped_rows.NOT_PUBLIC
    if kind in _NOSTR_REPOSTS:
        return skipped_rows.REPOST_ALONE
    return None if kind in _NOSTR_WRITTEN else skipped_rows.SERVICE


def _misskey_reason(note: JsonObject) -> str | None:
    if note.get("visibility") not in ("public", "home"):
        return skipped_rows.NOT_PUBLIC
    is_alone = note.get("renoteId") is not None and not note.get("text")
    return skipped_rows.REPOST_ALONE if is_alone else None


def _mattermost_reason(post: JsonObject) -> str | None:
    if "channel_members" in post:
        return skipped_rows.NOT_PUBLIC
    is_notice = str(post.get("type") or "").startswith("system_")
    return skipped_rows.SERVICE if is_notice else _flagged("deleteAt")(post)


def _is_zulip_message(entry: JsonObject) -> bool:
    return "content" in entry and (
        {"date_sent", "rendered_content", "sender"} <= entry.keys()
        or {"display_recipient", "sender_full_name", "timestamp"} <= entry.keys()  # of the API
    )


def _zulip_reason(message: JsonObject) -> str | None:
    # Only messages of channels have a topic.
    is_direct = message.get("subject") in ("", "\a") or message.get("type") in ("private", "direct")
    return skipped_rows.NOT_PUBLIC if is_direct else None


def _teams_reason(message: JsonObject) -> str | None:
    is_written = message.get("messageType") == "message"
    return _flagged("deletedDateTime")(message) if is_written else skipped_rows.SERVICE


def _skype_reason(message: JsonObject) -> str | None:
    is_written = message.get("messagetype") in ("RichText", "Text")
    return None if is_written else skipped_rows.SERVICE


def _review_texts(note: JsonObject) -> Iterator[str]:
    content = note.get("content")
    members = content if isinstance(content, dict) else {}
    for name in _REVIEW_PARTS:
        if name in members:
            value = members[name]
            text = value.get("value") if isinstance(value, dict) else value
            if isinstance(text, str):
                yield text


_ANSWERED = re.compile(r"\A(?:>[^\n]*\n)+\n")
_TUMBLR_TEXTS = ("title", "body", "text", "source", "description", "answer", "caption")
_WHISPER, _SMALL_ACTION = 4, 3
"""Types of posts of Discourse: seen by its staff only; of what a moderator did."""
_NOSTR_WRITTEN = (1, 11, 42, 1111, 30023)
_NOSTR_PRIVATE = (4, 13, 14, 1059)
_NOSTR_REPOSTS = (6, 16)

_REVIEW_PARTS = (
    *("title", "TL;DR", "abstract", "summary", "summary_of_the_paper", "main_review", "review"),
    *("strengths", "weaknesses", "strengths_and_weaknesses", "questions", "limitations"),
    *("summary_of_the_review", "metareview", "decision", "comment", "rebuttal"),
)
"""Members of notes of OpenReview, of papers, reviews and comments, in either version of its API."""
_CHAT_RENDERERS = ("liveChatTextMessageRenderer", "liveChatPaidMessageRenderer")
_LIVE_ITEM = "replayChatItemAction.actions.addChatItemAction.item"

SHAPES = (
    PostShape(
        "imageboard",
        _has("no", "time", "resto"),
        ("sub", "com"),
        ("time",),
        ids=("no",),
        authors=("trip",),
        html="all",
        is_container=_has("page", "threads"),
        inner=("threads", "last_replies"),
    ),
    PostShape(
        "discourse",
        _has("cooked", "post_number", "topic_id"),
        _discourse_texts,
        ("created_at",),
        ids=("id",),
        authors=("username", "user_id"),
        html="all",
        reason=_discourse_reason,
        is_container=_has("post_stream"),
        inner=("post_stream.posts",),
    ),
    PostShape(
        "lobsters",
        lambda post: (
            {"short_id", "created_at"} <= post.keys()
            and {"comments_url", "commenting_user"} & post.keys()
        ),
        ("title", "description", "comment"),
        ("created_at",),
        ids=("short_id",),
        authors=("submitter_user.username", "submitter_user", "commenting_user"),
        urls=("short_id_url",),
        html="all",
        reason=_flagged("is_deleted", "is_moderated"),
        inner=("comments",),
    ),
    PostShape(
        "lemmy-comments",
        _has("creator", "community", "comment", "counts"),
        ("comment.content",),
        ("comment.published",),
        ids=("comment.ap_id",),
        authors=("creator.actor_id", "creator.name"),
        urls=("comment.ap_id",),
        reason=_flagged("comment.deleted", "comment.removed"),
    ),
    PostShape(
        "lemmy-posts",
        _has("creator", "community", "post", "counts"),
        ("post.name", "post.body"),
        ("post.published",),
        ids=("post.ap_id",),
        authors=("creator.actor_id", "creator.name"),
        urls=("post.ap_id",),
        reason=_flagged("post.deleted", "post.removed"),
    ),
    PostShape(
        "nostr",
        _has("pubkey", "kind", "content", "sig"),
        ("content",),
        ("created_at",),
        ids=("id",),
        authors=("pubkey",),
        reason=_nostr_reason,
    ),
    PostShape(
        "misskey",
        _has("createdAt", "visibility", "visibleUserIds", "text"),
        ("cw", "text"),
        ("createdAt",),
        ids=("id",),
        authors=("user.username",),
        reason=_misskey_reason,
    ),
    PostShape(
        "matrix",
        _has("event_id", "sender", "content", "type"),
        _matrix_texts,
        ("origin_server_ts",),
        ids=_matrix_id,
        authors=("sender",),
        reason=_matrix_reason,
        is_container=_has("room_name", "messages"),
        inner=("messages",),
    ),
    PostShape(
        "mattermost",
        _has("user", "message", "create_at"),
        ("message",),
        ("create_at",),
        authors=("user",),
        reason=_mattermost_reason,
        is_container=lambda entry: entry.get("type") == "version" and "version" in entry,
        inner=("post", "direct_post", "replies"),
    ),
    PostShape(
        "rocketchat",
        _has("rid", "msg", "u"),
        ("msg",),
        ("ts",),
        ids=("_id",),
        authors=("u.username",),
        # Notices have a type.
        reason=lambda message: skipped_rows.SERVICE if message.get("t") else None,
    ),
    PostShape(
        "zulip",
        _is_zulip_message,
        ("content",),
        ("date_sent", "timestamp"),
        ids=("id",),
        authors=("sender", "sender_full_name"),
        html="marked",
        reason=_zulip_reason,
        is_container=_has("zerver_message", "zerver_usermessage"),
        inner=("zerver_message",),
    ),
    PostShape(
        "teams",
        _has("messageType", "createdDateTime", "body"),
        ("subject", "body.content"),
        ("createdDateTime",),
        ids=("id",),
        authors=("from.user.displayName", "from.application.displayName"),
        urls=("webUrl",),
        html="marked",
        reason=_teams_reason,
    ),
    PostShape(
        "skype",
        _has("originalarrivaltime", "messagetype", "content"),
        ("content",),
        ("originalarrivaltime",),
        ids=("id",),
        authors=("from",),
        html="all",
        reason=_skype_reason,
        is_container=_has("exportDate", "conversations"),
        inner=("conversations.MessageList",),
    ),
    PostShape(
        "hangouts",
        _has("event_id", "sender_id", "event_type"),
        ("chat_message.message_content.segment.text",),
        ("timestamp",),
        ids=("event_id",),
        authors=("sender_id.gaia_id", "sender_id.chat_id"),
        is_container=lambda entry: "conversation_id" in str(entry.get("conversations"))[:200],
        inner=("conversations.events",),
    ),
    PostShape(
        "tumblr",
        _has("blog_name", "post_url", "reblog_key"),
        _tumblr_texts,
        ("timestamp", "date"),
        ids=("id_string", "id"),
        authors=("blog_name",),
        urls=("post_url",),
        html="all",
        reason=_tumblr_reason,
    ),
    PostShape(
        "youtube-live",
        _has("message", "timestampUsec", "authorExternalChannelId"),
        ("message.runs.text",),
        ("timestampUsec",),
        ids=("id",),
        authors=("authorName.simpleText",),
        is_container=_has("replayChatItemAction"),
        inner=tuple(f"{_LIVE_ITEM}.{renderer}" for renderer in _CHAT_RENDERERS),
    ),
    PostShape(
        "tiktok",
        lambda post: (
            post.keys() - {"photo"} == {"date", "comment", "url"}
            or {"date", "comment", "url", "photo"} <= post.keys()
        ),
        ("comment",),
        ("date",),
        is_container=lambda entry: member(entry, "Comment", "Comments") is not None,
        inner=("Comment.Comments.CommentsList",),
    ),
    PostShape(
        "openassistant",
        _has("message_id", "text", "role", "replies"),
        ("text",),
        ("created_date",),
        ids=("message_id",),
        authors=("user_id",),
        languages=("lang",),
        reason=_flagged("deleted"),
        is_container=_has("message_tree_id", "prompt"),
        inner=("prompt", "replies"),
    ),
    PostShape(
        "biorxiv",
        _has("doi", "title", "abstract", "jatsxml"),
        ("title", "abstract"),
        ("date",),
        ids=("doi",),
        authors=("authors",),
        licences=("license",),
        is_container=_has("messages", "collection"),
        inner=("collection",),
    ),
    PostShape(
        "openreview",
        _has("id", "forum", "content", "signatures"),
        _review_texts,
        ("cdate", "tcdate"),
        ids=("id",),
        authors=("signatures",),
        reason=_flagged("ddate"),
    ),
    PostShape(
        "app-store",
        _has("im:rating", "content", "title"),
        ("title.label", "content.label"),
        ("updated.label",),
        ids=("id.label",),
        authors=("author.name.label",),
        # The first entry of the first page is the app.
        is_container=lambda entry: "im:rating" in str(member(entry, "feed", "entry")),
        inner=("feed.entry",),
    ),
    PostShape(
        "twitch",
        _has("commenter", "message", "content_offset_seconds"),
        ("message.body",),
        ("created_at",),
        ids=("_id",),
        authors=("commenter.name", "commenter.display_name"),
        is_container=_has("streamer", "video", "comments"),
        inner=("comments",),
    ),
)
"""In the order in which they are tried."""
