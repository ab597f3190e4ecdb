"""The job definitions that docs/clusters.md shows run, as their schedulers would run them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.cli.commandline import ENVIRONMENT
from tests.docs.blocks import blocks


@pytest.fixture
def run(tmp_path, pages):
    """Run a script in a folder that has what the page made first."""

    def run(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        return subprocess.run(
            ["bash", "-ec", script],
            cwd=tmp_path,
            env=os.environ | ENVIRONMENT | {"PATH": path} | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    first = next(block for block in blocks(pages["docs/clusters.md"]) if block.language == "sh")
    assert run(first.body).returncode == 0
    return run


def test_pods_of_the_kubernetes_job_are_shards(pages, run):
    [saved] = [block for block in blocks(pages["docs/clusters.md"]) if block.saved_as == "job.yaml"]
    job = yaml.safe_load(saved.body)["spec"]
    [container] = job["template"]["spec"]["containers"]
    assert container["command"] == ["bash", "-ec"]
    for index in reversed(range(job["completions"])):
        done = run(container["args"][0], JOB_COMPLETION_INDEX=str(index))
        assert done.returncode == 0, done.stderr
    assert run("provenance merge kubernetes").returncode == 1


@pytest.mark.skipif(shutil.which("parallel") is None, reason="GNU parallel is not installed")
def test_gnu_parallel_runs_shards(pages, run):
    [block] = [block for block in blocks(pages["docs/clusters.md"]) if "parallel -j" in block.body]
    done = run(block.body)
    assert done.returncode == 0, done.stderr
    assert run("provenance merge local").returncode == 1
