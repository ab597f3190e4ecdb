"""The table of files that are recognised and not read: each row is reached by its signs."""

import re

import pytest

from provenance.errors import UnsupportedFormat
from provenance.read.formats.refusals import (
    named_refusals,
    refusal_by_magic,
    refusal_by_name,
    refusals,
    refuse_folder,
    refuse_object,
    xml_refusal,
)

SIGNS = ("suffixes", "names", "magics", "begins", "text", "element", "roots", "folders")
SIGNS += ("withheld", "members", "any_member", "values")


def rows_with(key):
    rows = [row for row in refusals() if getattr(row, key)]
    return pytest.mark.parametrize("row", rows, ids=[row.what for row in rows])


def object_of(row):
    """Return an object with the members that a row names."""
    entry = {}
    for path in (*row.members, *row.any_member[:1]):
        *outer, name = path.replace("*", "a").split(".")
        inner = entry
        for each in outer:
            inner = inner.setdefault(each, {})
        inner[name] = "words"
    return entry | {name: patterns[0].replace("*", "") for name, patterns in row.values.items()}


@pytest.mark.parametrize("row", refusals(), ids=[row.what for row in refusals()])
def test_a_row_says_what_to_do_and_can_be_reached(row):
    assert row.remedy.endswith((".", "`"))
    assert row.name or any(getattr(row, sign) for sign in SIGNS)
    for pattern in (*row.begins, *row.text, *row.element, *row.withheld):
        assert re.compile(pattern)


def test_names_are_unique():
    assert len(named_refusals()) == sum(bool(row.name) for row in refusals())


@rows_with("suffixes")
def test_a_suffix_leads_to_its_row(row):
    for suffix in row.suffixes:
        assert refusal_by_name(f"b/a.{suffix}") == row
        assert refusal_by_name(f"b/a.{suffix.upper()}.gz") == row


@rows_with("magics")
def test_first_bytes_lead_to_their_row(row):
    for magic in row.magics:
        assert refusal_by_magic(magic.encode("latin-1") + b"\0more") == row
    assert not row.is_binary or refusal_by_magic(row.magics[0].encode() + b"ID") is None


@rows_with("roots")
def test_a_root_leads_to_its_row(row):
    assert all(xml_refusal(root.upper()) == row for root in row.roots)


@rows_with("folders")
def test_a_folder_is_refused_by_a_file_in_it(row):
    for pattern in row.folders:
        with pytest.raises(UnsupportedFormat, match=re.escape(row.what)):
            refuse_folder(["a.jsonl", re.sub(r"\[0-9\]|\*", "1", pattern)], "a")


@pytest.mark.parametrize("key", ["members", "any_member", "values"])
def test_an_object_with_its_members_leads_to_its_row(key):
    for row in refusals():
        if not getattr(row, key):
            continue
        entry = object_of(row)
        with pytest.raises(UnsupportedFormat, match=re.escape(f"a.json: this is {row.what}")):
            refuse_object(entry, "a.json", is_dump=row.of_dumps)
        for path in row.members:
            top = path.partition(".")[0].replace("*", "a")
            refuse_object({k: v for k, v in entry.items() if k != top}, "a.json", is_dump=True)
        if row.of_dumps:
            refuse_object(entry, "a.json")
        if row.is_whole or row.no_member:
            other = row.no_member[0] if row.no_member else "other"
            refuse_object(entry | {other: "words"}, "a.json", is_dump=True)
