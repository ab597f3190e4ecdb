"""Pulls from web servers, of which some would use up time, memory or disk, or lead elsewhere."""

import gzip
import json
import resource
import shutil
import socket
import threading
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from provenance.errors import CorruptFile, DigestMismatch, ProvenanceError, RegistryError
from provenance.pipeline.building.registries import build_registry
from provenance.pipeline.exchange import pulling, transfer_pace, web_server
from provenance.pipeline.exchange.pulling import MAX_VERSIONS, pull
from provenance.pipeline.exchange.pushing import push
from provenance.pipeline.exchange.remote_registries import open_named_registry
from provenance.pipeline.exchange.transfer_pace import MANIFEST_BYTES
from provenance.registry.manifest import MANIFEST, parse_manifest, read_manifest, render_manifest
from provenance.registry.registry_folder import locked_folder, state_fresh_until
from tests.pipeline.exchange.exchanged_items import contents_of, dump_of
from tests.pipeline.exchange.web_servers import (
    redirect,
    send,
    send_file,
    send_for_ever,
    served,
)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    build_registry(folder / "registry", dump_of(folder, 0, 20))
    return folder / "registry"


@pytest.fixture
def registry(built, tmp_path, monkeypatch):
    """A registry of twenty items."""
    monkeypatch.setenv("PROVENANCE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "*")
    return shutil.copytree(built, tmp_path / "registry")


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(transfer_pace, "PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr(transfer_pace, "FILE_SECONDS", 0.2)


def _refused(address, folder, kind=RegistryError, **options):
    """Pull, and return what is said against it."""
    start, memory = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(kind) as caught:
        pull(address, folder, **options)
    assert time.monotonic() - start < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 400_000
    assert not (folder / MANIFEST).exists()
    return str(caught.value)


def test_a_registry_is_pulled_from_a_web_server(registry, tmp_path):
    with served(registry) as server:
        assert pull(server.address, tmp_path / "copy").manifest.items == 20
        assert open_named_registry(server.address).manifest.items == 20
    copied = contents_of(tmp_path / "copy")
    copied.pop("pulled.json")
    assert copied == contents_of(registry)


@pytest.mark.parametrize("is_ranged", [True, False])
def test_a_pull_from_a_web_server_continues_within_a_file(
    registry, tmp_path, monkeypatch, is_ranged
):
    monkeypatch.setattr(pulling, "CHUNK_BYTES", 1000)
    [segment] = registry.glob("segment-*")
    whole = (segment / "tokens.npy").read_bytes()

    def send_half(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(whole)))
        handler.end_headers()
        handler.wfile.write(whole[: len(whole) // 2])

    with served(registry, tokens__npy=send_half) as server:
        assert "ended" in _refused(server.address, tmp_path / "copy")
        half = tmp_path / "copy" / segment.name / "tokens.npy.tmp"
        assert whole.startswith(half.read_bytes())
        assert half.stat().st_size
        server.answers["tokens.npy"] = send_file if is_ranged else send(whole)
        server.requests.clear()
        assert pull(server.address, tmp_path / "copy").manifest.items == 20
        assert sum("tokens.npy" in path for path in server.requests) == 1


def test_a_missing_registry_is_named(registry, tmp_path):
    with served(tmp_path / "nothing") as server:
        assert "it has no registry.json" in _refused(server.address, tmp_path / "copy")


def test_a_server_that_is_not_there_is_named(registry, tmp_path):
    with served(registry) as server:
        address = server.address
    message = _refused(address, tmp_path / "copy")
    assert message.startswith(f"{address}/registry.json cannot be read: the server cannot be")
    assert "urlopen" not in message


def test_nothing_can_be_pushed_to_a_web_server(registry):
    with served(registry) as server, pytest.raises(RegistryError, match="the store behind it"):
        push(registry, server.address)


@pytest.mark.parametrize(
    "answer",
    [
        send_for_ever(b"[" * 65536),
        send_for_ever(b" " * 65536, Transfer_Encoding="identity"),
        send(b" " * (MANIFEST_BYTES + 1)),
    ],
)
def test_a_manifest_without_an_end_is_not_read_into_memory(registry, tmp_path, answer):
    with served(registry, registry__json=answer) as server:
        assert "has more than" in _refused(server.address, tmp_path / "copy")


def test_a_manifest_of_nothing_but_brackets_is_damaged(registry, tmp_path):
    with served(registry, registry__json=send(b"[" * 1_000_000)) as server:
        assert "is damaged" in _refused(server.address, tmp_path / "copy", CorruptFile)


@pytest.mark.parametrize("name", ["registry__json", "tokens__npy"])
def test_compressed_files_are_not_decompressed(registry, tmp_path, name):
    bomb = gzip.compress(bytes(200_000_000))
    with served(registry, **{name: send(bomb, Content_Encoding="gzip")}) as server:
        assert "compressed (gzip)" in _refused(server.address, tmp_path / "copy")


@pytest.mark.parametrize("name", ["registry__json", "tokens__npy"])
def test_a_server_that_sends_a_byte_at_a_time_is_given_up(registry, tmp_path, impatient, name):
    with served(registry, **{name: send_for_ever(b"x", 0.1)}) as server:
        assert "is too slow" in _refused(server.address, tmp_path / "copy")


def test_a_server_that_is_slow_at_its_headers_is_given_up(tmp_path, impatient):
    listener = socket.create_server(("127.0.0.1", 0))
    try:
        assert "is too slow" in _refused(
            f"http://127.0.0.1:{listener.getsockname()[1]}", tmp_path / "copy"
        )
    finally:
        listener.close()


def test_a_server_that_is_slow_with_every_file_is_given_up(registry, tmp_path, impatient):
    """Each file may be late a little, and all of them together not much more."""

    def late(handler):
        time.sleep(0.4)
        send_file(handler)

    answers = {path.name.replace(".", "__"): late for path in registry.glob("segment-*/*")}
    with served(registry, **answers) as server:
        assert "is too slow" in _refused(server.address, tmp_path / "copy")


def test_a_pull_that_waits_for_another_is_not_too_slow(registry, tmp_path, impatient):
    (tmp_path / "copy").mkdir()
    with served(registry) as server:
        with locked_folder(tmp_path / "copy"):
            waiting = threading.Thread(target=pull, args=(server.address, tmp_path / "copy"))
            waiting.start()
            waiting.join(2)
        waiting.join()
    assert read_manifest(tmp_path / "copy").items == 20


def test_a_server_that_has_another_version_each_time_is_given_up(registry, tmp_path):
    versions = iter(range(10**6))

    def another(handler):
        state_fresh_until(registry, date(2999, 1, 1) + timedelta(next(versions)))
        send_file(handler)

    with served(registry, registry__json=another, tokens__npy=send(b"")) as server:
        assert "versions of the registry in a row" in _refused(server.address, tmp_path / "copy")
        assert len(server.requests) < 40 * (MAX_VERSIONS + 1)
        assert server.requests.count("/registry.json") == MAX_VERSIONS + 1


@pytest.mark.parametrize("is_endless", [True, False])
def test_a_file_that_is_longer_than_stated_does_not_fill_the_disk(registry, tmp_path, is_endless):
    [segment] = registry.glob("segment-*")
    longer = (segment / "tokens.npy").read_bytes() + b"more"
    answer = send_for_ever(bytes(65536)) if is_endless else send(longer)
    with served(registry, tokens__npy=answer) as server:
        message = _refused(server.address, tmp_path / "copy", DigestMismatch)
        assert "is longer than" in message
    for path in (tmp_path / "copy" / segment.name).iterdir():
        assert path.stat().st_size <= (segment / path.name.removesuffix(".tmp")).stat().st_size


def test_a_registry_that_the_disk_has_no_room_for_is_not_begun(registry, tmp_path):
    manifest = read_manifest(registry)
    huge = _with_files(manifest, lambda file: replace(file, bytes=1 << 50))
    with served(registry, registry__json=send(render_manifest(huge).encode())) as server:
        assert "has room for" in _refused(server.address, tmp_path / "copy")
        assert not [path for path in server.requests if "segment" in path]


def _with_files(manifest, change):
    [segment] = manifest.segments
    return replace(manifest, segments=(replace(segment, files=tuple(map(change, segment.files))),))


def _altered(registry, change):
    """Return a manifest whose JSON was changed, and its digest with it as far as that is right."""
    content = json.loads((registry / MANIFEST).read_text())
    change(content)
    return json.dumps(content).encode()


def _twice(content):
    content["segments"] *= 2


def _file_twice(content):
    content["segments"][0]["files"] *= 2


@pytest.mark.parametrize("change", [_twice, _file_twice])
def test_what_is_listed_twice_is_refused(registry, tmp_path, change):
    with served(registry, registry__json=send(_altered(registry, change))) as server:
        message = _refused(server.address, tmp_path / "copy", ProvenanceError)
        assert "more than once" in message
        assert not [path for path in server.requests if "segment" in path]


def test_a_segment_that_is_listed_twice_is_refused_with_the_right_digest(registry):
    manifest = read_manifest(registry)
    double = replace(manifest, segments=manifest.segments * 2)
    with pytest.raises(CorruptFile, match="more than once"):
        parse_manifest(render_manifest(double).encode(), "here")


@pytest.mark.parametrize(
    "created",
    [
        "0001-01-01T00:00:00+23:59",
        "0001-01-01T00:00:00+00:00",
        "9999-12-31T23:59:59-23:59",
        "9999-12-31T23:59:59+00:00",
    ],
)
@pytest.mark.parametrize("where", ["created", "segments", "fresh_until"])
def test_times_at_the_ends_of_the_calendar_are_damage(registry, tmp_path, created, where):
    def change(content):
        if where == "segments":
            content["segments"][0]["created"] = created
        else:
            content[where] = created[:10] if where == "fresh_until" else created

    with served(registry, registry__json=send(_altered(registry, change))) as server:
        assert "is damaged" in _refused(server.address, tmp_path / "copy", CorruptFile)


def test_a_registry_of_the_future_does_not_lock_out_all_later_ones(registry, tmp_path):
    later = replace(read_manifest(registry), created=datetime.now(UTC) + timedelta(900))
    with served(registry, registry__json=send(render_manifest(later).encode())) as server:
        assert "in the future" in _refused(server.address, tmp_path / "copy")
        server.answers.clear()
        assert pull(server.address, tmp_path / "copy").manifest.items == 20


@pytest.mark.parametrize("name", ["../../evil.npy", "/tmp/evil.npy", "a/b.npy", "..", "CON"])
def test_names_that_lead_out_of_the_folder_are_damage(registry, tmp_path, name):
    def change(content):
        content["segments"][0]["files"][0]["name"] = name

    with served(registry, registry__json=send(_altered(registry, change))) as server:
        assert "is damaged" in _refused(server.address, tmp_path / "copy", CorruptFile)


def test_redirects_are_followed_a_few_times(registry, tmp_path):
    with served(registry) as server, served(registry) as other:
        target = f"{other.address}/registry.json"
        server.answers["registry.json"] = redirect(target)
        assert pull(server.address, tmp_path / "copy").manifest.items == 20
        server.answers["registry.json"] = redirect("/registry.json")
        server.requests.clear()
        assert "redirects" in _refused(server.address, tmp_path / "other")
        assert len(server.requests) == web_server.MAX_REDIRECTS + 1


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:,{}", ""])
def test_redirects_away_from_the_web_are_not_followed(registry, tmp_path, target):
    with served(registry, registry__json=redirect(target)) as server:
        assert "redirect" in _refused(server.address, tmp_path / "copy")


def test_redirects_from_a_public_server_into_a_private_network_are_not_followed(
    registry, tmp_path, monkeypatch
):
    """`public.test` stands for a public server: it resolves to one, and connects to ours."""
    with served(registry, registry__json=redirect("http://127.0.0.1:1/registry.json")) as server:
        port = server.server_port
        resolve, connect = socket.getaddrinfo, socket.create_connection

        def resolve_public(host, *arguments, **options):
            return resolve("8.8.8.8" if host == "public.test" else host, *arguments, **options)

        def connect_here(address, *arguments, **options):
            here = ("127.0.0.1", port) if address[0] == "public.test" else address
            return connect(here, *arguments, **options)

        monkeypatch.setattr(socket, "getaddrinfo", resolve_public)
        monkeypatch.setattr(socket, "create_connection", connect_here)
        message = _refused(f"http://public.test:{port}", tmp_path / "copy")
        assert "in a private network" in message


def test_a_redirect_with_an_endless_body_is_not_read(registry, tmp_path):
    answer = send_for_ever(bytes(65536), status=302, Location="/elsewhere.json")
    with served(registry, registry__json=answer) as server:
        assert "it has no registry.json" in _refused(server.address, tmp_path / "copy")


def test_a_server_with_endless_headers_is_given_up(registry, tmp_path):
    def answer(handler):
        handler.send_response(200)
        handler.flush_headers()
        while not handler.server.stopped.is_set():
            handler.wfile.write(b"X-More: " + b"x" * 60000 + b"\r\n")

    with served(registry, registry__json=answer) as server:
        assert "cannot be read" in _refused(server.address, tmp_path / "copy")


def test_signatures_without_an_end_are_not_read_into_memory(registry, tmp_path):
    name = pulling.signature_name((registry / MANIFEST).read_bytes()).replace(".", "__")
    with served(registry, **{name: send_for_ever(b"x" * 65536)}) as server:
        assert "has more than" in _refused(server.address, tmp_path / "copy")
