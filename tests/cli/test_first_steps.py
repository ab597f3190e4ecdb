"""What a newcomer meets first: `provenance` alone, a sample to try, completion in the shell."""

import os
import re
import subprocess
import sys
import time

import pytest

from provenance.pipeline.checking import check_inputs, dataset_check, jit_warmup


def completions(folder, *words):
    """Ask as bash does: which words may come in place of the last."""
    asked = {
        "COMP_WORDS": " ".join(["provenance", *words]),
        "COMP_CWORD": str(len(words)),
        "_PROVENANCE_COMPLETE": "bash_complete",
    }
    done = subprocess.run(
        [sys.executable, "-m", "provenance"],
        cwd=folder,
        env=os.environ | asked,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_without_arguments_it_shows_the_first_steps(process, tmp_path):
    done = process(cwd=tmp_path)
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert len(lines) <= 8
    assert all(len(line) <= 80 for line in lines)
    for step in ("registry build", "check", "sample", "--help"):
        assert f"provenance {step}" in done.stdout


def test_the_sample_is_written_and_is_what_ships(provenance, tmp_path, root):
    done = provenance("sample", "-o", "try", cwd=tmp_path)
    shipped = root / "provenance" / "sample"
    assert done.returncode == 0, done.stderr
    assert {path.name: path.read_bytes() for path in (tmp_path / "try").iterdir()} == {
        path.name: path.read_bytes() for path in shipped.iterdir()
    }
    assert "provenance check try/pages.jsonl" in done.stdout


def test_the_sample_overwrites_nothing(provenance, tmp_path):
    (tmp_path / "sample").mkdir()
    done = provenance("sample", cwd=tmp_path)
    assert done.returncode == 2
    assert "Error: sample already exists\nTry: " in done.stderr
    assert os.listdir(tmp_path) == ["sample"]
    assert os.listdir(tmp_path / "sample") == []


def test_a_sample_that_is_there_is_left_as_it_is(provenance, tmp_path):
    first = provenance("sample", cwd=tmp_path)
    (tmp_path / "sample" / "mine.txt").write_text("notes")
    again = provenance("sample", cwd=tmp_path)
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.startswith("sample has the sample: ")
    assert (tmp_path / "sample" / "mine.txt").exists()
    (tmp_path / "sample" / "qa.jsonl").write_text("changed")
    assert provenance("sample", cwd=tmp_path).returncode == 2
    assert (tmp_path / "sample" / "qa.jsonl").read_text() == "changed"
    assert first.returncode == 0


def test_a_sample_that_cannot_be_written_leaves_nothing(provenance, tmp_path):
    done = provenance("sample", "-o", "absent/sample", cwd=tmp_path)
    assert done.returncode == 2
    assert "absent/sample cannot be written: No such file or directory\nTry: " in done.stderr
    assert os.listdir(tmp_path) == []


def test_completion_scripts_are_printed_for_shells(tmp_path):
    for shell in ("bash", "zsh", "fish"):
        done = subprocess.run(
            [sys.executable, "-m", "provenance"],
            cwd=tmp_path,
            env=os.environ | {"_PROVENANCE_COMPLETE": f"{shell}_source"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, shell
        assert f"_PROVENANCE_COMPLETE={shell}_complete" in done.stdout


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("che",), "plain,check"),
        (("registry", "bu"), "plain,build"),
        (("check", "--coll"), "plain,--collected"),
        (("check", "data", "--purpose", "fine"), "plain,fine-tuning"),
        (("check", "data", "--format", "mark"), "plain,markdown"),
        (("check", "tra"), "file,tra"),
        (("check", "--registry", "re"), "dir,re"),
        (("registry", "show", "re"), "dir,re"),
        (("registry", "build", "reg", "po"), "file,po"),
        (("calibrate", "tra"), "file,tra"),
        (("clean", "data", "--registry", "re"), "dir,re"),
        (("diff", "ol"), "file,ol"),
    ],
)
def test_words_are_completed(words, offered, tmp_path):
    assert offered in completions(tmp_path, *words)


def test_verbose_reports_on_stderr_what_was_read_and_how_long_it_took(
    provenance, world, tmp_path, monkeypatch
):
    monkeypatch.setenv("PROVENANCE_CACHE", str(tmp_path / "cache"))
    call = ("check", "train.jsonl", "--registry", "reg", "--format", "json")
    plain = provenance(*call, "--no-cache", cwd=world)
    first, second = (provenance(*call, "--verbose", cwd=world) for _ in range(2))
    told = first.stderr.splitlines()
    for start in (
        *("policy: ", "rules: as shipped; digest ", "dataset: train.jsonl; files: 1, "),
        *("text columns: text", "registry: reg; items: 50, digest ", "cache: "),
    ):
        assert any(line.startswith(start) for line in told), start
    for stage in ("waiting for registries", "reading", "scoring", "locating", "judging"):
        pattern = rf"{stage}: [\d.]+ s, [\d.]+ s of CPU(, memory up to [\d.]+ GB)?"
        assert any(re.fullmatch(pattern, line) for line in told), stage
    assert "parts: 1, of which the cache had 0" in first.stderr
    assert "parts: 1, of which the cache had 1" in second.stderr
    assert plain.stderr == ""
    assert plain.stdout.partition('"status"')[2] == first.stdout.partition('"status"')[2]


@pytest.mark.parametrize(
    ("place", "late"),
    [(check_inputs, "load_rules"), (jit_warmup, "open_corpus"), (dataset_check, "open_references")],
)
def test_verbose_output_has_a_fixed_order(provenance, world, monkeypatch, place, late):
    # Registries are opened in a thread of their own, beside the rest.
    def lines() -> list[str]:
        done = provenance("check", "train.jsonl", "--registry", "reg", "-v", cwd=world)
        return [line.partition(": ")[0] for line in done.stderr.splitlines()]

    lines()  # the first on a machine says that it compiles
    usual, opening = lines(), getattr(place, late)

    def slowly(*args, **kwargs):
        time.sleep(0.5)
        return opening(*args, **kwargs)

    monkeypatch.setattr(place, late, slowly)
    assert lines() == usual
    assert "text columns" in usual


def test_verbose_output_has_no_control_characters_of_names(provenance, world):
    name = "tr\x1b[31m\nain.jsonl"
    (world / name).write_bytes((world / "train.jsonl").read_bytes())
    done = provenance("check", name, "--registry", "reg", "-v", "-q", cwd=world)
    assert "\x1b" not in done.stderr
    assert "dataset: tr ain.jsonl; " in done.stderr
