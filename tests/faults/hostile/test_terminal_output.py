"""Names and texts of others reach no terminal as anything but text."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from provenance.terminal_safety import HIDDEN
from tests.cli.commandline import ENVIRONMENT, provenance

EVIL = "\x1b[36m\x1b]0;owned\x07\x9b2J\u202e\r\x08\u2028\ue000::error::"
"""Colour, a window's title, a cleared screen, text turned around, a line overwritten."""

WORDS = "my neighbour has taught his parrot to imitate the doorbell and nobody sleeps"
_ACTING = re.compile(f"[{HIDDEN}]")
_STYLES = re.compile("\x1b\\[(?:0|1|(?:1;)?3[1-5])m")

POLICY = """
[check]
registries = [{registry}]
text_columns = [{column}]

[gate]
{source} = "forbidden=1%"

[[agreements]]
source = {source}
purposes = ["pretraining"]
reference = {evil}

[[waivers]]
source = "x"
document = {evil}
reason = "own-content"
statement = {evil}
approver = {{given = "Rosa", family = {evil}}}
expires = 2028-06-30
"""
RULE = """
format: 2
id: evil
kind: platform
name: "%s"
aliases: ["%s"]
hosts: []
"""


def rows(count):
    return [
        {"id": f"{n}{EVIL}", f"text{EVIL}": f"{WORDS} {n} {EVIL}", "licence": EVIL, "author": EVIL}
        for n in range(count)
    ]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A folder in which every name is hostile: files, columns, ids, sources, texts."""
    folder = tmp_path_factory.mktemp("hostile")
    evil = EVIL.replace("/", "")
    lines = "\n".join(json.dumps({**row, "text": row[f"text{EVIL}"]}) for row in rows(40))
    (folder / f"posts{evil}\n::error::.jsonl").write_text(f"{lines}\nnot JSON {EVIL}\n{{}}\n")
    (folder / f"train{evil}\n::error::.jsonl").write_text("\n".join(map(json.dumps, rows(3))))
    (folder / f"later{evil}.jsonl").write_text("\n".join(map(json.dumps, rows(2))))
    (folder / f"broken{evil}.parquet").write_bytes(b"PAR1 nothing")
    (folder / "rules" / "sources").mkdir(parents=True)
    quoted = json.dumps(EVIL)[1:-1]
    (folder / "rules" / "sources" / f"evil{evil}.yaml").write_text(RULE % (quoted, quoted))
    (folder / "robots.txt").write_text(f"User-agent: GPTBot{EVIL}\nDisallow: /{EVIL}\n{EVIL}: x\n")
    told = {
        "evil": json.dumps(EVIL),
        "source": json.dumps(EVIL),
        "registry": json.dumps(f"reg{evil}"),
        "column": json.dumps(f"text{EVIL}"),
    }
    (folder / f"policy{evil}.toml").write_text(POLICY.format(**told).replace("\x7f", ""))
    posts, train = f"posts{evil}\n::error::.jsonl", f"train{evil}\n::error::.jsonl"
    build = ["registry", "build", f"reg{evil}", "--source", EVIL, posts]
    done = provenance(*build, cwd=folder)
    assert done.returncode == 0, done.stderr
    check = ["check", train, "--registry", f"reg{evil}", "--text-column", f"text{EVIL}"]
    done = provenance(*check, "-o", f"out{evil}", cwd=folder)
    assert done.returncode in {0, 1}, done.stderr
    return folder


E, POSTS, TRAIN = EVIL, f"posts{EVIL}\n::error::.jsonl", f"train{EVIL}\n::error::.jsonl"
REG, OUT, COLUMN = f"reg{EVIL}", f"out{EVIL}", f"text{EVIL}"
_CHECK = ["check", TRAIN, "--registry", REG, "--text-column", COLUMN]
CALLS = [
    [E],
    ["check", E],
    ["check", f"--{E}"],
    ["check", TRAIN, "--registry", E],
    ["check", TRAIN, "--registry", REG],
    ["check", TRAIN, "--registry", REG, "--text-column", E],
    ["check", TRAIN, "--registry", REG, "--fail-on", E],
    ["check", TRAIN, "--registry", REG, "--purpose", E],
    ["check", TRAIN, "--registry", REG, "--collected", E],
    ["check", TRAIN, "--registry", REG, "--sample", E],
    ["check", TRAIN, "--registry", REG, "--calibration", E],
    ["check", TRAIN, "--registry", REG, "--anchor", E],
    ["check", TRAIN, "--registry", REG, "--format", E],
    ["check", f"broken{E}.parquet", "--registry", REG],
    [*_CHECK, "--verbose"],
    [*_CHECK, "--policy", f"policy{E}.toml"],
    [*_CHECK, "--fail-on", f"{E}:forbidden=1%"],
    *([*_CHECK, "--format", form] for form in ("markdown", "github", "csv", "json", "junit")),
    *([*_CHECK, "--excerpts", "--format", form] for form in ("sarif", "jsonl", "html", "github")),
    ["registry", "show", REG],
    ["registry", "show", E],
    ["registry", "verify", REG],
    ["registry", "build", f"new{E}", "--source", E, POSTS, TRAIN, f"broken{E}.parquet"],
    ["registry", "build", f"new{E}", "--source", E, POSTS, "--layout", E],
    ["registry", "build", f"new{E}", "--source-column", E, POSTS],
    ["registry", "fit", REG, f"later{E}.jsonl"],
    ["report", OUT],
    ["report", E],
    ["publish", OUT, "--excerpts"],
    ["review", OUT, "--export", f"sheet{E}.csv"],
    ["review", OUT, "--labels", f"sheet{E}.csv", "--labeller", E],
    ["review", E, "--summary"],
    ["diff", TRAIN, f"later{E}.jsonl", "--registry", REG, "--text-column", COLUMN],
    ["clean", TRAIN, "--registry", REG, "--text-column", COLUMN, "-o", f"clean{E}", "--verdict",
     "unknown"],
    ["calibrate", TRAIN, "--registry", REG, "--text-column", COLUMN, "--plants", "20"],
    ["policy", "check", "--policy", f"policy{E}.toml"],
    ["policy", "explain", "--policy", f"policy{E}.toml"],
    ["policy", "explain", "--policy", E],
    ["policy", "init", "-o", f"policy{E}.toml"],
    ["rules", "list", "--rules", "rules"],
    ["rules", "lint", "--rules", "rules"],
    ["rules", "show", E],
    ["rules", "explain", E],
    ["rules", "explain", "x", "--licence", E],
    ["rules", "signals", "robots.txt", "--url", f"https://example.org/{E}", "--agent", E],
    ["rules", "diff", "shipped", E],
    ["cache", "show"],
    ["sample", "-o", f"sample{E}"],
]  # fmt: skip


def named(call):
    return " ".join(word.replace(EVIL, "~").replace("\n", "~") for word in call[:8])


@pytest.mark.parametrize("call", CALLS, ids=map(named, CALLS))
def test_nothing_acts_that_is_written_about_hostile_names(world, call):
    done = provenance(*call, cwd=world)
    for told in (done.stdout, done.stderr):
        assert _ACTING.findall(told) == []
        if "html" not in call:  # a name with a newline begins no line, which a runner might obey
            assert not re.search(r"^\s*::error::", told, re.MULTILINE)
    assert "Traceback" not in done.stderr, done.stderr


ON_TERMINALS = [["registry", "show", REG], _CHECK, ["registry", "build", E, "--source", E, E],
                ["policy", "explain", "--policy", f"policy{E}.toml"], ["rules", "show", E],
                [*_CHECK, "--verbose"]]  # fmt: skip


@pytest.mark.parametrize("call", ON_TERMINALS, ids=map(named, ON_TERMINALS))
def test_on_a_terminal_only_our_own_styles_act(world, call):
    told = on_terminal(call, world)
    assert told
    rest = _STYLES.sub("", told).replace("\r\n", "\n")
    assert "\x1b[36m" not in told
    assert _ACTING.findall(rest) == []


def test_on_a_terminal_our_own_styles_are_there(tmp_path):
    (tmp_path / "train.jsonl").write_text("\n".join(json.dumps({"text": WORDS}) for _ in range(5)))
    (tmp_path / "posts.jsonl").write_text(json.dumps({"id": "1", "text": WORDS}))
    build = ["registry", "build", "reg", "--source", "x", "posts.jsonl", "-q"]
    assert provenance(*build, cwd=tmp_path).returncode == 0
    for call in (["check", "train.jsonl", "--registry", "reg"], ["rules", "show", "x"], ["x"]):
        told = on_terminal(call, tmp_path)
        assert _STYLES.search(told)
        assert "U+" not in told


def on_terminal(call: list[str], cwd: Path) -> str:
    """Run a command on a terminal of its own, and return all that came out there."""
    master, slave = pty.openpty()
    told = {name: value for name, value in ENVIRONMENT.items() if name != "NO_COLOR"}
    plain = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    with subprocess.Popen(
        [sys.executable, "-m", "provenance", *call],
        cwd=cwd,
        env={**plain, **told, "TERM": "xterm"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
    ) as process:
        os.close(slave)
        content = b""
        while part := _read(master):
            content += part
        process.wait(timeout=60)
    os.close(master)
    return content.decode("utf-8", "surrogateescape")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # it was closed at the other end
        return b""
