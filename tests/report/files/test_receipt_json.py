"""A receipt: it follows its schema, says what was done, and steers no terminal."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import jsonschema
import pytest
from hypothesis import given, settings

from provenance.model.records.receipt import (
    REMOVALS,
    CleanedFile,
    Cleaning,
    FileFacts,
    Receipt,
    RemovalReason,
    Volume,
)
from provenance.model.rules.terms import Verdict
from provenance.report.files.receipt_json import receipt_document, write_receipt
from provenance.report.terminal.clean_summary import receipt_text
from provenance.report.terminal.terminal_style import TerminalStyle
from tests.report.result_strategies import made
from tests.schemas import load_schema

VALIDATOR = jsonschema.Draft202012Validator(load_schema("report/receipt"))
SAMPLE = Receipt(
    tool="0.1.0",
    created=datetime(2026, 5, 1, tzinfo=UTC),
    addresses=("data",),
    before=Volume("1" * 64, 1000, 50_000, 300_000),
    after=Volume("2" * 64, 990, 49_000, 294_000),
    cleaning=Cleaning(),
    purpose="pretraining",
    registries=("3" * 64,),
    rules="4" * 64,
    model="5" * 64,
    rounds=2,
    documents=10,
    spans=0,
    reasons=(RemovalReason("x", "forbidden", "explicit-ml", "x/agreement/2025", 12, 10),),
    left_waived=1,
    left_contested=3,
    not_copied=2,
    files=(
        CleanedFile("a.jsonl", "a.jsonl", 9, 2, FileFacts(10, "6" * 64), FileFacts(8, "7" * 64)),
        CleanedFile("b\x1b[2J.txt", None, 1, 0, FileFacts(10, "8" * 64), None),
        CleanedFile("c.jsonl", "c.jsonl", 0, 0, FileFacts(1, "9" * 64), FileFacts(1, "9" * 64)),
    ),
)


def test_a_receipt_shows_what_was_removed_why_and_what_was_kept() -> None:
    assert receipt_text(SAMPLE, TerminalStyle(80, colour=False)).splitlines() == [
        "Removed: 10 documents.",
        "  990 of 1,000 documents remain, 294 kB of text (98.0%). They were checked",
        "  again, scored with the model of the original corpus and with their own:",
        "  nothing more is to be removed.",
        "  Whole documents were removed, 6.0 kB of text: --redact TEXT removes only the",
        "  passages in them.",
        "  It took 2 rounds: some passages are only found once others are gone.",
        "",
        "Why",
        "  x: forbidden (explicit-ml, by x/agreement/2025): 12 passages in 10 documents.",
        "",
        "Where",
        "  a.jsonl: 9 documents and 2 passages removed.",
        "  b.txt: removed completely.",
        "  1 file copied byte for byte.",
        "",
        "Kept: 1 finding that is waived (--waived removes them too).",
        "",
        "Kept: 3 findings that are contested (--contested removes them too).",
        "",
        "Not copied: 2 files beside the data, which were not checked.",
    ]


def test_a_receipt_of_passages_does_not_speak_of_whole_documents() -> None:
    redacted = replace(SAMPLE, cleaning=replace(SAMPLE.cleaning, redact="[removed]"))
    assert "Whole documents" not in receipt_text(redacted, TerminalStyle(80, colour=False))


def test_a_receipt_without_removals_is_labelled() -> None:
    none = replace(SAMPLE, rounds=0, documents=0, reasons=(), cleaning=Cleaning(tuple(Verdict)[:2]))
    text = receipt_text(none, TerminalStyle(80, colour=False))
    assert text.startswith("Nothing to remove: nothing in the corpus is forbidden or unknown.\n")


@given(made(Receipt))
@settings(max_examples=40)
def test_any_receipt_is_valid_and_free_of_control_characters(receipt) -> None:
    reasons = tuple(replace(reason, verdict="forbidden") for reason in receipt.reasons)
    document = receipt_document(replace(receipt, reasons=reasons))
    VALIDATOR.validate(json.loads(json.dumps(document)))
    assert not VALIDATOR.is_valid({**document, "extra": 1})
    text = receipt_text(receipt, TerminalStyle(80, colour=False))
    assert not set(text) & set("\x1b\x07\u202e\x9b")


@pytest.mark.parametrize("name", ["\ud800.jsonl", "\u202elnosj.a"])
def test_odd_names_are_written_as_escapes(tmp_path, name) -> None:
    odd = replace(SAMPLE, files=(replace(SAMPLE.files[0], file=name),))
    write_receipt(odd, REMOVALS.empty_table(), tmp_path)
    text = (tmp_path / ".provenance" / "receipt.json").read_text("utf-8")
    assert name not in text
    assert json.loads(text)["files"][0]["file"] == name


def test_every_field_of_the_schema_has_a_description() -> None:
    def without_words(schema, where):
        if isinstance(schema, dict):
            for name, part in schema.get("properties", {}).items():
                if not part.get("description", "").endswith("."):
                    yield f"{where}.{name}"
            for name, part in schema.items():
                yield from without_words(part, f"{where}.{name}")

    assert list(without_words(load_schema("report/receipt"), "")) == []
