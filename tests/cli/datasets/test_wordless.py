"""Datasets without words: nothing can be found in them, which is no pass."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import pytest

import provenance as package
from tests.cli.commandline import Done
from tests.detection.posts import lines_of

PROSE = [line for line in lines_of("posts") if len(line) > 40][:20]
Command = Callable[..., Done]
Rows = list[dict[str, object]]


def ids(text: str) -> str:
    """Return what a tokenizer makes of a text."""
    return " ".join(str(Random(word).randrange(50_000)) for word in text.split())


def base64_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def letters(text: str) -> str:
    return " ".join(text)


def write(folder: Path, name: str, rows: Rows) -> None:
    (folder / name).write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


@pytest.fixture
def folder(world: Path, tmp_path: Path) -> Path:
    """An empty folder beside a registry."""
    (tmp_path / "reg").symlink_to(world / "reg")
    return tmp_path


def check(provenance: Command, folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = provenance("check", *arguments, "--registry", "reg", "--format", "json", cwd=folder)
    return done.returncode, json.loads(done.stdout)


def spaced_references(text: str) -> str:
    return " ".join(f"&#x{ord(letter):x};" for letter in text)


@pytest.mark.parametrize("sign", ["&#x{:x};", "&#{};", "&amp;#x{:04X};", "\\u{:04x}"])
def test_escaped_words_are_found_and_are_words(
    provenance: Command, world: Path, folder: Path, sign: str
) -> None:
    texts = [json.loads(line)["text"] for line in (world / "posts.jsonl").read_text().split("\n")]
    rows: Rows = [{"text": "".join(sign.format(ord(letter)) for letter in t)} for t in texts]
    write(folder, "a.jsonl", rows)
    code, result = check(provenance, folder, "a.jsonl")
    assert (code, result["status"]) == (1, "fail")
    assert result["corpus"]["wordless"] == []


@pytest.mark.parametrize("encode", [ids, base64_of, letters, spaced_references])
def test_a_dataset_without_words_is_incomplete(
    provenance: Command, folder: Path, encode: Callable[[str], str]
) -> None:
    write(folder, "a.jsonl", [{"text": encode(text)} for text in PROSE])
    code, result = check(provenance, folder, "a.jsonl")
    assert (code, result["status"]) == (2, "incomplete")
    [entry] = result["corpus"]["wordless"]
    assert entry["texts"] == entry["of_texts"] == result["corpus"]["wordless_documents"] == 20
    done = provenance("check", "a.jsonl", "--registry", "reg", cwd=folder)
    shown = " ".join(done.stdout.split())
    assert done.returncode == 2
    assert "No text was compared with any: none of it is words." in shown
    assert "With 95% confidence" not in shown
    assert "a.jsonl: column 'text' is not words but" in shown
    assert "name the column that holds the text with --text-column" in shown


@pytest.mark.parametrize("encode", [ids, base64_of, letters])
def test_a_registry_is_not_built_of_texts_without_words(
    provenance: Command, folder: Path, encode: Callable[[str], str]
) -> None:
    write(folder, "a.jsonl", [{"text": encode(text)} for text in PROSE])
    done = provenance("registry", "build", "new", "--source", "x", "a.jsonl", cwd=folder)
    assert done.returncode == 2
    assert "of the texts are" in done.stderr


@pytest.mark.parametrize("form", ["terminal", "html", "markdown", "junit", "sarif", "github"])
def test_every_format_says_what_was_not_compared(
    provenance: Command, folder: Path, form: str
) -> None:
    write(folder, "words.jsonl", [{"text": text} for text in PROSE])
    write(folder, "ids.jsonl", [{"text": ids(text)} for text in PROSE])
    done = provenance(
        "check", "words.jsonl", "ids.jsonl", "--registry", "reg", "--format", form, cwd=folder
    )
    assert done.returncode == 2
    assert "is not words but numbers" in " ".join(done.stdout.split())


def test_a_mixed_dataset_states_its_part(provenance: Command, folder: Path) -> None:
    write(folder, "words.jsonl", [{"text": text} for text in PROSE])
    write(folder, "ids.jsonl", [{"text": ids(text)} for text in PROSE])
    code, result = check(provenance, folder, "words.jsonl", "ids.jsonl")
    assert code == 2
    [entry] = result["corpus"]["wordless"]
    assert (entry["file"], entry["column"], entry["kind"]) == ("ids.jsonl", "text", "numbers")
    assert entry["tokens"] == sum(len(text.split()) for text in PROSE)
    shown = provenance("check", "words.jsonl", "ids.jsonl", "--registry", "reg", cwd=folder).stdout
    assert "20 of 40 documents have texts that are not words (numbers)" in " ".join(shown.split())


def test_a_column_without_words_is_named(provenance: Command, folder: Path) -> None:
    rows: Rows = [{"question": text, "answer": ids(text)} for text in PROSE]
    write(folder, "a.jsonl", rows)
    options = ("--text-column", "question", "--text-column", "answer")
    code, result = check(provenance, folder, "a.jsonl", *options)
    assert code == 2
    assert [entry["column"] for entry in result["corpus"]["wordless"]] == ["answer"]


def test_a_few_odd_rows_are_counted_and_accepted(provenance: Command, folder: Path) -> None:
    rows: Rows = [{"text": text} for text in PROSE]
    rows.append({"text": f"data:image/png;base64,{base64_of(' '.join(PROSE))}"})
    write(folder, "a.jsonl", rows)
    code, result = check(provenance, folder, "a.jsonl")
    assert (code, result["status"]) == (0, "pass")
    [entry] = result["corpus"]["wordless"]
    assert (entry["texts"], entry["first_row"], entry["is_whole"]) == (1, 20, False)


def test_short_answers_of_a_chat_are_no_ids(provenance: Command, folder: Path) -> None:
    rows: Rows = [
        {
            "messages": [
                {"role": "user", "content": f"{text} How many words are there?"},
                {"role": "assistant", "content": str(len(text.split()))},
            ]
        }
        for text in PROSE
    ]
    write(folder, "a.jsonl", rows)
    assert check(provenance, folder, "a.jsonl")[0] == 0


def test_the_rest_of_a_folder_is_accepted(provenance: Command, folder: Path) -> None:
    (folder / "texts").mkdir()
    for number, text in enumerate(PROSE):
        (folder / "texts" / f"{number}.txt").write_text(text)
    (folder / "texts" / "odd.txt").write_text(ids(" ".join(PROSE)))
    code, result = check(provenance, folder, "texts")
    assert code == 0
    [entry] = result["corpus"]["wordless"]
    assert (entry["file"], entry["first_file"], entry["of_texts"]) == ("*.txt", "odd.txt", 21)


def test_it_can_be_accepted(provenance: Command, folder: Path) -> None:
    write(folder, "words.jsonl", [{"text": text} for text in PROSE])
    write(folder, "ids.jsonl", [{"text": ids(text)} for text in PROSE])
    code, _ = check(provenance, folder, "words.jsonl", "ids.jsonl", "--allow-unread", "1")
    assert code == 0


def test_cache_shards_and_objects_count_the_same(provenance: Command, folder: Path) -> None:
    rows: Rows = [{"text": ids(text) if n % 2 else text} for n, text in enumerate(PROSE)]
    write(folder, "a.jsonl", rows)
    write(folder, "b.jsonl", [{"text": ids(text)} for text in PROSE])
    expected = check(provenance, folder, "a.jsonl", "b.jsonl", "--no-cache")[1]["corpus"]
    for _ in range(2):  # fills the cache, and reads it
        cached = check(provenance, folder, "b.jsonl", "a.jsonl")[1]["corpus"]
        assert cached["wordless"] == expected["wordless"]
        assert cached["wordless_documents"] == 30
    checked = package.check(rows, registries=str(folder / "reg"))
    assert checked.status == "incomplete"
    [entry] = checked.result.corpus.wordless
    assert (entry.texts, entry.of_texts) == (10, 20)


def test_finding_nothing_in_little_text_is_no_clearance(provenance: Command, folder: Path) -> None:
    write(folder, "a.jsonl", [{"text": PROSE[0]}])
    shown = provenance("check", "a.jsonl", "--registry", "reg", cwd=folder).stdout
    assert "no source accounts for more than" not in " ".join(shown.split())
    assert "NOT DECIDED" in shown
    assert "Nothing was found, in too little text to rule out any source." in " ".join(
        shown.split()
    )


def test_a_cleaned_dataset_without_words_is_not_said_to_be_clear(
    provenance: Command, folder: Path
) -> None:
    write(folder, "a.jsonl", [{"text": quote(text)} for text in PROSE])
    done = provenance("clean", "a.jsonl", "--registry", "reg", "--output", "out", cwd=folder)
    assert done.returncode == 2
    shown = " ".join(done.stdout.split())
    assert "nothing in what could be compared of the corpus is forbidden" in shown
    assert "1 column of texts that are not words" in shown
    assert "Not compared: a.jsonl: column 'text' is not words but escaped" in done.stderr
    receipt = json.loads((folder / "out/.provenance/receipt.json").read_text())
    [entry] = receipt["wordless"]
    assert (entry["file"], receipt["unread"]) == ("a.jsonl", [])
    arguments = ("--registry", "reg", "--output", "accepted", "--allow-unread", "1")
    assert provenance("clean", "a.jsonl", *arguments, cwd=folder).returncode == 0
