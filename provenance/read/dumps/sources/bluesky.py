"""Bluesky: Jetstream and firehose, repositories (CAR), captures of accounts, sets on hubs."""

import base64
import binascii
import io
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

from provenance.model.content.tables import Items
from provenance.read.corpus import skipped_rows
from provenance.read.corpus.file_access import translate_read_errors
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import (
    DeletionRecord,
    Entry,
    ItemRecord,
    RowFault,
    batch_records,
)
from provenance.read.dumps.optional_libraries import import_parser
from provenance.read.dumps.parsers.json_posts import (
    JsonObject,
    member,
    objects_in,
    string_at,
    to_text,
)
from provenance.read.dumps.parsers.timestamps import parse_timestamp

POST, REPOST = "app.bsky.feed.post", "app.bsky.feed.repost"
COLUMNS = (
    *("uri", "text", "author", "created_at", "createdAt", "langs", "has_images", "reply_to", "cid"),
    *("did", "author_did"),
)

_PROFILES = "https://bsky.app/profile/"
_SCHEME = "at://"
_IN_POSTS = f"/{POST}/"
"""Stands between the owner and the key in the address of a post."""
_IN_TREE = f"{POST}/".encode()
"""Stands before the keys of posts in the tree of a repository."""
_MAX_VARINT_BYTES = 9
_WRAPPERS = ("post", "thread", "parent", "root", "reply")
"""Members of pages of the API with a post: in a feed, in a thread, what it answers."""
_CID_TAG = 42
_V0_CID_BYTES = 34
_CID, _CID_BYTES = b"\x01\x71\x12\x20", 36
"""Beginning and length of the CIDs of all blocks that Bluesky writes: CBOR, SHA-256."""
_CUT_SHORT = "it ends within a block"
_BUFFER_BYTES = 1 << 18

_TYPE = b"$type"
"""Member that every record has, and neither the nodes of the tree nor the signed root."""
_POST_TYPE, _REPOST_TYPE = (
    _TYPE + bytes([0x60 + len(name)]) + name.encode() for name in (POST, REPOST)
)
"""The same with its value as CBOR, which records have in the shortest form."""


def is_event(entry: JsonObject) -> bool:
    """Return whether an object is a post or an event of any of the layouts in JSON."""
    keys = entry.keys()
    if {"did", "time_us"} <= keys or "postRecords" in keys or _is_commit(entry):
        return True
    if {"accounts", "messages"} <= keys or {"uri", "cid"} <= keys:
        return bool({"value", "record", "messages", "text"} & keys)
    if any(isinstance(entry.get(name), dict) for name in _WRAPPERS):
        return any(is_event(inner) for name in _WRAPPERS for inner in objects_in(entry.get(name)))
    return {"uri", "text", "author", "created_at"} <= keys and bool(
        {"has_images", "reply_to"} & keys
    )


def read_event(entry: JsonObject, row: int, dump: Dump) -> Iterator[Entry]:
    """Yield the posts of an event, a capture or a view of a post."""
    if ("commit" in entry and "did" in entry) or "time_us" in entry:
        yield _jetstream(entry, row, dump)
    elif "postRecords" in entry:
        for record in objects_in(entry["postRecords"]):
            yield _record(string_at(record, "uri"), record.get("value"), row, dump)
    elif "messages" in entry:
        for message in objects_in(entry["messages"]):
            yield from _commit(objects_in(member(message, "frame", "body")), row, dump)
    elif _is_commit(entry):
        yield from _commit([entry], row, dump)
    else:
        yield from _view(entry, row, dump)


def _view(entry: JsonObject, row: int, dump: Dump) -> Iterator[Entry]:
    """Yield a post and those that it quotes; of a thread or feed, all in it."""
    if any(isinstance(entry.get(name), dict) for name in _WRAPPERS):
        inner = [view for name in (*_WRAPPERS, "replies") for view in objects_in(entry.get(name))]
    else:
        record = member(entry, "record") or member(entry, "value") or entry
        yield _record(string_at(entry, "uri"), record, row, dump)
        quoted = member(entry, "embed", "record")
        views = (quoted, member(quoted, "record"))  # alone, or beside pictures
        inner = [view for view in views if isinstance(view, dict) and "value" in view]
    for view in inner:
        yield from _view(view, row, dump)


def _is_commit(entry: JsonObject) -> bool:
    return {"repo", "ops", "blocks"} <= entry.keys()


def _jetstream(entry: JsonObject, row: int, dump: Dump) -> Entry:
    commit = entry.get("commit")
    collection, key = string_at(commit, "collection"), string_at(commit, "rkey")
    address = f"{_SCHEME}{to_text(entry.get('did'))}/{collection}/{key}"
    if string_at(commit, "operation") == "delete":
        return _deletion(address, entry.get("time_us"), row, dump)
    return _record(address, member(commit, "record"), row, dump)


def _commit(frames: list[JsonObject], row: int, dump: Dump) -> Iterator[Entry]:
    """Yield the posts of commits of the firehose, whose records are blocks of a CAR file."""
    for frame in frames:
        if not _is_commit(frame):  # of an identity or an account
            yield RowFault(row, skipped_rows.NOT_A_POST)
            continue
        try:
            encoded = string_at(frame, "blocks", "$bytes") or ""
            content = base64.b64decode(encoded + "=" * (-len(encoded) % 4))  # it has no padding
            blocks = dict(_read_blocks(io.BytesIO(content), dump))
            parse = _block_parser(dump)
            records = {_text_of_cid(cid): parse(block) for cid, block in blocks.items()}
        except (binascii.Error, ValueError):
            yield RowFault(row, "damaged blocks")
            continue
        for operation in objects_in(frame.get("ops")):
            address = f"{_SCHEME}{frame.get('repo')}/{operation.get('path')}"
            if operation.get("action") == "delete":
                yield _deletion(address, frame.get("time"), row, dump)
            else:
                record = records.get(string_at(operation, "cid", "$link") or "")
                yield _record(address, record, row, dump)


def _deletion(address: str, when: object, row: int, dump: Dump) -> Entry:
    """Return the deletion of a record, if it was a post; its address is the item's id."""
    if not address.rpartition("/")[0].endswith(f"/{POST}"):
        return RowFault(row, skipped_rows.NOT_A_POST)
    return DeletionRecord(row, dump.source, address, "deleted", parse_timestamp(when))


def _record(address: str | None, record: object, row: int, dump: Dump) -> ItemRecord | RowFault:
    """Return a record as an item, if it is a post."""
    values: JsonObject = record if isinstance(record, dict) else {}
    kind, address = values.get("$type"), address or ""
    if kind != POST and (kind is not None or _IN_POSTS not in address):
        is_repost = REPOST in (kind, address.rpartition("/")[0].rpartition("/")[2])
        return RowFault(row, skipped_rows.REPOST_ALONE if is_repost else skipped_rows.NOT_A_POST)
    did, _, key = address.removeprefix(_SCHEME).partition(_IN_POSTS)
    return _post(did, key, values, row, dump)


def _post(
    did: object, key: str | None, values: JsonObject, row: int, dump: Dump
) -> ItemRecord | RowFault:
    """Return a post, given its author and its key among the author's posts, as an item."""
    text = values.get("text")
    if not isinstance(text, str) or not text or text.isspace():
        return RowFault(row, skipped_rows.EMPTY if text == "" else skipped_rows.NULL)
    if not did or not key:
        return RowFault(row, skipped_rows.NO_ID)
    author, languages = f"{did}", values.get("langs")
    return ItemRecord(
        dump.source,
        f"{_SCHEME}{author}{_IN_POSTS}{key}",
        text,
        f"{_PROFILES}{author}/post/{key}",
        parse_timestamp(values.get("createdAt") or values.get("created_at")),
        author,
        to_text(languages[0]) if isinstance(languages, list) and languages else None,
    )


def read_repository(dump: Dump) -> Iterator[Items]:
    """Read the posts of a repository, as its owner or a relay exports it.

    The keys of records are in a tree that may be anywhere in the file: a large one is read twice.

    Raises
    ------
    CorruptFile
        If the file is damaged or cut short.
    """
    return batch_records(dump.name, _repository(dump))


def _repository(dump: Dump) -> Iterator[ItemRecord | RowFault]:
    parse = _block_parser(dump)
    keys: dict[bytes, str] = {}
    owner = None
    # Three lists: a tuple for each post would be work for the garbage collector.
    rows, cids, posts = list[int](), list[bytes](), list[bytes]()
    count = held_bytes = row = 0
    with translate_read_errors(
        dump.display_path, lambda: f"after {count:,} blocks", damage=(ValueError,)
    ):
        for cid, block in _file_blocks(dump):
            count += 1
            if _POST_TYPE in block:
                if held_bytes <= dump.file.max_document:
                    rows.append(row)
                    cids.append(cid)
                    posts.append(block)
                    held_bytes += len(block)
                row += 1
            elif _TYPE in block:
                is_repost = _REPOST_TYPE in block
                reason = skipped_rows.REPOST_ALONE if is_repost else skipped_rows.NOT_A_POST
                yield RowFault(row, reason)
                row += 1
            elif isinstance(node := parse(block), dict):
                keys |= _post_keys(node)
                owner = node["did"] if {"did", "data", "sig"} <= node.keys() else owner
        is_held = held_bytes <= dump.file.max_document
        for row, cid, block in zip(rows, cids, posts, strict=True) if is_held else _posts(dump):
            record = parse(block)
            if isinstance(record, dict) and record.get("$type") == POST:
                yield _post(owner, keys.get(cid), record, row, dump)
            else:
                yield _record(None, record, row, dump)


def _posts(dump: Dump) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield the number among all records, CID and content of each that may be a post."""
    records = (found for found in _file_blocks(dump) if _TYPE in found[1])
    for row, (cid, block) in enumerate(records):
        if _POST_TYPE in block:
            yield row, cid, block


def _post_keys(node: JsonObject) -> dict[bytes, str]:
    """Return the keys of posts by CID, if the block is a node of the tree."""
    entries, path, keys = node.get("e"), b"", dict[bytes, str]()
    try:
        for entry in entries if isinstance(entries, list) else ():
            path = path[: entry["p"]] + entry["k"]
            link = entry["v"]  # a tagged value, with a zero byte before the CID
            if link.tag != _CID_TAG:
                return {}
            if path.startswith(_IN_TREE):
                keys[link.value[1:]] = path[len(_IN_TREE) :].decode("utf-8", "replace")
    except (AttributeError, KeyError, TypeError):
        return {}
    return keys


def _file_blocks(dump: Dump) -> Iterator[tuple[bytes, bytes]]:
    """Yield CID and content of the blocks of a file."""
    with (
        dump.file.stream() as raw,
        io.BufferedReader(cast("io.RawIOBase", raw), _BUFFER_BYTES) as stream,
    ):
        yield from _read_blocks(stream, dump)


def _read_blocks(stream: BinaryIO, dump: Dump) -> Iterator[tuple[bytes, bytes]]:
    """Yield CID and content of the blocks of a CAR file, which are behind its header."""
    parts = _read_parts(stream, dump)
    if next(parts, None) is None:
        raise ValueError("there is no header")
    for block in parts:
        is_usual = len(block) >= _CID_BYTES and block.startswith(_CID)
        end = _CID_BYTES if is_usual else _cid_end(block)
        yield block[:end], block[end:]


def _read_parts(stream: BinaryIO, dump: Dump) -> Iterator[bytes]:
    """Yield header and blocks of a CAR file, which have their size before them."""
    data, at, limit = b"", 0, dump.file.max_document
    while True:
        if len(data) - at < _MAX_VARINT_BYTES:
            data, at = data[at:] + stream.read(_BUFFER_BYTES), 0
            if not data:
                return
        size, at = _varint(data, at)
        if size > limit:
            raise ValueError(f"a block has {size:,} bytes")
        if len(data) - at < size:
            data, at = data[at:] + stream.read(max(size, _BUFFER_BYTES)), 0
            if len(data) < size:
                raise ValueError(_CUT_SHORT)
        yield data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of variable length, and its end."""
    byte, end = data[at], at + 1
    value, shift = byte & 0x7F, 7
    while byte > 0x7F:  # another byte follows
        if end - at == _MAX_VARINT_BYTES:
            raise ValueError("the size of a block is not a number")
        if end == len(data):
            raise ValueError(_CUT_SHORT)
        byte = data[end]
        value |= (byte & 0x7F) << shift
        end, shift = end + 1, shift + 7
    return value, end


def _block_parser(dump: Dump) -> Callable[[bytes], object]:
    cbor: Any = import_parser("cbor2", "bluesky", dump)

    def parse(content: bytes) -> object:
        try:
            return cbor.loads(content)
        except (cbor.CBORDecodeError, RecursionError, OverflowError) as error:
            raise ValueError(f"a block is not CBOR ({error})") from error

    return parse


def _cid_end(block: bytes) -> int:
    """Return the length of any CID: version, codec, hash function, length and digest."""
    if block[:2] == b"\x12\x20":
        return _V0_CID_BYTES
    place = 0
    for _ in range(3):
        place = _varint_end(block, place)
    length_end = _varint_end(block, place)
    return length_end + block[place]


def _varint_end(data: bytes, place: int) -> int:
    while place < len(data) and data[place] & 0x80:
        place += 1
    if place >= len(data):
        raise ValueError("a block has no CID")
    return place + 1


def _text_of_cid(cid: bytes) -> str:
    """Return a CID as JSON writes it: base 32 in lower case, after a `b`."""
    return "b" + base64.b32encode(cid).decode().rstrip("=").lower()
