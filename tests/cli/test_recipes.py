"""The recipes of docs/ci.md, taken from it and run."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import yaml

from tests.cli.conftest import WORDS

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "ci.md").read_text("utf-8")
PLAIN = "The valley lay quiet under its first snow, and the carts stood where they were left."


def block(heading: str, language: str, number: int = 0) -> str:
    section = TEXT.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(rf"^```{language}\n(.*?)^```", section, re.MULTILINE | re.DOTALL)[number]


def environment(**more: str) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "NO_COLOR": "1", **more}


def shell(script: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=cwd, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip


def fill(place: Path, text: str) -> None:
    rows = [{"id": "a", "text": PLAIN}, {"id": "b", "text": text}]
    (place / "data" / "train.jsonl").write_text("\n".join(map(json.dumps, rows)))


@pytest.fixture
def project(world: Path, tmp_path: Path) -> Path:
    """A project with data, a registry and a policy; its data holds a post."""
    (tmp_path / "data").mkdir()
    (tmp_path / "registries").mkdir()
    (tmp_path / "registries" / "x").symlink_to(world / "reg")
    (tmp_path / "provenance.toml").write_text('[check]\nregistries = ["registries/x"]\n')
    fill(tmp_path, f"{WORDS} 7")
    return tmp_path


def test_a_baseline_lets_pass_what_it_has(project: Path) -> None:
    done = shell(block("Only what is new", "sh"), project)
    assert done.returncode == 0, done.stdout + done.stderr


def test_two_commands_do_what_the_action_does(project: Path) -> None:
    done = shell(block("GitHub Actions", "sh"), project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "::error file=data.dvc,line=1" in done.stdout
    assert (project / "report" / "provenance.sarif").is_file()


def test_the_workflow_gives_inputs_that_the_action_has() -> None:
    workflow = yaml.safe_load(block("GitHub Actions", "yaml"))
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    (step,) = [each for each in workflow["jobs"]["check"]["steps"] if "with" in each]
    assert set(step["with"]) <= set(action["inputs"])


def test_the_hook_is_one_of_ours() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    (repo,) = yaml.safe_load(block("pre-commit", "yaml"))["repos"]
    assert {hook["id"] for hook in repo["hooks"]} <= {hook["id"] for hook in hooks}


def test_a_pipeline_of_gitlab_fails_and_leaves_what_the_merge_request_shows(project) -> None:
    job = yaml.safe_load(block("GitLab CI", "yaml"))["provenance"]

    def ours(lines: list[str]) -> str:
        return "\n".join(line for line in lines if not line.startswith("pip install"))

    done = shell(ours(job["script"]), project)
    assert done.returncode == 1
    assert "### provenance: fails the policy" in done.stdout
    after = shell("CI_API_V4_URL= \n" + ours(job["after_script"]), project)
    assert after.returncode == 0, after.stderr
    assert "<failure" in (project / job["artifacts"]["reports"]["junit"]).read_text("utf-8")
    assert (project / "note.md").read_text("utf-8").startswith("###")


@pytest.mark.parametrize(("text", "code"), [(f"{WORDS} 7", 1), (PLAIN, 0)])
def test_a_stage_of_dvc_stops_where_the_policy_is_violated(project, text, code) -> None:
    stage = yaml.safe_load(block("DVC", "yaml"))["stages"]["provenance"]
    fill(project, text)
    assert shell(stage["cmd"], project).returncode == code
    for name in (*stage["deps"], *(out for each in stage["outs"] for out in each)):
        assert (project / name).exists()


@pytest.fixture
def webhook(project: Path):
    script = block("A dataset's webhook", "python").replace(
        "import provenance\n",
        "import provenance\n"
        "check_hub = provenance.check\n"
        "provenance.check = lambda *, hub, **options: check_hub(hub, **options)\n",
    )  # the hub of this test is a folder
    (project / "webhook.py").write_text(script.replace(
        "ThreadingHTTPServer(PLACE, Webhook).serve_forever()",
        "server = ThreadingHTTPServer(PLACE, Webhook)\n"
        "print(server.server_port, flush=True)\nserver.serve_forever()",
    ))  # fmt: skip
    told = {"WEBHOOK_SECRET": "hush", "DATASETS": "data/train.jsonl", "PORT": "0"}
    with subprocess.Popen(
        [sys.executable, "webhook.py"],
        cwd=project, env=environment(**told), stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}", process
        finally:
            process.terminate()


def post(address: str, name: str, secret: str = "hush") -> int:
    body = json.dumps({"event": {"action": "update"}, "repo": {"name": name}}).encode()
    request = Request(address, data=body, headers={"X-Webhook-Secret": secret}, method="POST")
    try:
        with urlopen(request, timeout=60) as answer:
            return answer.status
    except HTTPError as error:
        with error:
            return error.code


def test_a_webhook_checks_what_it_knows_and_nothing_else(webhook, project) -> None:
    address, process = webhook
    assert post(address, "data/train.jsonl", "wrong") == 401
    assert post(address, "somebody/else") == 404
    fill(project, PLAIN)
    assert post(address, "data/train.jsonl") == 202
    assert process.stdout.readline().startswith("data/train.jsonl: NOT DECIDED: Nothing")
    fill(project, f"{WORDS} 7")
    assert post(address, "data/train.jsonl") == 202
    assert process.stdout.readline().startswith("data/train.jsonl: FAIL: ")
    latest = project / "reports" / "data--train.jsonl" / "latest" / "result.json"
    result = json.loads(latest.read_text("utf-8"))
    assert result["baseline"]["new"] == 1


@pytest.mark.parametrize(("text", "code"), [(f"{WORDS} 7", 1), (PLAIN, 0)])
def test_a_test_of_pytest_says_why_it_fails(project, text, code) -> None:
    fill(project, text)
    (project / "test_data.py").write_text(block("pytest and notebooks", "python"))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_data.py"],
        cwd=project, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout
    assert ("FAIL: " in done.stdout) is bool(code)
    assert ("are forbidden for pretraining" in done.stdout) is bool(code)
