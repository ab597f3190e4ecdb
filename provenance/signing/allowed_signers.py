"""Files of allowed signers in the format of OpenSSH: who may sign what, and when."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from provenance.atomic_output import read_file
from provenance.errors import SigningError
from provenance.signing.keys import PublicKey, check_library, parse_openssh_key

_MAX_BYTES = 1 << 24
_KEY_KIND = re.compile(r"(?:sk-)?(?:ssh|ecdsa)-[a-z0-9@.-]+")
_FIELD = re.compile(r'\s*((?:"(?:\\.|[^"\\])*"|[^\s"])+)(?=\s|$)')
_OPTION = re.compile(r'([A-Za-z-]+)(?:="((?:\\.|[^"\\])*)"|=([^,"]*))?(?:,|$)')
_TIME_FORMATS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
"""Formats of times by their number of digits."""
_AUTHORITY, _NAMESPACES, _AFTER, _BEFORE = (
    "cert-authority",
    "namespaces",
    "valid-after",
    "valid-before",
)
_NO_KEY = "it has no key; a line is: NAMES [OPTIONS] KIND KEY [COMMENT]"
_REMEDY = "see ALLOWED SIGNERS in `man ssh-keygen`"


@dataclass(frozen=True, slots=True)
class AllowedSigner:
    """A key with the names for which it may sign.

    Parameters
    ----------
    key : PublicKey
        The key.
    principals : tuple of str
        Patterns of names, with * and ?; one with ! excludes. Empty for a key without a name.
    namespaces : tuple of str
        Patterns of what it may sign; empty allows all.
    valid_after, valid_before : datetime or None
        First and last moment of its validity; None is unlimited.
    where : str
        File and line, for errors.
    """

    key: PublicKey
    principals: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    valid_after: datetime | None = None
    valid_before: datetime | None = None
    where: str = ""

    @property
    def name(self) -> str:
        """Return its principals, or the key's fingerprint if it has none."""
        return ", ".join(self.principals) or self.key.fingerprint

    def is_called(self, identity: str) -> bool:
        """Return whether a name is one of its principals."""
        return _matches(self.principals, identity)

    def objection(self, namespace: str, when: datetime) -> str | None:
        """Return why it may not sign in a namespace at a time; None if it may."""
        if self.namespaces and not _matches(self.namespaces, namespace):
            allowed = ", ".join(self.namespaces)
            return f"may not sign in the namespace {namespace}: {self.where} allows {allowed}"
        if self.valid_after is not None and when < self.valid_after:
            return f"is not valid before {_moment(self.valid_after)}: {self.where}"
        if self.valid_before is not None and when > self.valid_before:
            return f"expired: it was valid until {_moment(self.valid_before)}: {self.where}"
        return None


def read_allowed_signers(path: Path) -> tuple[AllowedSigner, ...]:
    """Read a file of allowed signers.

    Raises
    ------
    SigningError
        If it cannot be read, or a line is wrong.
    """
    check_library()
    try:
        content = read_file(path, _MAX_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SigningError(
            f"the allowed signers in {str(path)!r} cannot be read: {reason}",
            remedy="check the path and its permissions",
        ) from error
    return parse_allowed_signers(content, str(path))


def parse_allowed_signers(text: str, path: str) -> tuple[AllowedSigner, ...]:
    """Parse allowed signers.

    Keys of kinds that sign none of our envelopes, and certificate authorities, are left out.

    Parameters
    ----------
    text : str
        The content of the file.
    path : str
        Its name, for errors.

    Raises
    ------
    SigningError
        If a line is wrong.
    """
    signers = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        where = f"{path}, line {number}"
        try:
            signer = _parse_line(line, where)
        except ValueError as error:
            raise SigningError(f"{where}: {error}", remedy=_REMEDY) from error
        if signer is not None:
            signers.append(signer)
    return tuple(signers)


def signers_of_keys(keys: Iterable[PublicKey]) -> tuple[AllowedSigner, ...]:
    """Return signers for bare keys: without names, and allowed to sign everything."""
    return tuple(AllowedSigner(key) for key in keys)


def _parse_line(line: str, where: str) -> AllowedSigner | None:
    principals, rest = _next_field(line)
    kind, rest = _next_field(rest)
    options = {}
    if not _KEY_KIND.fullmatch(kind):
        options = _parse_options(kind)
        kind, rest = _next_field(rest)
    if not _KEY_KIND.fullmatch(kind):
        raise ValueError(_NO_KEY)
    key = parse_openssh_key(kind, _next_field(rest)[0])
    if key is None or _AUTHORITY in options:
        return None
    return AllowedSigner(
        key,
        _patterns(principals.strip('"')),
        _patterns(options.get(_NAMESPACES, "")),
        _time(options[_AFTER]) if _AFTER in options else None,
        _time(options[_BEFORE]) if _BEFORE in options else None,
        where,
    )


def _next_field(text: str) -> tuple[str, str]:
    """Return the first field of a line, and the rest of it; a comment may have any characters."""
    match = _FIELD.match(text)
    if match is not None:
        return match[1], text[match.end() :]
    raise ValueError("a quotation mark is not closed" if '"' in text else _NO_KEY)


def _parse_options(text: str) -> dict[str, str]:
    options: dict[str, str] = {}
    place = 0
    while place < len(text):
        match = _OPTION.match(text, place)
        if match is None:
            raise ValueError(f"the options {text!r} cannot be read")
        name = match[1].lower()
        if name not in {_AUTHORITY, _NAMESPACES, _AFTER, _BEFORE}:
            raise ValueError(f"the option {match[1]!r} is unknown")
        if name in options:
            raise ValueError(f"the option {match[1]!r} is given twice")
        options[name] = match[3] or (match[2] or "").replace('\\"', '"')
        if not options[name] and name != _AUTHORITY:
            raise ValueError(f"the option {match[1]!r} has no value")
        place = match.end()
    return options


def _patterns(text: str) -> tuple[str, ...]:
    return tuple(pattern.strip() for pattern in text.split(",") if pattern.strip())


def _time(text: str) -> datetime:
    """Parse a time: local, as OpenSSH has it, or UTC if it ends with Z."""
    digits = text.removesuffix("Z").removesuffix("z")
    if not (digits.isascii() and digits.isdigit() and len(digits) in _TIME_FORMATS):
        raise ValueError(f"{text!r} is not a time such as 20270101Z or 202701011200Z")
    naive = datetime.strptime(digits, _TIME_FORMATS[len(digits)])  # noqa: DTZ007 (set below)
    return naive.astimezone(UTC) if digits == text else naive.replace(tzinfo=UTC)


def _matches(patterns: tuple[str, ...], name: str) -> bool:
    """Return whether a name matches a list of patterns; one with ! excludes."""
    if any(pattern[0] == "!" and _glob(pattern[1:], name) for pattern in patterns):
        return False
    return any(_glob(pattern, name) for pattern in patterns)


def _glob(pattern: str, name: str) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, name, re.DOTALL) is not None


def _moment(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
