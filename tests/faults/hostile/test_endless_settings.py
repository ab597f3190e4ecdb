"""Settings that are pipes, devices or far too large: an error at once, and nothing is exhausted."""

import json
import os
import resource
import signal
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.conftest import write_jsonl

EMPTY_POLICY = "[gate]\nforbidden = '100%'\n"
SPARSE = 1 << 40


def pipe(path):
    os.mkfifo(path)


def zeros(path):
    path.symlink_to("/dev/zero")


def sparse(path):
    with path.open("wb") as file:
        file.truncate(SPARSE)


def folder(path):
    path.mkdir()


@contextmanager
def bounded():
    """Neither hang nor take gigabytes, whatever is read."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + (4 << 30), hard))
    signal.alarm(60)  # which ends this process
    try:
        yield
    finally:
        signal.alarm(0)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def refused(provenance, *command, cwd):
    """Run a command that must end soon, in little memory, with an error of ours."""
    with bounded():
        done = provenance(*command, cwd=cwd)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert "Error:" in done.stderr
    assert "too little memory" not in done.stderr
    return done.stderr


@pytest.fixture
def data(tmp_path):
    write_jsonl(tmp_path / "data.jsonl", 0)
    return tmp_path


@pytest.mark.parametrize("make", [zeros, sparse, folder])
@pytest.mark.parametrize("option", ["--policy", "--calibration"])
def test_settings_are_read_in_bounds(data, registry, provenance, make, option):
    make(data / "odd")
    command = ("check", "data.jsonl", "--registry", registry, option, "odd", "-q")
    assert "odd" in refused(provenance, *command, cwd=data)


@pytest.mark.parametrize("make", [pipe, zeros, sparse])
def test_rules_are_read_in_bounds(data, registry, provenance, make):
    (data / "rules" / "sources").mkdir(parents=True)
    make(data / "rules" / "sources" / "odd.yaml")
    command = ("check", "data.jsonl", "--registry", registry, "--rules", "rules", "-q")
    assert "odd.yaml" in refused(provenance, *command, cwd=data)


def test_a_rule_file_that_leads_nowhere_is_not_passed_over(data, registry, provenance):
    (data / "rules" / "sources").mkdir(parents=True)
    (data / "rules" / "sources" / "gone.yaml").symlink_to("nowhere")
    command = ("check", "data.jsonl", "--registry", registry, "--rules", "rules", "-q")
    assert "gone.yaml" in refused(provenance, *command, cwd=data)


@pytest.mark.parametrize("make", [pipe, zeros, sparse, folder])
@pytest.mark.parametrize("command", ["report", "baseline", "model"])
def test_results_are_read_in_bounds(data, registry, provenance, make, command):
    (data / "earlier").mkdir()
    make(data / "earlier" / "result.json")
    check = ("check", "data.jsonl", "--registry", registry, "-q")
    commands = {
        "report": ("report", "earlier"),
        "baseline": (*check, "--baseline", "earlier"),
        "model": (*check, "--model-of", "earlier"),
    }
    refused(provenance, *commands[command], cwd=data)


@pytest.mark.parametrize("make", [pipe, zeros, folder])
@pytest.mark.parametrize("name", ["registry.json", "items.parquet", "tokens.npy"])
def test_registries_are_read_in_bounds(data, provenance, make, name):
    built = provenance("registry", "build", "reg", "--source", "x", "data.jsonl", cwd=data)
    assert built.returncode == 0, built.stderr
    [path] = (data / "reg").rglob(name)
    path.unlink()
    make(path)
    for command in (("check", "data.jsonl", "--registry", "reg"), ("registry", "verify", "reg")):
        refused(provenance, *command, cwd=data)


@pytest.mark.parametrize("make", [pipe, zeros, folder])
def test_captured_files_are_read_in_bounds(data, registry, provenance, make):
    day = data / "captures" / "example.org" / "2023-06-01"
    day.mkdir(parents=True)
    make(day / "robots.txt")
    command = ("check", "data.jsonl", "--registry", registry, "--signals", "captures", "-q")
    assert "robots.txt" in refused(provenance, *command, cwd=data)


@pytest.mark.parametrize("make", [pipe, zeros, sparse, folder])
def test_a_state_of_a_saved_dataset_is_read_in_bounds(data, registry, provenance, make):
    saved = data / "saved"
    saved.mkdir()
    write_jsonl(saved / "data.jsonl", 0)
    (saved / "dataset_dict.json").write_text(json.dumps({"splits": ["train"]}))
    (saved / "train").mkdir()
    make(saved / "train" / "state.json")
    refused(provenance, "check", "saved", "--registry", registry, "-q", cwd=data)
    refused(provenance, "registry", "build", "new", "--source", "x", "saved", cwd=data)


def test_a_policy_may_come_from_a_pipe(data, registry, provenance):
    read, write = os.pipe()
    os.write(write, EMPTY_POLICY.encode())
    os.close(write)
    command = ("check", "data.jsonl", "--registry", registry, "-q", "--policy", f"/dev/fd/{read}")
    done = provenance(*command, cwd=data)
    os.close(read)
    assert done.returncode == 0, done.stderr
