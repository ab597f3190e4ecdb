"""Signs that a table is none stop its reading; they are told with the way to go on."""

import pytest

from provenance.errors import WrongLayout
from provenance.read.dumps import wrong_layout

PLAIN = [f"number {n} of the plain texts" for n in range(100)]


def refused(read, path, **options):
    with pytest.raises(WrongLayout) as caught:
        read(path, **options)
    assert path.name in caught.value.message
    return caught.value


@pytest.mark.parametrize(
    ("sign", "what"),
    [
        ("WARC-Type: conversion", "headers of a protocol"),
        ("HTTP/1.1 200 OK", "headers of a protocol"),
        ("Message-ID: <a@b.example>", "headers of a protocol"),
        ("X-Loop: quay\nSubject: kettles", "headers of a protocol"),
        ('{"text": "words"}', "JSON"),
        ('[{"type": "text"}]', "JSON"),
        ("<p>a paragraph</p>", "HTML"),
        ("it&#x27;s here", "HTML"),
    ],
)
def test_texts_that_show_another_layout_are_an_error(read, table, sign, what):
    texts = [f"{sign[:-1]}{' ' * n}{sign[-1]}" if n < 30 else t for n, t in enumerate(PLAIN)]
    path = table([{"id": str(n), "text": text} for n, text in enumerate(texts)])
    error = refused(read, path)
    assert f"30% of the texts are {what}" in error.message
    assert "--text-format plain" in error.remedy
    assert read(path, text_format="plain").column("text") == texts


@pytest.mark.parametrize(
    ("sign", "what"),
    [
        ("{}", "numbers"),
        ("2020-01-02 03:04:{}", "numbers"),
        ("https://a.example/pages/{}", "addresses or identifiers"),
        ("bafyreih22okgdungwln2lwqt2kd4{}", "addresses or identifiers"),
    ],
)
def test_texts_that_are_no_words_are_an_error(read, table, sign, what):
    texts = [sign.format(n + 10) if n < 60 else text for n, text in enumerate(PLAIN)]
    path = table([{"id": str(n), "text": text} for n, text in enumerate(texts)])
    assert f"60% of the texts are {what}" in refused(read, path).message
    assert len(read(path, text_format="plain").rows) == 100


def test_a_few_such_texts_are_none(read, table):
    texts = ['{"a": 1}', "<p>b</p>", "&amp;", *PLAIN]
    texts += [f"X-Ray: the film of {year} was\nbetter" for year in range(1970, 1990)]
    assert len(read(table([{"text": text} for text in texts])).rows) == len(texts)


def test_long_texts_with_a_tag_here_and_there_are_no_html(read, table):
    texts = ["words and words " * 500 + f"<br> {n}" for n in range(10)]
    assert len(read(table([{"text": text} for text in texts])).rows) == 10


def test_html_is_converted_where_that_is_said(read, table):
    texts = [f"<p>{n} &lt; 5</p><p>b</p>" for n in range(5)]
    path = table([{"id": str(n), "text": text} for n, text in enumerate(texts)])
    assert "--text-format html" in refused(read, path).remedy
    assert read(path, text_format="html").column("text")[3] == "3 < 5\n\nb"


def test_one_text_on_many_rows_is_an_error(read, table):
    copies = [{"id": str(n), "text": "not available"} for n in range(30)]
    path = table([*copies, *({"id": text, "text": text} for text in PLAIN)])
    error = refused(read, path)
    assert "23% of the rows have the same text, 'not available'" in error.message
    assert len(read(path, text_format="plain").rows) == 130


def test_what_a_bot_posted_on_many_rows_is_kept(read, table):
    post = (
        "Your submission was removed, since it has no flair. Add one and send a message to the "
        "moderators of this place."
    )
    copies = [{"id": str(n), "text": post} for n in range(60)]
    path = table([*copies, *({"id": text, "text": text} for text in PLAIN)])
    assert len(read(path).rows) == 60 + len(PLAIN)
    error = refused(read, table([*copies, {"id": "other", "text": PLAIN[0]}]))
    assert "98% of the rows have the same text" in error.message


def test_one_text_on_few_rows_is_none(read, table):
    copies = [{"id": str(n), "text": "thanks"} for n in range(25)]
    assert len(read(table([*copies, *({"id": t, "text": t} for t in PLAIN)])).rows) == 125


@pytest.mark.parametrize(
    ("option", "column"),
    [
        ("url_column", "link"),
        ("author_column", "who"),
        ("licence_column", "terms"),
        ("date_column", "when"),
    ],
)
def test_a_named_column_without_values_is_an_error(read, table, option, column):
    rows = [{"id": "1", "text": "a", column: ""}, {"id": "2", "text": "b", column: ""}]
    error = refused(read, table(rows), **{option: column})
    assert f"column {column!r} has no" in error.message
    assert f"--{option.replace('_', '-')}" in error.remedy


def test_a_named_date_column_without_dates_is_an_error(read, table):
    error = refused(read, table([{"text": "a", "when": "soon"}]), date_column="when")
    assert "no date that can be read" in error.message


def test_a_named_text_column_without_texts_is_an_error(read, table):
    error = refused(read, table([{"id": "1", "text": "", "body": "b"}]), text_column="text")
    assert "none of the first 1 rows has a text in 'text'" in error.message


def test_what_comes_before_damage_is_judged_and_read(read, lines, tmp_path, monkeypatch):
    path = tmp_path / "p.jsonl"
    path.write_text(lines({"id": str(n), "text": text} for n, text in enumerate(PLAIN))[:-12])
    found = read(path, strict=False)
    assert found.column("text") == PLAIN[:99]
    monkeypatch.setattr(wrong_layout, "MIN_COPIES", 0)
    monkeypatch.setattr(wrong_layout, "MAX_COPIES_SHARE", 0)
    with pytest.raises(WrongLayout):
        read(path)


@pytest.mark.parametrize(
    ("name", "rows", "what"),
    [
        ("a.csv", [f"{n},a f\xfcr lamp".encode("latin-1") for n in range(60)], "not valid UTF-8"),
        ("a.jsonl", [b'{"text": "a lamp %d"},' % n for n in range(60)], "not valid JSON"),
        (
            "a.csv",
            [b"%d,a lamp, as it was" % n + b", and is" * (n % 3) for n in range(60)],
            "wrong number of cells",
        ),
    ],
)
def test_many_rows_that_cannot_be_read_are_an_error(read, tmp_path, name, rows, what):
    head = [b"id,text"] if name == "a.csv" else []
    good = [b"100,one", b"101,two"] if head else [b'{"text": "one"}', b'{"text": "two"}']
    path = tmp_path / name
    path.write_bytes(b"\n".join([*head, *good, *rows, b""]))
    error = refused(read, path)
    assert f"60 of the first 62 rows cannot be read: {what}" in error.message
    path.write_bytes(b"\n".join([*head, *good, *rows[:7], b""]))
    assert read(path).skipped == {what: 7}
    path.write_bytes(b"\n".join([*head, *good, *rows[:9], b""]))
    assert "9 of the first 11 rows cannot be read" in refused(read, path).message


def test_texts_that_end_in_dots_are_cut_short(read, tmp_path):
    path = tmp_path / "a.csv"
    texts = [f"the lantern swung over quay {n} and" for n in range(8)]
    path.write_text("text\n" + "".join(f"{text}...\n" for text in texts))
    assert "are cut short, as they end in dots" in refused(read, path).message
    path.write_text("text\n" + "".join(f"{text}...\n" for text in texts[:4]))
    assert len(read(path).rows) == 4
