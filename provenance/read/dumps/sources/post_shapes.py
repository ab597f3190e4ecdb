"""Posts of forums, networks and chats as JSON objects, from the table `post_shapes.yaml`.

Each shape says how to recognise its objects, and the paths of texts, ids, dates and further posts.
A path leads through objects and lists; the first of several paths with a value is taken.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cache
from html import escape
from importlib.resources import files
from typing import Literal

import msgspec
import yaml

from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import Entry, ItemRecord, RowFault
from provenance.read.dumps.parsers.html_text import plain_text, remove_elements
from provenance.read.dumps.parsers.json_posts import JsonObject, member, objects_in, to_text
from provenance.read.dumps.parsers.timestamps import parse_timestamp

Value = str | int | None


class SkipRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Posts that are no items: those that meet all conditions.

    Parameters
    ----------
    reason : str
        Why they are none.
    has, filled, empty : sequence of str
        Members that a post has; paths of which any has a value that is true; or none has.
    values, others : dict of str to sequence
        Values at a path, of which one is met, or none; `*` stands for any characters.
    """

    reason: str
    has: frozenset[str] = frozenset()
    filled: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    values: dict[str, tuple[Value, ...]] = {}
    others: dict[str, tuple[Value, ...]] = {}

    def applies_to(self, post: JsonObject) -> bool:
        """Return whether a post meets all conditions."""
        return (
            post.keys() >= self.has
            and (not self.filled or any(_value(post, path) for path in self.filled))
            and not any(_value(post, path) for path in self.empty)
            and all(_is_any(_value(post, path), usual) for path, usual in self.values.items())
            and not any(_is_any(_value(post, path), usual) for path, usual in self.others.items())
        )


def _is_any(value: object, values: Sequence[Value]) -> bool:
    if isinstance(value, str):
        return any(isinstance(each, str) and fnmatchcase(value, each) for each in values)
    return value in values


class PostShape(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Paths of the fields of a post in the objects of a layout.

    Parameters
    ----------
    name : str
        Name of the layout.
    members : tuple of frozenset of str
        Alternatives: members by which an object is a post.
    exactly : frozenset of str
        Members of a post that has no others.
    texts : tuple of str
        Paths of the parts of its text, which are joined with an empty line. A part may be in the
        `value` of an object.
    dates, ids, authors, languages, urls, licences : tuple of str
        Paths of its date, id, author, language, address and licence.
    html : "all", "marked" or None
        Whether the texts are HTML; "marked" are those beside which a `contentType` says so.
    without : str
        Element of HTML that is not part of the text.
    skipped : tuple of SkipRule
        Posts that are no items; the first rule that applies counts.
    container : tuple of str
        Members, or paths to a value, of an object that only contains posts.
    container_values : dict of str to sequence
        Values that such an object has.
    inner : tuple of str
        Paths of further posts, in posts and containers.
    """

    name: str
    members: tuple[frozenset[str], ...]
    exactly: frozenset[str] = frozenset()
    texts: tuple[str, ...]
    dates: tuple[str, ...]
    ids: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    html: Literal["all", "marked"] | None = None
    without: str = ""
    skipped: tuple[SkipRule, ...] = ()
    container: tuple[str, ...] = ()
    container_values: dict[str, tuple[Value, ...]] = {}
    inner: tuple[str, ...] = ()

    def is_post(self, entry: JsonObject) -> bool:
        """Return whether an object is a post."""
        names = entry.keys()
        return any(names >= each for each in self.members) or (names == self.exactly != frozenset())

    def is_entry(self, entry: JsonObject) -> bool:
        """Return whether an object is of this shape."""
        return self.is_post(entry) or (bool(self.container) and self._is_container(entry))

    def _is_container(self, entry: JsonObject) -> bool:
        return all(_has(entry, path) for path in self.container) and all(
            _is_any(entry.get(name), usual) for name, usual in self.container_values.items()
        )

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

    def _reason(self, post: JsonObject) -> str | None:
        """Return why a post is no item; None if it is one."""
        for rule in self.skipped:
            if rule.applies_to(post):
                return rule.reason
        if self.name == "tumblr" and _is_reblog(post) and not any(_tumblr_texts(post)):
            return skipped_rows.REPOST_ALONE
        return None

    def _texts(self, post: JsonObject) -> list[str]:
        """Return the parts of the text of a post."""
        read = _TEXTS.get(self.name)
        return [*read(post)] if read else [_text(post, path) for path in self.texts]

    def _item(self, post: JsonObject, row: int, number: int, dump: Dump) -> ItemRecord | RowFault:
        if (reason := self._reason(post)) is not None:
            return RowFault(row, reason)
        parts = self._texts(post)
        if self.without:
            mark = f"<{self.without}"
            parts = [remove_elements(p, self.without) if mark in p else p for p in parts]
        if self.html == "all" or (self.html and _is_marked_as_html(post)):
            parts = [plain_text(part) if part else "" for part in parts]
        text = "\n\n".join([part for part in map(str.strip, parts) if part])
        if not text:
            return RowFault(row, skipped_rows.EMPTY)
        native = _matrix_id(post) if self.name == "matrix" else _first(post, self.ids)
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


def _has(entry: JsonObject, path: str) -> bool:
    """Return whether an object has a member, or a value at a path."""
    if "." not in path:
        return path in entry
    return any(value is not None for value in _values(entry, path))


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
    if isinstance(value, dict):
        return _text(value, "value")
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


_ANSWERED = re.compile(r"\A(?:>[^\n]*\n)+\n")
_TUMBLR_TEXTS = ("title", "body", "text", "source", "description", "answer", "caption")
_TEXTS: dict[str, Callable[[JsonObject], Iterable[str]]] = {
    "matrix": _matrix_texts,
    "tumblr": _tumblr_texts,
}
"""What yields the texts of shapes of which no path does."""


@cache
def post_shapes() -> tuple[PostShape, ...]:
    """Return the table, in the order in which shapes are tried."""
    content = files("provenance.read.dumps.sources").joinpath("post_shapes.yaml").read_bytes()
    return msgspec.convert(yaml.load(content, yaml.CSafeLoader), tuple[PostShape, ...])
