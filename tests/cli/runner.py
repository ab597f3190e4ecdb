"""Runs the steps of our action.yml as GitHub's runner would: expressions, environment, outputs."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
INSTALL = "Install provenance"
"""The step that needs a network: what it installs is what runs these tests."""


@dataclass
class Job:
    """What became of a job.

    `ran` and `used` name steps that were run here, and actions of others that would have been
    called, with what they would have been given.
    """

    code: int = 0
    log: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)
    used: dict[str, dict[str, str]] = field(default_factory=dict)
    summary: str = ""


def run_action(workspace: Path, temporary: Path, inputs: dict[str, str], **variables: str) -> Job:
    """Run the action in a checkout, with some inputs and GITHUB_ variables."""
    given = {name: str(each.get("default", "")) for name, each in ACTION["inputs"].items()}
    required = {name for name, each in ACTION["inputs"].items() if each.get("required")}
    assert required <= set(inputs) <= set(given)
    values = {f"inputs.{name}": value for name, value in {**given, **inputs}.items()}
    values["inputs.token"] = variables.pop("token", "")
    job = Job()
    temporary.mkdir(parents=True, exist_ok=True)
    for step in ACTION["runs"]["steps"]:
        if not _holds(step.get("if", ""), values):
            continue
        if "uses" in step:
            given = {name: _filled(str(each), values) for name, each in step["with"].items()}
            job.used[step["uses"].partition("@")[0]] = given
        elif step["name"] != INSTALL:
            _run(step, values, job, workspace, temporary, variables)
            if job.code:
                break
    job.outputs = {name: _filled(each["value"], values) for name, each in ACTION["outputs"].items()}
    return job


def _run(
    step: dict[str, Any],
    values: dict[str, str],
    job: Job,
    workspace: Path,
    temporary: Path,
    variables: dict[str, str],
) -> None:
    assert "${{" not in step["run"], "what is pasted into a script could be run"
    output, summary = temporary / "output", temporary / "summary.md"
    output.write_text("")
    summary.write_text("")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")},
        **variables,
        **{name: _filled(each, values) for name, each in step.get("env", {}).items()},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(summary),
        "RUNNER_TEMP": str(temporary),
        "NO_COLOR": "1",
    }
    script = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    done = subprocess.run(
        script, cwd=workspace, env=environment, capture_output=True, text=True, check=False
    )
    job.ran.append(step["name"])
    job.code, job.log = done.returncode, job.log + done.stdout + done.stderr
    job.summary += summary.read_text("utf-8")
    said = re.findall(
        r"^(\w+)<<(\S+)\n(.*?)\n\2$", output.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    values.update({f"steps.{step.get('id')}.outputs.{name}": value for name, _, value in said})


def _filled(text: str, values: dict[str, str]) -> str:
    return re.sub(r"\$\{\{\s*([\w.-]+)\s*\}\}", lambda found: values.get(found[1], ""), text)


def _holds(condition: str, values: dict[str, str]) -> bool:
    """Decide a condition: comparisons with a text, joined by &&."""
    for part in filter(None, condition.split(" && ")):
        left, sign, right = re.fullmatch(r"([\w.-]+) (==|!=) '([^']*)'", part).groups()  # type: ignore[union-attr]
        if (values.get(left, "") == right) is not (sign == "=="):
            return False
    return True
