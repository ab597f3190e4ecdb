"""Time stamps of a state of a ledger: which state, and which time they state.

Only the form is read. Whether an authority signed a time stamp of RFC 3161 is not verified here:
`openssl ts -verify` does that, with the certificates of the authority.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

_SHA256 = bytes.fromhex("0609608648016503040201")
"""The object identifier of SHA-256."""

_IMPRINT = re.compile(
    rb"\x30\x31\x30\x0d" + re.escape(_SHA256) + rb"\x05\x00\x04\x20"
    rb"|\x30\x2f\x30\x0b" + re.escape(_SHA256) + rb"\x04\x20"
)
"""What stands before the digest that a time stamp of RFC 3161 is of, with and without NULL."""

_GENERALIZED_TIME, _INTEGER = 0x18, 0x02


def stamped_digest(content: bytes, digests: Iterable[str]) -> str | None:
    """Return the digest that a time stamp is of; None if it is of none of these.

    Parameters
    ----------
    content : bytes
        A response or a token of RFC 3161; or any file that has the digest, in bytes or in digits.
    digests : iterable of str
        Digests of states, in hexadecimal.
    """
    match = _IMPRINT.search(content)
    if match is not None:
        imprint = content[match.end() : match.end() + 32].hex()
        return imprint if imprint in set(digests) else None
    lowered = content.lower()
    for digest in digests:
        if bytes.fromhex(digest) in content or digest.encode() in lowered:
            return digest
    return None


def is_request(content: bytes) -> bool:
    """Return whether a file is a request of RFC 3161, which states no time."""
    return _IMPRINT.search(content) is not None and stated_time(content) is None


def stated_time(content: bytes) -> datetime | None:
    """Return the time that a time stamp of RFC 3161 states; None for another form."""
    match = _IMPRINT.search(content)
    if match is None:
        return None
    # After the digest follow the number of the time stamp and its time.
    place = match.end() + 32
    number = _element(content, place)
    if number is None or number[0] != _INTEGER:
        return None
    time = _element(content, number[2])
    if time is None or time[0] != _GENERALIZED_TIME:
        return None
    text = content[time[1] : time[2]].decode("ascii", "replace").partition(".")[0].removesuffix("Z")
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _element(content: bytes, place: int) -> tuple[int, int, int] | None:
    """Return the tag of a short element of DER, and where its content begins and ends."""
    if place + 2 > len(content) or content[place + 1] >= 0x80:
        return None
    return content[place], place + 2, place + 2 + content[place + 1]
