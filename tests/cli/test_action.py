"""The action, as a team meets it: in a repository with a dataset, on a pull request.

Its steps are those of action.yml, run here; the pull request is kept on 127.0.0.1.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

import provenance
from provenance.signing import create_key
from tests.cli import commandline
from tests.cli.hub import TOKEN, hub
from tests.cli.runner import ACTION, Job, run_action

SAMPLE = Path(__file__).resolve().parents[2] / "provenance" / "sample"
POLICY = """\
[check]
purpose = "pretraining"
collected = 2025-09-01
actor = "api-developer"
registries = ["registries/x"]
"""
WAIVER = """
[[waivers]]
source = "x"
documents = "{document}"
reason = "own-content"
statement = "their author wrote to us on 3 May"
approver = {{given = "Rosa", family = "Osei"}}
expires = 2028-06-30
"""


class Repository:
    """A repository with a dataset, a policy and the action; every commit runs it."""

    def __init__(self, place: Path, comments: object) -> None:
        self.place, self.comments, self.runs = place / "repository", comments, 0
        self.place.mkdir()
        self.temporary = place
        self.git("init", "--quiet", "--initial-branch", "main")

    def git(self, *arguments: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@team.example", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *who, *arguments], cwd=self.place, check=True, capture_output=True)

    def write(self, rows: list[dict[str, str]], policy: str) -> None:
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (self.place / "data.jsonl").write_text(lines, "utf-8")
        (self.place / "provenance.toml").write_text(policy, "utf-8")

    def push(self, why: str, **inputs: str) -> Job:
        self.git("add", "data.jsonl", "provenance.toml")
        self.git("commit", "--quiet", "--message", why)
        self.runs += 1
        event = self.temporary / "event.json"
        event.write_text(json.dumps({"pull_request": {"number": 7}}))
        return run_action(
            self.place,
            self.temporary / f"run-{self.runs}",
            {"corpus": "data.jsonl", **inputs},
            token=TOKEN,
            GITHUB_API_URL=self.comments.address,
            GITHUB_EVENT_PATH=str(event),
            GITHUB_REPOSITORY="octo/data",
        )


@pytest.fixture(scope="module")
def truth():
    lines = (SAMPLE / "truth.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def pages():
    lines = (SAMPLE / "pages.jsonl").read_text("utf-8").splitlines()
    return {row["id"]: row for row in map(json.loads, lines)}


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    place = tmp_path_factory.mktemp("registry") / "x"
    provenance.build_registry(place, SAMPLE / "social.jsonl", source="x")
    return place


@pytest.fixture
def repository(tmp_path, registry):
    with hub() as comments:
        made = Repository(tmp_path, comments)
        shutil.copytree(registry, made.place / "registries" / "x")
        yield made


@pytest.fixture(scope="module")
def rows(pages, truth):
    """Pages that hold nothing, and two that quote posts."""
    holding = {row["page"] for row in truth}
    posts = [r["page"] for r in truth if r["source"] == "x" and r["edit"] == "verbatim"]
    clean = [row for name, row in pages.items() if name not in holding][:40]
    return clean, [pages[name] for name in dict.fromkeys(posts)][:2]


def test_the_story_of_a_pull_request(repository, rows):
    clean, quoting = rows
    comments = repository.comments.kept

    repository.write(clean, POLICY)
    first = repository.push("A dataset of our own")
    assert first.code == 0, first.log
    assert first.outputs["verdict"] == "pass"
    assert comments == []

    repository.write([*clean, *quoting], POLICY)
    red = repository.push("More pages, from the web")
    assert red.code == 1
    assert red.outputs["verdict"] == "fail"
    assert json.loads(red.outputs["shares"])["source"]["x"] > 0
    (comment,) = comments
    body = comment["body"]
    for said in ("fails the policy", "are forbidden for pretraining", "What fails", "What to do"):
        assert said in body
    for page in quoting:
        assert f"`{page['id']}`" in body, "the reviewer sees which documents"
    assert "row 40" in body
    assert "developer" in body, "and under which terms"
    assert red.summary.strip() in body

    repository.write(clean, POLICY)
    removed = repository.push("Without the pages that quote posts")
    assert removed.code == 0, removed.log
    assert len(comments) == 1
    assert "passes the policy" in comment["body"]

    waivers = "".join(WAIVER.format(document=page["id"]) for page in quoting)
    repository.write([*clean, *quoting], POLICY + waivers)
    waived = repository.push("With them again: their author allows it")
    assert waived.code == 0, waived.log
    assert len(comments) == 1
    assert "excuses 1 finding" in comment["body"]


def test_with_the_report_of_main_as_baseline_only_new_findings_fail(repository, rows):
    clean, quoting = rows
    repository.write([*clean, quoting[0]], POLICY)
    main = repository.push("What main has", **{"exit-zero": "true"})
    assert (main.code, main.outputs["verdict"]) == (0, "fail")

    repository.write([*clean[1:], *quoting], POLICY)
    red = repository.push("One more", baseline=main.outputs["report"])
    assert red.code == 1
    body = repository.comments.kept[0]["body"]
    failing = body[body.index("#### What fails") : body.index("#### What to do")]
    assert f"`{quoting[1]['id']}`" in failing
    assert f"`{quoting[0]['id']}`" not in failing


def test_shared_formats_have_no_excerpts_by_default(repository, rows):
    clean, quoting = rows
    repository.write([*clean, *quoting], POLICY)
    plain = repository.push("Posts", anchor="data.dvc:2")
    sarif = Path(plain.outputs["sarif"]).read_text("utf-8")
    body = repository.comments.kept[0]["body"]
    theirs = runs_of_words(" ".join(page["text"] for page in quoting))
    for text in (plain.log, plain.summary, body, sarif):
        assert theirs & runs_of_words(text) == set()
    assert '"uri": "data.dvc"' in sarif
    repository.write([*clean[1:], *quoting], POLICY)
    shown = repository.push("One page fewer", excerpts="true")
    assert theirs & runs_of_words(shown.summary)


def runs_of_words(text):
    words = text.split()
    return set(zip(words, words[1:], words[2:], words[3:], strict=False))


def test_failures_of_the_action_show_the_reason(repository, rows):
    clean, _ = rows
    repository.write(clean, POLICY.replace("registries/x", "registries/absent"))
    broken = repository.push("A registry that is not there")
    assert broken.code == 2
    assert "registries/absent is not a registry" in broken.log
    assert "Try: " in broken.log
    assert broken.outputs["verdict"] == ""


def test_unread_files_fail_and_are_reported(repository, rows):
    clean, _ = rows
    repository.write(clean, POLICY)
    (repository.place / "cut.jsonl").write_bytes(bytes(1000))
    job = repository.push("A dataset that is damaged", corpus="data.jsonl\ncut.jsonl")
    assert job.code == 2
    assert job.outputs["verdict"] == "incomplete"
    assert "cut.jsonl" in job.summary
    assert "cut.jsonl" in repository.comments.kept[0]["body"]


def test_inputs_are_words_and_never_a_script(repository, rows):
    clean, quoting = rows
    repository.write([*clean, *quoting], POLICY)
    job = repository.push(
        "Hostile inputs",
        corpus="  data.jsonl \n\n$(touch pwned)*\n; touch pwned\n",
        **{"fail-on": "forbidden=100%\nx:forbidden.documents=100%"},
    )
    assert job.code == 2, "no such file"
    assert not (repository.place / "pwned").exists()
    fine = run_action(
        repository.place,
        repository.temporary / "fine",
        {
            "corpus": "\n data.jsonl \n",
            "registries": "registries/x",
            "fail-on": "forbidden=100%\nx:forbidden.documents=100%",
        },
    )
    assert fine.code == 0, fine.log
    assert "`x:forbidden.documents=100%`" in fine.summary


def test_findings_go_to_code_scanning_and_the_report_stays_unless_asked(repository, rows):
    clean, quoting = rows
    repository.write([*clean, *quoting], POLICY)
    job = repository.push("Posts")
    assert job.used["github/codeql-action/upload-sarif"]["sarif_file"] == job.outputs["sarif"]
    assert "actions/upload-artifact" not in job.used
    kept = run_action(
        repository.place,
        repository.temporary / "kept",
        {"corpus": "data.jsonl", "upload-report": "true", "upload-sarif": "false"},
    )
    assert kept.used["actions/upload-artifact"]["path"] == kept.outputs["report"]
    assert "github/codeql-action/upload-sarif" not in kept.used


def test_the_result_is_signed_where_there_is_a_key(repository, rows):
    pytest.importorskip("securesystemslib", reason="the extra `sign` is not installed")
    place = repository.temporary
    create_key(place / "key")
    clean, quoting = rows
    repository.write([*clean, *quoting], POLICY)
    job = repository.push("Signed", **{"sign-key": (place / "key").read_text().rstrip("\n")})
    assert job.code == 1, job.log
    attestation = job.outputs["attestation"]
    assert job.used["actions/upload-artifact"] == {
        "name": "provenance-attestation",
        "path": attestation,
    }
    trust = ("--key", str(place / "key.pub"), "--report", job.outputs["report"])
    dataset = ("--dataset", "data.jsonl")
    done = commandline.provenance(
        "attest", "verify", attestation, *trust, *dataset, cwd=repository.place
    )
    assert done.returncode == 0, done.stderr
    assert "Check      FAILED" in done.stdout
    assert "PRIVATE KEY" not in job.log + job.summary
    kept = [path for path in place.rglob("*") if path.is_file() and path != place / "key"]
    assert [path for path in kept if b"PRIVATE KEY" in path.read_bytes()] == []


def test_a_key_that_cannot_sign_fails_the_job(repository, rows):
    pytest.importorskip("securesystemslib", reason="the extra `sign` is not installed")
    repository.write(rows[0], POLICY)
    job = repository.push("A secret that is no key", **{"sign-key": "hunter2"})
    assert job.code == 2
    assert "is not a private key" in job.log
    assert "hunter2" not in job.log


def test_every_input_and_output_is_described_and_used():
    text = yaml.safe_dump(ACTION["runs"]) + yaml.safe_dump(ACTION["outputs"])
    for name, each in ACTION["inputs"].items():
        assert each["description"].endswith(".")
        assert f"inputs.{name}" in text
    assert set(ACTION["outputs"]) == {"verdict", "shares", "report", "sarif", "attestation"}
