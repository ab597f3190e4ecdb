"""`provenance audit sign` and `verify`: signatures over all files of a folder."""

import base64
import json
import shutil
import subprocess

import pytest

import provenance
from provenance.errors import InputError, SignatureInvalid
from provenance.signing import create_key
from tests.cli.commandline import provenance as run

pytest.importorskip("securesystemslib", reason="the extra `sign` is not installed")

SIGNATURE = "signature.dsse.json"


@pytest.fixture(scope="module")
def answer(tmp_path_factory):
    """A signed answer, with keys beside it."""
    folder = tmp_path_factory.mktemp("answered")
    (folder / "pages.jsonl").write_text(
        '{"text": "The ferry is late.", "url": "https://x.com/a"}\n'
    )
    check = ("check", "pages.jsonl", "--declared-only", "--exit-zero", "-o", "report", "-q")
    assert run(*check, cwd=folder).returncode == 0
    asked = ("audit", "--domain", "x.com", "--report", "report", "--signed-by", "R. Osei")
    done = run(*asked, "-o", "answer", "-q", cwd=folder)
    assert done.returncode == 0, done.stderr
    key, other = create_key(folder / "key"), create_key(folder / "other")
    (folder / "allowed").write_text(
        f'ann@example.org namespaces="provenance-documents" {key.openssh}\n'
        f'bob@example.org namespaces="provenance-attestation" {other.openssh}\n'
    )
    done = run("audit", "sign", "answer", "--key", "key", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def copy(answer, tmp_path):
    shutil.copytree(answer, tmp_path / "case")
    return tmp_path / "case"


def verify(folder, *trust):
    return run("audit", "verify", "answer", *trust or ("--key", "key.pub"), cwd=folder)


def test_every_file_is_signed_with_the_digest_that_sha256sum_gives(answer):
    line = (answer / "answer" / SIGNATURE).read_text()
    statement = json.loads(base64.b64decode(json.loads(line)["payload"]))
    names = sorted(path.name for path in (answer / "answer").iterdir())
    names.remove(SIGNATURE)
    assert {"audit.json", "audit.md", "audit.html", "letter.md", "items.parquet"} <= {*names}
    listed = subprocess.check_output(["sha256sum", *names], cwd=answer / "answer", text=True)
    assert listed == "".join(
        f"{each['digest']['sha256']}  {each['name']}\n" for each in statement["subject"]
    )


def test_a_signed_answer_says_who_signed_it(answer):
    done = verify(answer, "--allowed-signers", "allowed")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("answer: as it was signed\n  Signed by  ann@example.org, key SHA")
    again = run("audit", "sign", "answer", "--key", "key", cwd=answer)
    assert again.returncode == 0
    assert verify(answer).returncode == 0


def test_every_changed_file_is_named(copy):
    for path in sorted((copy / "answer").iterdir()):
        content = path.read_bytes()
        path.write_bytes(content + b" ")
        done = verify(copy)
        if path.name == SIGNATURE:
            assert (done.returncode, done.stdout) == (2, ""), path.name
        else:
            assert done.returncode == 1, path.name
            assert f"Changed    {path.name}" in done.stdout
            assert "NOT as it was signed" in done.stdout
        path.write_bytes(content)
    assert verify(copy).returncode == 0


def test_missing_and_added_files_are_named(copy):
    (copy / "answer" / "items.parquet").rename(copy / "answer" / "Items.parquet")
    (copy / "answer" / "sub").mkdir()
    (copy / "answer" / "sub" / "more.md").write_text("more")
    (copy / "answer" / ".hidden").write_text("")
    done = verify(copy)
    assert done.returncode == 1
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["Missing", "items.parquet"] in lines
    for name in ("Items.parquet", "sub/more.md", ".hidden"):
        assert ["Added", name] in lines


@pytest.mark.parametrize(
    ("trust", "message"),
    [
        (("--key", "other.pub"), "which is none of yours"),
        (("--allowed-signers", "allowed", "--identity", "bob@example.org"), "not by 'bob@"),
        ((), "is not signed"),
    ],
)
def test_what_nobody_trusted_has_signed_is_not_verified(copy, trust, message):
    if not trust:
        (copy / "answer" / SIGNATURE).unlink()
    done = verify(copy, *trust)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_a_key_for_something_else_signs_no_answer(copy):
    assert run("audit", "sign", "answer", "--key", "other", cwd=copy).returncode == 0
    done = verify(copy, "--allowed-signers", "allowed")
    assert done.returncode == 2
    assert "may not sign in the namespace provenance-documents" in done.stderr


def test_an_attestation_is_no_signature_of_a_folder(copy):
    signed = run("attest", "report", "--key", "key", "-o", f"answer/{SIGNATURE}", cwd=copy)
    assert signed.returncode == 0, signed.stderr
    done = verify(copy)
    assert done.returncode == 2
    assert "what is signed is" in done.stderr


def test_links_are_not_followed(copy):
    (copy / "answer" / "link.md").symlink_to(copy / "pages.jsonl")
    for command in (("sign", "answer", "--key", "key"), ("verify", "answer", "--key", "key.pub")):
        done = run("audit", *command, cwd=copy)
        assert done.returncode == 2
        assert "link.md" in done.stderr
    (copy / "empty").mkdir()
    assert "has no file to sign" in run("audit", "sign", "empty", "--key", "key", cwd=copy).stderr
    assert run("audit", "sign", "absent", "--key", "key", cwd=copy).returncode == 2


def test_a_name_that_was_typed_is_no_proof(answer):
    text = (answer / "answer" / "audit.md").read_text("utf-8")
    assert "Reviewed and signed by" not in text
    assert "It was stated that R. Osei has reviewed and signed this answer. That is text" in text


def test_documents_and_python_sign_too(copy):
    written = ("disclose", "report", "--format", "spdx", "-o", "documents", "--allow-incomplete")
    assert run(*written, "-q", cwd=copy).returncode == 0
    assert run("disclose", "sign", "documents", "--key", "key", cwd=copy).returncode == 0
    found = provenance.verify_folder(copy / "documents", keys=copy / "key.pub")
    assert found
    assert found.files == ("dataset.spdx.json",)
    (copy / "documents" / "dataset.spdx.json").write_text("{}")
    found = provenance.verify_folder(copy / "documents", keys=copy / "key.pub")
    assert (bool(found), found.changed) == (False, ("dataset.spdx.json",))
    assert run("disclose", "verify", "documents", "--key", "key.pub", cwd=copy).returncode == 1
    assert provenance.sign_folder(copy / "documents", copy / "key") == ("dataset.spdx.json",)
    assert provenance.verify_folder(copy / "documents", keys=copy / "key.pub")
    with pytest.raises(SignatureInvalid, match="nobody is trusted"):
        provenance.verify_folder(copy / "documents")
    with pytest.raises(InputError, match="cannot be read"):
        provenance.sign_folder(copy / "absent", copy / "key")
