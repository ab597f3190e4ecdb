"""Registries that others may ask about, without either side showing what it has."""

import csv
import json
import threading
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("nacl", reason="the extra `psi` is not installed")

from nacl import bindings as nacl

from provenance.errors import FingerprintMismatch, InputError
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.exchange import intersection_client, private_intersection
from provenance.pipeline.exchange.intersection_client import ask
from provenance.pipeline.exchange.intersection_server import (
    IntersectionServer,
    ServerLimits,
    read_token,
)
from provenance.pipeline.exchange.intersection_sets import MIN_TOKENS
from provenance.pipeline.exchange.private_intersection import (
    POINT_BYTES,
    Query,
    Secret,
    answer_query,
    map_to_points,
    split_points,
)
from provenance.pipeline.settings import Settings
from provenance.pipeline.sketching import sketch_address
from provenance.registry.changes.withdrawal import remove_items
from provenance.registry.segments.item_selection import Selection
from provenance.registry.sketch_file import write_sketch
from provenance.registry.sorting.duckdb_engine import BuildLimits

_TOKEN = b"0123456789abcdef"
_ORDER = 2**252 + 27742317777372353535851937790883648493


def _elements(numbers):
    return np.array([[number, 7] for number in numbers], np.uint64).reshape(-1, 2)


_SETS = st.sets(st.integers(0, 60), max_size=25)


@given(_SETS, _SETS, st.booleans())
@settings(max_examples=30, deadline=None)
def test_the_intersection_is_exact(ours, theirs, in_order):
    query = Query(_elements(sorted(ours)), "kind")
    own = map_to_points(_elements(sorted(theirs)), "kind")
    answer = answer_query(split_points(query.content), own, in_order=in_order)
    is_shared, size = query.read_answer(answer)
    assert (int(is_shared.sum()), size) == (len(ours & theirs), len(theirs))
    if in_order:
        assert is_shared.tolist() == [number in theirs for number in sorted(ours)]


def test_another_kind_has_other_points():
    assert map_to_points(_elements([1]), "a") != map_to_points(_elements([1]), "b")


def test_a_shuffled_answer_does_not_say_which():
    numbers = list(range(40))
    own = map_to_points(_elements(numbers[:20]), "kind")
    firsts = []
    for _ in range(12):
        query = Query(_elements(numbers), "kind")
        answer = answer_query(split_points(query.content), own, in_order=False)
        firsts.append(query.read_answer(answer)[0].tolist())
    assert len({tuple(each) for each in firsts}) > 1
    assert all(sum(each) == 20 for each in firsts)
    assert [sum(column) for column in zip(*firsts, strict=True)] != [12] * 20 + [0] * 20


def test_nothing_is_the_same_in_two_queries():
    elements, own = _elements(range(30)), map_to_points(_elements(range(30)), "kind")
    queries = [Query(elements, "kind") for _ in range(2)]
    answers = [answer_query(split_points(each.content), own, in_order=True) for each in queries]
    again = answer_query(split_points(queries[0].content), own, in_order=True)
    seen = set()
    for content in (queries[0].content, queries[1].content, *answers, again):
        points = {content[at : at + POINT_BYTES] for at in range(0, 30 * POINT_BYTES, POINT_BYTES)}
        assert not points & seen
        seen |= points
    assert answers[0][30 * POINT_BYTES :] != again[30 * POINT_BYTES :]


def test_who_has_another_secret_learns_nothing():
    mine, theirs = Query(_elements([1, 2]), "kind"), Query(_elements([1, 2]), "kind")
    answer = answer_query(
        split_points(mine.content), map_to_points(_elements([1, 2]), "kind"), in_order=True
    )
    assert not theirs.read_answer(answer)[0].any()


_SMALL_ORDER = [
    bytes(32),
    b"\x01" + bytes(31),
    b"\xec" + b"\xff" * 30 + b"\x7f",
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
]


@pytest.mark.parametrize("point", [*_SMALL_ORDER, b"\xff" * 32, b"\x02" + bytes(31)])
def test_points_outside_of_the_group_are_refused(point):
    good = map_to_points(_elements([1]), "kind")[0]
    split_points(good)
    with pytest.raises(ValueError, match="not in the group"):
        split_points(good + point)


def test_a_point_with_a_part_of_small_order_is_refused():
    good = map_to_points(_elements([1]), "kind")[0]
    mixed = nacl.crypto_core_ed25519_add(good, _SMALL_ORDER[3])
    with pytest.raises(ValueError, match="not in the group"):
        split_points(mixed)


def test_half_a_point_is_refused():
    with pytest.raises(ValueError, match="no whole number"):
        split_points(bytes(31))


def test_secrets_are_in_range_and_differ():
    scalars = {Secret().scalar for _ in range(50)}
    assert len(scalars) == 50
    assert all(0 < scalar < _ORDER for scalar in scalars)
    assert str(next(iter(scalars))) not in repr(Secret(next(iter(scalars))))


_WORDS = ("grey", "white", "purple", "green", "black", "heron", "reeds", "hour", "eels", "river")


def _text(number, length=30):
    return " ".join(
        f"{_WORDS[(number * 7 + at * at) % 10]}{(number + at) % 97}" for at in range(length)
    )


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    """A registry of 40 long texts, of which one was withdrawn, and 10 short ones."""
    folder = tmp_path_factory.mktemp("served")
    rows = [{"id": f"i{number}", "text": _text(number)} for number in range(40)]
    rows += [{"id": f"s{number}", "text": _text(500 + number, 12)} for number in range(10)]
    dump = folder / "dump.jsonl"
    dump.write_text("".join(json.dumps(row) + "\n" for row in rows))
    build_registry(folder / "registry", DumpSource([str(dump)], "x"))
    kept_in_file = BuildLimits(rewritten_bytes=0)
    remove_items(folder / "registry", Selection(pa.array(["i39"])), limits=kept_in_file)
    return folder / "registry"


@pytest.fixture
def corpus(tmp_path):
    """Of the registry: 10 long texts, one of them twice, the withdrawn one, and 5 short ones."""
    numbers = [*range(10), 3, 39, *range(100, 120)]
    texts = [_text(number) for number in numbers] + [_text(500 + each, 12) for each in range(5)]
    path = tmp_path / "corpus.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return path


@contextmanager
def _served(registry, **limits):
    lines = []
    server = IntersectionServer(
        ("127.0.0.1", 0), str(registry), _TOKEN, ServerLimits(**limits), lines.append
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server, lines
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_answer_has_the_numbers_that_are_shared(registry, corpus):
    with _served(registry) as (server, _):
        answers = ask(server.url, str(corpus), _TOKEN, Settings())
    texts, runs = answers.parts
    assert (texts.ours, texts.theirs, texts.shared) == (31, 39, 10)
    assert texts.contained.value == pytest.approx(10 / 31)
    assert runs.ours >= runs.shared >= 0
    assert answers.registry.sources == ("x",)
    assert answers.revealed is None


def test_runs_of_a_sketch_are_compared(registry, corpus, tmp_path, monkeypatch):
    monkeypatch.setattr("provenance.pipeline.exchange.intersection_server.SHARED_SCALED", 3)
    sketch = sketch_address(str(corpus), Settings()).sketch.coarsen(6)
    write_sketch(sketch, tmp_path / "c.sketch")
    with _served(registry) as (server, _):
        coarse = ask(server.url, str(tmp_path / "c.sketch"), _TOKEN, Settings())
        fine = ask(server.url, str(corpus), _TOKEN, Settings())
    theirs = sketch_address(str(registry), Settings()).sketch
    for part, scaled in ((coarse.parts[0], 6), (fine.parts[1], 3)):
        ours = sketch_address(str(corpus), Settings()).sketch.coarsen(scaled)
        shared = set(ours.hashes.tolist()) & set(theirs.coarsen(scaled).hashes.tolist())
        assert (part.ours, part.shared) == (len(ours.hashes), len(shared))
        assert part.theirs == len(theirs.coarsen(scaled).hashes)
        assert part.contained.low <= part.contained.value <= part.contained.high
        assert part.shared


def test_which_texts_are_shared_is_told_where_it_is_allowed(registry, corpus, tmp_path):
    out = tmp_path / "shared.csv"
    with _served(registry, allow_reveal=True) as (server, _):
        answers = ask(server.url, str(corpus), _TOKEN, Settings(), out)
    rows = csv.DictReader(out.read_text().splitlines())
    assert {int(row["row"]) for row in rows} == set(range(11))
    assert answers.revealed == 11
    with _served(registry) as (server, _), pytest.raises(InputError, match="not which"):
        ask(server.url, str(corpus), _TOKEN, Settings(), out)


def _post(server, query, content, token=_TOKEN):
    request = urllib.request.Request(
        f"{server.url}/?{query}", content, {"Authorization": f"Bearer {token.decode()}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


_COUNT = "kind=texts&scaled=1000&reveal=no"


def test_a_server_that_does_not_reveal_refuses_clients_that_ask_anyway(registry):
    content = Query(_elements([1]), "texts").content
    with _served(registry) as (server, _):
        status, reply = _post(server, _COUNT.replace("no", "yes"), content)
    assert (status, b"not which" in reply) == (403, True)


@pytest.mark.parametrize("token", [b"wrong", b"", _TOKEN[:-1], _TOKEN + b"0"])
def test_nobody_learns_anything_without_the_token(registry, corpus, token):
    with _served(registry) as (server, lines):
        assert _post(server, _COUNT, Query(_elements([1]), "texts").content, token)[0] == 401
        with pytest.raises(InputError, match="the token is missing or wrong"):
            ask(server.url, str(corpus), token, Settings())
    assert {json.loads(line)["status"] for line in lines} == {401}  # the server has ended


def test_queries_are_limited_in_size_and_number(registry):
    content = Query(_elements(range(5)), "texts").content
    with _served(registry, queries_per_hour=2, max_elements=5) as (server, _):
        assert _post(server, _COUNT, content + content)[0] == 413
        assert _post(server, _COUNT, b"")[0] == 413
        assert [_post(server, _COUNT, content)[0] for _ in range(3)] == [200, 200, 429]


def test_a_client_says_what_to_do_when_it_is_refused(registry, corpus, tmp_path):
    with (
        _served(registry, max_elements=5) as (server, _),
        pytest.raises(InputError, match=r"31 texts are to be compared; .* takes 5") as caught,
    ):
        ask(server.url, str(corpus), _TOKEN, Settings())
    assert "fingerprint" in caught.value.remedy
    with _served(registry, queries_per_hour=1) as (server, _):
        ask(server.url, str(corpus), _TOKEN, Settings())
        with pytest.raises(InputError, match="queries an hour is reached") as caught:
            ask(server.url, str(corpus), _TOKEN, Settings())
    assert "in an hour" in caught.value.remedy


@pytest.mark.parametrize(
    "query", ["", "kind=texts", "kind=names&scaled=1&reveal=no", _COUNT.replace("1000", "many")]
)
def test_what_is_not_a_query_is_refused(registry, query):
    with _served(registry) as (server, _):
        assert _post(server, query, Query(_elements([1]), "texts").content)[0] == 400


@pytest.mark.parametrize(
    "content", [b"x" * 32, bytes(32), b"x" * 33], ids=["other", "zero", "long"]
)
def test_a_server_refuses_points_outside_of_the_group(registry, content):
    with _served(registry) as (server, _):
        assert _post(server, _COUNT, content)[0] == 400


def test_one_query_is_answered_at_a_time(registry, monkeypatch):
    started, go_on = threading.Event(), threading.Event()
    original = private_intersection.answer_query

    def slow(*arguments, **options):
        started.set()
        go_on.wait(30)
        return original(*arguments, **options)

    monkeypatch.setattr("provenance.pipeline.exchange.intersection_server.answer_query", slow)
    content, statuses = Query(_elements([1]), "texts").content, []
    with _served(registry) as (server, _):
        first = threading.Thread(target=lambda: statuses.append(_post(server, _COUNT, content)[0]))
        first.start()
        assert started.wait(30)
        assert _post(server, _COUNT, content)[0] == 503
        go_on.set()
        first.join()
    assert statuses == [200]


def test_the_log_has_numbers_and_no_contents(registry, corpus):
    with _served(registry) as (server, lines):
        ask(server.url, str(corpus), _TOKEN, Settings())
    records = [json.loads(line) for line in lines]
    assert [record["elements"] for record in records][:2] == [0, 31]
    assert {record["client"] for record in records} == {"127.0.0.1"}
    assert all(
        set(record) == {"time", "client", "query", "elements", "status", "seconds"}
        for record in records
    )
    assert _TOKEN.decode() not in "".join(lines)


def test_short_texts_are_not_in_the_set(registry, tmp_path):
    path = tmp_path / "short.jsonl"
    texts = [_text(500 + each, 12) for each in range(5)]
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    with _served(registry) as (server, _):
        texts_part, _ = ask(server.url, str(path), _TOKEN, Settings()).parts
    assert (texts_part.ours, texts_part.shared, texts_part.contained) == (0, 0, None)
    assert MIN_TOKENS == 20


@contextmanager
def _replying(status, content, **headers):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _facts(**changes):
    facts = {
        "protocol": "provenance intersection 1 (experimental)",
        "fingerprints": "others",
        "registry": "0",
        "sources": [],
        "scaled": 1000,
        "elements": {"texts": 1, "runs": 1},
        "allow_reveal": False,
        "max_elements": 5,
    }
    return json.dumps(facts | changes).encode()


@pytest.mark.parametrize(
    ("content", "kind", "message"),
    [
        (b"<html>", InputError, "unexpected answer"),
        (b"{}", InputError, "lacks 'protocol'"),
        (_facts(protocol="9"), InputError, "it speaks '9'"),
        (_facts(), FingerprintMismatch, "fingerprints with others"),
        (b" " * (2 << 20), InputError, "longer than"),
    ],
)
def test_a_server_of_something_else_is_an_error(corpus, content, kind, message):
    with _replying(200, content) as url, pytest.raises(kind, match=message):
        ask(url, str(corpus), _TOKEN, Settings())


def test_a_redirect_does_not_get_the_token(corpus):
    with (
        _replying(302, b"", Location="http://127.0.0.1:9/") as url,
        pytest.raises(InputError, match="refuses"),
    ):
        ask(url, str(corpus), _TOKEN, Settings())


@pytest.mark.parametrize(
    ("url", "message"),
    [("ftp://a", "is not the address"), ("http://127.0.0.1:9", "does not answer")],
)
def test_a_wrong_address_is_an_error(corpus, url, message):
    with pytest.raises(InputError, match=message):
        ask(url, str(corpus), _TOKEN, Settings())


def test_an_answer_that_was_damaged_is_an_error(registry, corpus, monkeypatch):
    original = intersection_client._Connection._request
    with _served(registry) as (server, _):
        monkeypatch.setattr(
            intersection_client._Connection,
            "_request",
            lambda self, url, content, most: original(self, url, content, most)[
                : None if content is None else -1
            ],
        )
        with pytest.raises(InputError, match="unexpected answer: an answer of"):
            ask(server.url, str(corpus), _TOKEN, Settings())


def test_a_token_is_letters_and_digits(tmp_path):
    (tmp_path / "token").write_bytes(_TOKEN + b"\n")
    assert read_token(tmp_path / "token") == _TOKEN
    (tmp_path / "token").write_bytes(_TOKEN + b"\r\nX: 1")
    with pytest.raises(InputError, match="is not a token"):
        read_token(tmp_path / "token")
    (tmp_path / "token").write_bytes(b"short")
    with pytest.raises(InputError, match="5 bytes"):
        read_token(tmp_path / "token")
