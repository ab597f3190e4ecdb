"""Every command, in every format, among names that act wherever they are not escaped."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from provenance.cli import COMMANDS
from provenance.cli.commands import make_command
from provenance.report.audit.audit_files import FORMATS as AUDIT_FORMATS
from provenance.report.disclosure.disclosure_formats import DISCLOSURE_FORMATS
from provenance.report.formats.rendering import FORMATS
from tests.cli import commandline
from tests.cli.hostile_world import (
    CAPTURES,
    DATA,
    KEYED,
    LATER,
    LEDGER,
    MODEL,
    PAGES,
    POLICY,
    POSTS,
    REGISTRY,
    REPORT,
    RULES,
    call,
    make_world,
)
from tests.cli.hub import TOKEN, hub
from tests.report.hostile_texts import HOSTILE_TEXTS, NAME
from tests.report.output_readers import READERS, read_markdown, read_outputs, read_pdf, read_text

OUT = f"out{NAME}"
FINDINGS = ("--policy", POLICY, "--rules", RULES, "-q")
FROM_KEYED = ("--registry", KEYED, "--registry-key", "lab.key")
DROPPED = ("--drop", "ids", "--drop", "authors")
KEPT = ("--ledger", LEDGER)
ASKED = ("--ledger", LEDGER, "--requester", NAME, "--reference", NAME)
ANSWERS = ("--answers", "answers.toml", "--ledger", LEDGER)
CALLS: dict[str, list[tuple[str, ...]]] = {
    "check": [
        (DATA, *FINDINGS),
        (PAGES, *FINDINGS, "--signals", CAPTURES, "-o", f"{OUT}-signals"),
        (DATA, *FINDINGS[2:], *FROM_KEYED, "-o", f"{OUT}-keyed"),
        (DATA, *FINDINGS, "--shard", "1/1", "-o", f"{OUT}-shards"),
    ],
    "merge": [(f"{OUT}-shards",)],
    "diff": [(DATA, LATER, *FINDINGS), (REPORT, REPORT)],
    "clean": [(DATA, *FINDINGS[:4], "--verdict", "unknown", "-o", f"{OUT}-clean")],
    "trace": [("--file", "text.txt", *FINDINGS[:4])],
    "report": [(REPORT, "--excerpts"), (REPORT,), (f"{OUT}-signals",), (f"{OUT}-keyed",)],
    "report verify": [(REPORT,)],
    "review": [
        (REPORT, "--export", f"{OUT}.html"),
        (REPORT, "--export", f"{OUT}.csv"),
        (REPORT, "--export", f"{OUT}.jsonl"),
        (REPORT, "--summary"),
    ],
    "attest": [(REPORT, "--key", "key", "-o", f"{OUT}.dsse.json")],
    "attest verify": [(f"{OUT}.dsse.json", "--key", "key.pub")],
    "attest new-key": [(f"{OUT}-key",)],
    "feedback": [
        (
            REPORT,
            "--finding",
            "1",
            "--claim",
            "other",
            "--reason",
            NAME,
            "--key",
            "key",
            "-o",
            f"{OUT}-note.json",
        )
    ],
    "feedback verify": [(f"{OUT}-note.json", "--key", "key.pub")],
    "publish": [(REPORT, "--comment", "always", "--excerpts", "--sarif", f"{OUT}.sarif")],
    "calibrate": [(DATA, "--registry", REGISTRY, "--plants", "20", "-o", f"{OUT}-cal.json")],
    "cache show": [()],
    "cache clear": [()],
    "registry build": [
        (f"{OUT}-reg", POSTS, "--source", NAME, "--layout", "table"),
        (f"{OUT}-reg", POSTS, "--source-column", "source", "--dry-run"),
    ],
    "registry add": [(f"{OUT}-reg", POSTS, "--source", f"{NAME}2")],
    "registry remove": [("gone", "--ids", "ids.jsonl", "--reason", NAME)],
    "registry show": [
        ("gone", "--withdrawn"),
        (REGISTRY, "--items", "99"),
        (REGISTRY, "--recipe"),
        (REGISTRY, "-v"),
        (KEYED, "-v", "--registry-key", "lab.key"),
        (KEYED, "--items", "99", "--registry-key", "lab.key"),
    ],
    "registry fit": [(f"{OUT}-reg", LATER)],
    "registry verify": [(REGISTRY,)],
    "registry restore": [(f"{OUT}-reg", "--ids", "urls.jsonl")],
    "registry opt-out": [(f"{OUT}-reg", "urls.jsonl", "--reason", NAME)],
    "registry mark": [(REGISTRY, "--ids", "ids.jsonl", "--undo")],
    "registry merge": [(f"{OUT}-reg", REGISTRY, "-o", f"{OUT}-merged")],
    "registry subset": [(REGISTRY, "--source", "evil-1", "-o", f"{OUT}-subset")],
    "registry compact": [(f"{OUT}-reg",)],
    "registry publish": [
        (REGISTRY, "-o", f"{OUT}-public", "--tier", "public"),
        (REGISTRY, "-o", f"{OUT}-lab", "--tier", "keyed", "--key-file", f"{OUT}.key", "--new-key"),
        (REGISTRY, "-o", f"{OUT}-few", *DROPPED, "--tier", "keyed", "--key-file", "lab.key"),
    ],
    "registry screen": [(f"{OUT}-public", DATA), (f"{OUT}-public", DATA, "-o", f"{OUT}-hits.csv")],
    "registry sign": [(f"{OUT}-merged", "--key", "key", "--as", NAME)],
    "registry push": [(f"{OUT}-merged", f"{OUT}-pushed")],
    "registry pull": [(f"{OUT}-pushed", "-o", f"{OUT}-pulled")],
    "audit": [
        ("evil-1", *ASKED, "-o", f"{OUT}-answer", "--registry", REGISTRY),
        ("evil-1", *ASKED, "-o", f"{OUT}-pdf", "--pdf", "--signed-by", NAME),
        ("--works", "ids.jsonl", *ASKED, "-o", f"{OUT}-works", "--excerpts"),
        ("--author", NAME, *ASKED, "--registry", REGISTRY, "--forget-set", f"{OUT}-forget"),
        ("--item", HOSTILE_TEXTS[0], *ASKED, "--signed-by", NAME),
    ],
    "audit sign": [(f"{OUT}-answer", "--key", "key")],
    "audit verify": [(f"{OUT}-answer", "--key", "key.pub")],
    "disclose": [
        (REPORT, *ANSWERS, "-o", f"{OUT}-disclosures"),
        ("--model", MODEL, *ANSWERS, "-o", f"{OUT}-model"),
    ],
    "disclose sign": [(f"{OUT}-disclosures", "--key", "key")],
    "disclose verify": [(f"{OUT}-disclosures", "--key", "key.pub")],
    "ledger add dataset": [(f"{NAME}2", *KEPT, "--source", NAME, "--note", NAME)],
    "ledger add check": [(REPORT, *KEPT)],
    "ledger add access": [(NAME, *KEPT, "--application", NAME)],
    "ledger add use": [(NAME, *KEPT, "--model", NAME)],
    "ledger add destruction": [(NAME, *KEPT, "--on", "2023-01-01", "--by", NAME)],
    "ledger add withdrawal": [("ids.jsonl", *KEPT, "--source", "evil-1", "--reason", NAME)],
    "ledger import": [("facts.jsonl", *KEPT)],
    "ledger show": [KEPT],
    "ledger verify": [KEPT],
    "ledger sign": [("--key", "key", *KEPT)],
    "ledger timestamp": [("token", *KEPT)],
    "ledger export": [(*KEPT, "-o", f"{OUT}-ledger.jsonl")],
    "ledger erase": [("0", "--reason", "error", "--note", NAME, *KEPT)],
    "fingerprint": [(DATA, "-o", f"{OUT}.sketch")],
    "compare": [(f"{OUT}.sketch", REGISTRY, DATA)],
    "sources": [(), (NAME,)],
    "rules list": [("--rules", RULES)],
    "rules show": [("evil-1", "--rules", RULES), (NAME,)],
    "rules explain": [("evil-1", "--rules", RULES), ("x", "--licence", NAME)],
    "rules timeline": [("evil-1", "--rules", RULES)],
    "rules signals": [("robots.txt", "--url", f"https://a.example/{NAME}", "--agent", NAME)],
    "rules lint": [("--rules", RULES)],
    "rules test": [("--rules", RULES, "evil-1")],
    "rules diff": [("shipped", RULES)],
    "rules verify": [("--copies", DATA, "--rules", RULES, "evil-1")],
    "rules watch": [("--copies", DATA, "--rules", RULES, "evil-1")],
    "policy init": [("-o", f"{OUT}.toml")],
    "policy check": [("--policy", POLICY)],
    "policy explain": [("--policy", POLICY)],
    "sample": [("-o", f"{OUT}-sample")],
}
"""A command, with its arguments."""

ALL_FORMATS = {"diff", "trace", "report", "audit", "compare", "registry screen"}
"""Commands that print each of their formats; others print as `report` does, or write them all."""

REFUSED = {
    *("registry fit", "registry opt-out", "registry serve", "registry ask", "ledger timestamp"),
    *("ledger erase", "sources", "rules show"),
}
"""What ends with an error here, which names what is hostile."""

OF_MACHINES = {"parquet", "npy", "sketch", "pub", "key", "bin", ""}
"""Suffixes of files that nobody looks at."""


def commands(command: click.Command, name: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield each command that does something, by its words."""
    inner = dict(getattr(command, "subcommands", {}))
    if isinstance(command, click.Group):
        context = click.Context(command)
        inner = {
            each: command.get_command(context, each) for each in command.list_commands(context)
        }
    else:
        yield name, command
    for word, each in inner.items():
        yield from commands(each, f"{name} {word}".strip())


LEAVES = dict(commands(make_command(COMMANDS)))


def formats(name: str) -> list[str]:
    """Return the formats of a command."""
    for option in LEAVES[name].params:
        if "--format" in option.opts:
            return list(getattr(option.type, "choices", FORMATS))
    return []


def test_every_command_is_called_and_every_format_is_read() -> None:
    assert CALLS.keys() == LEAVES.keys()
    assert {each for name in LEAVES for each in formats(name)} <= READERS.keys()
    assert {each.file.rpartition(".")[2] for each in DISCLOSURE_FORMATS.values()} <= READERS.keys()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    make_world(folder)
    return folder


@pytest.fixture(scope="module")
def printed(world: Path) -> list[tuple[str, str, commandline.Done]]:
    """What each command printed: its words, the format, and what became of it."""
    return [
        (name, form, call(world, *name.split(), *arguments, codes=(0, 1, 2)))
        for name, calls in CALLS.items()
        for given in calls
        for form, arguments in _in_formats(name, given)
    ]


def _in_formats(name: str, given: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield arguments with each format of a command, unless it writes all of them to a folder."""
    if name in ALL_FORMATS and "-o" not in given:
        yield from ((form, (*given, "--format", form)) for form in formats(name))
    else:
        yield "log" if name == "publish" else "terminal", given


def test_nothing_that_is_printed_acts(printed: list[tuple[str, str, commandline.Done]]) -> None:
    for name, form, done in printed:
        read_text(done.stderr)
        assert done.returncode < 2 or name in REFUSED, (name, done.stderr)
        (READERS[form] if done.returncode < 2 else read_text)(done.stdout)


@pytest.mark.usefixtures("printed")
def test_nothing_that_is_written_acts(world: Path) -> None:
    read = set()
    for path in world.rglob("*"):
        place = str(path.relative_to(world))
        if not (place.startswith(OUT) and path.is_file()) or place.startswith(f"{OUT}-clean/"):
            continue
        suffix = path.name.rpartition(".")[2] if "." in path.name[len(OUT) - 9 :] else ""
        read.add(path.name)
        if suffix == "pdf":
            read_pdf(path.read_bytes())
        elif suffix not in OF_MACHINES:
            READERS[suffix](path.read_bytes().decode("utf-8"))
    assert {each.file for each in DISCLOSURE_FORMATS.values()} <= read
    written = {"works.csv", "audit.pdf", "registry.json", "registry.sketch"}
    assert {name for name, _ in AUDIT_FORMATS.values()} | written <= read


def test_what_a_job_is_given_sets_nothing_else(
    world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "event.json").write_text(json.dumps({"pull_request": {"number": 7}}))
    with hub() as comments:
        for name, value in {
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
            "GITHUB_OUTPUT": str(tmp_path / "output"),
            "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
            "GITHUB_REPOSITORY": "octo/data",
            "GITHUB_API_URL": comments.address,
            "GITHUB_TOKEN": TOKEN,
        }.items():
            monkeypatch.setenv(name, value)
        call(world, "publish", REPORT, "--comment", "always", "--sarif", f"{OUT}2.sarif")
        (comment,) = comments.kept
    outputs = read_outputs((tmp_path / "output").read_text("utf-8"))
    assert outputs.keys() == {"verdict", "shares", "report", "sarif"}
    assert outputs["verdict"] == "fail"
    json.loads(outputs["shares"])
    read_markdown((tmp_path / "summary.md").read_text("utf-8"))
    read_markdown(comment["body"].partition("\n")[2])
