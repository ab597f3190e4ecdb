"""Signed registries, and files that say whose signatures count."""

import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import fsspec
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("securesystemslib", reason="the extra `sign` is not installed")

from provenance.errors import ProvenanceError, SignatureInvalid, SigningError
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.building.registries import add_to_registry, build_registry, verify_registry
from provenance.pipeline.building.registry_changes import merge_into
from provenance.pipeline.checking.declared_only import empty_registry
from provenance.pipeline.exchange.checkpoint import today
from provenance.pipeline.exchange.pulling import pull
from provenance.pipeline.exchange.pushing import push
from provenance.pipeline.exchange.registry_signatures import sign, trust_check
from provenance.pipeline.exchange.trust_file import read_trust_file
from provenance.pipeline.settings import Settings
from provenance.registry.changes.withdrawal import remove_items
from provenance.registry.manifest import read_manifest_bytes
from provenance.registry.registry_folder import signature_name
from provenance.registry.segments.item_selection import Selection
from provenance.signing import create_key
from tests.pipeline.exchange.exchanged_items import contents_of, corpus_file, dump_of

_ADDRESS = "memory://bucket/registry"


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """The private keys of an owner and of somebody else, and their public halves."""
    folder = tmp_path_factory.mktemp("keys")
    return {name: (folder / name, create_key(folder / name)) for name in ("owner", "other")}


@pytest.fixture
def store(monkeypatch, tmp_path):
    monkeypatch.setenv("PROVENANCE_CACHE", str(tmp_path / "cache"))
    system = fsspec.filesystem("memory")
    system.store.clear()
    yield system
    system.store.clear()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    build_registry(folder / "registry", dump_of(folder, 0, 20))
    return folder / "registry"


@pytest.fixture
def registry(made, tmp_path):
    """A registry of twenty items of the source x."""
    return Path(shutil.copytree(made, tmp_path / "registry"))


def _trust(folder, *entries):
    """Write a trust file; an entry has a key, sources and more."""
    lines = []
    for public, sources, *more in entries:
        names = ", ".join(f'"{source}"' for source in sources)
        lines += ["[[keys]]", f'key = "{public.openssh} comment"', f"sources = [{names}]"]
        lines += more or ['principal = "owner@example.org"']
    path = folder / "trust.toml"
    path.write_text("\n".join(lines))
    return str(path)


def _days(number):
    return (today() + timedelta(number)).isoformat()


def test_a_signed_registry_is_trusted(registry, keys, tmp_path):
    key, public = keys["owner"]
    sign(registry, [key])
    manifest, principals = verify_registry(registry, _trust(tmp_path, (public, ["x"])))
    assert principals == ("owner@example.org",)
    assert manifest.items == 20
    assert verify_registry(registry)[1] == ()


def test_without_a_trust_file_nothing_asks_for_a_signature(registry, store, tmp_path):
    push(registry, _ADDRESS)
    pull(_ADDRESS, tmp_path / "copy")
    assert verify_registry(tmp_path / "copy")[0].items == 20


@pytest.mark.parametrize("source", ["x", "*"])
def test_the_sources_of_a_key_are_named_or_all(registry, keys, tmp_path, source):
    key, public = keys["owner"]
    sign(registry, [key])
    verify_registry(registry, _trust(tmp_path, (public, [source])))


def test_an_unsigned_registry_is_refused(registry, keys, tmp_path):
    trust = _trust(tmp_path, (keys["owner"][1], ["x"]))
    with pytest.raises(SignatureInvalid, match=r"is not signed; .*sources, x") as caught:
        verify_registry(registry, trust)
    assert "registry sign" in caught.value.remedy


def test_a_key_that_is_not_trusted_is_refused(registry, keys, tmp_path):
    sign(registry, [keys["other"][0]])
    with pytest.raises(SignatureInvalid, match="none of yours") as caught:
        verify_registry(registry, _trust(tmp_path, (keys["owner"][1], ["x"])))
    assert keys["other"][1].fingerprint in caught.value.message


def test_a_key_may_not_speak_for_another_source(registry, keys, tmp_path):
    sign(registry, [keys["owner"][0]])
    trust = _trust(
        tmp_path,
        (keys["owner"][1], ["reddit"], 'principal = "r@example.org"'),
        (keys["other"][1], ["x"], 'principal = "x@example.org"'),
    )
    with pytest.raises(SignatureInvalid, match="source 'x', and nobody who may speak") as caught:
        verify_registry(registry, trust)
    assert f"{keys['owner'][1].fingerprint} of r@example.org, for reddit" in caught.value.message
    assert f"{keys['other'][1].fingerprint} of x@example.org" in caught.value.remedy


def test_a_source_without_a_key_is_named(registry, keys, tmp_path):
    sign(registry, [keys["owner"][0]])
    with pytest.raises(SignatureInvalid, match=r"source 'x', for which .* has no key") as caught:
        verify_registry(registry, _trust(tmp_path, (keys["owner"][1], ["reddit"])))
    assert 'sources = ["x"]' in caught.value.remedy


@pytest.mark.parametrize(
    ("name", "days", "message"),
    [("valid_until", -1, "expired"), ("valid_from", 1, "is not valid before")],
)
def test_a_key_counts_while_it_is_valid(registry, keys, tmp_path, name, days, message):
    sign(registry, [keys["owner"][0]])
    line = f"{name} = {_days(days)}"
    named = 'principal = "owner@example.org"'
    trust = _trust(tmp_path, (keys["owner"][1], ["x"], named, line))
    with pytest.raises(SignatureInvalid, match=message) as caught:
        verify_registry(registry, trust)
    assert keys["owner"][1].fingerprint in caught.value.message
    assert "owner@example.org, for x" in caught.value.message


@pytest.mark.parametrize("name", ["valid_until", "valid_from"])
def test_the_days_of_a_key_are_included(registry, keys, tmp_path, name):
    sign(registry, [keys["owner"][0]])
    line = f"{name} = {_days(0)}"
    named = 'principal = "owner@example.org"'
    verify_registry(registry, _trust(tmp_path, (keys["owner"][1], ["x"], named, line)))


def test_each_source_needs_its_own_voice(registry, keys, tmp_path):
    build_registry(tmp_path / "b", dump_of(tmp_path, 20, 40, source="reddit"))
    merge_into([str(registry), str(tmp_path / "b")], tmp_path / "all")
    trust = _trust(
        tmp_path,
        (keys["owner"][1], ["x"]),
        (keys["other"][1], ["reddit"], 'principal = "r@example.org"'),
    )
    sign(tmp_path / "all", [keys["owner"][0]])
    with pytest.raises(SignatureInvalid, match="source 'reddit', and nobody"):
        verify_registry(tmp_path / "all", trust)
    sign(tmp_path / "all", [keys["owner"][0], keys["other"][0]])
    assert verify_registry(tmp_path / "all", trust)[1] == ("owner@example.org", "r@example.org")


def test_who_signs_under_a_name_speaks_as_that_name_alone(registry, keys, tmp_path):
    public = keys["owner"][1]
    trust = _trust(
        tmp_path,
        (public, ["x"], 'principal = "press"'),
        (public, ["reddit"], 'principal = "club"'),
    )
    sign(registry, [keys["owner"][0]], "press")
    assert verify_registry(registry, trust)[1] == ("press",)
    sign(registry, [keys["owner"][0]], "club")
    with pytest.raises(SignatureInvalid, match="of club, for reddit"):
        verify_registry(registry, trust)
    sign(registry, [keys["owner"][0]], "nobody")
    with pytest.raises(SignatureInvalid, match="a name that is not its own"):
        verify_registry(registry, trust)


def test_a_change_voids_the_signature(registry, keys, tmp_path):
    signing = sign(registry, [keys["owner"][0]])
    trust = _trust(tmp_path, (keys["owner"][1], ["x"]))
    add_to_registry(registry, dump_of(tmp_path, 20, 30))
    assert not signing.path.exists()
    with pytest.raises(SignatureInvalid, match="is not signed"):
        verify_registry(registry, trust)
    sign(registry, [keys["owner"][0]])
    verify_registry(registry, trust)


def test_the_signature_of_another_version_is_refused(registry, keys, tmp_path):
    signing = sign(registry, [keys["owner"][0]])
    before = signing.path.read_bytes()
    remove_items(registry, Selection(pa.array(["id-3"])))
    (registry / signature_name(read_manifest_bytes(registry))).write_bytes(before)
    with pytest.raises(SignatureInvalid, match="is the signature of another manifest"):
        verify_registry(registry, _trust(tmp_path, (keys["owner"][1], ["x"])))


def test_a_pull_refuses_what_is_not_trusted_before_it_fetches_it(registry, keys, store, tmp_path):
    push(registry, _ADDRESS)
    trust = _trust(tmp_path, (keys["owner"][1], ["x"]))
    with pytest.raises(SignatureInvalid, match="memory://bucket/registry is not signed"):
        pull(_ADDRESS, tmp_path / "copy", check=trust_check(_ADDRESS, trust))
    assert not (tmp_path / "copy").exists()
    sign(registry, [keys["owner"][0]])
    assert push(registry, _ADDRESS).is_signed
    pull(_ADDRESS, tmp_path / "copy", check=trust_check(_ADDRESS, trust))
    assert verify_registry(tmp_path / "copy", trust)[1] == ("owner@example.org",)


def test_a_later_signature_of_the_same_version_is_pulled(registry, keys, store, tmp_path):
    push(registry, _ADDRESS)
    pull(_ADDRESS, tmp_path / "copy")
    sign(registry, [keys["owner"][0]])
    push(registry, _ADDRESS)
    assert not pull(_ADDRESS, tmp_path / "copy").is_changed
    verify_registry(tmp_path / "copy", _trust(tmp_path, (keys["owner"][1], ["x"])))


def test_old_signatures_leave_address_and_copy(registry, keys, store, tmp_path):
    sign(registry, [keys["owner"][0]])
    push(registry, _ADDRESS)
    pull(_ADDRESS, tmp_path / "copy")
    add_to_registry(registry, dump_of(tmp_path, 20, 30))
    sign(registry, [keys["owner"][0]])
    push(registry, _ADDRESS)
    pull(_ADDRESS, tmp_path / "copy")
    names = {name for name in contents_of(tmp_path / "copy") if name != "pulled.json"}
    assert names == set(contents_of(registry))
    assert {each.rpartition("/")[2] for each in store.find("/bucket/registry")} == {
        each.rpartition("/")[2] for each in names
    }


@pytest.mark.parametrize("is_remote", [True, False])
def test_a_check_refuses_what_is_not_trusted(registry, keys, store, tmp_path, is_remote):
    name = _ADDRESS if is_remote else str(registry)
    push(registry, _ADDRESS)
    check([corpus_file(tmp_path)], Policy(registries=(name,)), Settings())  # it is in the cache
    trust = _trust(tmp_path, (keys["owner"][1], ["x"]))
    policy = Policy(registries=(name,), trust=trust)
    with pytest.raises(SignatureInvalid, match="is not signed"):
        check([corpus_file(tmp_path)], policy, Settings())
    sign(registry, [keys["owner"][0]])
    push(registry, _ADDRESS)
    report = check([corpus_file(tmp_path)], policy, Settings())
    assert len(report.findings) >= 20
    assert report.result.policy.trust == trust


@pytest.mark.parametrize("kind", ["background", "control"])
def test_backgrounds_and_controls_need_signatures_too(registry, keys, tmp_path, kind):
    build_registry(tmp_path / "b", dump_of(tmp_path, 20, 40))
    sign(registry, [keys["owner"][0]])
    trust = _trust(tmp_path, (keys["owner"][1], ["*"]))
    other = str(tmp_path / "b")
    policy = Policy(
        registries=(str(registry),),
        backgrounds=(other,) if kind == "background" else (),
        trust=trust,
    )
    with pytest.raises(SignatureInvalid, match="b is not signed"):
        check(
            [corpus_file(tmp_path)], policy, Settings(control=other if kind == "control" else None)
        )


def test_a_registry_of_nothing_needs_no_signature(keys, tmp_path):
    trust = _trust(tmp_path, (keys["owner"][1], ["x"]))
    verify_registry(Path(empty_registry()), trust)


_FLIPS = st.tuples(st.integers(0, 1 << 40), st.integers(0, 1 << 40), st.integers(1, 255))


@given(_FLIPS)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_flipped_byte_is_found_wherever_it_is(made, keys, tmp_path_factory, flip):
    folder = made.parent / "flipped"
    trust = _trust(made.parent, (keys["owner"][1], ["x"]))
    if not folder.exists():
        shutil.copytree(made, folder)
        sign(folder, [keys["owner"][0]])
        verify_registry(folder, trust)
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    path, place, bits = paths[flip[0] % len(paths)], flip[1], flip[2]
    intact = path.read_bytes()
    changed = bytearray(intact)
    changed[place % len(changed)] ^= bits
    path.write_bytes(changed)
    try:
        with pytest.raises(ProvenanceError):
            verify_registry(folder, trust)
    finally:
        path.write_bytes(intact)


def test_every_byte_of_signature_and_of_parts_of_the_manifest_counts(registry, keys, tmp_path):
    signing = sign(registry, [keys["owner"][0]])
    trust = _trust(tmp_path, (keys["owner"][1], ["x"]))
    for path, step in ((signing.path, 7), (registry / "registry.json", 131)):
        intact = path.read_bytes()
        for place in range(0, len(intact), step):
            changed = bytearray(intact)
            changed[place] ^= 1
            path.write_bytes(changed)
            with pytest.raises(ProvenanceError):
                verify_registry(registry, trust)
        path.write_bytes(intact)
    verify_registry(registry, trust)


def test_a_key_with_a_passphrase_signs(registry, tmp_path, monkeypatch):
    public = create_key(tmp_path / "locked", b"secret")
    with pytest.raises(SigningError, match="has a passphrase"):
        sign(registry, [tmp_path / "locked"])
    monkeypatch.setenv("PROVENANCE_KEY_PASSPHRASE", "secret")
    sign(registry, [tmp_path / "locked"])
    verify_registry(registry, _trust(tmp_path, (public, ["x"])))


def test_signing_states_until_when_it_is_fresh(registry, keys, tmp_path, store):
    manifest = sign(registry, [keys["owner"][0]], fresh_days=10).manifest
    assert manifest.fresh_until == today() + timedelta(10)
    trust = _trust(tmp_path, (keys["owner"][1], ["x"]))
    verify_registry(registry, trust)
    push(registry, _ADDRESS, fresh_days=10)
    verify_registry(registry, trust)
    with pytest.raises(ProvenanceError, match="would void the signature"):
        push(registry, _ADDRESS, fresh_days=20)


def test_a_damaged_registry_is_not_signed(registry, keys):
    [tokens] = registry.glob("segment-*/tokens.npy")
    content = bytearray(tokens.read_bytes())
    content[-1] ^= 1
    tokens.write_bytes(content)
    with pytest.raises(ProvenanceError, match=r"tokens\.npy was altered"):
        sign(registry, [keys["owner"][0]])


def test_a_key_of_openssh_and_a_file_of_it_are_read(keys, tmp_path):
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    made = tmp_path / "id"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ecdsa", "-b", "256", "-N", "", "-f", str(made)], check=True
    )
    path = tmp_path / "trust.toml"
    path.write_text('[[keys]]\nprincipal = "a"\nkey = "id.pub"\nsources = ["x"]\n')
    [key] = read_trust_file(str(path)).keys
    assert key.signer.key.openssh in (tmp_path / "id.pub").read_text()
    assert key.speaks_for("x")
    assert not key.speaks_for("reddit")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("keys = 1", "not a list"),
        ("[[keys]]\nprincipal = 'a'\nkey = 'k'", "'sources' is missing"),
        ("[[keys]]\nprincipal = 'a'\nkey = 'k'\nsources = []", "names no source"),
        ("[[keys]]\nprincipal = 'a'\nkey = 'nothing.pub'\nsources = ['x']", "cannot be read"),
        ("[[keys]]\nprincipal = 'a'\nkey = 'ssh-ed25519 AA'\nsources = ['x']", "not a key"),
        ("[[keys]]\nprincipal = 'a'\nkey = 'ssh-rsa AAAA'\nsources = ['x']", "not supported"),
        ("[[keys]]\nprinciple = 'a'", "unknown key 'principle'"),
        ("[[keys]", "not valid TOML"),
    ],
)
def test_a_wrong_trust_file_is_an_error_that_names_the_place(tmp_path, text, message):
    path = tmp_path / "trust.toml"
    path.write_text(text)
    with pytest.raises(SigningError, match=message) as caught:
        read_trust_file(str(path))
    assert "trust.toml" in caught.value.message or "nothing.pub" in caught.value.message


def test_a_missing_trust_file_is_an_error(tmp_path):
    with pytest.raises(SigningError, match="cannot be read"):
        read_trust_file(str(tmp_path / "none.toml"))
