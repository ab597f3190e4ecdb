"""Names of sources that somebody gives: known, called otherwise, mistyped, or one's own."""

import json
import shutil

import pytest

from provenance import open_ledger, pipeline
from provenance.errors import UnknownSource
from tests.cli.commandline import provenance


@pytest.mark.parametrize("name", ["x", "stackexchange", "cc-by-4.0"])
def test_a_name_of_the_rules_is_not_doubted(name):
    assert pipeline.source_name_warning(name) is None


NAMES_OF_X = (
    "x",
    "X",
    " x ",
    "twitter",
    "Twitter",
    "x.com",
    "X (Twitter)",
    "tweets",
    "m.twitter.com",
)


@pytest.mark.parametrize("name", NAMES_OF_X)
def test_all_names_of_a_source_are_one(name):
    assert pipeline.source_id(name) == "x"


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Hacker News", "hackernews"),
        ("Stack Exchange", "stackexchange"),
        ("stackoverflow.com", "stackexchange"),
        ("https://old.reddit.com/r/all", "reddit"),
        ("The New York Times", "nytimes"),
        ("CC BY 4.0", "cc-by-4.0"),
    ],
)
def test_another_name_is_told_what_the_rules_call_it(name, known):
    assert pipeline.source_id(name) == known
    told = f"{name!r} is {known!r} in the rules: that name is used"
    assert pipeline.source_name_warning(name) == told


@pytest.mark.parametrize(
    ("name", "meant"),
    [("redit", "reddit"), ("twiter", "x"), ("stackexchnage", "stackexchange"), ("mastodno",) * 2],
)
def test_a_mistyped_name_is_refused_with_the_one_that_is_meant(name, meant):
    meant = meant.replace("mastodno", "mastodon")
    with pytest.raises(UnknownSource) as refused:
        pipeline.source_id(name)
    assert str(refused.value) == f"the rules have no source {name!r}; did you mean {meant!r}?"
    assert f"'own-{name}'" in refused.value.remedy
    assert pipeline.source_id(f"own-{name}") == f"own-{name}"


@pytest.mark.parametrize(
    "name",
    [
        "rope-street-forum",
        "chirp",
        "wikipedia-de",
        "help",
        "background",
        "example.com",
        "s",
        "books",
    ],
)
def test_a_name_of_ones_own_stays_as_it_is(name):
    assert pipeline.source_id(name) == name


def test_a_name_of_ones_own_is_said_to_be_unknown():
    told = "the rules have no source 'rope-street-forum', so it is unknown"
    assert pipeline.source_name_warning("rope-street-forum") == told


def ok(folder, *arguments, code=0):
    done = provenance(*arguments, cwd=folder)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    rows = [{"id": f"{n}", "text": " ".join(f"w{n}{c}" for c in "abcdefgh")} for n in range(4)]
    (folder / "posts.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    said = ok(folder, "registry", "build", "r", "--source", "Twitter", "posts.jsonl")
    assert "Note: 'Twitter' is 'x' in the rules: that name is used" in said
    return folder


def test_commands_on_registries_take_any_name(registry, tmp_path):
    folder = shutil.copytree(registry, tmp_path / "own")
    assert "  x " in ok(folder, "registry", "show", "r")
    ok(folder, "registry", "add", "r", "--source", "x.com", "posts.jsonl")
    assert "4 items" in ok(folder, "registry", "subset", "r", "--source", "twitter", "-o", "part")
    (folder / "ids.txt").write_text("1\n9\n")
    ok(folder, "registry", "remove", "r", "--source", "X", "--ids", "ids.txt")
    shown = ok(folder, "registry", "show", "r", "--withdrawn", "--source", "twitter")
    assert [line.split(",")[:2] for line in shown.splitlines()[1:]] == [["1", "x"], ["9", "x"]]
    ok(folder, "registry", "restore", "r", "--source", "twitter.com", "--ids", "ids.txt")
    assert ok(folder, "registry", "show", "r", "--withdrawn").splitlines()[1:] == []


@pytest.mark.parametrize(
    "command",
    [
        "registry build new --source redit posts.jsonl",
        "registry add r --source redit posts.jsonl",
        "registry remove r --source redit --ids ids.txt",
        "registry restore r --source redit --ids ids.txt",
        "registry mark r --source redit --ids ids.txt",
        "ledger add access redit --ledger new",
        "ledger add dataset d --source x --source redit --ledger new",
        "ledger add withdrawal ids.txt --source redit --ledger new",
        "audit redit --report r",
    ],
)
def test_a_mistyped_name_is_refused_before_anything_is_written(registry, tmp_path, command):
    folder = shutil.copytree(registry, tmp_path / "own")
    (folder / "ids.txt").write_text("1\n")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    said = ok(folder, *command.split(), code=2)
    assert "Error: the rules have no source 'redit'; did you mean 'reddit'?\nTry: " in said
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_records_of_a_ledger_have_one_name_of_a_source(registry, tmp_path):
    (tmp_path / "ids.txt").write_text("1\n")
    for name in ("twitter", "X", "x.com", "X (Twitter)", "x"):
        ok(tmp_path, "ledger", "add", "access", name, "--ledger", "l", "--calls", "10")
    names = ("--source", "Twitter", "--source", "x", "--source", "own")
    ok(tmp_path, "ledger", "add", "dataset", "d", *names, "--ledger", "l")
    ok(tmp_path, "ledger", "add", "withdrawal", "ids.txt", "--source", "twitter", "--ledger", "l")
    ledger = open_ledger(tmp_path / "l")
    ledger.add("access", source="Hacker News")
    exported = ok(tmp_path, "ledger", "export", "--ledger", "l")
    assert exported.count('"source":"x"') + exported.count('"source": "x"') == 6
    assert "hackernews" in exported
    assert "witter" not in exported
