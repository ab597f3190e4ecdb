"""Encrypted files: as specified, whole or in part, and only under their own name and key."""

import io

import numpy as np
import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import RegistryError
from provenance.registry.files.file_encryption import (
    TAG_BYTES,
    DecryptedStream,
    RegistryKey,
    decrypt,
    encrypt_file,
    is_authentic,
)

KEY = RegistryKey(bytes(range(32)))


def derived(what):
    context = f"provenance 2026-11 keyed registry: {what}"
    return blake3(KEY.secret, derive_key_context=context).digest()


def encrypted(path, content, key=KEY):
    encrypt_file(content, path, key)
    return path.read_bytes()


def test_the_library_is_blake3_as_published():
    """A test vector of https://github.com/BLAKE3-team/BLAKE3: keyed, no input, 131 bytes."""
    expected = (
        "92b2b75604ed3c761f9d6f62392c8a9227ad0ea3f09573e783f1498a4ed60d26b18171a2f22a4b94822c701f1071"
        "53dba24918c4bae4d2945c20ece13387627d3b73cbf97b797d5e59948c7ef788f54372df45e45e4293c7dc18c1d4"
        "1144a9758be58960856be1eabbe22c2653190de560ca3b2ac4aa692a9210694254c371e851bc8f"
    )
    hasher = blake3(b"", key=b"whats the Elvish word for friend")
    assert hasher.hexdigest(length=131) == expected
    assert hasher.digest(length=31, seek=100).hex() == expected[200:]


def test_files_are_encrypted_as_specified(tmp_path):
    """Who has a copy and its key has to be able to read it in ten years."""
    content = b"the words of a post, or their hashes" * 9
    tag = blake3(b"tokens\n" + content, key=derived("tag")).digest()
    stream = blake3(tag, key=derived("stream")).digest(length=len(content))
    expected = tag + bytes(one ^ other for one, other in zip(content, stream, strict=True))
    assert encrypted(tmp_path / "tokens.npy", content) == expected
    assert encrypted(tmp_path / "tokens-0123456789abcdef.npy", content) == expected
    assert KEY.id == derived("id")[:8].hex()


@given(content=st.binary(max_size=300), first=st.integers(0, 320), size=st.integers(0, 320))
def test_every_part_can_be_decrypted_alone(tmp_path_factory, content, first, size):
    stored = encrypted(tmp_path_factory.mktemp("e") / "tokens.npy", content)
    assert decrypt(stored, KEY, first, size).tobytes() == content[first : first + size]
    stream = DecryptedStream(stored, KEY)
    stream.seek(first)
    assert stream.read(size) == content[first : first + size]
    assert stream.seek(0, io.SEEK_END) == len(content)


def test_large_files_are_encrypted_like_small_ones(tmp_path):
    content = np.random.default_rng(0).bytes(40_000_000)
    whole = encrypted(tmp_path / "tokens.npy", content)
    stream = blake3(whole[:TAG_BYTES], key=derived("stream")).digest(length=len(content))
    ciphered = np.frombuffer(whole, np.uint8, offset=TAG_BYTES)
    assert (ciphered ^ np.frombuffer(stream, np.uint8)).tobytes() == content
    assert decrypt(whole, KEY, 0, len(content)).tobytes() == content


def test_a_tag_is_of_a_name_a_content_and_a_key(tmp_path):
    content = b"some content"
    stored = encrypted(tmp_path / "tokens.npy", content)
    assert is_authentic(stored, content, "tokens.npy", KEY)
    assert not is_authentic(stored, content, "keys.npy", KEY)
    assert not is_authentic(stored, b"some Content", "tokens.npy", KEY)
    assert not is_authentic(stored, content, "tokens.npy", RegistryKey(bytes(32)))


def test_nothing_but_the_length_shows(tmp_path):
    """What repeats in a file, or in a file of another name, does not repeat in what is stored."""
    stored = encrypted(tmp_path / "tokens.npy", bytes(1 << 20))
    assert len(stored) == TAG_BYTES + (1 << 20)
    blocks = np.frombuffer(stored[TAG_BYTES:], "V16")
    assert len(np.unique(blocks)) == len(blocks)
    counts = np.bincount(np.frombuffer(stored, np.uint8), minlength=256)
    assert abs(counts - len(stored) / 256).max() < 6 * np.sqrt(len(stored) / 256)
    other = encrypted(tmp_path / "keys.npy", bytes(1 << 20))
    assert (np.frombuffer(stored, "u8") == np.frombuffer(other, "u8")).sum() == 0


@pytest.mark.parametrize("text", ["", "secret", "0" * 63, "0" * 65, "G" * 64, "0" * 64 + "\n"])
def test_what_is_no_key_is_refused_and_not_shown(text):
    with pytest.raises(RegistryError, match=r"my\.key has no key") as error:
        RegistryKey.parse(text, "my.key")
    assert not text or text not in str(error.value)


def test_a_key_does_not_show_itself():
    key = RegistryKey.parse("ab" * 32, "")
    assert "abab" not in repr(key)
    assert key.id not in key.secret.hex()
