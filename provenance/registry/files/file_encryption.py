"""Encryption of files under a key that the owner of a registry gives to one licensee.

The construction is deterministic authenticated encryption (SIV: Rogaway and Shrimpton, "A
provable-security treatment of the key-wrap problem", Eurocrypt 2006) of which both parts are keyed
BLAKE3: its digest of name and content is the tag, and its extended output for the tag is the
keystream. A file begins with its tag. So equal files are equal under one key, which lets an updated
copy be fetched by difference; of what is inside a file, nothing shows but its length.
"""

import io
import re
from dataclasses import dataclass, field
from functools import cached_property
from mmap import mmap
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from blake3 import blake3

from provenance.errors import RegistryError
from provenance.model.content.fingerprints import UInt8s

Content: TypeAlias = mmap | bytes | memoryview
"""Content of a file, in memory."""

TAG_BYTES = 32
"""Size of the tag with which an encrypted file begins."""

_ID_BYTES = 8
_CHUNK_BYTES = 1 << 24
_KEY_PATTERN = "[0-9a-f]{64}"

# Never change these: they are part of the format.
_ID_CONTEXT = "provenance 2026-11 keyed registry: id"
_TAG_CONTEXT = "provenance 2026-11 keyed registry: tag"
_STREAM_CONTEXT = "provenance 2026-11 keyed registry: stream"
_PSEUDONYM_CONTEXT = "provenance 2026-11 keyed registry: pseudonym"


@dataclass(frozen=True)
class RegistryKey:
    """A key of 32 random bytes.

    Parameters
    ----------
    secret : bytes
        The key.
    """

    secret: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str, origin: str) -> "RegistryKey":
        """Parse a key from its 64 hexadecimal digits; `origin` says where it was read.

        Raises
        ------
        RegistryError
            If it is none. A sentence is none: its id, which is public, would let guesses be tried.
        """
        if not re.fullmatch(_KEY_PATTERN, text):
            raise RegistryError(
                f"{origin} has no key of a registry: a key has 64 hexadecimal digits",
                remedy="use the key that `provenance registry publish --new-key` made",
            )
        return cls(bytes.fromhex(text))

    @cached_property
    def id(self) -> str:
        """Identifies the key, and says nothing of it."""
        return self._derive(_ID_CONTEXT)[:_ID_BYTES].hex()

    def pseudonym(self, text: str) -> str:
        """Return the pseudonym of a text: who has the key can try guesses, nobody else can."""
        return blake3(text.encode(), key=self._derive(_PSEUDONYM_CONTEXT)).hexdigest(length=12)

    def tag(self, name: str, content: Content) -> bytes:
        """Return the tag of a file, of whose name the part counts that is not its digest."""
        [stem] = re.findall("^[a-z]+", name)
        hasher = blake3(f"{stem}\n".encode(), key=self._tag_key)
        with memoryview(content) as view:
            for first in range(0, len(view), _CHUNK_BYTES):
                hasher.update(view[first : first + _CHUNK_BYTES])
        return hasher.digest()

    def apply_stream(self, tag: bytes, content: UInt8s, first: int, into: UInt8s) -> None:
        """Encrypt, or decrypt, a part of a file's content that begins at the byte `first` of it."""
        stream = blake3(tag, key=self._stream_key)
        for at in range(0, len(content), _CHUNK_BYTES):
            part = content[at : at + _CHUNK_BYTES]
            keystream = np.frombuffer(stream.digest(len(part), seek=first + at), np.uint8)
            np.bitwise_xor(part, keystream, out=into[at : at + _CHUNK_BYTES])

    @cached_property
    def _tag_key(self) -> bytes:
        return self._derive(_TAG_CONTEXT)

    @cached_property
    def _stream_key(self) -> bytes:
        return self._derive(_STREAM_CONTEXT)

    def _derive(self, context: str) -> bytes:
        return blake3(self.secret, derive_key_context=context).digest()


def encrypt_file(content: Content, path: Path, key: RegistryKey) -> None:
    """Write content, encrypted, to a file, whose name it cannot be separated from."""
    tag, plain = key.tag(path.name, content), np.frombuffer(content, np.uint8)
    encrypted = np.empty(min(len(plain), _CHUNK_BYTES), np.uint8)
    with path.open("wb") as file:
        file.write(tag)
        for first in range(0, len(plain), _CHUNK_BYTES):
            part = plain[first : first + _CHUNK_BYTES]
            key.apply_stream(tag, part, first, encrypted[: len(part)])
            file.write(encrypted[: len(part)].data)


def decrypt(stored: Content, key: RegistryKey, first: int, size: int) -> UInt8s:
    """Decrypt `size` bytes of an encrypted file's content, from the byte `first` of it on.

    The tag is not checked: see `is_authentic`.
    """
    encrypted = np.frombuffer(stored, np.uint8)
    tag, content = encrypted[:TAG_BYTES].tobytes(), encrypted[TAG_BYTES:][first : first + size]
    plain = np.empty(len(content), np.uint8)
    key.apply_stream(tag, content, first, plain)
    return plain


def is_authentic(stored: Content, content: Content, name: str, key: RegistryKey) -> bool:
    """Return whether an encrypted file, decrypted to some content, was encrypted with the key."""
    return bytes(np.frombuffer(stored, np.uint8)[:TAG_BYTES]) == key.tag(name, content)


class DecryptedStream(io.RawIOBase):
    """An encrypted file as a stream of its content, of which only what is read is decrypted.

    Parameters
    ----------
    stored : bytes-like
        The encrypted file.
    key : RegistryKey
        Its key.
    """

    def __init__(self, stored: Content, key: RegistryKey) -> None:
        self._stored, self._key, self._place = stored, key, 0
        with memoryview(stored) as view:
            self._size = max(len(view) - TAG_BYTES, 0)

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Return that it can be read from any place."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a place."""
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(origin + offset, 0)
        return self._place

    def readinto(self, buffer: Any, /) -> int:
        """Fill a buffer as far as the content reaches; return the number of bytes."""
        with memoryview(buffer) as view:
            plain = decrypt(self._stored, self._key, self._place, len(view))
            view[: len(plain)] = plain.data
        self._place += len(plain)
        return len(plain)
