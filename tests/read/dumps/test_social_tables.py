"""Tables of posts, comments and reviews, as collectors and hubs name their columns."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import strategies as st

from provenance.errors import ColumnMissing, UnsupportedFormat, WrongLayout
from tests.property_campaigns import property_test

TEXTS = [
    "The lantern swung over the quay all night, and nobody slept",
    "Somebody's cousin carried the kettle indoors before the rain",
    "The orchard wall cost more than the street had saved",
]


def test_what_a_repost_repeats_is_by_whom_it_names(read, table):
    texts = [TEXTS[0], f"RT @ben_2: {TEXTS[1]}\nand on", "RT @cat: a text that is cut o…", "RT @x"]
    rows = [{"id": f"i{n}", "text": text, "author": "ann"} for n, text in enumerate(texts)]
    found = read(table(rows))
    assert found.column("text") == texts
    assert found.column("author") == ["ann", "ben_2", "cat", "ann"]
    assert found.column("item") == ["i0", "i1", "i2", "i3"]


def test_a_repost_names_its_author_where_no_column_does(read, table):
    rows = [
        {"id": f"i{n}", "text": text} for n, text in enumerate((TEXTS[0], f"RT @b: {TEXTS[1]}"))
    ]
    assert read(table(rows)).column("author") == [None, "b"]


@pytest.mark.parametrize(
    "placeholder",
    ["[deleted]", "[ Removed by Reddit ]", "[REMOVED]", "\t[removed]\n", " [deleted]"],
)
def test_placeholders_of_deleted_texts_are_counted(read, table, placeholder):
    texts = ["é", TEXTS[0], placeholder, "(removed) is a word", placeholder]
    found = read(table([{"id": f"i{n}", "text": text} for n, text in enumerate(texts)]))
    assert found.column("text") == ["é", TEXTS[0], "(removed) is a word"]
    assert found.skipped == {"deleted or removed": 2}


def test_a_text_that_begins_with_a_placeholder_is_kept(read, table):
    texts = [TEXTS[0], "[removed] is a word"]
    found = read(table([{"id": f"i{n}", "text": text} for n, text in enumerate(texts)]))
    assert found.column("text") == texts


@pytest.mark.parametrize(
    ("row", "fields"),
    [
        ({"review_id": "r1", "user_id": "u1", "date": "2020-01-02", "text": "x y"}, "r1 u1"),
        (
            {"review_id": "r1", "user_id": "u1", "date_added": "2020-01-02", "review_text": "x y"},
            "r1 u1",
        ),
        ({"reviewId": "r1", "userName": "u1", "content": "x y", "at": "2020-01-02"}, "r1 u1"),
        (
            {"id": "r1", "user_posted": "u1", "description": "x y", "date_posted": "2020-01-02"},
            "r1 u1",
        ),
        ({"id": "r1", "speaker": "u1", "text": "x y", "timestamp": "2020-01-02"}, "r1 u1"),
        ({"id": "r1", "sender": "u1", "body": "x y", "date": "2020-01-02"}, "r1 u1"),
        ({"id": "r1", "author.name": "U", "author.username": "u1", "text": "x y"}, "r1 u1"),
        ({"postid": "r1", "username": "u1", "pagetext": "x y", "dateline": "2020-01-02"}, "r1 u1"),
        ({"tweet_id": "t1", "note_id": "r1", "user_id": "u1", "text": "x y"}, "r1 u1"),
        ({"post_id": "p1", "comment_id": "r1", "user": "u1", "text": "x y"}, "r1 u1"),
        ({"id": "r1", "User Name": "u1", "Message": "x y", "Post Created": "2020-01-02"}, "r1 u1"),
        ({"Review": "x y", "Rating": "4"}, ""),
    ],
)
def test_columns_as_others_name_them(read, table, row, fields):
    (found,) = read(table([row])).rows
    assert found["text"] == "x y"
    if fields:
        assert [found["item"], found["author"]] == fields.split()
    has_date = any("2020" in value for value in row.values())
    assert (found["created_at"] is not None) == has_date


def test_bytes_as_python_shows_them_are_no_texts(read, table):
    rows = [{"id": f"i{n}", "text": str(text.encode())} for n, text in enumerate(TEXTS)]
    with pytest.raises(WrongLayout, match="100% of the texts are bytes as Python shows") as error:
        read(table(rows))
    assert "ast.literal_eval" in error.value.remedy
    assert len(read(table(rows), text_format="plain").rows) == 3


def test_the_longest_of_several_unknown_columns_is_suggested(read, write, tmp_path):
    rows = [{"one": f"{text[:22]} o", "two": text, "three": "x"} for text in TEXTS]
    write(tmp_path / "a.csv", rows)
    with pytest.raises(ColumnMissing) as error:
        read(tmp_path / "a.csv")
    assert "such as --text-column 'two'" in error.value.remedy


def test_a_message_rather_than_a_description_is_suggested(read, lines, tmp_path):
    row = {"team": {"description": TEXTS[0]}, "note": {"number": 1, "message": TEXTS[1]}}
    (tmp_path / "a.jsonl").write_text(lines([row]))
    with pytest.raises(ColumnMissing) as error:
        read(tmp_path / "a.jsonl")
    assert "such as --text-column 'note.message'" in error.value.remedy


@pytest.mark.parametrize(
    ("names", "member", "rows"),
    [
        (("ann", "ben"), [{"Content": TEXTS[0]}], ".[][]"),
        (("ann", "ben"), {"text": TEXTS[0]}, ".[]"),
        (("1001",), {"text": TEXTS[0]}, ".[]"),
    ],
)
def test_members_that_are_named_by_ids_are_no_columns(read, tmp_path, names, member, rows):
    (tmp_path / "a.json").write_text(json.dumps(dict.fromkeys(names, member)))
    with pytest.raises(ColumnMissing) as error:
        read(tmp_path / "a.json")
    assert "no column is recognised as the text" in error.value.message
    assert f"`jq -c '{rows}'` makes rows" in error.value.remedy


def test_no_path_through_ids_is_suggested(read, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"id": {"1": {"text": TEXTS[0]}, "2": None}}))
    with pytest.raises(ColumnMissing) as error:
        read(tmp_path / "a.json")
    assert "`jq -c '.id[]'` makes rows" in error.value.remedy


def test_a_file_of_tgdataset_is_named(read, tmp_path):
    channel = {"title": TEXTS[0], "text_messages": {"1": {"message": TEXTS[1]}}}
    (tmp_path / "a.json").write_text(json.dumps({"1001": channel}))
    with pytest.raises(UnsupportedFormat, match="a file of TGDataset") as error:
        read(tmp_path / "a.json")
    assert r'id: "\($c)/\(.key)"' in error.value.remedy


@pytest.mark.parametrize(
    ("column", "member"), [("user", "screen_name"), ("sender", "name"), ("from", "displayName")]
)
def test_authors_in_structures_have_many_names(read, lines, tmp_path, column, member):
    row = {"id": "1", "text": TEXTS[0], column: {"id": 5, member: "ann"}}
    (tmp_path / "a.jsonl").write_text(lines([row]))
    assert read(tmp_path / "a.jsonl").column("author") == ["ann"]


@pytest.mark.parametrize("name", ["deleted", "is_removed"])
def test_rows_that_are_marked_as_deleted_are_counted(read, table, name):
    marks = [False, True, None, False]
    rows = [{"id": f"i{n}", "text": f"{TEXTS[0]} {n}", name: mark} for n, mark in enumerate(marks)]
    found = read(table(rows))
    assert found.column("item") == ["i0", "i2", "i3"]
    assert found.skipped == {"deleted or removed": 1}


VALUES = (
    *(
        None,
        "",
        " ",
        "a < b &amp; c",
        "[deleted]",
        "[ removed ]",
        "RT @ben: a lantern",
        "<p>[dead]",
    ),
    *("t1_a", "t3_a/b", "1", "0", "true", "2020-01-02", "8/14/2016 9:05 PM", "1600000000"),
    *("PUBLIC", "CONNECTIONS", 'a"\n"b""c""', "https://a.example/1", "\u3000", "\x1c"),
)
COLUMNS = {
    "reddit": "id body link_id created_utc title selftext name author permalink url",
    "hackernews": "id by time text title url dead deleted timestamp objectID author created_at",
    "the-stack": "hexsha content max_stars_repo_name blob_id max_stars_repo_path path repo_name "
    "max_stars_repo_licenses detected_licenses committer_date revision_date revision_id",
    "linkedin": "Date ShareLink ShareCommentary Visibility Link",
}


@pytest.mark.parametrize("layout", COLUMNS)
@property_test(40, 400, data=st.data())
def test_columns_of_a_platform_give_the_same_as_its_objects(read, write, layout, data):
    names = COLUMNS[layout].split()
    values = st.sampled_from(VALUES)
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(names, values)), max_size=4))
    rows.append(dict.fromkeys(names, "a"))  # so that no column is without a type
    with TemporaryDirectory() as folder:
        table, objects = (Path(folder) / f"posts.{form}" for form in ("parquet", "jsonl"))
        write(table, rows)
        write(objects, rows)
        found, expected = (read(path, layout=layout) for path in (table, objects))
    for one in (*found.rows, *expected.rows):
        one["item"] = one["item"].rpartition("#")[2]  # behind it, ids are made of the file's name
    assert found.rows == expected.rows
    assert found.skipped == expected.skipped
    assert found.deletions == expected.deletions


@pytest.mark.parametrize("layout", ["linkedin", "reddit", "hackernews", "the-stack"])
def test_a_table_without_the_columns_of_a_layout_is_refused(read, tmp_path, layout):
    (tmp_path / "a.csv").write_text("un,deux\n1,words of a text\n2,words of another\n")
    with pytest.raises(ColumnMissing, match="no column of this layout"):
        read(tmp_path / "a.csv", layout=layout)


@pytest.mark.parametrize("name", ["!", "[]", "said[]"])
def test_a_text_may_be_in_a_column_with_an_odd_name(read, tmp_path, name):
    rows = "".join(f'i{n},"{text}"\n' for n, text in enumerate(TEXTS))
    (tmp_path / "a.csv").write_text(f"id,{name}\n{rows}")
    found = read(tmp_path / "a.csv")
    assert found.column("text") == TEXTS
    assert found.column("item") == ["i0", "i1", "i2"]
