"""Ask a server how much of a dataset a registry shares with it, without showing either."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import numpy as np
import pyarrow as pa

from provenance.errors import FingerprintMismatch, InputError, OutputError
from provenance.match.estimation.set_overlap import set_share
from provenance.model.content.fingerprints import Flags, UInt64s
from provenance.model.content.tables import Unread, merge_unread
from provenance.model.results.control import Rate
from provenance.pipeline.exchange.intersection_server import PROTOCOL
from provenance.pipeline.exchange.intersection_sets import (
    ElementKind,
    corpus_texts,
    distinct_elements,
    fingerprint_version,
    run_elements,
)
from provenance.pipeline.exchange.private_intersection import (
    POINT_BYTES,
    TAG_BYTES,
    Query,
    check_library,
)
from provenance.pipeline.settings import Settings
from provenance.pipeline.sketching import sketch_corpus
from provenance.read.corpus.corpora import Corpus, open_corpus
from provenance.registry.manifest import DAMAGE_ERRORS
from provenance.registry.sketch_file import is_sketch, read_sketch
from provenance.report.sanitize import csv_text

_TIMEOUT = 3600
_MAX_REPLY = 1 << 20


@dataclass(frozen=True, slots=True)
class ServedRegistry:
    """Description of a served registry.

    Parameters
    ----------
    digest : str
        Its digest.
    sources : tuple of str
        Its sources.
    scaled : int
        One in this many runs is in its sample.
    elements : dict of str to int
        Number of elements of each kind.
    allow_reveal : bool
        Whether one may learn which elements are shared.
    max_elements : int
        Largest number of elements of a query.
    """

    digest: str
    sources: tuple[str, ...]
    scaled: int
    elements: dict[str, int]
    allow_reveal: bool
    max_elements: int


@dataclass(frozen=True, slots=True)
class Intersection:
    """Size of the intersection of two sets.

    Parameters
    ----------
    kind : ElementKind
        What they are.
    ours, theirs, shared : int
        Numbers of elements of the dataset, of the registry, and of both.
    contained : Rate or None
        Share of the dataset's different texts or runs that the registry has, at 95 %; None if it
        has none.
    """

    kind: ElementKind
    ours: int
    theirs: int
    shared: int
    contained: Rate | None


@dataclass(frozen=True, slots=True)
class Intersections:
    """The answers of a server about a dataset.

    Parameters
    ----------
    registry : ServedRegistry
        The registry.
    parts : tuple of Intersection
        By kind.
    unread : tuple of Unread
        Files of the dataset that could not be read.
    revealed : int or None
        Number of texts that were named in a file; None if none were asked for.
    """

    registry: ServedRegistry
    parts: tuple[Intersection, ...]
    unread: tuple[Unread, ...] = ()
    revealed: int | None = None


def ask(
    url: str, address: str, token: bytes, settings: Settings, reveal: Path | None = None
) -> Intersections:
    """Ask a server how much of a dataset its registry shares with it.

    Parameters
    ----------
    url : str
        The server.
    address : str
        A dataset, or a sketch of one (`*.sketch`): then only runs are compared.
    token : bytes
        What the server expects.
    settings : Settings
        Threads, split, and whether to show progress.
    reveal : Path or None
        File to write, as CSV, the file and row of each text that is shared.

    Raises
    ------
    InputError
        If the dataset cannot be read, or the server does not answer, or not this.
    FingerprintMismatch
        If server and client make different fingerprints.
    """
    check_library()
    connection = _Connection(url, token)
    registry = connection.describe()
    if is_sketch(address):
        if reveal is not None:
            raise InputError(
                f"{address} is a sketch: it does not have the texts to be revealed",
                remedy="name the dataset, or leave out --reveal",
            )
        sketch = read_sketch(Path(address))
        scaled = max(sketch.scaled, registry.scaled)
        runs = connection.runs(run_elements(sketch.hashes, scaled), scaled)
        return Intersections(registry, (runs,))
    corpus = open_corpus([address], split=settings.split)
    unread: list[Unread] = []
    texts = [elements for _, elements in corpus_texts(corpus, unread, quiet=settings.quiet)]
    elements = distinct_elements(texts)
    is_shared, theirs = connection.intersect(
        elements, ElementKind.TEXTS, registry.scaled, reveal=reveal is not None
    )
    shared = int(is_shared.sum())
    part = Intersection(
        ElementKind.TEXTS, len(elements), theirs, shared, set_share(shared, len(elements), 1)
    )
    revealed = None if reveal is None else _write_shared(corpus, elements[is_shared], reveal)
    named = sketch_corpus(corpus, settings, registry.scaled)
    scaled = named.sketch.scaled
    runs = connection.runs(run_elements(named.sketch.hashes, scaled), scaled)
    return Intersections(registry, (part, runs), merge_unread([*unread, *named.unread]), revealed)


def _write_shared(corpus: Corpus, shared: UInt64s, path: Path) -> int:
    """Write file and row of the texts whose elements are shared."""
    known = set(map(tuple, shared.tolist()))
    tables = [pa.table({"file": pa.array([], pa.string()), "row": pa.array([], pa.int64())})]
    for places, elements in corpus_texts(corpus, [], quiet=True):
        is_shared = [tuple(element) in known for element in elements.tolist()]
        rows = places.filter(pa.array(is_shared, pa.bool_()))
        tables.append(rows.cast(tables[0].schema))
    table = pa.concat_tables(tables)
    try:
        path.write_text(csv_text(table), "utf-8", newline="\n")
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error}", remedy="name another file with --reveal"
        ) from error
    return len(table)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the token is for the server that was named."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class _Connection:
    """A server, as the client sees it."""

    def __init__(self, url: str, token: bytes) -> None:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise InputError(
                f"{url} is not the address of a server", remedy="write it as https://HOST/PATH"
            )
        self._url, self._token = url.rstrip("/"), token
        self._registry: ServedRegistry | None = None
        self._opener = urllib.request.build_opener(_NoRedirects)

    def describe(self) -> ServedRegistry:
        """Return what the server says of its registry."""
        reply = self._request(self._url, None, _MAX_REPLY)
        try:
            facts = json.loads(reply)
            protocol, fingerprints = facts["protocol"], facts["fingerprints"]
            registry = ServedRegistry(
                str(facts["registry"]),
                tuple(map(str, facts["sources"])),
                int(facts["scaled"]),
                {str(kind): int(facts["elements"][kind]) for kind in ElementKind},
                bool(facts["allow_reveal"]),
                int(facts["max_elements"]),
            )
        except DAMAGE_ERRORS as error:
            raise self._unexpected(f"its description lacks {error}") from error
        if protocol != PROTOCOL:
            raise self._unexpected(f"it speaks {protocol!r}, and this version {PROTOCOL!r}")
        if fingerprints != fingerprint_version():
            raise FingerprintMismatch(
                f"{self._url} has fingerprints with {fingerprints}; this version uses "
                f"{fingerprint_version()}",
                remedy="use the version of provenance that the server uses",
            )
        self._registry = registry
        return registry

    def runs(self, elements: UInt64s, scaled: int) -> Intersection:
        """Return how many sampled runs are shared."""
        is_shared, theirs = self.intersect(elements, ElementKind.RUNS, scaled)
        shared = int(is_shared.sum())
        contained = set_share(shared, len(elements), scaled)
        return Intersection(ElementKind.RUNS, len(elements), theirs, shared, contained)

    def intersect(
        self, elements: UInt64s, kind: ElementKind, scaled: int, *, reveal: bool = False
    ) -> tuple[Flags, int]:
        """Return which points of the answer are shared, and the size of the other set."""
        registry = self._registry or self.describe()
        if reveal and not registry.allow_reveal:
            raise InputError(
                f"{self._url} says how many texts are shared, not which",
                remedy="leave out --reveal, or ask its owner",
            )
        if not len(elements):
            return np.zeros(0, np.bool_), registry.elements[kind]
        if len(elements) > registry.max_elements:
            raise InputError(
                f"{len(elements):,} {kind} are to be compared; {self._url} takes "
                f"{registry.max_elements:,} in a query",
                remedy="ask about a part of the dataset, or about a sketch of it "
                "(provenance fingerprint)",
            )
        query = Query(elements, kind)
        options = urlencode({"kind": kind, "scaled": scaled, "reveal": "yes" if reveal else "no"})
        most = len(elements) * POINT_BYTES + registry.elements[kind] * TAG_BYTES
        answer = self._request(f"{self._url}/?{options}", query.content, most)
        try:
            return query.read_answer(answer)
        except ValueError as error:
            raise self._unexpected(str(error)) from error

    def _request(self, url: str, content: bytes | None, most: int) -> bytes:
        request = urllib.request.Request(  # noqa: S310 (the scheme was checked)
            url, content, {"Authorization": f"Bearer {self._token.decode()}"}
        )
        try:
            with self._opener.open(request, timeout=_TIMEOUT) as reply:
                answer = bytes(reply.read(most + 1))
        except urllib.error.HTTPError as error:
            raise self._refused(error) from error
        except (OSError, HTTPException) as error:
            raise InputError(
                f"{self._url} does not answer: {getattr(error, 'reason', error)}",
                remedy="check the address, and that the server runs",
            ) from error
        if len(answer) > most:
            raise self._unexpected(f"it is longer than {most:,} bytes")
        return answer

    def _refused(self, error: urllib.error.HTTPError) -> InputError:
        try:
            reason = str(json.loads(error.read(_MAX_REPLY))["error"])
        except (OSError, *DAMAGE_ERRORS):
            reason = error.reason
        remedies = {
            401: "name the file with the token of this server with --token-file",
            429: "try again in an hour, or ask its owner for more",
            503: "try again in a minute",
        }
        return InputError(
            f"{self._url} refuses: {reason}",
            remedy=remedies.get(error.code, "ask the owner of the server"),
        )

    def _unexpected(self, reason: str) -> InputError:
        return InputError(
            f"{self._url} gives an unexpected answer: {reason}",
            remedy="check the address, and the version of the server",
        )
