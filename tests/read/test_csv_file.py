"""CSV and TSV: whoever wrote them, every row is read, or counted."""

import csv
import io
import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import CorruptFile, UnsupportedFormat
from provenance.read.corpus.file_access import File
from provenance.read.formats.csv_file import detect_dialect


@pytest.fixture
def table(tmp_path):
    def write(content: str | bytes, name: str = "rows.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_cells_hold_commas_breaks_and_quotation_marks(table, hear):
    heard = hear(table('id,text\r\n1,"a, ""b""\r\nc"\r\n2,plain\r\n'))
    assert [(row["document"], row["text"]) for row in heard.rows] == [
        ("1", 'a, "b"\r\nc'),
        ("2", "plain"),
    ]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", "^", "\x01"])
def test_whatever_parts_the_cells_is_seen(table, hear, mark):
    rows = [["id", "text"], ["1", "one, two; three"], ["2", "four, five"]]
    content = io.StringIO()
    csv.writer(content, delimiter=mark).writerows(rows)
    assert hear(table(content.getvalue())).texts == ["one, two; three", "four, five"]


@pytest.mark.parametrize("invalid", ["", "\n9,\xff,\n"])
def test_quotation_marks_may_stand_behind_a_backslash(table, hear, invalid):
    content = 'id,text\n1,"a ""b"", \\"c\\", d"\n2,"C:\\\\x, and more"\n3,"ends in \\\\"\n'
    heard = hear(table(content.encode() + invalid.encode("latin-1")))  # also by the slow parser
    assert heard.texts[:3] == ['a "b", "c", d', "C:\\x, and more", "ends in \\"]


def test_a_backslash_is_seen_without_commas_in_the_texts(table, hear):
    content = 'id,text\n1,"say \\"yes\\" twice"\n2,"or \\"no\\", once"\n3,"nothing"\n'
    assert hear(table(content)).texts == ['say "yes" twice', 'or "no", once', "nothing"]
    content = 'id,text\n1,"say \\"yes\\" twice"\n2,"nothing"\n'
    assert hear(table(content)).texts == ['say "yes" twice', "nothing"]


def test_a_backslash_before_a_closing_quotation_mark_is_a_letter(table, hear):
    content = 'id,text\n1,"in C:\\"\n2,"in D:\\"\n3,"say ""a\\"" twice"\n'
    assert hear(table(content)).texts == ["in C:\\", "in D:\\", 'say "a\\" twice']


@pytest.mark.parametrize(
    ("head", "line", "what"),
    [
        ("Posts\nof 2020\n\n", 4, "its first row has 1 cell, and most others have 3"),
        ("# by ann, in 2020\n", 2, "its first row has 2 cells, and most others have 3"),
    ],
)
def test_lines_before_the_header_are_refused(table, hear, head, line, what):
    body = "id,text,author\n" + "".join(f'{n},"a lamp, lit",ann\n' for n in range(9))
    with pytest.raises(UnsupportedFormat, match=what) as caught:
        hear(table(head + body))
    assert f"`tail -n +{line}`" in caught.value.remedy
    kept = "".join((head + body).splitlines(keepends=True)[line - 1 :])
    assert hear(table(kept)).texts == ["a lamp, lit"] * 9


def test_a_header_without_a_name_for_the_numbers_of_rows_is_refused(table, hear):
    content = "id,text\n" + "".join(f"{n},p{n},a lamp\n" for n in range(9))
    with pytest.raises(UnsupportedFormat, match="2 cells, and most others have 3") as caught:
        hear(table(content))
    assert "a name for each column" in caught.value.remedy


def test_single_quotation_marks_are_refused(table, hear):
    with pytest.raises(UnsupportedFormat, match="in single quotation marks"):
        hear(table("'id','text'\n'1','a lamp, lit'\n"))


def test_rows_of_the_wrong_width_are_counted_and_the_others_keep_their_numbers(table, hear):
    heard = hear(table("id,text\n0,a\n1\n2,b,c\n\n3,d\n4,e\n5,f,g\n"))
    assert heard.places == [(0, "text", "a"), (3, "text", "d"), (4, "text", "e")]
    assert heard.skipped == {"wrong number of cells": (3, (1, 2, 5))}


def test_a_quotation_mark_that_is_closed_far_below_is_told(table, hear):
    heard = hear(table('id,text\n0,a\n"1,b\n2,c\n3",d,e\n4,f\n'))
    assert heard.texts == ["a", "f"]
    assert heard.skipped == {
        "wrong number of cells over several lines; is a quotation mark closed?": (1, (1,))
    }


def test_a_quotation_mark_that_is_never_closed_is_damage(table, hear):
    with pytest.raises(CorruptFile, match=r"after 2 rows \(it ends within a quoted cell\)"):
        hear(table('id,text\n0,a\n"1,b\n2,c\n3,d\n'))


def test_cells_that_are_not_utf8_cost_their_own_row_alone(table, hear):
    heard = hear(table(b"id,text\n0,a\n1,caf\xe9\n2,caf\xc3\xa9\n\xff3,d\n4,e,\xff\n5,f\n"))
    assert heard.places == [
        (0, "text", "a"),
        (2, "text", "café"),
        (3, "text", "d"),
        (5, "text", "f"),
    ]
    assert [row["document"] for row in heard.rows] == ["0", "2", "rows.csv#3", "5"]
    assert heard.skipped == {"not valid UTF-8": (1, (1,)), "wrong number of cells": (1, (4,))}


def test_damage_late_in_a_file_neither_loses_nor_repeats_rows(table, hear):
    words = b"words " * 1000
    lines = [b"%d,%stext %d" % (n, words, n) for n in range(3000)]
    lines[2500] = b"2500,\xff"
    lines[100] = b"100"
    heard = hear(table(b"id,text\n" + b"\n".join(lines)))
    whole = [n for n in range(3000) if n not in {100, 2500}]
    assert [row["row"] for row in heard.rows] == whole
    assert [row["document"] for row in heard.rows] == [str(n) for n in whole]
    assert heard.skipped["wrong number of cells"] == (1, (100,))
    assert heard.skipped["not valid UTF-8"] == (1, (2500,))


def test_a_cell_longer_than_any_block_is_read(table, hear):
    text = "long, " * 2_000_000
    assert hear(table(f'id,text\n0,a\n1,"{text}"\n2,b\n')).texts == ["a", text, "b"]


class _Dawdling(io.FileIO):
    """Takes its time between looking up the file's number and reading whatever has that number."""

    def read(self, size: int | None = -1) -> bytes:
        number = self.fileno()
        time.sleep(0.001)
        return os.read(number, size or 0)

    def readinto(self, buffer) -> int | None:
        time.sleep(0.001)
        return super().readinto(buffer)


def test_what_arrow_still_reads_ahead_is_not_lost_to_the_next_parser(table, hear, monkeypatch):
    monkeypatch.setattr(File, "open", lambda file: _Dawdling(file.path))
    text = "long, " * 2_000_000
    path = table(f'id,text\n0,"{text}"\n1,b\n')
    assert [hear(path).texts for _ in range(5)] == [[text, "b"]] * 5


def test_a_cell_without_an_end_is_damage(table, hear):
    path = table(b'id,text\n0,a\n1,"' + b"word " * 100_000 + b"\xff")
    with pytest.raises(CorruptFile, match=r"rows\.csv: damaged or cut short after 2 rows"):
        hear(path)


def test_words_for_nothing_are_words(table, hear):
    assert hear(table("id,text\n0,NA\n1,null\n2,nan\n3,\n")).texts == ["NA", "null", "nan"]


def test_a_byte_order_mark_is_no_part_of_a_name(table, hear):
    heard = hear(table(b"\xef\xbb\xbfid,text\n7,a\n"))
    assert [(row["document"], row["text"]) for row in heard.rows] == [("7", "a")]


def test_a_table_without_a_header_loses_no_row(table, hear):
    heard = hear(table("First of all, a sentence.\t27\nThen another one.\t3\n", "rows.tsv"))
    assert heard.places == [
        (0, "column0", "First of all, a sentence."),
        (1, "column0", "Then another one."),
    ]


def test_columns_of_one_name_are_told_apart(table, hear):
    assert hear(table("text,text,n\na,b,1\n"), text_columns=["text.1"]).texts == ["b"]


def test_quotation_marks_between_tabs_are_letters_where_they_hold_nothing(table, hear):
    heard = hear(table('id\ttext\n1\t"Yes" he said\n2\t"no\n3\tmaybe"\n', "rows.tsv"))
    assert heard.texts == ['"Yes" he said', '"no', 'maybe"']


def test_quotation_marks_between_tabs_enclose_where_they_always_do(table, hear):
    assert hear(table('id\ttext\n1\t"a\tb"\n2\t"c\nd"\n', "rows.tsv")).texts == ["a\tb", "c\nd"]


def test_names_in_quotation_marks_say_that_cells_are_too(table, hear):
    assert hear(table('"id"\t"text"\n"1"\t"a\n\tb"\n', "rows.tsv")).texts == ["a\n\tb"]


@pytest.mark.parametrize(
    ("head", "header"),
    [
        ("id,text\n1,a\n", True),
        (",text\n0,a\n", True),
        ("5.7E+17,hello\n6E17,there\n", False),
        ("x" * 65 + ",label\nb,c\n", False),
        ("2013-01-02,hello\n", False),
    ],
)
def test_a_header_is_told_from_a_row(head, header):
    assert detect_dialect(head.encode(), "f.csv", is_whole=True).header is header


CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=9)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=9), st.sampled_from([b"", b"\xff"]))
def test_both_parsers_read_the_same(tmp_path_factory, hear, rows, damage):
    content = io.StringIO(newline="")
    csv.writer(content, quoting=csv.QUOTE_ALL).writerows([("text", "url"), *rows])
    path = tmp_path_factory.mktemp("both") / "rows.csv"
    # One damaged cell at the end sends the file through the careful parser.
    path.write_bytes(content.getvalue().encode() + (b'"%b",""\r\n' % damage if damage else b""))
    heard = hear(path, text_columns=["text"])
    found = [(row["row"], row["text"], row["url"] or None) for row in heard.rows]
    assert found == [
        (n, text, url or None) for n, (text, url) in enumerate(rows) if text and not text.isspace()
    ]
