"""Files of allowed signers."""

from datetime import UTC, datetime, timedelta

import pytest

from provenance.errors import SigningError
from provenance.signing import create_key, parse_allowed_signers, read_allowed_signers

pytest.importorskip("securesystemslib", reason="the extra `sign` is not installed")

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
OTHER_KIND = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAQ=="


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return create_key(tmp_path_factory.mktemp("keys") / "key")


def signer(line):
    (one,) = parse_allowed_signers(line, "allowed")
    return one


def test_lines_have_names_options_a_key_and_a_comment(key):
    text = (
        "# who may sign for us\n\n"
        f"ann@example.org,*@lab.example {key.openssh} Ann's laptop\n"
        f'bob namespaces="provenance-attestation,git",valid-before="20270101Z" {key.openssh}\n'
    )
    ann, bob = parse_allowed_signers(text, "allowed")
    assert (ann.principals, ann.namespaces) == (("ann@example.org", "*@lab.example"), ())
    assert ann.where == "allowed, line 3"
    assert ann.key == bob.key == key
    assert bob.namespaces == ("provenance-attestation", "git")
    assert bob.valid_before == datetime(2027, 1, 1, tzinfo=UTC)


def test_a_comment_may_have_quotation_marks(key):
    assert signer(f'bob {key.openssh} the 15" laptop').principals == ("bob",)
    assert signer(f'"bob" {key.openssh}').principals == ("bob",)


def test_names_match_as_patterns(key):
    one = signer(f"*@lab.example,!eve@lab.example,b?b {key.openssh}")
    assert one.is_called("ann@lab.example")
    assert one.is_called("bob")
    assert not one.is_called("eve@lab.example")
    assert not one.is_called("ann@lab.example.org")
    assert not one.is_called("*")


def test_namespaces_limit_what_a_key_may_sign(key):
    one = signer(f'bob namespaces="provenance-*,!provenance-registry" {key.openssh}')
    assert one.objection("provenance-attestation", NOW) is None
    assert "may not sign in the namespace" in one.objection("provenance-registry", NOW)
    assert "may not sign in the namespace" in one.objection("git", NOW)


def test_a_key_is_valid_from_its_first_to_its_last_moment(key):
    one = signer(f"bob valid-after=20260101Z,valid-before=202701011230Z {key.openssh}")
    first, last = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, 12, 30, tzinfo=UTC)
    second = timedelta(seconds=1)
    assert one.objection("git", first) is one.objection("git", last) is None
    assert "not valid before 2026-01-01 00:00 UTC" in one.objection("git", first - second)
    assert "it was valid until 2027-01-01 12:30 UTC" in one.objection("git", last + second)


def test_times_without_z_are_local(key):
    one = signer(f"bob valid-after=20260101123015 {key.openssh}")
    assert one.valid_after == datetime(2026, 1, 1, 12, 30, 15).astimezone(UTC)


def test_keys_that_cannot_sign_statements_are_left_out(key):
    text = f"bob {OTHER_KIND}\nann cert-authority {key.openssh}\nbob {key.openssh}\n"
    assert [each.where for each in parse_allowed_signers(text, "allowed")] == ["allowed, line 3"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("bob", "it has no key"),
        ("bob KEY", "the option 'KEY' is unknown"),
        ("bob ssh-ed25519", "it has no key"),
        ("ssh-ed25519 DATA", "line 2"),
        ("bob ssh-ed25519 ####", "line 2"),
        ("bob ssh-ed25519 AAAA", "line 2"),
        ("bob colour=red ssh-ed25519 DATA", "the option 'colour' is unknown"),
        ("bob namespaces ssh-ed25519 DATA", "the option 'namespaces' has no value"),
        ('bob namespaces="a",namespaces="b" ssh-ed25519 DATA', "is given twice"),
        ("bob valid-after=tomorrow ssh-ed25519 DATA", "'tomorrow' is not a time"),
        ("bob valid-after=20261340Z ssh-ed25519 DATA", "line 2"),
        ('bob namespaces="git ssh-ed25519 DATA', "a quotation mark is not closed"),
    ],
)
def test_a_wrong_line_is_named(key, line, message):
    line = line.replace("DATA", key.openssh.split()[1])
    with pytest.raises(SigningError, match=message) as caught:
        parse_allowed_signers(f"# names\n{line}\n", "allowed")
    assert "allowed, line 2" in caught.value.message


def test_a_file_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(SigningError, match="cannot be read: No such file"):
        read_allowed_signers(tmp_path / "allowed")
    (tmp_path / "allowed").write_bytes(b"\xff")
    with pytest.raises(SigningError, match="it is not UTF-8"):
        read_allowed_signers(tmp_path / "allowed")
