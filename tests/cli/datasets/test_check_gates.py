"""Gates from the command line: what fails, what is tolerated, and what is said of it."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import WORDS

HELD = ("--registry", "reg")
POLICY = """
[gate]
{gates}

[[waivers]]
source = "x"
documents = "{documents}"
reason = "own-content"
statement = "our own account"
approver = {{given = "Rosa", family = "Osei", role = "legal"}}
expires = {expires}
"""


@pytest.fixture(scope="module")
def mixed(world: Path) -> Path:
    """Half of its documents hold a post, and a third of its words are theirs."""
    plain = "The valley lay quiet under its first snow, and the carts stood where they were left."
    rows = [{"id": f"c{n}", "text": f"{plain} {n}"} for n in range(4)]
    rows += [{"id": f"q{n}", "text": f"{WORDS} {n}"} for n in range(4)]
    (world / "mixed.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return world


@pytest.mark.parametrize(
    ("gate", "code"),
    [
        ("forbidden=0%", 1),
        ("forbidden=99%", 0),
        ("forbidden.documents=30%", 1),
        ("forbidden.documents=50%", 0),
        ("forbidden.bytes=10%", 1),
        ("x:forbidden=99%", 1),  # the default, for all sources, still stands
        ("forbidden/explicit-ml=0%", 1),
    ],
)
def test_a_gate_is_what_its_grammar_says(provenance, mixed, gate, code) -> None:
    done = provenance("check", "mixed.jsonl", *HELD, "--fail-on", gate, cwd=mixed)

    assert done.returncode == code, done.stdout + done.stderr
    assert gate in done.stdout


def test_a_gate_counts_a_source_by_any_of_its_names(provenance, mixed) -> None:
    options = ("--fail-on", "forbidden=99%", "--fail-on", "Twitter:forbidden=0%")
    done = provenance("check", "mixed.jsonl", *HELD, *options, cwd=mixed)
    assert done.returncode == 1
    assert "x:forbidden=0% FAILS" in done.stdout


def test_several_gates_can_be_combined(provenance, mixed) -> None:
    gates = ("forbidden=99%", "x:forbidden.documents=10%", "restricted=1%", "unknown/no-rule=1%")
    options = [word for gate in gates for word in ("--fail-on", gate)]
    done = provenance("check", "mixed.jsonl", *HELD, *options, "--format", "json", cwd=mixed)

    result = json.loads(done.stdout)
    assert done.returncode == 1
    assert {each["gate"]: each["passed"] for each in result["gates"]} == {
        "forbidden=99%": True,
        "x:forbidden.documents=10%": False,
        "restricted=1%": True,
        "unknown/no-rule=1%": True,
    }


def test_a_violated_policy_can_exit_with_0_and_is_still_reported(provenance, mixed) -> None:
    done = provenance("check", "mixed.jsonl", *HELD, "--exit-zero", cwd=mixed)
    assert done.returncode == 0
    assert done.stdout.startswith("FAIL")
    broken = provenance("check", "absent.jsonl", *HELD, "--exit-zero", cwd=mixed)
    assert broken.returncode == 2, "what could not be done is not excused"


def test_reasons_and_next_steps_are_on_stderr_beside_machine_formats(provenance, mixed) -> None:
    done = provenance("check", "mixed.jsonl", *HELD, "--format", "sarif", cwd=mixed)
    assert done.returncode == 1
    assert json.loads(done.stdout)["version"] == "2.1.0"
    assert done.stderr.startswith("FAIL: ")
    assert "of the tokens are forbidden for pretraining" in done.stderr
    assert "Next: " in done.stderr
    quiet = provenance("check", "mixed.jsonl", *HELD, "--format", "sarif", "-q", cwd=mixed)
    assert quiet.stderr == ""


def test_with_a_baseline_only_new_findings_fail(provenance, mixed, tmp_path: Path) -> None:
    before = str(tmp_path / "before")
    assert provenance("check", "mixed.jsonl", *HELD, "-o", before, cwd=mixed).returncode == 1
    same = provenance("check", "mixed.jsonl", *HELD, "--baseline", before, cwd=mixed)
    assert same.returncode == 0, same.stdout
    assert "0 new findings, 4 unchanged, 0 gone" in same.stdout.replace("\n      ", " ")

    lines = (mixed / "mixed.jsonl").read_text().splitlines()
    rows = [json.dumps({"id": "new", "text": f"{WORDS} 40"}), *lines[1:]]
    (mixed / "changed.jsonl").write_text("\n".join(rows))
    changed = provenance("check", "changed.jsonl", *HELD, "--baseline", before, cwd=mixed)
    assert changed.returncode == 1
    assert "new and forbidden for" in changed.stdout
    result = str(Path(before) / "result.json")
    assert (
        provenance("check", "mixed.jsonl", *HELD, "--baseline", result, cwd=mixed).returncode == 0
    )


def test_an_anchor_that_cannot_be_is_refused_before_the_work(provenance, mixed) -> None:
    anchor = ("--format", "sarif", "--anchor", "mixed.jsonl")
    done = provenance("check", "absent.jsonl", *HELD, *anchor, cwd=mixed)
    assert done.returncode == 2
    assert "it is a data file" in done.stderr


def test_a_baseline_that_is_none_exits_with_2(provenance, mixed) -> None:
    done = provenance("check", "mixed.jsonl", *HELD, "--baseline", "reg", cwd=mixed)
    assert done.returncode == 2
    assert "no report" in done.stderr
    assert "Try: " in done.stderr


@pytest.mark.parametrize(
    ("documents", "expires", "code", "said"),
    [
        ("q*", "2028-06-30", 0, "'own-content: source=x, documents=q*' excuses 4 findings"),
        ("q*", "2020-01-01", 1, "EXPIRED 2020-01-01"),
        ("none-*", "2028-06-30", 1, "Unused: "),
    ],
)
def test_waivers_excuse_until_they_end_and_all_are_shown(
    provenance, mixed, tmp_path: Path, documents, expires, code, said
) -> None:
    policy = tmp_path / "policy.toml"
    gates = 'forbidden = "0%"'
    policy.write_text(POLICY.format(gates=gates, documents=documents, expires=expires))
    for form in ("terminal", "markdown"):
        done = provenance(
            "check", "mixed.jsonl", *HELD, "--policy", str(policy), "--format", form, cwd=mixed
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert said in done.stdout.replace("\\", "").replace("\n    ", " ")


PASSING = "What is unknown or restricted passes: no gate limits all of it."


def test_every_report_says_what_passes_because_no_gate_limits_it(provenance, mixed) -> None:
    lax = ("--collected", "2022-06-01", "--actor", "scraper")
    done = provenance("check", "mixed.jsonl", *HELD, *lax, "-o", "lax", cwd=mixed)
    said = " ".join(done.stdout.split())
    assert done.returncode == 0
    assert PASSING in said
    assert "% are allowed for pretraining only under conditions." in said.partition(PASSING)[2]
    assert PASSING in (mixed / "lax" / "report.html").read_text()
    for form in ("markdown", "junit", "sarif", "github"):
        assert PASSING in provenance("report", "lax", "--format", form, cwd=mixed).stdout, form


def test_a_strict_policy_fails_on_what_is_restricted_and_on_what_is_unknown(
    provenance, mixed, tmp_path
) -> None:
    policy = tmp_path / "strict.toml"
    assert provenance("policy", "init", "--strict", "-o", str(policy), cwd=mixed).returncode == 0
    for actor, verdict in (("scraper", "restricted"), ("any-recipient", "unknown")):
        asked = (*HELD, "--policy", str(policy), "--collected", "2022-06-01", "--actor", actor)
        done = provenance("check", "mixed.jsonl", *asked, cwd=mixed)
        assert done.returncode == 1, done.stdout
        assert f"{verdict}=0% FAILS" in done.stdout
        assert "no gate limits all of it" not in done.stdout
