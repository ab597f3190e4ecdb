"""Checkouts of git repositories, written without git."""

import hashlib
import os
import struct
import zlib
from pathlib import Path

WHEN = 1_700_000_000
FILE, SCRIPT, LINK, SUBMODULE = 0o100644, 0o100755, 0o120000, 0o160000


def object_id(kind: bytes, content: bytes, digest: str = "sha1") -> bytes:
    return hashlib.new(digest, b"%b %d\0%b" % (kind, len(content), content)).digest()


def index_bytes(entries, version=2, *, digest="sha1", extensions=b"", is_hashed=True):
    """Return an index with entries of (path, mode, object id, flags, extended flags)."""
    parts, before = [b"DIRC" + struct.pack(">LL", version, len(entries))], b""
    for path, mode, identifier, stage, more in entries:
        flags = stage | min(len(path), 0xFFF) | (0x4000 if more else 0)
        entry = struct.pack(">10L", 0, 0, 0, 0, 0, 0, mode, 0, 0, 0) + identifier
        entry += struct.pack(">H", flags) + (struct.pack(">H", more) if more else b"")
        if version == 4:
            pairs = enumerate(zip(before, path, strict=False))
            kept = next((n for n, (old, new) in pairs if old != new), len(before))
            entry += number(len(before) - kept) + path[kept:] + b"\0"
        else:
            entry += path
            entry += b"\0" * (8 - len(entry) % 8)
        parts.append(entry)
        before = path
    content = b"".join(parts) + extensions
    size = hashlib.new(digest).digest_size
    return content + (hashlib.new(digest, content).digest() if is_hashed else bytes(size))


def number(value):
    pieces = [value & 0x7F]
    while value := value >> 7:
        value -= 1
        pieces.append(0x80 | value & 0x7F)
    return bytes(reversed(pieces))


class Repository:
    """A repository of one commit."""

    def __init__(self, root: Path, git: Path | None = None, digest: str = "sha1") -> None:
        self.root, self.git, self.digest = root, git or root / ".git", digest
        self.entries = []
        root.mkdir(parents=True, exist_ok=True)

    def add(self, path, content: str | bytes = b"", *, mode=FILE, flags=0, more=0) -> None:
        """Write a file, and have git track it."""
        name = os.fsencode(path)
        data = content.encode() if isinstance(content, str) else content
        place = os.path.join(os.fsencode(self.root), name)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        if mode == LINK:
            os.symlink(data, place)
        elif mode != SUBMODULE:
            with open(place, "wb") as stream:
                stream.write(data)
        self.entries.append((name, mode, object_id(b"blob", data, self.digest), flags, more))

    def write_index(self, **options) -> None:
        self.git.mkdir(parents=True, exist_ok=True)
        (self.git / "index").write_bytes(
            index_bytes(sorted(self.entries), digest=self.digest, **options)
        )

    def commit(self, remote: str | None = None, *, config="", is_object=True, **options) -> str:
        """Write what git keeps; return the commit."""
        self.write_index(**options)
        commit = f"tree 0\nauthor A <a> 1 +0000\ncommitter A <a> {WHEN} +0100\n\nwords\n".encode()
        identifier = object_id(b"commit", commit, self.digest).hex()
        (self.git / "HEAD").write_text("ref: refs/heads/main\n")
        (self.git / "refs" / "heads").mkdir(parents=True, exist_ok=True)
        (self.git / "refs" / "heads" / "main").write_text(f"{identifier}\n")
        origin = "" if remote is None else f'[remote "origin"]\n\turl = {remote}\n'
        (self.git / "config").write_text(f"[core]\n\tbare = false\n{origin}{config}")
        if is_object:
            path = self.git / "objects" / identifier[:2] / identifier[2:]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(zlib.compress(b"commit %d\0%b" % (len(commit), commit)))
        return identifier
