"""Commands, options, targets and links that our documents show are real."""

import re
import shlex
import tomllib
from functools import cache
from pathlib import Path

import pytest

from provenance.model.records.disclosure_questions import QUESTIONS
from provenance.read.policy.policy_file import POLICY_KEYS
from tests.cli.commandline import provenance

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = (
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "docs/ci.md",
    "provenance/ARCHITECTURE.md",
    "provenance/sample/README.md",
    "rules/README.md",
    *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
)
CALL = re.compile(r"(\$ |-? ?run: |\S*/)?provenance(?= )")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def shown(text, *languages):
    """Lines of the fenced blocks in one of `languages`, continued lines joined."""
    blocks = [body for language, body in FENCE.findall(text) if language in languages]
    return [line.strip() for body in blocks for line in body.replace("\\\n", " ").splitlines()]


def commands(text):
    """Every `provenance` command in shell blocks: its words, and the options among them."""
    found = []
    for line in shown(text, "sh", "console", "yaml"):
        call = CALL.match(line)
        words = shlex.split(line[call.end() :], comments=True) if call else []
        if words:
            options = [
                w.partition("=")[0] for w in words if re.fullmatch(r"-(-[a-z-]+(=.*)?|[a-z])", w)
            ]
            found.append((tuple(words), options))
    return found


@pytest.fixture(scope="module")
def documents(root):
    return {name: (root / name).read_text("utf-8") for name in DOCUMENTS}


@pytest.fixture(scope="module")
def help_of(tmp_path_factory):
    folder = tmp_path_factory.mktemp("help")
    return cache(lambda *command: provenance(*command, "--help", cwd=folder))


def has_command(answer, word):
    """Whether a command is a group, or has a command of its own that is called like a word."""
    listed = answer.partition("\nCommands:\n")[2]
    return "COMMAND" in answer or re.search(rf"^  {re.escape(word)}  ", listed, re.MULTILINE)


def test_commands_exist(documents, help_of):
    wrong, seen = [], 0
    for name, text in documents.items():
        for words, options in commands(text):
            path, answer = words[:1], help_of(*words[:1])
            while len(path) < len(words) and has_command(answer.stdout, words[len(path)]):
                path = words[: len(path) + 1]
                answer = help_of(*path)
            seen += 1
            if answer.returncode != 0:
                wrong.append(f"{name}: provenance {' '.join(path)}")
            wrong += [
                f"{name}: {option} of provenance {' '.join(path)}"
                for option in options
                if not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", answer.stdout)
            ]
    assert wrong == []
    assert seen >= 5


def test_make_targets_exist(documents, root):
    targets = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text("utf-8"), re.MULTILINE))
    used = {
        match
        for text in documents.values()
        for match in re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)
    }
    assert used - targets == set()
    assert {"demo", "test"} <= used


def test_the_two_commands_are_on_the_first_screen(documents):
    first_screen = "\n".join(documents["README.md"].splitlines()[:30])
    assert "make demo" in first_screen
    assert "make test" in first_screen


def test_links_lead_somewhere(documents, root):
    broken = [
        f"{name}: {target}"
        for name, text in documents.items()
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
        if not ((root / name).parent / target).exists()
    ]
    assert broken == []


def test_policies_shown_are_toml(documents):
    blocks = [
        body
        for text in documents.values()
        for language, body in FENCE.findall(text)
        if language == "toml"
    ]
    assert len(blocks) >= 3
    answers = {question.key.partition(".")[0] for question in QUESTIONS}
    for body in blocks:
        assert set(tomllib.loads(body)) <= {*POLICY_KEYS, *answers, "keys"}  # of a trust file


def test_every_page_is_in_the_index(documents):
    pages = {name.removeprefix("docs/") for name in documents if name.startswith("docs/")}
    linked = set(re.findall(r"\]\(([^)#]+)\)", documents["docs/README.md"]))
    assert pages - linked == {"README.md"}
    assert "docs/README.md" in re.findall(r"\]\(([^)#]+)\)", documents["README.md"])


def test_no_path_of_one_machine(documents):
    for text in documents.values():
        assert not re.search(r"/(work|root|home|tmp)/", text)
