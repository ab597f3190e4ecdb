"""`check --shard` and `merge`, and engines, from the command line."""

import json
from functools import partial

import pytest

from tests.cli.conftest import WORDS


@pytest.fixture
def data(tmp_path):
    """Six files, and the report of a check of all of them."""
    for number in range(6):
        rows = [{"id": f"{number}-{row}", "text": f"{WORDS} {number + row}"} for row in range(3)]
        (tmp_path / f"{number}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return tmp_path


@pytest.fixture
def run(provenance, tmp_path):
    return partial(provenance, cwd=tmp_path)


@pytest.fixture
def run_process(process, tmp_path):
    return partial(process, cwd=tmp_path)


def call(world, data, *more):
    return ("check", str(data), "--registry", str(world / "reg"), *more)


def test_shards_are_merged_into_the_report_of_a_single_check(world, data, run, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    single = run(*call(world, data, "-o", str(out / "single"), "--no-cache"))
    for number in (3, 1):
        done = run(*call(world, data, "-o", str(out / "sharded"), "--shard", f"{number}/3"))
        assert done.returncode == 0, done.stderr
        assert f"Shard {number}/3: 2 of 6 parts, 6 documents." in done.stdout
        assert f"provenance merge {out / 'sharded'}" in done.stdout
    early = run("merge", str(out / "sharded"))
    assert early.returncode == 2
    assert "2 of 6 parts are not scanned yet; incomplete shards: 2/3" in early.stderr
    assert not (out / "sharded" / "result.json").exists()
    run(*call(world, data, "-o", str(out / "sharded"), "--shard", "2/3", "-q"))
    merged = run("merge", str(out / "sharded"), "--format", "json")
    assert (merged.returncode, single.returncode) == (1, 1)
    for name in ("findings.parquet", "model.parquet"):
        expected = (out / "single" / name).read_bytes()
        assert (out / "sharded" / name).read_bytes() == expected
    expected, made = (
        json.loads((out / name / "result.json").read_text()) for name in ("single", "sharded")
    )
    assert made["status"] == "fail"
    assert {**made, "created": None, "files": None} == {**expected, "created": None, "files": None}
    assert json.loads(merged.stdout)["shares"] == expected["shares"]


def test_a_shard_of_another_check_is_refused(world, data, run, tmp_path_factory):
    out = str(tmp_path_factory.mktemp("out") / "sharded")
    assert run(*call(world, data, "-o", out, "--shard", "1/2")).returncode == 0
    for more in (("--shard", "2/3"), ("--shard", "2/2", "--purpose", "retrieval")):
        done = run(*call(world, data, "-o", out, *more))
        assert done.returncode == 2
        assert "has shards of a check with other arguments" in done.stderr


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--shard", "1/2"), "--shard needs --output"),
        (("--shard", "1/2", "-o", "OUT", "--sample", "5%"), "--shard and --sample cannot be"),
        (("--shard", "0/2", "-o", "OUT"), "'0/2' is not the number of a shard"),
        (("--scheduler", "tcp://127.0.0.1:1"), "--scheduler needs --engine dask, and --output"),
    ],
)
def test_options_that_do_not_fit_are_errors(world, data, run, tmp_path_factory, more, message):
    out = str(tmp_path_factory.mktemp("out"))
    done = run(*call(world, data, *(out if word == "OUT" else word for word in more)))
    assert done.returncode == 2
    assert message in done.stderr


def test_a_folder_without_shards_cannot_be_merged(run, tmp_path):
    done = run("merge", str(tmp_path))
    assert done.returncode == 2
    assert "there are no shards in" in done.stderr
    assert "Try: run them with `provenance check ... --shard 1/8 --output DIR`" in done.stderr


def test_processes_check_like_threads(world, data, run_process, run, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    run(*call(world, data, "-o", str(out / "threads"), "--no-cache"))
    done = run_process(*call(world, data, "-o", str(out / "processes"), "--engine", "processes"))
    assert done.returncode == 1, done.stderr
    expected = (out / "threads" / "findings.parquet").read_bytes()
    assert (out / "processes" / "findings.parquet").read_bytes() == expected
    assert not (out / "processes" / "tasks").exists()
