"""`provenance registry publish` and `screen`, and what else says of copies."""

import json

import pytest

from provenance.registry.files.registry_keys import KEY_VARIABLE


@pytest.fixture(autouse=True)
def _no_key(monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, "")


@pytest.fixture
def keyed(provenance, world, tmp_path):
    """A folder with a keyed copy and its key."""
    done = provenance(
        *("registry", "publish", str(world / "reg"), "-o", "k", "--tier", "keyed"),
        *("--key-file", "lab.key", "--new-key"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "Send lab.key by another way" in done.stdout
    assert (tmp_path / "lab.key").read_text().strip() not in done.stdout
    return tmp_path


def test_a_check_takes_the_key_from_a_file(provenance, keyed, world):
    arguments = "check", str(world / "train.jsonl"), "--registry", "k", "--format", "jsonl"
    refused = provenance(*arguments, cwd=keyed)
    assert refused.returncode == 2
    assert "no key is given" in refused.stderr
    done = provenance(*arguments, "--registry-key", "lab.key", cwd=keyed)
    assert done.returncode == 1, done.stderr
    assert len(done.stdout.splitlines()) == 3


def test_a_copy_does_not_name_the_dumps(keyed, world):
    assert "posts.jsonl" in (world / "reg" / "registry.json").read_text()
    assert "posts.jsonl" not in (keyed / "k" / "registry.json").read_text()


def test_a_check_takes_the_key_from_the_environment(process, keyed, world, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, (keyed / "lab.key").read_text())
    done = process("check", str(world / "train.jsonl"), "--registry", "k", "-q", cwd=keyed)
    assert done.returncode == 1, done.stderr


def test_a_wrong_key_is_named_with_the_right_one(provenance, keyed, world):
    (keyed / "other.key").write_text("0" * 64)
    done = provenance("registry", "show", "k", "--registry-key", "other.key", cwd=keyed)
    assert done.returncode == 2
    assert "is keyed with the key" in done.stderr
    assert "the keys given are" in done.stderr
    assert "--registry-key" in done.stderr


def test_show_and_verify_name_the_tier(provenance, keyed):
    key = "--registry-key", "lab.key"
    key_id = json.loads((keyed / "k" / "registry.json").read_text())["key_id"]
    shown = provenance("registry", "show", "k", *key, cwd=keyed)
    assert f"tier keyed, key {key_id}" in shown.stdout
    verified = provenance("registry", "verify", "k", *key, cwd=keyed)
    assert verified.stdout.startswith("k is intact: 50 items")


def test_a_copy_of_a_copy_is_refused(provenance, keyed):
    done = provenance(
        *("registry", "publish", "k", "-o", "l", "--tier", "keyed", "--key-file", "lab.key"),
        cwd=keyed,
    )
    assert done.returncode == 2
    assert "keyed copy" in done.stderr


@pytest.fixture
def public(provenance, world, tmp_path):
    """A folder with a public copy of long items."""
    words = " ".join(f"word{n}" for n in range(24))
    rows = [{"id": f"p{n}", "text": f"{words} {n}"} for n in range(40)]
    (tmp_path / "posts.jsonl").write_text("\n".join(map(json.dumps, rows)))
    built = provenance("registry", "build", "r", "--source", "x", "posts.jsonl", cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    done = provenance("registry", "publish", "r", "-o", "p", "--tier", "public", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "40 distinct items of 20 words or more" in done.stdout
    return tmp_path


def test_screening_states_what_chance_gives_beside_the_count(provenance, public):
    done = provenance("registry", "screen", "p", "posts.jsonl", "-o", "hits.csv", cwd=public)
    assert done.returncode == 0, done.stderr
    assert "May be items of p: 40 texts. Chance alone gives 0.4" in done.stdout
    assert "Verdict: unknown, for each of them: ask the owner." in done.stdout
    assert len((public / "hits.csv").read_text().splitlines()) == 41
    done = provenance("registry", "screen", "p", "posts.jsonl", "--format", "json", cwd=public)
    content = json.loads(done.stdout)
    assert (content["hits"], content["verdict"]) == (40, "unknown")
    assert content["expected_false_positives"] == pytest.approx(0.4)


def test_what_could_not_be_screened_is_an_error(provenance, public):
    (public / "bad.jsonl").write_text('{"text": "some words"}\n{"text": ')
    done = provenance("registry", "screen", "p", "posts.jsonl", "bad.jsonl", cwd=public)
    assert done.returncode == 2
    assert "bad.jsonl" in done.stderr


def test_a_public_copy_is_shown_verified_and_refused(provenance, public):
    shown = provenance("registry", "show", "p", cwd=public)
    assert "tier public" in shown.stdout
    verified = provenance("registry", "verify", "p", cwd=public)
    assert verified.stdout.startswith("p is intact: the public copy of a registry")
    for command in (
        ("check", "posts.jsonl", "--registry", "p"),
        ("registry", "compact", "p"),
        ("registry", "merge", "p", "r", "-o", "m"),
        ("registry", "show", "p", "--items", "3"),
        ("registry", "push", "p", "there"),
    ):
        done = provenance(*command, cwd=public)
        assert done.returncode == 2, command
        assert "public copy" in done.stderr, command


@pytest.mark.parametrize(
    "options",
    [
        ("--tier", "public", "--new-key"),
        ("--tier", "public", "--drop", "ids"),
        ("--tier", "keyed", "--false-positives", "1%"),
    ],
)
def test_options_of_the_other_tier_are_refused(provenance, public, options):
    done = provenance("registry", "publish", "r", "-o", "q", *options, cwd=public)
    assert done.returncode == 2
    assert "for --tier" in done.stderr
