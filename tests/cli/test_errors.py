"""Whatever goes wrong at the door: one line of what, one line of what to do, and a code."""

import os
import resource
import subprocess
import sys
from functools import partial

import pytest

DAY = "write it as year-month-day: 2023-06-01."
PERIOD = "write a day, a month or a year: 2023-06-01, 2023-06 or 2023."


@pytest.mark.parametrize(
    ("arguments", "message", "remedy"),
    [
        (["chekc"], "No such command 'chekc'. Did you mean 'check'?", "provenance --help"),
        (["check"], "Missing argument 'CORPUS...'", "provenance check --help"),
        (["check", "a", "--registri", "r"], "--registry", "provenance check --help"),
        (["check", "a", "--format", "xml"], "'xml' is not one of", "provenance check --help"),
        (["registry", "build"], "Missing argument 'REGISTRY'", "provenance registry build --help"),
        (["rules", "explain", "x", "--published", "soon"], "--published: 'soon' is not", DAY),
        (["rules", "explain", "x", "--collected", "May 2023"], "'May 2023' is not a day", PERIOD),
        (
            ["check", "a", "--registry"],
            "'--registry' requires an argument",
            "provenance check --help",
        ),
        (["registry", "show", ""], "An argument is empty", "provenance registry show --help"),
        (["registry", "sohw", "r"], "No such command 'sohw'", "provenance registry --help"),
    ],
)
def test_a_usage_error_names_the_help(provenance, tmp_path, arguments, message, remedy):
    done = provenance(*arguments, cwd=tmp_path)
    first, second = done.stderr.splitlines()
    assert done.returncode == 2
    assert done.stdout == ""
    assert first.startswith("Error: ")
    assert message in first
    assert second == f"Try: {remedy}"


def test_a_day_of_collection_in_the_future_is_refused(provenance, world):
    done = provenance("check", "train.jsonl", "--registry", "reg", "--collected", "2999", cwd=world)
    first, second = done.stderr.splitlines()
    assert done.returncode == 2
    assert first.startswith("Error: collected: 2999-01-01 is in the future; today is ")
    assert "correct the day (--collected" in second


def test_a_group_without_a_command_shows_its_help(provenance, tmp_path):
    done = provenance("registry", cwd=tmp_path)
    assert "Commands:" in done.stdout + done.stderr
    assert "Error" not in done.stderr


CALLS = [["--help"], ["registry", "show", "reg"], ["check", "train.jsonl", "--registry", "reg"]]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("unbuffered", ["1", ""])
def test_output_that_cannot_be_written_is_one_line_and_code_2(
    process, world, monkeypatch, call, unbuffered
):
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    with open("/dev/full", "w") as full:
        done = process(*call, cwd=world, stdout=full)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "Error: the output cannot be written: No space left on device",
        "Try: free space, or write the output elsewhere",
    ]


@pytest.mark.parametrize("unbuffered", ["1", ""])
def test_output_that_is_cut_short_is_code_2(tmp_path, unbuffered):
    limit = 1024
    with open(tmp_path / "help.txt", "w") as short:
        done = subprocess.run(
            [sys.executable, "-m", "provenance", "check", "--help"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            stdout=short,
            stderr=subprocess.PIPE,
            preexec_fn=partial(_limit_file_size, limit),
            text=True,
            timeout=300,
            check=False,
        )
    assert (tmp_path / "help.txt").stat().st_size == limit
    assert done.returncode == 2
    assert done.stderr.startswith("Error: the output cannot be written: File too large")


def _limit_file_size(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("unbuffered", ["1", ""])
def test_a_reader_that_has_gone_is_no_error_and_no_clearance(world, call, unbuffered):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "provenance", *call],
        cwd=world,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        timeout=300,
        check=False,
    )
    os.close(writer)
    assert done.stderr == ""
    assert done.returncode == 141


def test_a_closed_stderr_does_not_change_the_exit_code(tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "provenance", "chekc"]
    done = subprocess.run(command, cwd=tmp_path, stderr=writer, timeout=300, check=False)
    os.close(writer)
    assert done.returncode == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("audit", "x", "-o", "s3://bucket/answer"),
        ("audit", "x", "--forget-set", "s3://bucket/forget"),
        ("ledger", "export", "-o", "s3://bucket/records.jsonl"),
        ("review", "report", "--export", "s3://bucket/sheet.csv"),
        ("calibrate", "data.jsonl", "--registry", "registry", "-o", "s3://bucket/c.json"),
        ("report", "report", "-o", "s3://bucket/report.md"),
        ("sample", "-o", "s3://bucket/sample"),
        ("policy", "init", "-o", "s3://bucket/provenance.toml"),
        ("registry", "build", "s3://bucket/registry", "--source", "x", "data.jsonl"),
        ("registry", "merge", "registry", "-o", "s3://bucket/registry"),
    ],
)
def test_an_address_does_not_become_a_folder_called_s3(provenance, tmp_path, arguments):
    done = provenance(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "on this machine, not an address" in done.stderr
    assert "copy" in done.stderr.partition("Try:")[2]
    assert list(tmp_path.iterdir()) == []


def test_a_missing_dependency_is_named_with_the_python_that_lacks_it(tmp_path):
    program = (
        "import sys; sys.modules['pyarrow'] = None; sys.argv = ['provenance', 'report', 'r']\n"
        "from provenance.cli import main; sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert f"'pyarrow' is not installed for {sys.executable}" in done.stderr
    assert "Traceback" not in done.stderr
