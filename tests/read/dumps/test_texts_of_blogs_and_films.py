"""Files of which each is one item: posts in Markdown, subtitles, web pages, old books."""

import random
from contextlib import suppress

import pytest

from provenance.errors import InputError, UnsupportedFormat

TEXT = "The lantern keeper lit eleven lamps along the quay before the tide came in that evening."
MORE = "Three millers argued about the weight of a wet sack of barley until the lamps were out."


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_posts_in_markdown_have_what_stands_before_them(read, tmp_path, end):
    head = ("---", 'title: "Quays"', "date: 2024-01-02T03:04:05+01:00", "author: Mira", "tags: [a]")
    (tmp_path / "a.md").write_bytes(end.join((*head, "lang: en", "---", "", TEXT, "")).encode())
    (tmp_path / "b.md").write_text(f"+++\ntitle = 'Mills'\ndraft = false\n+++\n\n{MORE}\n")
    (tmp_path / "c.md").write_text(f"---\ntitle: Wip\ndraft: true\n---\n{TEXT}\n")

    found = read(tmp_path)

    first, second = found.rows
    assert first["text"] == f"Quays\n\n{TEXT}"
    assert (first["author"], first["language"]) == ("Mira", "en")
    assert str(first["created_at"]) == "2024-01-02 02:04:05+00:00"
    assert second["text"] == f"Mills\n\n{MORE}"
    assert found.skipped == {"not public": 1}


def test_a_post_of_jekyll_has_the_day_of_its_name(read, tmp_path):
    (tmp_path / "_posts").mkdir()
    (tmp_path / "_posts" / "2024-01-02-quays.md").write_text(f"---\nlayout: post\n---\n{TEXT}")

    [found] = read(tmp_path).rows

    assert (found["text"], str(found["created_at"])[:10]) == (TEXT, "2024-01-02")


def test_a_line_of_dashes_is_no_front_matter(read, tmp_path):
    (tmp_path / "a.md").write_text(f"---\n{TEXT}\n---\n{MORE}\n")

    assert read(tmp_path, layout="text").column("text") == [f"---\n{TEXT}\n---\n{MORE}"]


SRT = (
    "1\n00:00:01,000 --> 00:00:04,000\nThe keeper walked\nalong the quay.\n\n"
    "2\n00:00:05,000 --> 00:00:07,000\n<i>He lit</i> a {\\an8}lamp &amp; sat.\n"
)
VTT = (
    "WEBVTT\nKind: captions\n\nNOTE of nobody\n\nSTYLE\n::cue { color: red }\n\n"
    "1\n00:01.000 --> 00:04.000 align:start\nThe keeper walked\nalong the quay.\n\n"
    "00:00:05.000 --> 00:00:07.000\n<v Bo>He <00:00:05.500><c>lit</c> a lamp &amp; sat.\n"
)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(("name", "content"), [("a.srt", SRT), ("a.vtt", VTT), ("a.txt", SRT)])
def test_of_subtitles_what_is_said_is_read(read, tmp_path, name, content, end):
    (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + content.replace("\n", end).encode())

    expected = "The keeper walked\nalong the quay.\nHe lit a lamp & sat."
    assert read(tmp_path).column("text") == [expected]


ROLLING = (
    "WEBVTT\nKind: captions\n\n"
    "00:00:00.000 --> 00:00:02.000\n \nthe<00:00:00.400><c> keeper</c>\n\n"
    "00:00:02.000 --> 00:00:02.010\nthe keeper\n \n\n"
    "00:00:02.010 --> 00:00:04.000\nthe keeper\nwalked<00:00:03.000><c> away</c>\n\n"
    "00:00:04.000 --> 00:00:04.010\nwalked away\n \n"
)


def test_long_lists_before_a_text_are_read_at_once(read, tmp_path):
    items = "".join(f"      - item {number}\n" for number in range(60))
    (tmp_path / "a.md").write_text(f"---\ntags:\n{items}{{a line}}\n---\nwords\n")
    (tmp_path / "b.md").write_text(f"---\ntags:\n{items}---\nwords\n")
    first, second = read(tmp_path, layout="text").column("text")
    assert "item 59" in first
    assert second == "words"


def test_addresses_within_addresses_are_read_at_once(read, tmp_path):
    addresses = "".join(f"https://w.example/https://a.example/{n}\n" for n in range(60))
    (tmp_path / "a.txt").write_text(f"{addresses}and words")
    assert read(tmp_path, layout="text").column("text") == [f"{addresses}and words"]


@pytest.mark.parametrize("mark", [">-", "|", ">"])
def test_a_title_may_be_below_its_name(read, tmp_path, mark):
    front = f"---\ntitle: {mark}\n  On\n  quays\ndate: 2020-09-13\n---\n"
    (tmp_path / "a.mdx").write_text(f"{front}\n{TEXT}\n")
    assert read(tmp_path).column("text") == [f"On quays\n\n{TEXT}"]


def test_lines_of_its_producers_are_no_part_of_a_book(read, tmp_path):
    (tmp_path / "12-0.txt").write_text(
        "Title: Quays\n*** START OF THE PROJECT GUTENBERG EBOOK QUAYS ***\n\nProduced by Ann and\n"
        f"the Team\n\n\n{TEXT}\n\nEnd of the Project Gutenberg EBook of Quays, by Bo\n\n"
        "*** END OF THE PROJECT GUTENBERG EBOOK QUAYS ***\nwords\n"
    )
    assert read(tmp_path).column("text") == [TEXT]


def test_captions_that_roll_are_read_once(read, tmp_path):
    (tmp_path / "a.en.vtt").write_text(ROLLING)
    assert read(tmp_path).column("text") == ["the keeper\nwalked away"]


def test_what_is_said_twice_is_read_twice(read, tmp_path):
    (tmp_path / "a.srt").write_text(SRT + SRT.replace("The keeper walked", "He lit a lamp & sat."))
    assert read(tmp_path).column("text")[0].count("He lit a lamp & sat.") == 3


def test_an_old_book_is_read_in_the_encoding_that_it_names(read, tmp_path):
    (tmp_path / "12-8.txt").write_bytes(
        (
            "Title: Quays\nCharacter set encoding: ISO-8859-1\n[EBook #12]\n"
            f"*** START OF THE PROJECT GUTENBERG EBOOK QUAYS ***\nCafé. {TEXT}\n"
            "*** END OF THE PROJECT GUTENBERG EBOOK QUAYS ***\n"
        ).encode("latin-1")
    )

    [found] = read(tmp_path).rows

    assert (found["item"], found["text"]) == ("12", f"Café. {TEXT}")


def test_texts_in_html_are_converted_where_that_is_said(read, tmp_path):
    (tmp_path / "0_9.txt").write_text(f"{TEXT}<br /><br />{MORE}")
    (tmp_path / "urls.txt").write_text("http://f.example/1\nhttp://f.example/2\n")

    found = read(tmp_path, layout="text", text_format="html")

    assert found.column("text") == [f"{TEXT}\n\n{MORE}"]
    assert found.skipped == {"a list of addresses": 1}


def test_a_file_of_another_kind_is_no_text(read, tmp_path):
    (tmp_path / "a.txt").write_bytes(b"0001.txt" + bytes(92) + b"0000644")

    with pytest.raises(UnsupportedFormat, match="not text"):
        read(tmp_path / "a.txt", layout="text")


PAGE = f"""<!DOCTYPE html><html lang="en"><head><title>Quays</title>
<meta name="author" content="Mira"><meta property="article:published_time"
 content="2024-01-02T03:04:05+01:00"><link rel="canonical" href="https://l.example/quays">
<link rel="license" href="https://creativecommons.org/licenses/by/4.0/"></head><body>
<nav><a href="/">Home</a> <a href="/x">Lamps</a></nav><main><article><h1>Quays</h1><p>{TEXT}</p>
<p>{MORE}</p></article></main><footer>All rights</footer></body></html>"""


def test_pages_of_a_folder_are_read_where_that_is_said(read, tmp_path):
    pytest.importorskip("resiliparse", reason="the extra `web` is not installed")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "quays.html").write_text(PAGE)
    (tmp_path / "log.txt").write_text("A log.")

    found = read(tmp_path, layout="html")

    [row] = found.rows
    assert row["text"] == f"Quays\n\n{TEXT}\n\n{MORE}"
    assert (row["item"], row["url"]) == ("site/quays.html", "https://l.example/quays")
    assert (row["author"], row["language"]) == ("Mira", "en")
    assert str(row["created_at"]) == "2024-01-02 02:04:05+00:00"
    assert row["licence"] == "https://creativecommons.org/licenses/by/4.0/"
    assert [note.file for note in found.notes] == ["log.txt"]


def test_a_page_on_its_own_says_how_to_read_it(read, tmp_path):
    (tmp_path / "page.html").write_text(PAGE)

    with pytest.raises(UnsupportedFormat) as error:
        read(tmp_path / "page.html")

    assert "--layout html" in error.value.remedy


PIECES = (b"\0", b"\xff", b"<![x", b"<!", b"---\n", b"-->", b"\r", b"<a href=", b"&#x0;", b"{\\")


@pytest.mark.parametrize(("layout", "content"), [("html", PAGE), ("subtitles", VTT), ("text", SRT)])
def test_damaged_files_are_read_or_refused(read, tmp_path, layout, content):
    if layout == "html":
        pytest.importorskip("resiliparse", reason="the extra `web` is not installed")
    for seed in range(60):
        dice, data = random.Random(seed), bytearray(content.encode())
        for _ in range(4):
            place = dice.randrange(len(data))
            data[place : place + dice.randint(0, 9)] = dice.choice(PIECES)
        (tmp_path / "a").write_bytes(data)
        with suppress(InputError):
            read(tmp_path / "a", layout=layout)


def test_members_alone_before_a_text_are_no_part_of_it(read, tmp_path):
    (tmp_path / "a.md").write_text(f"---\ntags:\n  - quay\naliases: [a, b]\n---\n{TEXT}\n")
    (tmp_path / "b.md").write_text(f"---\nsaid: the keeper\nand left\n---\n{MORE}\n")

    found = read(tmp_path, layout="text")

    assert found.column("text") == [TEXT, f"---\nsaid: the keeper\nand left\n---\n{MORE}"]
