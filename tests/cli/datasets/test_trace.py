"""`provenance trace`: one text, looked up."""

import json
from itertools import pairwise

import pytest

from tests.cli.conftest import WORDS

BRIEF = "a heron stood on the weir all morning and nobody had the heart to wake the fish"


@pytest.fixture(scope="module")
def folder(provenance, tmp_path_factory):
    """A folder with a registry of posts; one of them would command a terminal."""
    folder = tmp_path_factory.mktemp("traced")
    rows = [
        {
            "id": "p1",
            "text": WORDS,
            "created_at": "2023-06-05T12:00:00Z",
            "url": "https://x.com/i/status/1",
        },
        {"id": "\x1b]0;owned\x07p2", "text": f"{BRIEF} \x1b[31m\u202e", "url": "\x1b[2Jhttp://y"},
    ]
    (folder / "posts.jsonl").write_text("\n".join(map(json.dumps, rows)))
    built = provenance("registry", "build", "reg", "--source", "x", "posts.jsonl", cwd=folder)
    assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture
def trace(provenance, folder):
    return lambda *words: provenance("trace", *words, "--registry", "reg", cwd=folder)


AS_SCRAPER = ("--actor", "scraper")


def test_it_shows_what_matches_where_and_what_the_terms_say(trace) -> None:
    done = trace(
        f"So I said: {WORDS}. And 漢字 that was it.", "--collected", "2024-01-01", *AS_SCRAPER
    )
    assert (done.returncode, done.stderr) == (0, "")
    told = done.stdout.splitlines()
    assert told[0].startswith("1 match, 13 of ")
    assert "collected 2024-01-01" in done.stdout
    assert "1. RESTRICTED" in told
    assert "   x p1, published 2023-06-05" in told
    assert "   https://x.com/i/status/1" in told
    assert "13 of 13 words of the item; strength " in done.stdout
    assert "   Terms: x/" in done.stdout
    assert "Absence of a match is not clearance" in done.stdout
    assert all(len(line) <= 80 for line in told)


def test_the_matched_words_are_marked_below_them(trace) -> None:
    told = trace(f"So 漢字 said: {WORDS}! And that was it.").stdout.splitlines()
    marked = ""
    for text, marks in pairwise(told):
        if marks.strip() and set(marks) <= {" ", "^"}:
            cells = "".join(each * (2 if each in "漢字" else 1) for each in text)
            marked += "".join(cell for cell, mark in zip(cells, marks, strict=False) if mark == "^")
            marked += " "
    assert " ".join(marked.replace("!", "").split()) == WORDS


def test_it_says_plainly_that_nothing_matches_and_what_that_means(trace) -> None:
    done = trace("the harbour was quiet and the boats lay side by side until the tide came in")
    assert done.returncode == 0
    assert done.stdout.startswith("No match: the registries contain no passage of these 16 words.")
    assert "Absence of a match is not clearance" in done.stdout
    assert "x: 2 items in reg, 2023-06-05." in done.stdout


def test_json_says_the_same_for_programs(trace) -> None:
    text = f"So I said: {WORDS}. And that was it."
    told = json.loads(trace(text, "--format", "json").stdout)
    assert told["schema"] == "provenance/trace/1"
    assert told["text"] == {"characters": len(text), "tokens": 20}
    assert told["circumstances"]["purpose"] == "pretraining"
    assert told["registries"][0]["items"] == 2
    [match] = told["matches"]
    assert match["text"] == text[match["start"] : match["end"]]
    assert match["text"].strip(".") == WORDS
    assert "".join(text[start:end] for start, end in match["marks"]) == WORDS
    assert (match["source"], match["item"], match["verdict"]) == ("x", "p1", "forbidden")
    assert match["created_at"] == "2023-06-05T12:00:00Z"
    assert match["strength"] > 20
    assert match["why"]
    assert match["item_excerpt"] == WORDS
    assert "not clearance" in told["note"]
    assert json.loads(trace("nothing at all", "--format", "json").stdout)["matches"] == []


@pytest.mark.parametrize("form", ["terminal", "json"])
def test_neither_the_text_nor_an_item_commands_the_terminal(trace, form) -> None:
    done = trace(f"\x1b[2Jlook: \x1b]0;x\x07 {BRIEF} \x1b[31m\u202e more", "--format", form)
    assert done.returncode == 0
    assert "p2" in done.stdout
    assert not {"\x1b", "\x07", "\u202e"} & set(done.stdout)


def test_it_reads_standard_input_and_files(process, provenance, folder) -> None:
    text = f"\N{BOM}Said: {WORDS}\n"
    words = ("--registry", "reg", "--format", "json")
    piped = process("trace", "-", *words, cwd=folder, input=text)
    assert piped.returncode == 0, piped.stderr
    (folder / "page.txt").write_text(text, "utf-8")
    read = provenance("trace", "--file", "page.txt", *words, cwd=folder)
    assert json.loads(piped.stdout) == json.loads(read.stdout)
    assert json.loads(read.stdout)["matches"][0]["start"] == len("Said: ")


def test_the_policy_decides_the_verdict(trace, folder) -> None:
    (folder / "policy.toml").write_text(
        '[[agreements]]\nsource = "x"\npurposes = ["pretraining"]\nfrom = 2020-01-01\n'
        'reference = "contract 7"\n'
    )
    permitted = trace(WORDS, "--policy", "policy.toml", "--collected", "2024")
    assert "1. PERMITTED" in permitted.stdout
    contested = trace(WORDS, "--background", "reg")
    assert contested.returncode == 2
    assert "background and a registry" in contested.stderr


def test_what_cannot_be_looked_up_is_an_error(trace, provenance, folder) -> None:
    (folder / "latin.txt").write_bytes("caf\xe9".encode("latin-1"))
    for words, told in (
        ((), "give one text"),
        (("a text", "--file", "posts.jsonl"), "give one text"),
        (("--file", "missing.txt"), "missing.txt"),
        (("--file", "latin.txt"), "latin.txt is not UTF-8: byte 3 is wrong"),
        ((" ",), "the text has no words"),
        (("-",), "the text has no words"),
        (("caf\udce9",), "surrogates"),
        (("a text", "--model-of", "nowhere"), "nowhere"),
        (("a text", "--purpose", "fun"), "fun"),
    ):
        done = trace(*words)
        assert done.returncode == 2, words
        assert told in done.stderr
        assert done.stdout == ""
    without = provenance("trace", "a text", cwd=folder)
    assert without.returncode == 2
    assert "there is no registry to check against" in without.stderr
    assert "--declared-only" not in without.stderr  # trace has no such option


def test_the_name_of_a_file_is_not_taken_for_a_text(trace, folder):
    (folder / "page.txt").write_text(f"So I said: {WORDS}.")
    done = trace("page.txt")
    assert (done.returncode, done.stdout) == (2, "")
    assert "page.txt is a file; to look up the text in it, use --file page.txt" in done.stderr
    assert "1 match" in trace("--file", "page.txt").stdout
    # Longer than names of files may be.
    assert trace(f"{BRIEF} " * 60).returncode == 0
