"""The command line as its user meets it: its output, its exit code, and what ends as which."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.cli.commandline import process, provenance
from tests.cli.posts_and_prose import POSTS, PROSE


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    (folder / "posts.jsonl").write_text("\n".join(map(json.dumps, POSTS)))
    clean = [PROSE + str(number) for number in range(20)]
    pq.write_table(pa.table({"text": clean}), folder / "clean.parquet")
    quoting = [*clean, f"{PROSE} {POSTS[0]['text']}. {PROSE}"]
    pq.write_table(pa.table({"text": quoting}), folder / "quoting.parquet")
    built = provenance("registry", "build", "reg", "--source", "x", "posts.jsonl", cwd=folder)
    assert built.returncode == 0, built.stderr
    return folder


def test_a_clear_corpus_exits_with_0(world: Path) -> None:
    done = process("check", "clean.parquet", "--registry", "reg", cwd=world)

    assert done.returncode == 0, done.stderr
    assert "PASS" in done.stdout


def test_a_violated_policy_exits_with_1_and_writes_the_report(world: Path) -> None:
    done = process("check", "quoting.parquet", "--registry", "reg", "-o", "out", cwd=world)

    assert done.returncode == 1, done.stderr
    assert "FAIL" in done.stdout
    names = ["findings.parquet", "model.parquet", "report.html", "result.json"]
    assert sorted(os.listdir(world / "out")) == names


def test_json_goes_to_stdout_and_nothing_else(world: Path) -> None:
    done = process("check", "quoting.parquet", "--registry", "reg", "--format", "json", cwd=world)

    result = json.loads(done.stdout)
    assert done.returncode == 1
    assert result["status"] == "fail"
    assert result["corpus"]["documents"] == 21
    assert done.stderr == ""


def test_stdin_is_read_as_json_lines(world: Path) -> None:
    lines = "\n".join(json.dumps({"text": f"{PROSE} {post['text']}"}) for post in POSTS)
    done = process("check", "-", "--registry", "reg", "--format", "json", cwd=world, input=lines)

    result = json.loads(done.stdout)
    assert result["corpus"]["documents"] == len(POSTS)
    assert next(each for each in result["shares"] if each["key"] == "x")["documents"]["count"] == 4


def test_the_summary_fits_eighty_columns_without_escape_codes(world: Path) -> None:
    done = provenance("check", "quoting.parquet", "--registry", "reg", cwd=world)

    assert all(len(line) <= 80 for line in done.stdout.splitlines())
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message", "remedy"),
    [
        (["check", "absent.parquet", "--registry", "reg"], "absent.parquet", ""),
        (["check", "clean.parquet", "--registry", "absent"], "absent", "registry build"),
        (["check", "clean.parquet"], "no registry", "--registry"),
        (
            ["check", "clean.parquet", "--registry", "reg", "--text-column", "txet"],
            "txet",
            "text",
        ),
        (["check", "clean.parquet", "--registry", "reg", "--fail-on", "frobidden=1%"], "frob", ""),
        (["registry", "build", "reg", "--source", "x", "posts.jsonl"], "reg", ""),
        (["registry", "build", "new", "posts.jsonl"], "the source of these items", "--source"),
        (["registry", "show", "absent"], "absent", "registry build"),
        (["check", "", "--registry", "reg"], "An argument is empty", ""),
        (["check", "clean.parquet", "--registry", "reg", "-o", ""], "for '-o': it is empty", ""),
        (["check", "clean.parquet", "--registry="], "for '--registry': it is empty", ""),
    ],
)
def test_failures_exit_with_2_and_show_what_to_do(
    world: Path, arguments: list[str], message: str, remedy: str
) -> None:
    done = provenance(*arguments, cwd=world)

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert message in done.stderr
    assert "Try: " in done.stderr
    assert remedy in done.stderr
    assert "Traceback" not in done.stderr


def test_a_misspelt_option_exits_with_2(world: Path) -> None:
    done = process("check", "clean.parquet", "--registery", "reg", cwd=world)

    assert done.returncode == 2
    assert "--registry" in done.stderr


def test_a_damaged_registry_exits_with_2(world: Path, tmp_path: Path) -> None:
    built = provenance(
        "registry", "build", "damaged", "--source", "x", str(world / "posts.jsonl"), cwd=tmp_path
    )
    assert built.returncode == 0
    owners = next((tmp_path / "damaged").rglob("owners.npy"))
    raw = bytearray(owners.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    owners.write_bytes(raw)

    done = provenance("check", str(world / "clean.parquet"), "--registry", "damaged", cwd=tmp_path)

    assert done.returncode == 2
    assert "owners.npy" in done.stderr


def test_a_policy_with_an_unknown_key_exits_with_2(world: Path, tmp_path: Path) -> None:
    policy = tmp_path / "provenance.toml"
    policy.write_text('[check]\npurpos = "pretraining"\n')

    done = provenance(
        "check", "clean.parquet", "--registry", "reg", "--policy", str(policy), cwd=world
    )

    assert done.returncode == 2
    assert "purpos" in done.stderr
    assert "purpose" in done.stderr


def test_verify_says_that_a_registry_is_whole(world: Path) -> None:
    done = provenance("registry", "verify", "reg", cwd=world)

    assert done.returncode == 0, done.stderr
    assert "4 items" in done.stdout


@pytest.mark.parametrize(
    "command",
    [["check"], ["registry"], *(["registry", name] for name in ["build", "add", "show", "verify"])],
)
def test_help_teaches_with_an_example(command: list[str], tmp_path: Path) -> None:
    done = provenance(*command, "--help", cwd=tmp_path)

    assert done.returncode == 0
    assert all(len(line) <= 80 for line in done.stdout.splitlines())
    if command != ["registry"]:
        assert "Example" in done.stdout


def test_help_needs_no_compiler(tmp_path: Path) -> None:
    code = """
import atexit, sys
from provenance.cli import main
sys.argv[1:] = ["--help"]
heavy = {"datasets", "duckdb", "numba", "numpy", "pyarrow"}
atexit.register(lambda: print(sorted(heavy & set(sys.modules)), flush=True))
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"
    assert "provenance registry build" in done.stdout


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("X", "'X' is 'x' in the rules"),
        ("twitter.com", "'twitter.com' is 'x' in the rules"),
    ],
)
def test_any_name_of_a_source_is_its_name_in_the_rules(
    world: Path, tmp_path: Path, name: str, told: str
) -> None:
    dump = str(world / "posts.jsonl")
    done = provenance("registry", "build", "reg", "--source", name, dump, cwd=tmp_path)

    assert done.returncode == 0
    assert told in done.stderr


def test_a_corpus_without_a_word_is_not_clear(world: Path, tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["http://a.example/1", "…"]}), tmp_path / "c.parquet")
    done = provenance("check", "c.parquet", "--registry", str(world / "reg"), cwd=tmp_path)

    assert done.returncode == 2
    assert "no text" in done.stderr


def test_an_output_that_cannot_be_written_is_refused_at_once(world: Path) -> None:
    done = provenance(
        "check", "clean.parquet", "--registry", "reg", "-o", "reg/registry.json/out", cwd=world
    )

    assert done.returncode == 2
    assert "cannot be written" in done.stderr
