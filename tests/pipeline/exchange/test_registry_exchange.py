"""Registries that are pushed to an address, and pulled from there."""

import shutil
import threading
from datetime import date, timedelta

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.errors import DigestMismatch, RegistryError, RegistryExists, RegistryNotFound
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, add_to_registry, build_registry
from provenance.pipeline.building.registry_changes import merge_into
from provenance.pipeline.caching.result_cache import cache_folder, cache_usage
from provenance.pipeline.exchange import pulling
from provenance.pipeline.exchange.checkpoint import read_checkpoint
from provenance.pipeline.exchange.pulling import pull
from provenance.pipeline.exchange.pushing import push
from provenance.pipeline.exchange.registry_address import RegistryAddress
from provenance.pipeline.execution.progress import report_progress_to
from provenance.pipeline.settings import Settings
from provenance.registry.changes.withdrawal import remove_items
from provenance.registry.manifest import MANIFEST, read_manifest
from provenance.registry.registry_folder import state_fresh_until
from provenance.registry.segments.item_selection import Selection
from provenance.registry.sorting.duckdb_engine import BuildLimits
from provenance.registry.verification import verify_files
from tests.pipeline.exchange.exchanged_items import TEXTS, contents_of, corpus_file, dump_of


def _withdraw(registry, *numbers, **options):
    ids = pa.array([f"id-{number}" for number in numbers])
    return remove_items(registry, Selection(ids), reason="the author asked", **options)


@pytest.fixture(params=["memory", "folder"])
def address(request, monkeypatch, tmp_path):
    """An empty place for a registry, and a cache of its own.

    A test may ask for the address of the folder as "file", too.
    """
    monkeypatch.setenv("PROVENANCE_CACHE", str(tmp_path / "cache"))
    system = fsspec.filesystem("memory")
    system.store.clear()
    places = {
        "memory": "memory://bucket/registry",
        "folder": str(tmp_path / "shared" / "registry"),
        "file": f"file://{tmp_path}/shared/registry",
    }
    yield places[request.param]
    system.store.clear()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    build_registry(folder / "registry", dump_of(folder, 0, 20))
    return folder / "registry"


@pytest.fixture
def registry(built, tmp_path):
    """A registry of twenty items."""
    return shutil.copytree(built, tmp_path / "registry")


@pytest.fixture
def sent(monkeypatch):
    """The names of the files that are written at an address, in their order."""
    names = []
    original = RegistryAddress.put

    def put(self, name, content, advance):
        original(self, name, content, advance)
        names.append(name)

    monkeypatch.setattr(RegistryAddress, "put", put)
    return names


def _findings(registry, corpus):
    return check([corpus], Policy(registries=(str(registry),)), Settings()).findings


def _only_registry(files):
    return {name: content for name, content in files.items() if name != "pulled.json"}


class _Killed(BaseException):
    """What ends a command in the middle, without its leave."""


def _raise_killed():
    raise _Killed


def _killing_after(step, amount):
    """Make progress that ends the command once a step has done so much."""

    def progress(label, done, total):
        if label == step and done >= amount:
            raise _Killed

    return report_progress_to(progress)


@pytest.mark.parametrize("address", ["memory", "folder", "file"], indirect=True)
def test_what_is_pulled_is_what_was_pushed(address, registry, tmp_path):
    pushed = push(registry, address)
    pulled = pull(address, tmp_path / "copy")
    assert _only_registry(contents_of(tmp_path / "copy")) == contents_of(registry)
    assert (pulled.difference.added, pulled.difference.withdrawn) == (20, 0)
    assert (pulled.fetched, pulled.fetched_bytes) == (pushed.sent, pushed.sent_bytes)
    assert verify_files(tmp_path / "copy") == read_manifest(registry)
    corpus = corpus_file(tmp_path)
    copied = _findings(tmp_path / "copy", corpus)
    assert len(copied) >= 20
    assert copied.equals(_findings(registry, corpus))


def test_after_an_addition_only_what_is_new_is_sent_and_fetched(address, registry, tmp_path, sent):
    push(registry, address)
    pull(address, tmp_path / "copy")
    state_fresh_until(registry, date(2999, 1, 1))
    sent.clear()
    again = push(registry, address)
    assert (again.sent, sent) == (0, [MANIFEST])
    inodes = {path: path.stat().st_ino for path in (tmp_path / "copy").glob("segment-*/*")}
    pulled = pull(address, tmp_path / "copy")
    assert (pulled.fetched, pulled.is_changed) == (0, True)
    assert {path: path.stat().st_ino for path in inodes} == inodes
    add_to_registry(registry, dump_of(tmp_path, 20, 40))
    new = {path.name for path in registry.glob("segment-*")} - {path.parent.name for path in inodes}
    push(registry, address)
    pulled = pull(address, tmp_path / "copy")
    assert pulled.difference.added == 20
    new_files = sum(len(list((registry / name).iterdir())) for name in new)
    assert pulled.fetched == new_files + 1  # and the table of additions
    assert _only_registry(contents_of(tmp_path / "copy")) == contents_of(registry)


def test_nothing_is_sent_or_fetched_twice(address, registry, tmp_path, sent):
    push(registry, address)
    pull(address, tmp_path / "copy")
    sent.clear()
    assert push(registry, address).sent == 0
    assert sent == []
    again = pull(address, tmp_path / "copy")
    assert (again.is_changed, again.fetched, again.difference.added) == (False, 0, 0)


def test_the_manifest_is_sent_last(address, registry, sent):
    push(registry, address)
    assert sent[-1] == MANIFEST
    assert sent.count(MANIFEST) == 1


def test_a_push_removes_only_files_that_a_push_wrote(address, registry, tmp_path):
    origin = RegistryAddress.of(address)
    [segment] = registry.glob("segment-*")
    others = [
        "segment-notes/diary.txt",
        "segment-0123456789abcdef/items.parquet",
        "segment-0123456789abcdef/notes.npy",
        "marks-of-ours.txt",
        "statuses-0123.parquet",
        "signature-of-the-boss.json",
        f"{segment.name}/notes.txt",
        f"{segment.name}/others.npy",
        "notes.txt",
    ]
    for name in others:
        origin.put(name, memoryview(b"mine"), lambda _: None)
    push(registry, address)
    _withdraw(registry, 3)
    assert push(registry, address).removed > 0
    add_to_registry(registry, dump_of(tmp_path, 20, 40))
    push(registry, address)
    assert {name: origin.read(name) for name in others} == dict.fromkeys(others, b"mine")
    listed = {place for place, _ in read_manifest(registry).places} | {MANIFEST}
    assert set(origin.sizes()) == listed | {*others}


@pytest.mark.parametrize("share", [0.3, 0.99, None])
def test_what_a_killed_push_left_is_removed_by_the_next(
    address, registry, tmp_path, monkeypatch, share
):
    push(registry, address)
    add_to_registry(registry, dump_of(tmp_path, 20, 40))
    total = read_manifest(registry).bytes
    if share is None:  # before it removes what it replaced
        with monkeypatch.context() as patch:
            patch.setattr(RegistryAddress, "remove", lambda *_: _raise_killed())
            with pytest.raises(_Killed):
                push(registry, address)
    else:
        with pytest.raises(_Killed), _killing_after("sending", total * share):
            push(registry, address)
    _withdraw(registry, 25)  # the segment that was being sent never is
    push(registry, address)
    listed = {place for place, _ in read_manifest(registry).places} | {MANIFEST}
    assert set(RegistryAddress.of(address).sizes()) == listed


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.99])
def test_a_push_that_was_killed_is_not_seen_and_continues(address, registry, tmp_path, sent, share):
    push(registry, address)
    pull(address, tmp_path / "copy")
    before = _only_registry(contents_of(tmp_path / "copy"))
    add_to_registry(registry, dump_of(tmp_path, 20, 40))
    sent.clear()
    total = read_manifest(registry).bytes
    with pytest.raises(_Killed), _killing_after("sending", total * share):
        push(registry, address)
    assert not pull(address, tmp_path / "copy").is_changed
    assert _only_registry(contents_of(tmp_path / "copy")) == before
    complete = [name for name in sent if name.endswith((".npy", ".parquet"))]
    sent.clear()
    assert push(registry, address).present >= len(set(complete))
    assert not set(sent) & set(complete)
    assert pull(address, tmp_path / "copy").difference.added == 20
    assert _only_registry(contents_of(tmp_path / "copy")) == contents_of(registry)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.99])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_pull_that_was_killed_is_not_seen_and_continues(
    address, registry, tmp_path, share, is_first, monkeypatch
):
    monkeypatch.setattr(pulling, "CHUNK_BYTES", 1000)
    copy = tmp_path / "copy"
    push(registry, address)
    if not is_first:
        pull(address, copy)
        add_to_registry(registry, dump_of(tmp_path, 20, 40))
        push(registry, address)
    total = read_manifest(registry).bytes
    with pytest.raises(_Killed), _killing_after("fetching", total * share):
        pull(address, copy)
    if is_first:
        assert not (copy / MANIFEST).exists()
    else:
        assert verify_files(copy).items == 20
    complete = {path: path.stat().st_ino for path in copy.glob("segment-*/*.npy")}
    fetched = []
    original = RegistryAddress.open
    monkeypatch.setattr(
        RegistryAddress, "open", lambda self, name: fetched.append(name) or original(self, name)
    )
    pull(address, copy)
    assert _only_registry(contents_of(copy)) == contents_of(registry)
    kept = {str(path.relative_to(copy)) for path in complete}
    assert not kept & set(fetched)


def test_a_file_that_was_half_fetched_is_continued(address, registry, tmp_path, monkeypatch):
    monkeypatch.setattr(pulling, "CHUNK_BYTES", 100)
    push(registry, address)
    with pytest.raises(_Killed), _killing_after("fetching", 250):
        pull(address, tmp_path / "copy")
    [half] = tmp_path.glob("copy/segment-*/*.tmp")
    size = half.stat().st_size
    assert size
    received = 0
    original = pulling.RegistryAddress.open

    class Counting:
        def __init__(self, stream):
            self._stream = stream

        def seek(self, place):
            self._stream.seek(place)

        def read(self, count):
            nonlocal received
            chunk = self._stream.read(count)
            received += len(chunk)
            return chunk

    def opened(self, name):
        from contextlib import contextmanager

        @contextmanager
        def counting():
            with original(self, name) as stream:
                yield (
                    stream
                    if name == MANIFEST or name.startswith("signature-")
                    else Counting(stream)
                )

        return counting()

    monkeypatch.setattr(RegistryAddress, "open", opened)
    total = pull(address, tmp_path / "copy").fetched_bytes
    assert received == total - size
    assert _only_registry(contents_of(tmp_path / "copy")) == contents_of(registry)


def test_a_damaged_half_of_a_file_is_fetched_again(address, registry, tmp_path):
    push(registry, address)
    with pytest.raises(_Killed), _killing_after("fetching", 0):
        pull(address, tmp_path / "copy")
    [folder] = registry.glob("segment-*")
    half = tmp_path / "copy" / folder.name / "tokens.npy.tmp"
    half.write_bytes(b"something else")
    pull(address, tmp_path / "copy")
    assert _only_registry(contents_of(tmp_path / "copy")) == contents_of(registry)


def test_an_item_that_is_withdrawn_is_gone_from_the_copy(address, registry, tmp_path):
    corpus, copy = corpus_file(tmp_path), tmp_path / "copy"
    push(registry, address)
    pull(address, copy)
    assert "id-3" in _findings(copy, corpus)["item"].to_pylist()
    old = {path.name for path in copy.glob("segment-*")}
    _withdraw(registry, 3, 4)
    pushed = push(registry, address)
    assert pushed.removed > 0
    pulled = pull(address, copy)
    assert (pulled.difference.added, pulled.difference.withdrawn) == (0, 2)
    found = _findings(copy, corpus)["item"].to_pylist()
    assert "id-3" not in found
    assert "id-5" in found
    assert not old & {path.name for path in copy.iterdir()}
    origin = RegistryAddress.of(address)
    assert not [name for name in origin.sizes() if name.partition("/")[0] in old]
    for path in copy.rglob("items.parquet"):
        assert "id-3" not in pq.read_table(path)["item"].to_pylist()
    for path in copy.rglob("texts.parquet"):
        assert TEXTS[3] not in pq.read_table(path)["text"].to_pylist()
    tombstones = pq.read_table(next(copy.glob("tombstones-*")))
    assert tombstones["reason"].to_pylist() == ["the author asked"] * 2
    assert tombstones["date"].null_count == 0


def test_a_withdrawal_clears_cached_results_on_request(address, registry, tmp_path):
    push(registry, address)
    pull(address, tmp_path / "copy", purge=True)
    policy = Policy(registries=(str(tmp_path / "copy"),))
    check([corpus_file(tmp_path)], policy, Settings(cache=cache_folder()))
    assert cache_usage().entries
    _withdraw(registry, 3)
    push(registry, address)
    pulled = pull(address, tmp_path / "copy", purge=True)
    assert pulled.cleared.entries
    assert not cache_usage().entries
    assert pull(address, tmp_path / "copy", purge=True).cleared is None


def test_withdrawn_items_do_not_leave_the_machine_in_old_files(address, registry):
    _withdraw(registry, 3, limits=BuildLimits(rewritten_bytes=0))
    with pytest.raises(RegistryError, match="still have 1 withdrawn item") as caught:
        push(registry, address)
    assert "--purge" in caught.value.remedy
    with pytest.raises(RegistryNotFound):
        RegistryAddress.of(address).read_manifest()


def test_files_that_a_merged_registry_shares_stay_there(address, registry, tmp_path):
    push(registry, address)
    pull(address, tmp_path / "copy")
    build_registry(tmp_path / "other", dump_of(tmp_path, 30, 40))
    merge_into([str(tmp_path / "copy"), str(tmp_path / "other")], tmp_path / "all")
    _withdraw(registry, 3)
    push(registry, address)
    pull(address, tmp_path / "copy")
    assert verify_files(tmp_path / "all").items == 30


def test_an_older_version_is_refused(address, registry, tmp_path):
    shutil.copytree(registry, tmp_path / "backup")
    _withdraw(registry, 3)
    push(registry, address)
    pull(address, tmp_path / "copy")
    origin = RegistryAddress.of(address)
    for name in origin.sizes():
        origin.remove(name)
    push(tmp_path / "backup", address)
    with pytest.raises(RegistryError, match="is older than the one that was pulled before"):
        pull(address, tmp_path / "copy")
    assert verify_files(tmp_path / "copy").items == 19
    pulled = pull(address, tmp_path / "copy", allow_older=True)
    assert pulled.manifest.items == 20
    assert not pull(address, tmp_path / "copy").is_changed


def test_every_change_makes_a_newer_version(registry, tmp_path):
    times = [read_manifest(registry).created]
    changes = [
        lambda: add_to_registry(registry, dump_of(tmp_path, 20, 25)),
        lambda: _withdraw(registry, 3),
        lambda: state_fresh_until(registry, date(2999, 1, 1)),
        lambda: add_to_registry(
            registry, DumpSource(dump_of(tmp_path, 20, 25).addresses, "x", published=99)
        ),
    ]
    for change in changes:
        change()
        times.append(read_manifest(registry).created)
    assert times == sorted(set(times))


def test_a_stale_copy_is_compared_with_its_digests(address, registry, tmp_path, monkeypatch):
    push(registry, address, fresh_days=5)
    copy = tmp_path / "copy"
    pull(address, copy)
    [tokens] = copy.glob("segment-*/tokens.npy")
    intact = tokens.read_bytes()
    tokens.write_bytes(intact[:-1] + bytes([intact[-1] ^ 1]))
    later = pulling.today() + timedelta(days=9)
    assert not pull(address, copy).is_overdue
    assert tokens.read_bytes() != intact
    monkeypatch.setattr(pulling, "today", lambda: later)
    pulled = pull(address, copy)
    assert tokens.read_bytes() == intact
    assert pulled.fetched == 1
    assert "was fresh until" in pulled.doubt
    assert pulled.is_overdue


def test_a_copy_that_was_compared_since_it_became_stale_is_trusted(address, registry, tmp_path):
    state_fresh_until(registry, pulling.today() - timedelta(days=3))
    push(registry, address)
    pull(address, tmp_path / "copy")
    again = pull(address, tmp_path / "copy")
    assert (again.doubt, again.is_overdue) == (None, True)


def test_a_copy_without_a_file_is_completed(address, registry, tmp_path):
    push(registry, address)
    pull(address, tmp_path / "copy")
    next(tmp_path.glob("copy/segment-*/tokens.npy")).unlink()
    pulled = pull(address, tmp_path / "copy")
    assert (pulled.fetched, pulled.doubt) == (1, "the copy was damaged")
    assert verify_files(tmp_path / "copy").items == 20


def test_a_registry_that_was_changed_here_is_not_overwritten(address, registry, tmp_path):
    push(registry, address)
    pull(address, tmp_path / "copy")
    add_to_registry(tmp_path / "copy", dump_of(tmp_path, 20, 40))
    with pytest.raises(RegistryExists, match="was changed after it was pulled"):
        pull(address, tmp_path / "copy")
    assert read_manifest(tmp_path / "copy").items == 40


def test_a_folder_of_something_else_is_left_alone(address, registry, tmp_path):
    push(registry, address)
    with pytest.raises(RegistryExists, match="already exists"):
        pull(address, registry)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("a")
    with pytest.raises(RegistryExists, match="a folder of other files"):
        pull(address, tmp_path / "notes")
    pull(address, tmp_path / "copy")
    shutil.copytree(tmp_path / "copy", tmp_path / "mirror")
    with pytest.raises(RegistryExists, match=r"was pulled from"):
        pull(str(tmp_path / "mirror"), tmp_path / "copy")


def test_a_failed_pull_leaves_no_folder(address, tmp_path):
    with pytest.raises(RegistryNotFound, match="is not a registry"):
        pull(address, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_damage_at_the_address_is_found_and_repaired(address, registry, tmp_path):
    push(registry, address)
    origin = RegistryAddress.of(address)
    name = next(name for name in origin.sizes() if name.endswith("tokens.npy"))
    content = bytearray(origin.read(name))
    content[-1] ^= 1
    origin.put(name, memoryview(content), lambda _: None)
    with pytest.raises(DigestMismatch, match=r"tokens\.npy differs"):
        pull(address, tmp_path / "copy")
    assert push(registry, address, verify=True).sent == 1
    assert pull(address, tmp_path / "copy").manifest.items == 20


def test_a_damaged_registry_is_not_pushed(address, registry):
    [tokens] = registry.glob("segment-*/tokens.npy")
    content = bytearray(tokens.read_bytes())
    content[-1] ^= 1
    tokens.write_bytes(content)
    with pytest.raises(DigestMismatch, match=r"tokens\.npy was altered"):
        push(registry, address)
    assert RegistryAddress.of(address).read(MANIFEST) is None


def test_a_push_does_not_undo_a_newer_one(address, registry, tmp_path):
    shutil.copytree(registry, tmp_path / "fork")
    _withdraw(registry, 3)
    push(registry, address)
    with pytest.raises(RegistryError, match="is newer than"):
        push(tmp_path / "fork", address)
    push(tmp_path / "fork", address, fresh_days=30)  # as the remedy says
    assert pull(address, tmp_path / "copy").manifest.items == 20


def test_a_push_does_not_replace_another_registry(address, registry, tmp_path):
    push(registry, address)
    dump = dump_of(tmp_path, 20, 40)
    build_registry(tmp_path / "other", DumpSource(dump.addresses, "reddit"))
    with pytest.raises(RegistryError, match=r"has a registry of x; .* is of reddit"):
        push(tmp_path / "other", address)


def test_two_pushes_at_once_are_noticed(address, registry, tmp_path, monkeypatch):
    push(registry, address)
    shutil.copytree(registry, tmp_path / "other")
    add_to_registry(registry, dump_of(tmp_path, 20, 30))
    add_to_registry(tmp_path / "other", dump_of(tmp_path, 30, 40))
    original = RegistryAddress.sizes

    def sizes(self):
        monkeypatch.setattr(RegistryAddress, "sizes", original)
        push(tmp_path / "other", address)
        return original(self)

    monkeypatch.setattr(RegistryAddress, "sizes", sizes)
    with pytest.raises(RegistryError, match="somebody else has pushed"):
        push(registry, address)
    assert pull(address, tmp_path / "copy").manifest.items == 30
    assert verify_files(tmp_path / "copy").digest == read_manifest(tmp_path / "other").digest


def test_a_push_during_a_pull_makes_it_fetch_the_new_version(
    address, registry, tmp_path, monkeypatch
):
    push(registry, address)
    original = RegistryAddress.open

    def opened(self, name):
        if name.endswith(".npy"):
            monkeypatch.setattr(RegistryAddress, "open", original)
            _withdraw(registry, 3)
            push(registry, address)
        return original(self, name)

    monkeypatch.setattr(RegistryAddress, "open", opened)
    assert pull(address, tmp_path / "copy").manifest.items == 19
    copied, own = (contents_of(folder) for folder in (tmp_path / "copy", registry))
    own = {name: content for name, content in own.items() if not name.startswith("withdrawn-names")}
    assert _only_registry(copied) == own


def test_who_pulls_while_another_pushes_never_has_half_a_registry(address, registry, tmp_path):
    push(registry, address)
    stop, failures, seen = threading.Event(), [], set()

    def pull_again_and_again():
        number = 0
        while not stop.is_set():
            number += 1
            try:
                pull(address, tmp_path / f"copy{number % 3}")
                seen.add(verify_files(tmp_path / f"copy{number % 3}").items)
            except Exception as error:
                failures.append(error)

    thread = threading.Thread(target=pull_again_and_again)
    thread.start()
    try:
        for number in range(6):
            add_to_registry(registry, dump_of(tmp_path, 20 + number, 21 + number))
            push(registry, address)
    finally:
        stop.set()
        thread.join()
    assert failures == []
    assert seen <= set(range(20, 27))


def test_pulls_into_one_folder_wait_for_one_another(address, registry, tmp_path, monkeypatch):
    push(registry, address)
    inside, done = threading.Barrier(2), []
    original = RegistryAddress.open

    def opened(self, name):
        if name.endswith("tokens.npy"):  # the first pull is in the middle
            monkeypatch.setattr(RegistryAddress, "open", original)
            inside.wait(60)
            inside.wait(60)
        return original(self, name)

    def pull_once():
        try:
            done.append(pull(address, tmp_path / "copy").manifest.items)
        except Exception as error:
            done.append(error)

    monkeypatch.setattr(RegistryAddress, "open", opened)
    threads = [threading.Thread(target=pull_once) for _ in range(4)]
    threads[0].start()
    inside.wait(60)
    for thread in threads[1:]:
        thread.start()
    for thread in threads[1:]:
        thread.join(0.3)
    assert not done
    inside.wait(60)
    for thread in threads:
        thread.join()
    assert done == [20] * 4
    assert _only_registry(contents_of(tmp_path / "copy")) == contents_of(registry)


def test_pulls_that_begin_at_once_all_succeed(address, registry, tmp_path):
    push(registry, address)
    for turn in range(5):
        start, done = threading.Barrier(4), []

        def pull_at_once(folder=tmp_path / f"copy{turn}", start=start, done=done):
            start.wait(60)
            try:
                done.append(pull(address, folder).manifest.items)
            except Exception as error:
                done.append(error)

        threads = [threading.Thread(target=pull_at_once) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert done == [20] * 4


def test_a_pull_that_finds_a_newer_version_here_than_it_came_for_is_no_error(
    address, registry, tmp_path, monkeypatch
):
    """Another pull came between its look at the address and its turn."""
    push(registry, address)
    original = pulling.locked_folder

    def locked(folder):
        monkeypatch.setattr(pulling, "locked_folder", original)
        _withdraw(registry, 3)
        push(registry, address)
        pull(address, folder)
        return original(folder)

    monkeypatch.setattr(pulling, "locked_folder", locked)
    assert pull(address, tmp_path / "copy").manifest.items == 19


@pytest.mark.parametrize("left", [[".lock"], [".lock", ".provenance-tmp-0123-4567"]])
def test_a_pull_that_was_killed_before_it_fetched_anything_is_begun_again(
    address, registry, tmp_path, left
):
    push(registry, address)
    (tmp_path / "copy").mkdir()
    for name in left:
        (tmp_path / "copy" / name).write_bytes(b"")
    assert pull(address, tmp_path / "copy").manifest.items == 20


def test_pulls_of_several_versions_that_were_killed_are_continued(address, registry, tmp_path):
    push(registry, address)
    pull(address, tmp_path / "copy")
    for first in (20, 30):
        add_to_registry(registry, dump_of(tmp_path, first, first + 10))
        push(registry, address)
        with pytest.raises(_Killed), _killing_after("fetching", 1):
            pull(address, tmp_path / "copy")
    assert pull(address, tmp_path / "copy").manifest.items == 40


def test_the_checkpoint_says_what_was_pulled(address, registry, tmp_path):
    push(registry, address, fresh_days=30)
    pull(address, tmp_path / "copy")
    checkpoint = read_checkpoint(tmp_path / "copy")
    manifest = read_manifest(registry)
    assert checkpoint.address == address
    assert (checkpoint.created, checkpoint.fresh_until) == (manifest.created, manifest.fresh_until)
    assert checkpoint.pulled is not None
