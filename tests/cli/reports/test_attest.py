"""`provenance attest`: signed statements on reports."""

import base64
import json
import shutil
import subprocess
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.errors import SignatureInvalid
from provenance.signing import create_key

pytest.importorskip("securesystemslib", reason="the extra `sign` is not installed")


@pytest.fixture(scope="module")
def place(provenance, world, tmp_path_factory):
    """A folder with a dataset, the report of a check that fails, keys, and an attestation."""
    folder = tmp_path_factory.mktemp("attested")
    shutil.copy(world / "train.jsonl", folder)
    shutil.copytree(world / "reg", folder / "reg")
    check = ("check", "train.jsonl", "--registry", "reg", "-q")
    assert provenance(*check, "-o", "report", cwd=folder).returncode == 1
    gate = ("--purpose", "retrieval", "--fail-on", "unknown=100%")
    assert provenance(*check, *gate, "-o", "passing", cwd=folder).returncode == 0
    key, other = create_key(folder / "key"), create_key(folder / "other")
    (folder / "allowed").write_text(
        f'ann@example.org namespaces="provenance-attestation" {key.openssh}\n'
        f'bob@example.org namespaces="provenance-registry" {other.openssh}\n'
        f'eve@example.org valid-before="20200101Z" {other.openssh}\n'
    )
    done = provenance("attest", "report", "--key", "key", "-o", "a.json", cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return folder


def statement(line):
    return json.loads(base64.b64decode(json.loads(line)["payload"]))


def verify(provenance, place, *arguments, file="a.json"):
    return provenance("attest", "verify", file, *arguments, cwd=place)


def test_an_attestation_is_a_test_result_on_the_dataset(place):
    found = statement((place / "a.json").read_text())
    result = json.loads((place / "report" / "result.json").read_text())
    assert found["_type"] == "https://in-toto.io/Statement/v1"
    assert found["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    digest = sha256((place / "train.jsonl").read_bytes()).hexdigest()
    assert found["subject"] == [{"name": "train.jsonl", "digest": {"sha256": digest}}]
    assert found["predicate"]["provenance"]["digest"] == result["corpus"]["digest"]
    predicate = found["predicate"]
    assert predicate["result"] == "FAILED"
    assert predicate["failedTests"] == ["forbidden=0%"]
    assert predicate["passedTests"] == []
    digests = {each["name"]: each["digest"]["sha256"] for each in predicate["configuration"]}
    assert digests["policy"] == result["policy"]["digest"]
    assert digests["rules"] == result["rules"]["digest"]
    assert digests["registry reg"] == result["registries"][0]["digest"]
    assert predicate["provenance"]["checked"] == result["created"]
    assert predicate["provenance"]["tool"] == result["tool"]["version"]


def test_the_same_report_gives_the_same_bytes(provenance, place):
    again = provenance("attest", "report", "--key", "key", cwd=place)
    assert again.stdout == (place / "a.json").read_text()
    by_file = provenance("attest", "report/result.json", "--key", "key", cwd=place)
    assert by_file.stdout == again.stdout


def test_verify_says_who_signed_what(provenance, place):
    done = verify(provenance, place, "--allowed-signers", "allowed")
    assert done.returncode == 0, done.stderr
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[0] == "a.json: valid"
    assert lines[1].startswith("Signed by ann@example.org, key SHA256:")
    assert any("Check FAILED, for pretraining" in line for line in lines)
    assert "failed: forbidden=0%" in lines
    assert done.stdout.count("not compared") == 2


def test_what_it_is_about_is_compared(provenance, place):
    done = verify(
        provenance, place, "--key", "key.pub", "--report", "report", "--dataset", "train.jsonl"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("the same as yours") == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--key", "other.pub"), "which is none of yours"),
        (("--allowed-signers", "allowed", "--identity", "bob@example.org"), "not by 'bob@"),
        (("--key", "key.pub", "--report", "passing"), "not about the report 'passing'"),
        (("--key", "key.pub", "--dataset", "changed.jsonl"), "not about the dataset 'changed."),
        (("--key", "key.pub", "--dataset", "absent.jsonl"), "absent.jsonl"),
        (("--key", "key.pub", "--model-digest", f"sha256:{'0' * 64}"), "not about the model"),
        (("--key", "key.pub", "--model-digest", "12"), "'12' is not a SHA-256"),
        (("--key", "absent.pub"), "cannot be read"),
        (("--key", "key"), "is a private key"),
        ((), "say whose signature counts"),
        (("--key", "key.pub", "--identity", "ann"), "--identity needs --allowed-signers"),
    ],
)
def test_what_cannot_be_verified_is_never_valid(provenance, place, arguments, message):
    (place / "changed.jsonl").write_text('{"id": "1", "text": "something else"}\n')
    done = verify(provenance, place, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


@pytest.fixture(scope="module")
def parts(provenance, place):
    """A folder of three files, two with the same content, and an attestation on its check."""
    rows = (place / "train.jsonl").read_text("utf-8").splitlines(keepends=True)
    (place / "parts" / "sub").mkdir(parents=True)
    for name, lines in (("b.jsonl", rows[:9]), ("sub/a.jsonl", rows[9:]), ("c.jsonl", rows[:9])):
        (place / "parts" / name).write_text("".join(lines), "utf-8")
    check = ("check", "parts", "--declared-only", "-o", "parts-report", "-q")
    assert provenance(*check, cwd=place).returncode == 0
    done = provenance("attest", "parts-report", "--key", "key", "-o", "parts.json", cwd=place)
    assert done.returncode == 0, done.stderr
    return place / "parts"


def test_coreutils_give_the_digests(place, parts):
    signed = statement((place / "parts.json").read_text())
    command = "sha256sum b.jsonl c.jsonl sub/a.jsonl"
    listed = subprocess.check_output(command, shell=True, cwd=parts, text=True)
    assert (
        "".join(f"{each['digest']['sha256']}  {each['name']}\n" for each in signed["subject"])
        == listed
    )
    whole = f"{command} | cut -c 1-64 | sort | sha256sum"
    digest = subprocess.check_output(whole, shell=True, cwd=parts, text=True).split()[0]
    result = json.loads((place / "parts-report" / "result.json").read_text())
    assert signed["predicate"]["provenance"]["digest"] == digest == result["corpus"]["digest"]


def test_a_renamed_copy_is_about_the_same_content(provenance, place, parts, tmp_path):
    shutil.copytree(parts, tmp_path / "copy")
    (tmp_path / "copy" / "b.jsonl").rename(tmp_path / "copy" / "renamed.jsonl")
    trust = ("--key", "key.pub", "--dataset", str(tmp_path / "copy"))
    done = verify(provenance, place, *trust, file="parts.json")
    assert done.returncode == 0, done.stderr
    assert "3 files" in done.stdout
    (tmp_path / "copy" / "new.jsonl").write_text('{"text": "one more page of another harbour"}\n')
    (tmp_path / "copy" / "sub" / "a.jsonl").unlink()
    done = verify(provenance, place, *trust, file="parts.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "attested, and not there with the same content: sub/a.jsonl" in done.stderr
    assert "there, and not attested with the same content: new.jsonl" in done.stderr


def test_one_of_two_files_with_the_same_content_is_missed(provenance, place, parts, tmp_path):
    shutil.copytree(parts, tmp_path / "copy")
    (tmp_path / "copy" / "c.jsonl").unlink()
    trust = ("--key", "key.pub", "--dataset", str(tmp_path / "copy"))
    done = verify(provenance, place, *trust, file="parts.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "not about the dataset" in done.stderr


def test_what_was_piped_is_the_file(provenance, process, place):
    with (place / "train.jsonl").open() as stdin:
        check = ("check", "-", "--declared-only", "-o", "piped", "-q")
        assert process(*check, cwd=place, stdin=stdin).returncode == 0
    done = provenance("attest", "piped", "--key", "key", "-o", "piped.json", cwd=place)
    assert done.returncode == 0, done.stderr
    trust = ("--key", "key.pub", "--dataset", "train.jsonl")
    done = verify(provenance, place, *trust, file="piped.json")
    assert done.returncode == 0, done.stderr


def test_data_of_a_program_has_no_files(place, tmp_path):
    import provenance as library

    outcome = library.check(
        [{"text": "The ferry of the harbour is late today."}], declared_only=True
    )
    outcome.write(tmp_path / "report")
    signed = statement(library.attest(tmp_path / "report", place / "key", model_digest="0" * 64))
    [dataset, model] = signed["subject"]
    check = signed["predicate"]["provenance"]
    assert (dataset["name"], model["name"], check["files"]) == ("in memory", "model", 0)
    assert dataset["digest"]["sha256"] == check["digest"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("bob@example.org", "may not sign in the namespace provenance-attestation"),
        ("eve@example.org", "expired: it was valid until 2020-01-01 00:00 UTC"),
    ],
)
def test_signers_are_bound_by_namespaces_and_days(provenance, place, names, message):
    lines = (place / "allowed").read_text().splitlines()
    (place / "one").write_text(next(f"{line}\n" for line in lines if line.startswith(names)))
    assert (
        provenance("attest", "report", "--key", "other", "-o", "b.json", cwd=place).returncode == 0
    )
    done = verify(provenance, place, "--allowed-signers", "one", file="b.json")
    assert done.returncode == 2
    assert message in " ".join(done.stderr.split())


def test_the_outcome_of_the_check_changes_the_exit_code_only_on_request(provenance, place):
    trust = ("--key", "key.pub")
    assert verify(provenance, place, *trust).returncode == 0
    assert verify(provenance, place, *trust, "--require-pass").returncode == 1
    passing = provenance("attest", "passing", "--key", "key", "-o", "p.json", cwd=place)
    assert passing.returncode == 0
    done = verify(provenance, place, *trust, "--require-pass", file="p.json")
    assert done.returncode == 0
    assert "PASSED, for retrieval" in done.stdout


def test_a_check_that_is_not_decided_is_not_said_to_have_passed(provenance, place):
    build = ("registry", "build", "forum", "--source", "rope-street-forum", "train.jsonl", "-q")
    assert provenance(*build, cwd=place).returncode == 0
    check = ("check", "train.jsonl", "--registry", "forum", "-o", "open", "-q")
    assert provenance(*check, cwd=place).returncode == 0
    signed = provenance("attest", "open", "--key", "key", "-o", "o.json", cwd=place)
    assert signed.returncode == 0, signed.stderr
    assert statement((place / "o.json").read_text())["predicate"]["result"] == "WARNED"
    done = verify(provenance, place, "--key", "key.pub", file="o.json")
    assert "Check      NOT DECIDED: some content is unknown" in done.stdout
    assert "PASSED" not in done.stdout
    required = verify(provenance, place, "--key", "key.pub", "--require-pass", file="o.json")
    assert required.returncode == 1


def test_a_model_may_be_bound_to_the_dataset(provenance, place):
    (place / "model.bin").write_bytes(b"weights")
    signed = provenance(
        "attest", "report", "--key", "key", "--model", "model.bin", "-o", "m.json", cwd=place
    )
    assert signed.returncode == 0, signed.stderr
    model = statement((place / "m.json").read_text())["subject"][1]
    assert model["name"] == "model.bin"
    digest = f"sha256:{model['digest']['sha256']}"
    same = verify(provenance, place, "--key", "key.pub", "--model-digest", digest, file="m.json")
    assert same.returncode == 0, same.stderr
    (place / "model.bin").write_bytes(b"other weights")
    other = verify(provenance, place, "--key", "key.pub", "--model", "model.bin", file="m.json")
    assert other.returncode == 2


def test_claims_are_appended_and_all_verified(provenance, place):
    claims = place / "claims.jsonl"
    claims.unlink(missing_ok=True)
    for report in ("report", "passing"):
        done = provenance("attest", report, "--key", "key", "--claims", "claims.jsonl", cwd=place)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert claims.read_text().splitlines()[0] == (place / "a.json").read_text().strip()
    trust = ("--key", "key.pub")
    both = verify(provenance, place, *trust, file="claims.jsonl")
    assert both.returncode == 0
    assert both.stdout.count(": valid") == 2
    one = verify(provenance, place, *trust, "--report", "passing", file="claims.jsonl")
    assert "claims.jsonl, line 2: valid" in one.stdout
    assert one.stdout.count(": valid") == 1
    claims.write_text(claims.read_text().replace('"sig":"', '"sig":"A', 1))
    damaged = verify(provenance, place, *trust, file="claims.jsonl")
    assert damaged.returncode == 2
    assert "claims.jsonl, line 1" in damaged.stderr
    assert damaged.stdout == ""


def test_a_changed_report_is_not_attested(provenance, place, tmp_path):
    shutil.copytree(place / "report", tmp_path / "report")
    page = tmp_path / "report" / "report.html"
    page.write_bytes(page.read_bytes().replace(b"forbidden", b"permitted", 1))
    done = provenance("attest", "report", "--key", str(place / "key"), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "does not match its digest" in done.stderr


def flip(path, data):
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)


COPIES = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize(
    "name", ["result.json", "findings.parquet", "model.parquet", "report.html"]
)
@COPIES
@given(data=st.data())
def test_a_changed_byte_of_a_report_is_found(provenance, place, tmp_path, name, data):
    shutil.copytree(place / "report", tmp_path / "report", dirs_exist_ok=True)
    flip(tmp_path / "report" / name, data)
    trust = ("--key", str(place / "key.pub"), "--report", "report")
    done = provenance("attest", "verify", str(place / "a.json"), *trust, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")


@COPIES
@given(data=st.data())
def test_a_changed_byte_of_an_attestation_is_found(provenance, place, tmp_path, data):
    shutil.copy(place / "a.json", tmp_path)
    flip(tmp_path / "a.json", data)
    done = verify(provenance, tmp_path, "--key", str(place / "key.pub"))
    assert (done.returncode, done.stdout) == (2, "")


@COPIES
@given(data=st.data())
def test_a_changed_byte_of_the_dataset_is_found(provenance, place, tmp_path, data):
    shutil.copy(place / "train.jsonl", tmp_path)
    flip(tmp_path / "train.jsonl", data)
    trust = ("--key", str(place / "key.pub"), "--dataset", "train.jsonl")
    done = provenance("attest", "verify", str(place / "a.json"), *trust, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")


def test_a_passphrase_comes_from_the_environment(provenance, place, monkeypatch):
    monkeypatch.setenv("PROVENANCE_KEY_PASSPHRASE", "nine green kettles")
    made = provenance("attest", "new-key", "locked", cwd=place)
    assert made.returncode == 0, made.stderr
    assert provenance("attest", "report", "--key", "locked", cwd=place).returncode == 0
    monkeypatch.delenv("PROVENANCE_KEY_PASSPHRASE")
    done = provenance("attest", "report", "--key", "locked", cwd=place)
    assert done.returncode == 2
    assert "set the environment variable PROVENANCE_KEY_PASSPHRASE" in done.stderr


def test_a_key_that_others_may_read_is_warned_of(provenance, place):
    shutil.copy(place / "key", place / "loose")
    (place / "loose").chmod(0o644)
    done = provenance("attest", "report", "--key", "loose", cwd=place)
    assert done.returncode == 0
    assert "Warning: other users may read the private key 'loose'" in done.stderr


def test_a_statement_comes_from_standard_input(process, place):
    with (place / "a.json").open() as stdin:
        done = process("attest", "verify", "-", "--key", "key.pub", cwd=place, stdin=stdin)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("-: valid")


def test_without_the_libraries_the_extra_is_named(provenance, place, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "securesystemslib", None)
    for arguments in (("report", "--key", "key"), ("verify", "a.json", "--key", "key.pub")):
        done = provenance("attest", *arguments, cwd=place)
        assert done.returncode == 2
        assert "pip install 'corpus-provenance[sign]'" in done.stderr


def test_an_attestation_has_no_clock(provenance, place):
    signed = statement((place / "a.json").read_text())
    created = signed["predicate"]["provenance"]["checked"]
    assert datetime.fromisoformat(created) <= datetime.now(UTC)
    assert str(place) not in json.dumps(signed)


def test_help_lists_the_commands_below(provenance, place):
    shown = provenance("attest", "--help", cwd=place).stdout
    assert "verify" in shown.partition("Commands:")[2]
    usage = provenance("attest", "verify", "--help", cwd=place).stdout
    assert usage.startswith("Usage: provenance attest verify [OPTIONS] FILE")
    wrong = provenance("attest", "verify", cwd=place)
    assert "Try: provenance attest verify --help" in wrong.stderr


def test_python_signs_and_verifies(place, monkeypatch):
    import provenance

    monkeypatch.chdir(place)
    line = provenance.attest("report", "key", claims="python.jsonl")
    assert line == (place / "a.json").read_text()
    (found,) = provenance.verify_attestation(
        "python.jsonl", keys="key.pub", report="report", dataset="train.jsonl"
    )
    assert (found.check.status, found.failed) == ("fail", ("forbidden=0%",))
    with pytest.raises(SignatureInvalid, match="none of yours"):
        provenance.verify_attestation("a.json", keys=["other.pub"])
    with pytest.raises(SignatureInvalid, match="nobody is trusted"):
        provenance.verify_attestation("a.json")
    assert provenance.replay_report("report").is_same


def test_a_wrong_date_of_collection_is_not_said_to_be_an_unread_file(provenance, place, tmp_path):
    address = f"https://x.com/ada/status/{(1706832000000 - 1288834974657) << 22}"
    (tmp_path / "rows.jsonl").write_text(json.dumps({"text": "a word or two", "url": address}))
    check = ("check", "rows.jsonl", "--declared-only", "--collected", "2010", "-q", "-o", "report")
    assert provenance(*check, "--fail-on", "forbidden=100%", cwd=tmp_path).returncode == 2
    key = ("--key", str(place / "key"))
    assert provenance("attest", "report", *key, "-o", "a.json", cwd=tmp_path).returncode == 0
    done = verify(provenance, tmp_path, "--allowed-signers", str(place / "allowed"))
    assert "INCOMPLETE, for" in done.stdout
    assert "the stated date of collection cannot be right" in done.stdout
    assert "not checked to the end" not in done.stdout
