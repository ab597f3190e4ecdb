"""What `provenance registry` says when registries are exchanged."""

import json
import shutil
from datetime import timedelta

import pytest

from provenance.pipeline.exchange.checkpoint import today
from provenance.registry.registry_folder import state_fresh_until
from provenance.signing import create_key

TEXTS = [
    f"the {colour} heron number {number} stood in the reeds for an hour and caught {number} eels "
    "before the rain came over the hills"
    for number, colour in enumerate(["grey", "white", "purple", "green", "black"] * 6)
]


@pytest.fixture(scope="module")
def built(tmp_path_factory, provenance):
    path = tmp_path_factory.mktemp("built")
    rows = [{"id": f"i{number}", "text": text} for number, text in enumerate(TEXTS)]
    for name, some in (("first", rows[:20]), ("second", rows[20:])):
        (path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in some))
    done = provenance("registry", "build", "r", "--source", "x", "first.jsonl", cwd=path)
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture
def folder(built, tmp_path):
    """A folder with a registry of twenty items."""
    return shutil.copytree(built, tmp_path, dirs_exist_ok=True)


def test_each_exchange_says_what_it_did(provenance, folder):
    sent = provenance("registry", "push", "r", "shared", "--fresh-for", "30", cwd=folder)
    assert sent.returncode == 0, sent.stderr
    assert sent.stdout.startswith("Sent 21 files (")
    assert "not signed, digest" in sent.stdout
    pulled = provenance("registry", "pull", "shared", "-o", "copy", cwd=folder)
    assert pulled.stdout.startswith("copy: 20 items added, 0 withdrawn; 20 items as of ")
    again = provenance("registry", "pull", "shared", "-o", "copy", cwd=folder)
    assert again.stdout.startswith("copy is up to date: 20 items as of ")
    (folder / "ids.txt").write_text("i3\n")
    provenance("registry", "remove", "r", "--ids", "ids.txt", "--reason", "asked", cwd=folder)
    provenance("registry", "push", "r", "shared", cwd=folder)
    after = provenance("registry", "pull", "shared", "-o", "copy", cwd=folder)
    assert after.stdout.startswith("copy: 0 items added, 1 withdrawn; 19 items as of ")
    assert "provenance cache clear" in after.stdout
    withdrawn = provenance("registry", "show", "copy", "--withdrawn", cwd=folder)
    assert withdrawn.stdout.splitlines()[1].startswith("i3,x,")
    assert ",asked," in withdrawn.stdout


def test_a_check_says_that_a_registry_is_overdue(provenance, folder):
    checked = ("check", "second.jsonl", "--registry", "r", "--exit-zero")
    state_fresh_until(folder / "r", today() + timedelta(1))
    assert "counted as fresh" not in provenance(*checked, cwd=folder).stderr
    state_fresh_until(folder / "r", today() - timedelta(1))
    done = provenance(*checked, cwd=folder)
    assert (done.returncode, "Note: r counted as fresh until" in done.stderr) == (0, True)
    assert "counted as fresh" not in provenance(*checked, "--quiet", cwd=folder).stderr


def test_what_is_signed_and_until_when_it_is_fresh_is_shown(provenance, folder):
    pytest.importorskip("securesystemslib", reason="the extra `sign` is not installed")
    create_key(folder / "owner.key")
    before = provenance("registry", "show", "r", cwd=folder).stdout
    assert "signed" not in before
    provenance("registry", "sign", "r", "--key", "owner.key", "--fresh-for", "9", cwd=folder)
    after = provenance("registry", "show", "r", cwd=folder).stdout
    assert f"copies count as fresh until {today() + timedelta(9)}" in after
    assert "signed; `registry verify --trust`" in after


def test_a_pull_records_withdrawals_in_the_ledger(provenance, folder):
    provenance("registry", "push", "r", "shared", cwd=folder)
    (folder / "provenance.toml").write_text('[ledger]\npath = "ledger"\n')
    provenance("registry", "pull", "shared", "-o", "copy", cwd=folder)
    (folder / "ids.txt").write_text("i3\n")
    provenance("registry", "remove", "r", "--ids", "ids.txt", cwd=folder)
    provenance("registry", "push", "r", "shared", cwd=folder)
    before = provenance("ledger", "show", cwd=folder).stdout.count("withdrawal")
    provenance("registry", "pull", "shared", "-o", "copy", cwd=folder)
    after = provenance("ledger", "show", cwd=folder).stdout
    assert after.count("withdrawal") == before + 1
    assert "pulled from shared" in provenance("ledger", "export", cwd=folder).stdout + after


def test_what_a_signer_is_told_to_hand_on_is_a_trust_file(provenance, folder):
    pytest.importorskip("securesystemslib", reason="the extra `sign` is not installed")
    create_key(folder / "owner.key")
    signed = provenance("registry", "sign", "r", "--key", "owner.key", "--as", "club", cwd=folder)
    assert signed.returncode == 0, signed.stderr
    (folder / "trust.toml").write_text(signed.stdout[signed.stdout.index("[[keys]]") :])
    verified = provenance("registry", "verify", "r", "--trust", "trust.toml", cwd=folder)
    assert "r is intact, signed by club: 20 items" in verified.stdout
    (folder / "provenance.toml").write_text('[trust]\npath = "trust.toml"\n')
    provenance("registry", "add", "r", "--source", "x", "second.jsonl", cwd=folder)
    for command in (
        ("registry", "verify", "r"),
        ("check", "first.jsonl", "--registry", "r"),
        ("trace", "--file", "first.jsonl", "--registry", "r"),
        ("clean", "first.jsonl", "--registry", "r", "-o", "cleaned"),
    ):
        refused = provenance(*command, cwd=folder)
        assert refused.returncode == 2
        assert "r is not signed" in refused.stderr
        assert "registry sign" in refused.stderr
    provenance("registry", "push", "r", "shared", cwd=folder)
    pulled = provenance("registry", "pull", "shared", "-o", "copy", cwd=folder)
    assert (pulled.returncode, "shared is not signed" in pulled.stderr) == (2, True)


def test_a_keyed_copy_is_signed_and_pulled(provenance, folder, monkeypatch):
    pytest.importorskip("securesystemslib", reason="the extra `sign` is not installed")
    monkeypatch.setenv("PROVENANCE_REGISTRY_KEY", "")  # options set it for good
    create_key(folder / "owner.key")
    key = ("--registry-key", "lab.key")
    publish = ("publish", "r", "-o", "lab", "--tier", "keyed", "--key-file", "lab.key", "--new-key")
    assert provenance("registry", *publish, cwd=folder).returncode == 0
    signed = provenance("registry", "sign", "lab", "--key", "owner.key", *key, cwd=folder)
    (folder / "trust.toml").write_text(signed.stdout[signed.stdout.index("[[keys]]") :])
    provenance("registry", "push", "lab", "shared", cwd=folder)
    pull = ("registry", "pull", "shared", "-o", "copy", "--trust", "trust.toml")
    pulled = provenance(*pull, *key, cwd=folder)
    assert "20 items added" in pulled.stdout, pulled.stderr


def test_a_key_that_others_may_read_is_noted(provenance, folder):
    pytest.importorskip("securesystemslib", reason="the extra `sign` is not installed")
    create_key(folder / "owner.key")
    (folder / "owner.key").chmod(0o644)
    signed = provenance("registry", "sign", "r", "--key", "owner.key", cwd=folder)
    assert "chmod 600 owner.key" in signed.stderr
