"""Disputes: signed notes on items that no gate counts until they are settled."""

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from provenance.signing import create_key

pytest.importorskip("securesystemslib", reason="the extra `sign` is not installed")

TRUST = '[disputes]\npath = "disputes.jsonl"\nallowed_signers = "allowed"\n'
OWNERS = 'owners = ["*@x.example"]\n'


def _today():
    return datetime.now(UTC).date()


@pytest.fixture(scope="module")
def source(provenance, world, tmp_path_factory):
    """A folder with a dataset of three posts, its report, and the keys of an owner and others."""
    folder = tmp_path_factory.mktemp("disputed")
    shutil.copy(world / "train.jsonl", folder)
    shutil.copytree(world / "reg", folder / "reg")
    owner, trainer, _ = (create_key(folder / name) for name in ("owner", "trainer", "stranger"))
    (folder / "allowed").write_text(
        f'owner@x.example namespaces="provenance-feedback" {owner.openssh}\n'
        f"trainer@lab.example {trainer.openssh}\n"
    )
    (folder / "provenance.toml").write_text(f'{TRUST}{OWNERS}[check]\nregistries = ["reg"]\n')
    (folder / "disputes.jsonl").touch()
    check(provenance, folder, code=1)
    return folder


@pytest.fixture
def place(source, tmp_path):
    shutil.copytree(source, tmp_path / "copy")
    return tmp_path / "copy"


def check(provenance, place, *arguments, code, output="report"):
    done = provenance("check", "train.jsonl", "-o", output, *arguments, cwd=place)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def note(
    provenance, place, *arguments, key="owner", reason="A customer wrote it.", days=1, add=True
):
    """A note of some days ago."""
    day = str(_today() - timedelta(days=days))
    words = ("feedback", "report", "--key", key, "--reason", reason, "--date", day)
    done = provenance(*words, *arguments, cwd=place)
    assert done.returncode == 0, done.stderr
    if add:
        with (place / "disputes.jsonl").open("a") as file:
            file.write(done.stdout)
    return done.stdout


def dispute_all(provenance, place):
    for item in ("p0", "p1", "p2"):
        note(provenance, place, "--item", item, "--claim", "not-ours")


def test_a_disputed_item_counts_for_no_gate_until_it_is_settled(provenance, place):
    dispute_all(provenance, place)
    shown = " ".join(check(provenance, place, code=0, output="second").split())
    assert "PASS No gate counts any of what was found. No gate counts 42 tokens" in shown
    note(provenance, place, "--item", "p1", "--settle")
    assert "FAIL" in check(provenance, place, code=1, output="third")
    result = json.loads((place / "third" / "result.json").read_text())
    assert [each["item"] for each in result["waivers"]] == ["p0", "p2"]
    note(provenance, place, "--item", "p1", "--claim", "other")
    check(provenance, place, code=0, output="fourth")


def test_no_dispute_is_silent(provenance, place):
    """Every format that lists what is contested names what is disputed, by whom, and how much."""
    note(provenance, place, "--item", "p0", "--claim", "not-ours")
    note(provenance, place, "--item", "p2", "--claim", "wrong-source", key="trainer")
    shown = " ".join(check(provenance, place, code=1, output="second").split())
    result = json.loads((place / "second" / "result.json").read_text())
    assert [each["tokens"] for each in result["observations"]] == [14, 14]
    headline = "No gate counts 28 tokens that owner@x.example, trainer@lab.example disputed."
    assert headline in shown
    assert "14 tokens of X (Twitter) in 1 document that owner@x.example disputed" in shown
    assert "DISPUTED by owner@x.example (1 finding of item p0 of x): not-ours: A cust" in shown
    assert [each["kind"] for each in result["observations"]] == ["disputed", "disputed"]
    forms = {
        form: provenance("report", "second", "--format", form, cwd=place).stdout
        for form in ("markdown", "html", "csv", "jsonl", "sarif", "junit", "github")
    }
    for form in ("markdown", "html", "github"):
        assert "trainer@lab.example" in forms[form].replace("@\u200b", "@"), form
    for form in ("csv", "jsonl", "html"):
        assert "disputed: source=x, item=p2" in forms[form], form
    assert "DISPUTED by `owner@x.example` (1 finding" in forms["markdown"]
    for form in ("sarif", "junit"):
        assert "2 disputed" in forms[form], form


def test_all_disputed_is_skipped_and_suppressed(provenance, place):
    dispute_all(provenance, place)
    check(provenance, place, code=0, output="second")
    junit = provenance("report", "second", "--format", "junit", cwd=place).stdout
    assert 'message="Disputed: ' in junit
    sarif = json.loads(provenance("report", "second", "--format", "sarif", cwd=place).stdout)
    (found,) = sarif["runs"][0]["results"]
    assert found["suppressions"][0]["justification"] == "All 3 are disputed."


def test_what_is_disputed_is_in_the_shares_and_not_removed(provenance, place):
    dispute_all(provenance, place)
    check(provenance, place, code=0, output="second")
    result = json.loads((place / "second" / "result.json").read_text())
    share = next(each for each in result["shares"] if each["key"] == "x")
    assert share["documents"]["count"] == 3
    done = provenance("clean", "train.jsonl", "--result", "second", "-o", "kept", cwd=place)
    assert done.returncode == 0, done.stderr
    assert (place / "kept" / "train.jsonl").read_bytes() == (place / "train.jsonl").read_bytes()


def test_an_attestation_states_what_was_disputed(provenance, place):
    dispute_all(provenance, place)
    check(provenance, place, code=0, output="second")
    signed = provenance("attest", "second", "--key", "trainer", "-o", "a.json", cwd=place)
    assert signed.returncode == 0, signed.stderr
    done = provenance("attest", "verify", "a.json", "--key", "trainer.pub", cwd=place)
    assert "disputed: 3 findings of 3" in done.stdout
    assert "waived" not in done.stdout


def test_a_replay_needs_no_notes(provenance, place):
    dispute_all(provenance, place)
    check(provenance, place, code=0, output="second")
    for name in ("provenance.toml", "disputes.jsonl", "allowed"):
        (place / name).unlink()
    done = provenance("report", "verify", "second", "--replay", "-q", cwd=place)
    assert done.returncode == 0, done.stdout + done.stderr


def test_notes_on_items_that_are_not_in_the_dataset_say_nothing(provenance, place):
    dispute_all(provenance, place)
    (place / "other.jsonl").write_text('{"id": "1", "text": "All of this is our own."}\n')
    done = provenance("check", "other.jsonl", "-o", "second", cwd=place)
    assert done.returncode == 0, done.stderr
    assert "isputed" not in done.stdout
    assert "excuses nothing" not in done.stdout


def test_two_may_dispute_one_item(provenance, place):
    note(provenance, place, "--item", "p0", "--claim", "not-ours")
    note(
        provenance, place, "--item", "p0", "--claim", "other", key="trainer", reason="As she says."
    )
    check(provenance, place, code=1, output="second")
    (waiver,) = json.loads((place / "second" / "result.json").read_text())["waivers"]
    assert waiver["approver"] == "owner@x.example, trainer@lab.example"
    assert waiver["statement"] == "not-ours: A customer wrote it. other: As she says."
    assert waiver["expires"] is None


def dispute_by_trainer(provenance, place, days):
    for item in ("p0", "p1", "p2"):
        note(provenance, place, "--item", item, "--claim", "other", key="trainer", days=days)


def test_a_dispute_of_one_s_own_side_lapses_after_90_days(provenance, place):
    dispute_by_trainer(provenance, place, days=89)
    shown = " ".join(check(provenance, place, code=0, output="second").split())
    assert f"It lapses on {_today() + timedelta(days=1)}." in shown
    (place / "disputes.jsonl").write_text("")
    dispute_by_trainer(provenance, place, days=90)
    shown = " ".join(check(provenance, place, code=1, output="third").split())
    assert f"LAPSED {_today()}: the dispute by trainer@lab.example (1 finding of item p0" in shown
    assert "Settle the dispute of item p0 of x" in shown


def test_no_second_note_extends_it_nor_one_after_it_was_settled(provenance, place):
    dispute_by_trainer(provenance, place, days=90)
    dispute_by_trainer(provenance, place, days=1)
    check(provenance, place, code=1, output="second")
    for item in ("p0", "p1", "p2"):
        note(provenance, place, "--item", item, "--settle", key="trainer")
    dispute_by_trainer(provenance, place, days=0)
    check(provenance, place, code=1, output="third")


def test_an_owner_s_dispute_lasts_until_it_is_settled(provenance, place):
    for item in ("p0", "p1", "p2"):
        note(provenance, place, "--item", item, "--claim", "not-ours", days=4000)
    check(provenance, place, code=0, output="second")
    policy = place / "provenance.toml"
    policy.write_text(policy.read_text().replace(OWNERS, ""))
    check(provenance, place, code=1, output="third")


def test_a_note_of_a_day_to_come_is_refused(provenance, place):
    note(provenance, place, "--item", "p0", "--claim", "other", key="trainer", days=-30)
    done = provenance("check", "train.jsonl", cwd=place)
    assert done.returncode == 2
    assert f"is dated {_today() + timedelta(days=30)}, and today is" in done.stderr


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("stranger", "which is none of yours"),
        ("flipped", "disputes.jsonl"),
        ("attestation", "not 'urn:provenance:feedback:v1'"),
        ("missing", "cannot be read"),
        ("namespace", "may not sign in the namespace provenance-feedback"),
    ],
)
def test_a_note_that_does_not_count_stops_the_check(provenance, place, change, message):
    note(provenance, place, "--item", "p0", "--claim", "not-ours")
    path = place / "disputes.jsonl"
    if change == "stranger":
        note(provenance, place, "--item", "p1", "--claim", "not-ours", key="stranger")
    elif change == "flipped":
        content = bytearray(path.read_bytes())
        content[len(content) // 3] ^= 1
        path.write_bytes(content)
    elif change == "attestation":
        path.write_text(provenance("attest", "report", "--key", "trainer", cwd=place).stdout)
    elif change == "missing":
        path.unlink()
    else:
        allowed = (place / "allowed").read_text().replace("provenance-feedback", "git")
        (place / "allowed").write_text(allowed)
    for command in (("check", "train.jsonl"), ("policy", "check")):
        done = provenance(*command, cwd=place)
        assert done.returncode == 2
        assert message in " ".join(done.stderr.split())


def test_a_note_has_ids_and_a_reason_and_no_text(provenance, place):
    line = note(provenance, place, "--finding", "2", "--claim", "licensed", add=False)
    import base64

    found = json.loads(base64.b64decode(json.loads(line)["payload"]))
    assert found["predicate"] == {
        "source": "x",
        "item": "p1",
        "claim": "licensed",
        "reason": "A customer wrote it.",
        "on": str(_today() - timedelta(days=1)),
    }
    assert found["subject"][0]["name"] == "result.json"


def test_notes_are_verified_and_shown(provenance, place):
    dispute_all(provenance, place)
    note(provenance, place, "--item", "p1", "--settle", key="trainer", reason="Agreed by both.")
    trust = ("--allowed-signers", "allowed")
    done = provenance("feedback", "verify", "disputes.jsonl", *trust, cwd=place)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    yesterday = _today() - timedelta(days=1)
    assert lines[-3] == (
        f"  {yesterday}  trainer@lab.example: item p1 of x: settled: Agreed by both."
    )
    end = yesterday + timedelta(days=90)
    assert lines[-2] == f"Open: p0 of x (lapses on {end}), p2 of x (lapses on {end})"
    assert lines[-1].startswith("A dispute by one that the policy names among `owners`")
    one = provenance("feedback", "verify", "disputes.jsonl", "--key", "stranger.pub", cwd=place)
    assert one.returncode == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--item", "p99", "--claim", "other"), "no finding of the item 'p99'"),
        (("--item", "p0", "--source", "reddit", "--claim", "other"), "'p0' of reddit"),
        (("--finding", "0", "--claim", "other"), "there is no finding 0: the report has 3"),
        (("--finding", "4", "--claim", "other"), "there is no finding 4"),
        (("--claim", "other"), "name the item"),
        (("--item", "p0", "--finding", "1", "--claim", "other"), "name the item"),
        (("--item", "p0"), "give --claim, or --settle"),
        (("--item", "p0", "--claim", "other", "--settle"), "give --claim, or --settle"),
        (("--item", "p0", "--claim", "other", "--date", "soon"), "soon"),
        (("--item", "p0", "--claim", "other", "--reason", "x" * 1001), "1,001 characters"),
        (("--item", "p0", "--claim", "other", "--reason", " "), "0 characters"),
    ],
)
def test_what_cannot_be_noted_is_an_error(provenance, place, arguments, message):
    words = ("feedback", "report", "--key", "owner", "--reason", "Because.")
    done = provenance(*words, *arguments, cwd=place)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in " ".join(done.stderr.split())


def test_a_policy_cannot_state_a_dispute_by_itself(provenance, place):
    with (place / "provenance.toml").open("a") as file:
        file.write(
            '[[waivers]]\nsource = "x"\nreason = "disputed"\nstatement = "No."\n'
            'approver = {given = "Rosa", family = "Osei"}\nexpires = 2090-01-01\n'
        )
    done = provenance("check", "train.jsonl", cwd=place)
    assert done.returncode == 2
    assert "a dispute is no waiver: somebody signs it" in done.stderr


def test_a_policy_names_who_may_sign(provenance, place):
    (place / "provenance.toml").write_text('[disputes]\npath = "disputes.jsonl"\n')
    done = provenance("check", "train.jsonl", "--registry", "reg", cwd=place)
    assert done.returncode == 2
    assert "allowed_signers" in done.stderr


def test_a_policy_is_explained_with_its_disputes(provenance, place):
    note(provenance, place, "--item", "p0", "--claim", "not-ours")
    shown = provenance("policy", "explain", cwd=place).stdout
    assert "disputed by owner@x.example" in " ".join(shown.split())
