"""Trust files: which keys may speak for which sources, and until when."""

import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path

from provenance.atomic_output import read_file
from provenance.errors import SigningError
from provenance.read.policy.validation import UncheckedValue
from provenance.signing import AllowedSigner, PublicKey, check_library, load_public_key
from provenance.signing.keys import parse_openssh_key

ANY_SOURCE = "*"
_KEYS = ("principal", "key", "sources", "valid_from", "valid_until")
_EXAMPLE = """[[keys]]
principal = "legal@example.org"
key = "ssh-ed25519 AAAA..."
sources = ["x"]"""


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A key, with what it may speak for.

    Parameters
    ----------
    signer : AllowedSigner
        The key, whose it is, and when it is valid.
    sources : tuple of str
        Sources that it may speak for; `ANY_SOURCE` stands for all.
    """

    signer: AllowedSigner
    sources: tuple[str, ...]

    def speaks_for(self, source: str) -> bool:
        """Return whether it may speak for a source."""
        return source in self.sources or ANY_SOURCE in self.sources

    @property
    def unlimited(self) -> AllowedSigner:
        """The key without limits of time: to say whose an expired signature is."""
        return replace(self.signer, valid_after=None, valid_before=None)

    def __str__(self) -> str:
        """Return what an error says of it."""
        sources = "all sources" if ANY_SOURCE in self.sources else ", ".join(self.sources)
        return f"the key {self.signer.key.fingerprint} of {self.signer.name}, for {sources}"


@dataclass(frozen=True, slots=True)
class TrustFile:
    """The keys in a file.

    Parameters
    ----------
    path : str
        The file.
    keys : tuple of TrustedKey
        Its keys.
    """

    path: str
    keys: tuple[TrustedKey, ...]


def read_trust_file(path: str) -> TrustFile:
    """Read a trust file.

    Raises
    ------
    SigningError
        If it cannot be read, or an entry is wrong.
    """
    check_library()
    try:
        content = tomllib.loads(read_file(Path(path)).decode("utf-8-sig"))
    except OSError as error:
        raise SigningError(
            f"the trust file {path} cannot be read: {error.strerror}",
            remedy="name a file with the keys that you trust",
        ) from error
    except (ValueError, RecursionError) as error:
        raise SigningError(
            f"{path} is not valid TOML: {error}", remedy=f"write it like this:\n{_EXAMPLE}"
        ) from error
    tables = UncheckedValue(content, path, SigningError).table(("keys",), ("keys",))
    return TrustFile(
        path,
        tuple(_parse_key(entry, Path(path).parent) for entry in tables["keys"].list()),
    )


def _parse_key(entry: UncheckedValue, folder: Path) -> TrustedKey:
    values = entry.table(_KEYS, ("principal", "key", "sources"))
    sources = tuple(each.text() for each in values["sources"].list())
    if not sources:
        raise values["sources"].wrong("it names no source", 'name some, or all: ["*"].')
    days = {name: values[name].day() if name in values else None for name in _KEYS[3:]}
    signer = AllowedSigner(
        key=_parse_public_key(values["key"], folder),
        principals=(values["principal"].text(),),
        valid_after=_moment(days["valid_from"], time.min),
        valid_before=_moment(days["valid_until"], time.max),
        where=f"{entry.file}, {entry.path}",
    )
    return TrustedKey(signer, sources)


def _parse_public_key(entry: UncheckedValue, folder: Path) -> PublicKey:
    """Parse a key: a line of OpenSSH, or the name of a file."""
    words = entry.file_path().split()
    if len(words) < 2 or not words[0].startswith(("ssh-", "ecdsa-", "sk-")):
        return load_public_key(folder / entry.file_path())
    try:
        key = parse_openssh_key(words[0], words[1])
    except ValueError as error:
        raise entry.wrong(f"it is not a key: {error}", "copy the line of the .pub file.") from error
    if key is None:
        raise entry.wrong(
            f"keys of the kind {words[0]} are not supported",
            "use an ed25519 key, or ECDSA on P-256.",
        )
    return key


def _moment(day: date | None, at: time) -> datetime | None:
    return None if day is None else datetime.combine(day, at, UTC)
