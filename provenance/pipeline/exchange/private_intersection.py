"""Private set intersection (Diffie-Hellman, ed25519): what two sets share, without showing them.

The client multiplies the points of its elements by a secret. The server multiplies these by a
secret of its own, and sends them back with tags of its own elements under its secret alone. The
client removes its secret, and compares tags. If the server shuffles what it sends back, the client
learns how many elements are shared, and not which.

Both sides are assumed to follow the protocol ("honest but curious"). The group is the subgroup of
prime order: elements are mapped to it by `from_uniform`, which clears the cofactor, and points from
outside that are not in it are refused. Secrets are fresh for each query, so that what one query
shows cannot be compared with another.
"""

import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from random import SystemRandom

import numpy as np
from blake3 import blake3

from provenance.cpu_count import available_cpus
from provenance.errors import InputError
from provenance.model.content.fingerprints import Flags, UInt64s

POINT_BYTES = 32
TAG_BYTES = 12
"""Two different points of sets of a million elements have the same tag once in 10**16 queries."""

_ORDER = 2**252 + 27742317777372353535851937790883648493
"""Order of the subgroup, and of the scalars."""

_CHUNK = 1000


def check_library() -> None:
    """Raise `InputError` if the library of the extra `psi` is missing, before any work."""
    try:
        import nacl.bindings  # noqa: F401, PLC0415 (an extra)
    except ImportError as error:
        raise InputError(
            "private set intersection needs the library `pynacl`",
            remedy="install it with: pip install 'corpus-provenance[psi]'",
        ) from error


def map_to_points(elements: UInt64s, kind: str) -> list[bytes]:
    """Map elements to points of the group.

    Parameters
    ----------
    elements : ndarray of uint64, shape (n, 2)
        The elements.
    kind : str
        What they are: equal numbers of another kind have other points.
    """
    from nacl.bindings import crypto_core_ed25519_from_uniform as to_point  # noqa: PLC0415 (an extra)

    context = f"provenance 2026 private intersection: {kind}"
    rows = np.ascontiguousarray(elements, "<u8")
    return [to_point(blake3(row.tobytes(), derive_key_context=context).digest()) for row in rows]


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret of one query.

    Parameters
    ----------
    scalar : int
        In [1, order of the group).
    """

    scalar: int = field(default_factory=lambda: secrets.randbelow(_ORDER - 1) + 1, repr=False)

    def apply(self, points: Sequence[bytes]) -> list[bytes]:
        """Multiply points by the secret."""
        return _multiply(self.scalar, points)

    def remove(self, points: Sequence[bytes]) -> list[bytes]:
        """Multiply points by the inverse of the secret."""
        return _multiply(pow(self.scalar, -1, _ORDER), points)


def _multiply(scalar: int, points: Sequence[bytes]) -> list[bytes]:
    multiply = partial(_multiply_chunk, scalar.to_bytes(POINT_BYTES, "little"))
    chunks = [points[first : first + _CHUNK] for first in range(0, len(points), _CHUNK)]
    with ThreadPoolExecutor(available_cpus()) as pool:  # the library releases the GIL
        return [point for chunk in pool.map(multiply, chunks) for point in chunk]


def _multiply_chunk(scalar: bytes, points: Sequence[bytes]) -> list[bytes]:
    from nacl.bindings import crypto_scalarmult_ed25519_noclamp as multiply  # noqa: PLC0415 (an extra)

    return [multiply(scalar, point) for point in points]


def split_points(content: bytes) -> list[bytes]:
    """Split points that came from outside, and validate them.

    Raises
    ------
    ValueError
        If one is not a point of the group: it could reveal parts of a secret.
    """
    from nacl.bindings import crypto_core_ed25519_is_valid_point as is_valid  # noqa: PLC0415 (an extra)

    if len(content) % POINT_BYTES:
        raise ValueError(f"{len(content):,} bytes are no whole number of points")
    points = [content[first : first + POINT_BYTES] for first in range(0, len(content), POINT_BYTES)]
    if not all(map(is_valid, points)):
        raise ValueError("a point is not in the group")
    return points


def answer_query(points: Sequence[bytes], own: Sequence[bytes], *, in_order: bool) -> bytes:
    """Return the server's answer to a query: the points under a fresh secret, and tags of its own.

    Parameters
    ----------
    points : sequence of bytes
        Of the query, validated.
    own : sequence of bytes
        The points of the server's elements.
    in_order : bool
        Whether the client may learn which of its elements are shared; otherwise only how many.
    """
    secret = Secret()
    blinded = secret.apply(points)
    if not in_order:
        SystemRandom().shuffle(blinded)
    return b"".join([*blinded, *sorted(map(_tag, secret.apply(own)))])


def _tag(point: bytes) -> bytes:
    return blake3(point).digest(length=TAG_BYTES)


class Query:
    """A query of a client.

    Parameters
    ----------
    elements : ndarray of uint64, shape (n, 2)
        The client's elements, each once.
    kind : str
        What they are.
    """

    def __init__(self, elements: UInt64s, kind: str) -> None:
        self._secret, self._count = Secret(), len(elements)
        self.content = b"".join(self._secret.apply(map_to_points(elements, kind)))
        """Return the points that are sent to the server."""

    def read_answer(self, answer: bytes) -> tuple[Flags, int]:
        """Read the server's answer.

        Returns
        -------
        is_shared : ndarray of bool
            For each point of the answer, whether the server has its element: in the order of the
            elements only if the server did not shuffle.
        size : int
            Number of the server's elements.

        Raises
        ------
        ValueError
            If it is not an answer to this query.
        """
        end = self._count * POINT_BYTES
        if len(answer) < end or (len(answer) - end) % TAG_BYTES:
            raise ValueError(f"an answer of {len(answer):,} bytes")
        tags = {answer[first : first + TAG_BYTES] for first in range(end, len(answer), TAG_BYTES)}
        points = self._secret.remove(split_points(answer[:end]))
        return np.array([_tag(point) in tags for point in points], np.bool_), len(tags)
