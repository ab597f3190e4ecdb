"""Tables whose usual columns hold less than the text: titles, summaries, texts in structures."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.errors import ColumnMissing

TEXT = "The lantern keeper lit eleven lamps along the quay before the tide came in that evening."
MORE = "Three millers argued about the weight of a wet sack of barley until the lamps were out."


@pytest.mark.parametrize("summary", ["abstract", "description", "message"])
def test_a_summary_is_no_text_beside_a_longer_one(read, tmp_path, lines, summary):
    (tmp_path / "p.jsonl").write_text(
        lines([{"title": "Quays", summary: "On lamps.", "full_description": TEXT, "doi": "10.1/x"}])
    )

    with pytest.raises(ColumnMissing) as error:
        read(tmp_path / "p.jsonl")

    assert "'full_description' has longer texts" in error.value.message
    assert f"--text-column title --text-column {summary} --text-column full_description" in (
        error.value.remedy
    )


def test_identifiers_and_dates_are_no_longer_texts(read, tmp_path, lines):
    row = {"title": "Quays", "key": "https://lamps.example/quays-of-the-north", "code": "x" * 40}
    (tmp_path / "p.jsonl").write_text(lines([row, row | {"title": "Mills"}]))

    assert read(tmp_path / "p.jsonl").column("text") == ["Quays", "Mills"]


def test_a_column_that_is_null_is_not_the_text(read, tmp_path, lines):
    (tmp_path / "p.jsonl").write_text(lines([{"text": None, "maintext": TEXT, "title": "Quays"}]))

    assert read(tmp_path / "p.jsonl").column("text") == [TEXT]


@pytest.mark.parametrize(
    ("row", "options"),
    [
        (
            {"title": "Quays", "paragraphs": [{"content": TEXT}]},
            "--text-column 'paragraphs[].content'",
        ),
        ({"title": "Quays", "fields": {"body": TEXT}}, "--text-column 'fields.body'"),
        (
            {"title": {"rendered": "Quays"}, "content": {"rendered": TEXT}},
            "--text-column 'title.rendered' --text-column 'content.rendered'",
        ),
        (
            {"title": "Quays", "content": {"raw": TEXT, "markup": "markdown"}},
            "--text-column 'content.raw'",
        ),
        (
            {"paper": "p1", "abstract": [{"text": MORE}], "body_text": [{"text": TEXT}]},
            "--text-column 'abstract[].text'",
        ),
        ({"instruction": "Write.", "output": TEXT}, "--text-column 'output'"),
        ({"turns": [{"from": "x", "value": TEXT}]}, "--text-column 'turns[].value'"),
    ],
    ids=["list", "structure", "rendered", "raw", "parts", "longest", "value"],
)
def test_texts_elsewhere_are_suggested_and_can_be_read(read, tmp_path, row, options):
    pq.write_table(pa.Table.from_pylist([row, row]), tmp_path / "p.parquet")

    with pytest.raises(ColumnMissing) as error:
        read(tmp_path / "p.parquet")

    assert options in error.value.remedy
    named = tuple(part.strip("' ") for part in options.split("--text-column ")[1:])
    found = read(tmp_path / "p.parquet", text_columns=named)
    assert all(text.endswith((TEXT, MORE)) for text in found.column("text"))
    assert len(found.rows) == 2


def test_titles_are_not_taken_where_texts_are_two_lists_deep(read, tmp_path, lines):
    row = {"title": "Quays", "parts": [{"answers": [{"text": TEXT}]}]}
    (tmp_path / "p.jsonl").write_text(lines([row, row | {"title": "Mills"}]))

    with pytest.raises(ColumnMissing, match=r"there are texts in 'parts\[\].answers") as error:
        read(tmp_path / "p.jsonl")

    assert "JSON Lines" in error.value.remedy
    assert "--text-column title" in error.value.remedy
    titles = read(tmp_path / "p.jsonl", text_column="title")
    assert titles.column("text") == ["Quays", "Mills"]


def test_other_fields_are_beside_a_text_in_a_structure(read, tmp_path, lines):
    row = {
        "id": 7,
        "bibjson": {"abstract": TEXT, "published": "2020-02-03", "author": "Ann", "link": "l"},
    }
    (tmp_path / "p.jsonl").write_text(lines([row]))

    [found] = read(tmp_path / "p.jsonl", text_column="bibjson.abstract").rows

    assert found["item"] == "7"
    assert (found["author"], found["url"]) == ("Ann", "l")
    assert str(found["created_at"]) == "2020-02-03 00:00:00+00:00"


def test_elements_of_a_list_have_their_own_dates_and_not_only_ids_of_their_own(
    read, tmp_path, lines
):
    rows = [
        {
            "id": key,
            "date": "1999-01-01",
            "answers": [{"id": 0, "text": TEXT, "date": "2020-02-03"}],
        }
        for key in ("a", "b")
    ]
    (tmp_path / "p.jsonl").write_text(lines(rows))

    found = read(tmp_path / "p.jsonl", text_column="answers[].text")

    assert len(set(found.column("item"))) == 2
    assert {str(date)[:10] for date in found.column("created_at")} == {"2020-02-03"}


def test_a_review_has_its_id_author_and_date(read, tmp_path, lines):
    row = {
        "review_id": "5c",
        "user_id": 88,
        "review_text": TEXT,
        "date_added": "Fri Aug 25 13:55:02 -0700 2017",
    }
    (tmp_path / "p.json").write_text(lines([row]))

    [found] = read(tmp_path / "p.json").rows

    assert (found["item"], found["author"]) == ("5c", "88")
    assert str(found["created_at"]) == "2017-08-25 20:55:02+00:00"


def test_the_address_of_a_page_is_preferred_to_that_of_an_interface(read, tmp_path, lines):
    row = {"url": "https://api.lamps.example/1", "html_url": "https://lamps.example/1"}
    (tmp_path / "p.jsonl").write_text(lines([row | {"title": "Quays", "body": TEXT}]))

    assert read(tmp_path / "p.jsonl").column("url") == ["https://lamps.example/1"]


@pytest.mark.parametrize(
    ("url", "permalink", "expected"),
    [
        ("https://paper.example/a", "https://lamps.example/1", "https://lamps.example/1"),
        ("https://lamps.example/1", "/p/1", "https://lamps.example/1"),
        ("", "/p/1", "/p/1"),
    ],
)
def test_the_address_of_a_post_is_preferred_to_that_of_its_link(
    read, table, url, permalink, expected
):
    rows = [{"url": url, "permalink": permalink, "title": "Quays", "body": TEXT}]
    assert read(table(rows)).column("url") == [expected]


def test_headers_of_a_capture_give_address_and_date(read, tmp_path, lines):
    row = {
        "content": TEXT,
        "warc_headers": {
            "warc-record-id": "<urn:uuid:1>",
            "warc-date": "2021-09-16T11:07:14Z",
            "warc-target-uri": "https://lamps.example/1",
        },
        "metadata": {"annotation": None},
    }
    (tmp_path / "p.jsonl").write_text(lines([row]))

    [found] = read(tmp_path / "p.jsonl").rows

    assert (found["item"], found["url"]) == ("<urn:uuid:1>", "https://lamps.example/1")
    assert str(found["created_at"]) == "2021-09-16 11:07:14+00:00"


def test_a_list_without_texts_in_a_single_object_is_not_the_table(read, tmp_path, lines):
    case = {
        "name": "Quay v. Mill",
        "citations": [{"type": "official", "cite": "1 Q. 1"}],
        "casebody": {"opinions": [{"author": "Quay", "text": TEXT}, {"text": MORE}]},
    }
    (tmp_path / "c.jsonl").write_text(lines([case]))

    assert read(tmp_path / "c.jsonl").column("text") == [TEXT, MORE]


def test_of_columns_of_texts_the_one_that_is_filled_is_read(read, table):
    rows = [
        {
            "id": f"r{n}",
            "comment": "Thank you for it, dear guest." if n == 1 else "",
            "review": text,
        }
        for n, text in enumerate([TEXT, MORE, f"{TEXT} {MORE}"])
    ]
    found = read(table(rows))
    assert found.column("text") == [TEXT, MORE, f"{TEXT} {MORE}"]


def test_articles_of_joomla_begin_with_an_introduction(read, table):
    rows = [{"title": "Quays", "introtext": TEXT, "fulltext": more} for more in ("", MORE)]
    found = read(table(rows))
    assert found.column("text") == [f"Quays\n\n{TEXT}"] * 2
    (reason,) = found.skipped
    assert "--text-column 'introtext' --text-column 'fulltext'" in reason


@pytest.mark.parametrize("column", ["body", "comment"])
def test_numbers_and_addresses_do_not_make_a_column_the_fuller_one(read, table, column):
    rows = [{column: text, "post": f"https://a.example/{text[:4]}"} for text in (TEXT, "", "")]
    assert TEXT in read(table(rows), text_format="plain").column("text")


def test_titles_that_many_texts_share_are_no_part_of_these(read, table):
    titles = [f"Quay number {n // 4}" for n in range(12)]
    rows = [{"title": title, "review": f"{n}: {TEXT}"} for n, title in enumerate(titles)]
    assert read(table(rows)).column("text") == [f"{n}: {TEXT}" for n in range(12)]
    rows = [row | {"title": f"On quay {n}"} for n, row in enumerate(rows)]
    assert read(table(rows)).column("text")[7] == f"On quay 7\n\n7: {TEXT}"
