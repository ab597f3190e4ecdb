"""Names that no file can have, that lead nowhere, or are not UTF-8: they work, or are errors."""

import json
import os
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.settings import Settings
from tests.faults.conftest import found, write_jsonl

ODD = os.fsdecode(b"caf\xe9")
"""No UTF-8."""
PATHS = {
    "long": "x" * 300,
    "longer than any path": "x/" * 3000,
    "a pattern": "*" * 300,
    "a link to itself": "loop",
    "below a link to itself": "loop/x",
    "below a file": "file/x",
    "not UTF-8": ODD,
    "below a folder that is not UTF-8": f"{ODD}-folder/x",
    "a file in a folder that is not UTF-8": f"{ODD}-folder/data.jsonl",
    "empty": "",
}
NAMES = {"long": "x" * 300, "not UTF-8": ODD, "empty": ""}

CHECK = ("check", "data.jsonl", "--registry", "reg", "-q")
CLEAN = ("clean", "data.jsonl", "--registry", "reg", "-q")
CALIBRATE = ("calibrate", "data.jsonl", "--registry", "reg", "-q", "--plants", "30")
BUILD = ("registry", "build", "new", "--source", "x")

WITH_PATHS = [
    ("check", "@", "--registry", "reg", "-q"),
    ("check", "data.jsonl", "@", "--registry", "reg", "-q"),
    ("check", "data.jsonl", "--registry", "@", "-q"),
    (*CHECK, "-o", "@"),
    (*CHECK, "--policy", "@"),
    (*CHECK, "--calibration", "@"),
    (*CHECK, "--signals", "@"),
    (*CHECK, "--baseline", "@"),
    (*CHECK, "--model-of", "@"),
    (*CHECK, "--rules", "@"),
    (*CHECK, "--control", "@"),
    (*CHECK, "--background", "@"),
    (*CLEAN, "-o", "@"),
    (*CLEAN, "-o", "new", "--result", "@"),
    ("clean", "@", "--registry", "reg", "-q", "-o", "new"),
    ("diff", "data.jsonl", "@", "--registry", "reg", "-q"),
    ("report", "@"),
    ("report", "report", "--format", "csv", "-o", "@"),
    (*CALIBRATE, "-o", "@"),
    ("calibrate", "@", "--registry", "reg", "-q", "-o", "new"),
    ("registry", "build", "@", "--source", "x", "data.jsonl"),
    (*BUILD, "@"),
    ("registry", "add", "@", "--source", "x", "data.jsonl"),
    ("registry", "add", "reg", "--source", "x", "@"),
    ("registry", "verify", "@"),
    ("registry", "show", "@"),
    ("rules", "diff", "@", "shipped"),
    ("rules", "signals", "@"),
    ("sample", "-o", "@"),
    ("policy", "init", "-o", "@"),
]
WITH_NAMES = [
    (*CHECK, "--text-column", "@"),
    (*CHECK, "--fail-on", "@"),
    (*CHECK, "--split", "@"),
    (*CHECK, "--jurisdiction", "@"),
    (*CHECK, "--claim", "@"),
    (*CHECK, "--format", "sarif", "--anchor", "@"),
    (*CLEAN, "-o", "new", "--text-column", "@"),
    (*CLEAN, "-o", "new", "--redact", "@"),
    (*BUILD, "--text-column", "@", "data.jsonl"),
    (*BUILD, "--layout", "@", "data.jsonl"),
    ("registry", "build", "new", "--source", "@", "data.jsonl"),
    ("registry", "build", "new", "--source-column", "@", "data.jsonl"),
    ("rules", "show", "@"),
]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory, registry, provenance):
    folder = tmp_path_factory.mktemp("names")
    write_jsonl(folder / "data.jsonl", 0)
    shutil.copytree(registry, folder / "reg")
    done = provenance(*CHECK, "-o", "report", cwd=folder)
    assert done.returncode == 1, done.stderr
    (folder / "loop").symlink_to("loop")
    (folder / "file").write_text("no folder")
    (folder / f"{ODD}-folder").mkdir()
    shutil.copy(folder / "data.jsonl", folder / f"{ODD}-folder")
    return folder


@pytest.fixture
def world(prepared, tmp_path):
    """A copy of the folder, for a test of its own."""
    return shutil.copytree(prepared, tmp_path / "world", symlinks=True)


def told(provenance, folder, command, value):
    for name in ("new", ODD):
        made = folder / name
        if made.is_dir():
            shutil.rmtree(made)
        made.unlink(missing_ok=True)
    done = provenance(*(value if one == "@" else one for one in command), cwd=folder)
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode in {0, 1, 2}
    assert done.returncode < 2 or "Error:" in done.stderr
    return done


@pytest.mark.parametrize("command", WITH_PATHS, ids=" ".join)
def test_paths_that_lead_nowhere_are_errors(world, provenance, command):
    for value in PATHS.values():
        told(provenance, world, command, value)


@pytest.mark.parametrize("command", WITH_NAMES, ids=" ".join)
def test_names_that_nothing_has_are_errors(world, provenance, command):
    for value in NAMES.values():
        told(provenance, world, command, value)


def test_a_report_may_go_into_a_folder_that_is_not_utf8(world, provenance):
    assert told(provenance, world, (*CHECK, "-o", "@"), ODD).returncode == 1
    assert provenance("report", ODD, cwd=world).returncode == 0
    assert (world / ODD / "findings.parquet").exists()


@pytest.mark.parametrize(
    "command", [(*CLEAN, "-o", "@"), (*BUILD[:2], "@", *BUILD[3:], "data.jsonl")]
)
def test_other_folders_that_are_not_utf8_are_refused_before_the_work(world, provenance, command):
    done = told(provenance, world, command, ODD)
    assert done.returncode == 2
    assert "is not valid UTF-8" in done.stderr
    assert not (world / ODD).exists()


def test_tables_in_folders_that_are_not_utf8_are_read(tmp_path, registry):
    rows = [json.loads(line) for line in jsonl_of(tmp_path).read_text().splitlines()]
    odd = tmp_path / ODD
    odd.mkdir()
    table = pa.Table.from_pylist(rows)
    with (odd / "a.parquet").open("wb") as sink:
        pq.write_table(table, sink)
    with (odd / "b.arrow").open("wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    policy = Policy(registries=(registry,))
    expected = len(found(check([str(tmp_path / "data.jsonl")], policy, Settings())))
    report = check([str(odd)], policy, Settings())
    assert not report.result.unread
    assert len(found(report)) == 2 * expected


def jsonl_of(folder):
    write_jsonl(folder / "data.jsonl", 0)
    return folder / "data.jsonl"


def test_a_key_that_is_a_lone_surrogate_can_be_named(tmp_path, registry, provenance):
    lines = jsonl_of(tmp_path).read_text().replace('"text"', '"te\\udce9xt"')
    (tmp_path / "data.jsonl").write_text(lines)
    column = os.fsdecode(b"te\xe9xt")
    command = ("check", "data.jsonl", "--registry", registry, "-q", "--text-column", column)
    assert provenance(*command, cwd=tmp_path).returncode == 1


@pytest.mark.parametrize("key", ["registries", "backgrounds", "calibration", "signals"])
def test_no_path_of_a_policy_has_a_nul(world, provenance, key):
    value = '"a\\u0000b"' if key in {"calibration", "signals"} else '["a\\u0000b"]'
    (world / "policy.toml").write_text(f"[check]\n{key} = {value}\n")
    done = provenance("check", "data.jsonl", "--policy", "policy.toml", cwd=world)
    assert done.returncode == 2
    assert f"policy.toml: check.{key}" in done.stderr
    assert "the path contains a NUL" in done.stderr


def test_a_dump_in_a_folder_that_is_not_utf8_is_recorded(provenance, tmp_path):
    (tmp_path / ODD).mkdir()
    write_jsonl(tmp_path / ODD / "data.jsonl", 0)
    done = provenance("registry", "build", "made", "--source", "x", ODD, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert '"address": "caf' in (tmp_path / "made" / "registry.json").read_text("utf-8")
