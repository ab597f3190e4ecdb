"""Serve a registry for private set intersection, over HTTP."""

import hmac
import json
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from urllib.parse import parse_qs, urlsplit

from provenance.errors import InputError
from provenance.fingerprint.fracminhash import hash_bound
from provenance.model.content.fingerprints import UInt64s
from provenance.pipeline.exchange.intersection_sets import (
    MIN_TOKENS,
    ElementKind,
    fingerprint_version,
    registry_elements,
)
from provenance.pipeline.exchange.key_files import read_secret
from provenance.pipeline.exchange.private_intersection import (
    POINT_BYTES,
    answer_query,
    check_library,
    map_to_points,
    split_points,
)
from provenance.pipeline.exchange.remote_registries import open_named_registry
from provenance.pipeline.sketching import SHARED_SCALED

PROTOCOL = "provenance intersection 1 (experimental)"

_HOUR = 3600.0
_BUSY = "another query is being answered"

Log = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """Limits on the queries of a server.

    Parameters
    ----------
    allow_reveal : bool
        Whether a client may learn which of its elements are shared, rather than how many.
    queries_per_hour : int
        Further queries are refused.
    max_elements : int
        Largest number of elements of a query.
    """

    allow_reveal: bool = False
    queries_per_hour: int = 60
    max_elements: int = 1_000_000


@dataclass(frozen=True, slots=True)
class ServedSet:
    """The elements of a registry of one kind.

    Parameters
    ----------
    elements : ndarray of uint64, shape (n, 2)
        The elements.
    points : sequence of bytes
        Their points.
    """

    elements: UInt64s
    points: Sequence[bytes]

    def sample(self, kind: ElementKind, scaled: int) -> Sequence[bytes]:
        """Return the points of the elements in a sample that may be coarser."""
        if kind is ElementKind.TEXTS:
            return self.points
        bound = hash_bound(scaled)
        is_sampled = (self.elements[:, 0] < bound).tolist()
        return [point for point, use in zip(self.points, is_sampled, strict=True) if use]


class RefusedQuery(Exception):
    """A query that is not answered.

    Parameters
    ----------
    status : HTTPStatus
        Why.
    reason : str
        In words.
    """

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


class IntersectionServer(ThreadingHTTPServer):
    """Answers queries about a registry.

    Parameters
    ----------
    place : (str, int)
        Address and port; port 0 takes any.
    registry : str
        Path or address of the registry.
    token : bytes
        What clients must know.
    limits : ServerLimits
        What is permitted.
    log : callable
        Receives a line of JSON for each query: when, from where, how many elements, with what
        outcome. What is asked for is not in it, and is not known to the server.

    Raises
    ------
    ProvenanceError
        If the registry cannot be opened, or the library is missing.
    InputError
        If the address cannot be listened at.
    """

    daemon_threads = True

    def __init__(
        self,
        place: tuple[str, int],
        registry: str,
        token: bytes,
        limits: ServerLimits,
        log: Log,
    ) -> None:
        check_library()
        opened = open_named_registry(registry)
        self._sets = {
            kind: ServedSet(elements, map_to_points(elements, kind))
            for kind in ElementKind
            for elements in [registry_elements(opened, kind, SHARED_SCALED)]
        }
        self._manifest, self._limits, self._log = opened.manifest, limits, log
        self._token, self._times = token, deque[float]()
        self._busy, self._counting = Lock(), Lock()
        try:
            super().__init__(place, _Handler)
        except OSError as error:
            raise InputError(
                f"{place[0]}, port {place[1]}, cannot be listened at: {error.strerror}",
                remedy="name another with --host and --port",
            ) from error

    @property
    def url(self) -> str:
        """Return the address on which the server listens."""
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}"

    def describe(self) -> bytes:
        """Return what clients may know of the registry, as JSON."""
        facts = {
            "protocol": PROTOCOL,
            "fingerprints": fingerprint_version(),
            "registry": self._manifest.digest,
            "sources": [source.source for source in self._manifest.sources],
            "scaled": SHARED_SCALED,
            "min_tokens": MIN_TOKENS,
            "elements": {str(kind): len(served.points) for kind, served in self._sets.items()},
            "allow_reveal": self._limits.allow_reveal,
            "max_elements": self._limits.max_elements,
        }
        return json.dumps(facts).encode()

    def require_token(self, given: str | None) -> None:
        """Refuse a query without the token; comparing takes the same time for any other."""
        expected = b"Bearer " + self._token
        if given is None or not hmac.compare_digest(given.encode("latin-1"), expected):
            raise RefusedQuery(HTTPStatus.UNAUTHORIZED, "the token is missing or wrong")

    def require_size(self, size: int) -> None:
        """Refuse a query of too many elements, before it is read."""
        if not 0 < size <= self._limits.max_elements * POINT_BYTES:
            raise RefusedQuery(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"a query has from 1 to {self._limits.max_elements:,} elements",
            )

    def answer(self, kind: ElementKind, scaled: int, content: bytes, *, reveal: bool) -> bytes:
        """Answer a query; raises `RefusedQuery`."""
        if reveal and not self._limits.allow_reveal:
            raise RefusedQuery(
                HTTPStatus.FORBIDDEN, "this server says how many elements are shared, not which"
            )
        if not self._busy.acquire(blocking=False):
            raise RefusedQuery(HTTPStatus.SERVICE_UNAVAILABLE, _BUSY)
        try:
            self._count_query()
            try:
                points = split_points(content)
            except ValueError as error:
                raise RefusedQuery(HTTPStatus.BAD_REQUEST, str(error)) from error
            return answer_query(points, self._sets[kind].sample(kind, scaled), in_order=reveal)
        finally:
            self._busy.release()

    def _count_query(self) -> None:
        now = time.monotonic()
        with self._counting:
            while self._times and self._times[0] < now - _HOUR:
                self._times.popleft()
            if len(self._times) >= self._limits.queries_per_hour:
                raise RefusedQuery(
                    HTTPStatus.TOO_MANY_REQUESTS,
                    f"the limit of {self._limits.queries_per_hour:,} queries an hour is reached",
                )
            self._times.append(now)

    def record(self, **facts: object) -> None:
        """Write a line to the log."""
        when = datetime.now(UTC).isoformat(timespec="seconds")
        self._log(json.dumps({"time": when, **facts}))


class _Handler(BaseHTTPRequestHandler):
    server: IntersectionServer
    server_version = "provenance"
    sys_version = ""
    timeout = 60

    def do_GET(self) -> None:
        """Describe the registry."""
        self._handle(self.server.describe, "application/json")

    def do_POST(self) -> None:
        """Answer a query."""
        self._handle(self._query, "application/octet-stream")

    def _handle(self, respond: Callable[[], bytes], kind: str) -> None:
        start = time.monotonic()
        try:
            self.server.require_token(self.headers.get("Authorization"))
            status, content = HTTPStatus.OK, respond()
        except RefusedQuery as refusal:
            status, kind = refusal.status, "application/json"
            content = json.dumps({"error": refusal.reason}).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.server.record(
            client=self.client_address[0],
            query=self.command if self.command == "GET" else urlsplit(self.path).query[:200],
            elements=self._length() // POINT_BYTES,
            status=int(status),
            seconds=round(time.monotonic() - start, 3),
        )

    def _query(self) -> bytes:
        self.server.require_size(self._length())
        try:
            options = parse_qs(urlsplit(self.path).query, strict_parsing=True)
            kind, reveal = ElementKind(options["kind"][0]), options["reveal"][0] == "yes"
            scaled = max(int(options["scaled"][0]), 1)
        except (ValueError, KeyError) as error:
            raise RefusedQuery(HTTPStatus.BAD_REQUEST, f"not a query: {error}") from error
        content = self.rfile.read(self._length())
        if len(content) != self._length():
            raise RefusedQuery(HTTPStatus.BAD_REQUEST, "the query was cut short")
        return self.server.answer(kind, scaled, content, reveal=reveal)

    def _length(self) -> int:
        length = self.headers.get("Content-Length", "0")
        return int(length) if length.isascii() and length.isdigit() else 0

    def log_message(self, *_: object) -> None:
        """Log nothing here: `record` does."""


def read_token(path: Path) -> bytes:
    """Read the token that clients and server share; raises `InputError` if it is none."""
    token = read_secret(path)
    if not token.isalnum():
        raise InputError(
            f"{path} is not a token: it has other characters than letters and digits",
            remedy="write a token of letters and digits, such as that of `openssl rand -hex 32`",
        )
    return token
