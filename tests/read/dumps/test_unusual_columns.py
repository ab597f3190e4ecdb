"""Tables whose columns are called otherwise: what their names and values say."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.errors import ColumnMissing, WrongLayout

TEXTS = [
    "The lantern swung over the quay all night, and nobody slept a wink",
    "Somebody's cousin carried the kettle indoors before the rain came down",
    "The orchard wall cost more than the whole street had saved that year",
]
SECOND = "2020-09-13T12:26:40+00:00"


def test_columns_may_be_named_like_the_text(read, table):
    found = read(
        table(
            [
                {"id": f"row{n}", "comment_id": f"c{n}", "comment_author": "ann", "author": "ben"}
                | {"comment_date": SECOND, "date": "1999-01-01", "comment_text": text}
                for n, text in enumerate(TEXTS)
            ]
        )
    )
    assert found.column("item") == ["c0", "c1", "c2"]
    assert {*found.column("author")} == {"ann"}
    assert {day.isoformat() for day in found.column("created_at")} == {SECOND}


def test_a_title_may_be_named_like_the_text(read, table):
    row = {"product_title": "A kettle of brass", "review_headline": "Good", "review_body": "{}"}
    rows = [row | {"review_body": text} for text in TEXTS]
    assert read(table(rows)).column("text") == [f"Good\n\n{text}" for text in TEXTS]


@pytest.mark.parametrize("name", ["Poem", "正文", "definition", "column2"])
def test_the_only_column_of_prose_is_the_text(read, table, name):
    found = read(table([{"Tags": "sea", "Poet": "ann", name: text, "n": "7"} for text in TEXTS]))
    assert found.column("text") == TEXTS


def test_a_title_is_joined_with_the_only_prose(read, table):
    found = read(table([{"Title": "Quays", "Poem": text, "Tags": ""} for text in TEXTS]))
    assert found.column("text") == [f"Quays\n\n{text}" for text in TEXTS]


def test_of_several_columns_of_prose_none_is_taken(read, table):
    both = [
        {"question": text, "answer": f"They say: {other}"}
        for text, other in zip(TEXTS, TEXTS[::-1], strict=True)
    ]
    with pytest.raises(ColumnMissing) as error:
        read(table(both))
    assert "--text-column 'answer' or --text-column 'question' --text-column" in error.value.remedy


@pytest.mark.parametrize(
    "row",
    [
        {"Name": "An old quay", "Tags": "stone"},
        {"shop": "Quay", "street_address": "{}, door 2"},
    ],
)
def test_labels_are_not_taken_for_prose(read, table, row):
    with pytest.raises(ColumnMissing, match="no column is recognised"):
        read(table([{name: value.format(text) for name, value in row.items()} for text in TEXTS]))


def test_a_column_with_a_space_is_quoted_in_the_advice(read, table):
    reviews = [
        {
            "Title": "Quays",
            "My Verdict": text,
            "Private Notes": "lent to my aunt in the month of May",
        }
        for text in TEXTS
    ]
    with pytest.raises(ColumnMissing) as error:
        read(table(reviews))
    assert "--text-column Title --text-column 'My Verdict'" in error.value.remedy


def test_private_notes_are_not_suggested_beside_a_review(read, table):
    found = read(table([{"My Review": text, "Private Notes": text[::-1]} for text in TEXTS]))
    assert (found.column("text"), found.skipped) == (TEXTS, {})


@pytest.mark.parametrize("mark", ["Yes", "true", "1"])
def test_rows_that_are_marked_as_private_are_counted(read, table, mark):
    found = read(
        table([{"post_raw": text, "is_pm": mark if text == TEXTS[0] else "No"} for text in TEXTS])
    )
    assert found.column("text") == TEXTS[1:]
    assert found.skipped == {"not public": 1}


def test_metadata_may_be_in_capitals(read, table):
    metadata = json.dumps({"language": "en", "authors": "Ann"})
    found = read(table([{"TEXT": text, "METADATA": metadata} for text in TEXTS]))
    assert {*found.column("language")} == {"en"}
    assert {*found.column("author")} == {"Ann"}


@pytest.mark.parametrize("name", ["p.jsonl", "p.parquet"])
def test_names_are_taken_from_lists_of_structures(read, write, tmp_path, name):
    authors = [{"authorId": "1", "name": "Ann"}, {"authorId": "2", "name": "Ben"}]
    write(tmp_path / name, [{"abstract": text, "authors": authors} for text in TEXTS])
    assert {*read(tmp_path / name).column("author")} == {"Ann, Ben"}


def test_texts_below_a_comment_are_suggested_last(read, lines, tmp_path):
    fields = {"description": TEXTS[0], "comment": {"comments": [{"body": TEXTS[1]}]}}
    (tmp_path / "p.jsonl").write_text(lines([{"key": "Q-1", "fields": fields}]))
    with pytest.raises(ColumnMissing) as error:
        read(tmp_path / "p.jsonl")
    assert error.value.remedy.endswith("such as --text-column 'fields.description'.")


def test_e_mails_in_a_table_are_named(read, table):
    mail = "Message-ID: <{}@a.example>\nDate: Sun, 13 Sep 2020 12:26:40 +0000\nFrom: ann@a.example"
    with pytest.raises(WrongLayout, match="e-mails with their headers") as error:
        read(table([{"file": f"{n}.", "message": f"{mail}\n\n{t}"} for n, t in enumerate(TEXTS)]))
    assert "a file of its own" in error.value.remedy


@pytest.mark.parametrize("name", ["post_id", "docid"])
def test_an_id_that_several_texts_have_is_that_of_what_they_belong_to(read, table, name):
    shared = [{name: 7, "text": text} for text in TEXTS]
    assert all(
        native.endswith(f"#{n}") for n, native in enumerate(read(table(shared)).column("item"))
    )
    own = [{name: 7 + n, "text": text} for n, text in enumerate(TEXTS)]
    assert read(table(own)).column("item") == ["7", "8", "9"]
    versions = [{"id": 7, name: 8 + n, "text": text} for n, text in enumerate(TEXTS)]
    assert read(table(versions)).column("item") == ["7", "7", "7"]


def test_a_blank_text_is_read_from_another_column_of_texts(read, table):
    rows = [
        {"id": "a", "plain_text": TEXTS[0], "html": "", "html_of_a_scan": None},
        {"id": "b", "plain_text": "", "html": f"<p>{TEXTS[1]}</p>", "html_of_a_scan": None},
        {"id": "c", "plain_text": " ", "html": None, "html_of_a_scan": f"<p>{TEXTS[2]}</p>"},
        {"id": "d", "plain_text": "", "html": "", "html_of_a_scan": ""},
    ]
    found = read(table(rows), text_format="html")
    assert found.column("text") == TEXTS
    with pytest.raises(WrongLayout, match="HTML"):
        read(table(rows))


def test_few_pages_without_a_text_stay_without(read, table):
    rows = [{"text": f"{text} {n}", "html": "<p>a page</p>"} for n in range(5) for text in TEXTS]
    found = read(table([*rows, {"text": "", "html": "<p>only a menu</p>"}]))
    assert len(found.rows) == 15


def test_the_author_is_in_a_column_that_is_mostly_filled(read, table):
    rows = [
        {"body": text, "owner_display_name": "", "owner_user_id": n} for n, text in enumerate(TEXTS)
    ]
    assert read(table(rows)).column("author") == ["0", "1", "2"]
    rows[0]["owner_display_name"] = rows[1]["owner_display_name"] = "ann"
    assert read(table(rows)).column("author") == ["ann", "ann", None]


@pytest.mark.parametrize(
    ("name", "published", "draft"),
    [
        ("status", "publish", "draft"),
        ("post_status", "Published", "trash"),
        ("is_published", "true", "False"),
        ("published", "1", "0"),
        ("isPublished", True, False),
        ("visibility", "public", "direct"),
        ("Visibility", "unlisted", "private"),
        ("confidential", False, True),
    ],
)
def test_rows_that_are_not_published_are_left_out(read, table, name, published, draft):
    states = [published, draft, "public" if name == "Visibility" else published]
    rows = [{"content": text, name: state} for text, state in zip(TEXTS, states, strict=True)]
    found = read(table(rows))
    assert found.column("text") == [TEXTS[0], TEXTS[2]]
    assert found.skipped == {"not public": 1}


@pytest.mark.parametrize(("name", "marks"), [("system", [False, True]), ("isSystem", ["0", "1"])])
def test_rows_by_the_system_are_notices(read, table, name, marks):
    values = [marks[0], marks[1], marks[0]]
    rows = [{"body": text, name: value} for text, value in zip(TEXTS, values, strict=True)]
    found = read(table(rows))
    assert found.column("text") == [TEXTS[0], TEXTS[2]]
    assert found.skipped == {"notice of the service": 1}


def test_a_system_prompt_marks_nothing(read, table):
    rows = [{"text": text, "system": "Be brief."} for text in TEXTS]
    assert read(table(rows)).column("text") == TEXTS


def test_the_day_of_publication_counts_not_that_of_a_copy(read, table):
    rows = [
        {"content": text, "created_at": "2024-01-01", "published_at": "2021-02-03"}
        for text in TEXTS
    ]
    assert {day.year for day in read(table(rows)).column("created_at")} == {2021}


@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("status", ["open", "pending", "closed"]),
        ("state", ["0", "1", "0"]),
        ("status", ["draft", "draft", "draft"]),
        ("status", ["Approved", "Pending", "Overturned"]),
        ("published", ["2020-01-02", "2020-01-03", None]),
    ],
)
def test_other_states_say_nothing_of_publication(read, table, name, states):
    rows = [{"content": text, name: state} for text, state in zip(TEXTS, states, strict=True)]
    assert read(table(rows)).column("text") == TEXTS


@pytest.fixture(params=["rows.parquet", "rows.jsonl"])
def nested(request, tmp_path):
    def write(rows):
        path = tmp_path / request.param
        if path.suffix == ".parquet":
            pq.write_table(pa.Table.from_pylist(rows), path)
        else:
            path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        return path

    return write


@pytest.mark.parametrize("name", ["text", "paragraphs", "Sentences"])
def test_a_list_of_texts_is_joined(read, nested, name):
    rows = [{"id": "a", name: TEXTS[:2]}, {"id": "b", name: [TEXTS[2], " "]}]
    rows += [{"id": "c", name: []}, {"id": "d", name: [" "]}]
    found = read(nested(rows))
    assert found.column("text") == [f"{TEXTS[0]}\n{TEXTS[1]}", TEXTS[2]]
    assert found.column("item") == ["a", "b"]
    assert found.skipped == {"null text": 2}
    assert read(nested(rows), text_column=f"{name}[]").column("text") == TEXTS


def test_a_list_that_is_named_is_joined(read, nested):
    path = nested([{"title": "Quays", "said": TEXTS, "tags": ["sea", "mud"]}])
    with pytest.raises(ColumnMissing) as error:
        read(path)
    assert "--text-column title --text-column said" in error.value.remedy
    found = read(path, text_columns=("title", "said"))
    assert found.column("text") == ["\n".join(["Quays\n", *TEXTS])]


def test_lists_within_a_list_are_joined(read, nested):
    senses = [{"glosses": TEXTS[:2]}, {"glosses": TEXTS[2:]}]
    path = nested([{"word": "quay", "senses": senses}, {"word": "pear", "senses": []}])
    with pytest.raises(ColumnMissing) as error:
        read(path)
    assert "--text-column 'senses[].glosses'" in error.value.remedy
    found = read(path, text_column="senses[].glosses")
    assert found.column("text") == [f"{TEXTS[0]}\n{TEXTS[1]}", TEXTS[2]]


def test_lists_of_labels_are_no_texts(read, nested):
    path = nested([{"title": "An old quay", "cast": ["Ann Berg", "Ben Carr", "Cy Dunn"] * 4}])
    assert read(path).column("text") == ["An old quay"]


CODE = "def quay(n):\n    return n + {}\n"


@pytest.mark.parametrize(
    "row",
    [
        {"code": CODE, "repo_name": "ann/quays", "language": "Python", "size": "3"},
        {"func_code_string": CODE, "func_documentation_string": "Return {} quays.", "id": "a"}
        | {"whole_func_string": CODE, "repository_name": "ann/quays"},
    ],
)
def test_code_of_several_lines_is_the_text(read, table, row):
    rows = [{name: value.format(n) for name, value in row.items()} for n in range(3)]
    assert read(table(rows)).column("text") == [CODE.format(n) for n in range(3)]


def test_a_code_of_one_line_is_a_label(read, table):
    with pytest.raises(ColumnMissing, match="no column is recognised"):
        read(table([{"code": "AMS", "name": "Amsterdam"}, {"code": "RTM", "name": "Rotterdam"}]))


def test_the_author_of_a_book_is_not_that_of_my_review(read, table):
    rows = [{"Author": "Ann Berg", "My Review": text, "Title": "Quays"} for text in TEXTS]
    found = read(table(rows), text_column="My Review")
    assert (found.column("text"), {*found.column("author")}) == (TEXTS, {None})


def test_json_below_a_title_is_no_text(read, table):
    rows = [{"title": "Soup", "directions": json.dumps([text])} for text in TEXTS]
    with pytest.raises(WrongLayout, match="JSON"):
        read(table(rows), text_columns=("title", "directions"))


def test_rows_deep_within_one_object_are_to_be_taken_out(read, tmp_path):
    edges = [{"node": {"id": n, "body": text}} for n, text in enumerate(TEXTS)]
    path = tmp_path / "p.json"
    path.write_text(json.dumps({"data": {"repository": {"issues": {"edges": edges}}}}))
    with pytest.raises(ColumnMissing) as error:
        read(path)
    assert "`jq -c '.data.repository.issues.edges[].node'`" in error.value.remedy


def test_a_column_may_fit_two_names_of_its_role(read, table):
    rows = [
        {"post_title": "Quays", "post_content": text, "review_text": "", "post_url": "https://l/1"}
        | {"url": "", "text": ""}
        for text in TEXTS
    ]
    rows[2] |= {"post_content": "", "review_text": TEXTS[2]}
    found = read(table(rows))
    assert {*found.column("url")} == {"https://l/1"}
    assert [text.rpartition("\n")[2] for text in found.column("text")] == TEXTS


@pytest.mark.parametrize(
    ("title", "text", "author", "date"),
    [
        ("Titel", "Inhalt", "Autor", "Datum"),
        ("título", "texto", "autor", "fecha"),
        ("titre", "texte", "auteur", "date"),
        ("标题", "正文", "作者", "发布时间"),
        ("заголовок", "текст", "автор", "дата"),
    ],
)
def test_usual_names_are_known_in_other_languages(read, table, title, text, author, date):
    rows = [{title: "Quays", text: TEXTS[0], author: "ann", date: "2020-01-02", "likes": "7"}]
    (found,) = read(table(rows)).rows
    assert found["text"].endswith(TEXTS[0])
    assert (found["author"], found["created_at"].year) == ("ann", 2020)


def test_the_text_of_a_question_is_not_in_its_answers(read, nested):
    answers = {"text": ["at the quay"], "answer_start": [3]}
    path = nested([{"title": "Quays", "context": text, "answers": answers} for text in TEXTS * 2])
    with pytest.raises(ColumnMissing) as error:
        read(path)
    assert "--text-column title --text-column context" in error.value.remedy


def test_ids_that_a_gap_made_fractions_are_whole_again(read, tmp_path):
    rows = 'id,owner_user_id,body\n1.0,147.0,"an old quay"\n2.5,,"a new quay"\n'
    (tmp_path / "p.csv").write_text(rows)
    found = read(tmp_path / "p.csv")
    assert (found.column("item"), found.column("author")) == (["1", "2.5"], ["147", None])


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_words_for_a_missing_value_are_none(read, write, tmp_path, suffix):
    missing = ["nan", "None", "\\N", "null", "N/A", "<NA>", "[deleted]"]
    rows = [
        {"id": word, "text": f"words {word}", "author": word, "url": word, "license": word}
        for word in missing
    ]
    write(tmp_path / f"p.{suffix}", rows)
    found = read(tmp_path / f"p.{suffix}")
    for name in ("author", "url", "licence"):
        assert found.column(name) == [None] * 7
    assert len({*found.column("item")}) == 7
    assert not {*found.column("item")} & {*missing}


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_a_list_of_authors_in_a_cell_is_their_names(read, write, tmp_path, suffix):
    authors = ["['Ann']", "['Ann', \"Ben O'Hara\"]", '["Ann", "Ben"]', "[]", "[Ann]", "['Ann"]
    rows = [{"id": f"{n}", "text": f"words {n}", "authors": who} for n, who in enumerate(authors)]
    write(tmp_path / f"p.{suffix}", rows)
    names = ["Ann", "Ann, Ben O'Hara", "Ann, Ben", None, "[Ann]", "['Ann"]
    assert read(tmp_path / f"p.{suffix}").column("author") == names


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (
            {"posts": {f"-N{n}": {"text": text, "at": n} for n, text in enumerate(TEXTS)}},
            ".posts[]",
        ),
        ({f"ep-{n}": [{"utterance": TEXTS[0], f"act{n}": n}] for n in range(6)}, ".[][]"),
    ],
)
def test_rows_by_their_ids_are_told_how_to_become_rows(read, tmp_path, content, rows):
    (tmp_path / "a.json").write_text(json.dumps(content))
    with pytest.raises(ColumnMissing) as caught:
        read(tmp_path / "a.json")
    assert f"`jq -c '{rows}'` makes rows of them" in caught.value.remedy


def test_a_column_of_objects_in_json_is_named(read, write, tmp_path):
    rows = [{"key": f"k{n}", "value": json.dumps({"text": text})} for n, text in enumerate(TEXTS)]
    write(tmp_path / "a.jsonl", rows)
    with pytest.raises(ColumnMissing) as caught:
        read(tmp_path / "a.jsonl")
    assert "`jq -c '.value | fromjson'` makes rows of them" in caught.value.remedy


def test_a_column_of_dictionaries_of_python_is_no_text(read, write, tmp_path):
    write(
        tmp_path / "a.csv", [{"key": f"k{n}", "value": str({"a": t})} for n, t in enumerate(TEXTS)]
    )
    with pytest.raises(ColumnMissing):
        read(tmp_path / "a.csv")


def test_all_lists_of_texts_are_named(read, write, tmp_path):
    rows = [{"title": "Head", "abstract": [{"text": TEXTS[0]}], "body": [{"text": TEXTS[1]}]}]
    write(tmp_path / "a.jsonl", rows)
    with pytest.raises(ColumnMissing) as caught:
        read(tmp_path / "a.jsonl")
    options = "--text-column 'abstract[].text' or --text-column 'body[].text'"
    assert options in caught.value.remedy


def test_beside_my_review_the_title_is_that_of_the_book(read, write, tmp_path):
    rows = [{"Title": "A Book", "Author": "Ann", "My Review": text} for text in TEXTS]
    write(tmp_path / "a.csv", rows)
    found = read(tmp_path / "a.csv")
    assert (found.column("text"), found.column("author")) == (TEXTS, [None] * 3)


def test_private_rows_are_left_out_though_nothing_marks_public_ones(read, write, tmp_path):
    marks = ["", "private", "usemask"]
    rows = [{"itemid": n, "security": marks[n], "event": text} for n, text in enumerate(TEXTS)]
    write(tmp_path / "a.csv", rows)
    found = read(tmp_path / "a.csv")
    assert (found.column("text"), found.skipped) == (TEXTS[:1], {"not public": 2})


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("article_url", "url"),
        ("enlace", "url"),
        ("ProfileName", "author"),
        ("customer_id", "author"),
        ("用户昵称", "author"),
        ("投稿者", "author"),
        ("idioma", "language"),
        ("celex_id", "item"),
        ("微博id", "item"),
        ("id_msg", "item"),
        ("ids", "item"),
        ("critic_name", "author"),
        ("posted_by", "author"),
        ("comment_author", "author"),
        ("original_url", "url"),
        ("locale", "language"),
        ("submitted_at", "created_at"),
        ("review_date", "created_at"),
        ("work_id", "item"),
        ("poster_name", "author"),
        ("poster_time", "created_at"),
        ("Erstellt am", "created_at"),
        ("投稿日", "created_at"),
        ("eventtime", "created_at"),
        ("DateInserted", "created_at"),
        ("작성일", "created_at"),
        ("작성자", "author"),
        ("InsertUserID", "author"),
        ("created_by", "author"),
        ("owner", "author"),
        ("sender_id", "author"),
        ("authorDisplayName", "author"),
        ("record_id", "item"),
        ("Facebook Id", "item"),
        ("comment_url", "url"),
        ("uploaded_at", "created_at"),
        ("taken_at_timestamp", "created_at"),
        ("Timestamp (UTC)", "created_at"),
        ("lang_code", "language"),
        ("license_name", "licence"),
    ],
)
def test_columns_are_found_by_more_names(read, write, tmp_path, name, field):
    is_date = field == "created_at"
    rows = [{"text": text, name: "2020-09-13"} for text in TEXTS[:1]]
    write(tmp_path / "a.csv", rows)
    (value,) = read(tmp_path / "a.csv").column(field)
    assert (value.date().isoformat() if is_date else value) == "2020-09-13"


@pytest.mark.parametrize(
    ("empty", "filled", "field", "value"),
    [
        ("id", "post_id", "item", "p"),
        ("author", "user_id", "author", "a"),
        ("url", "link", "url", "https://a.example/"),
        ("language", "lang", "language", "e"),
        ("license", "license_url", "licence", "https://b.example/"),
    ],
)
@pytest.mark.parametrize("missing", ["", "nan"])
def test_of_columns_of_one_role_the_one_with_values_is_read(
    read, table, empty, filled, field, value, missing
):
    rows = [{"text": text, empty: missing, filled: f"{value}{n}"} for n, text in enumerate(TEXTS)]
    assert read(table(rows)).column(field) == [f"{value}{n}" for n in range(3)]


def test_of_columns_of_dates_the_fuller_one_is_read(read, table):
    rows = [{"text": text, "created_at": SECOND * (n == 1), "date": SECOND}
            for n, text in enumerate(TEXTS)]  # fmt: skip
    assert None not in read(table(rows)).column("created_at")


def test_a_licence_in_metadata_is_read_where_a_column_of_licences_is_blank(read, table):
    rows = [{"text": text, "license": "", "metadata": '{"license": "MIT"}'} for text in TEXTS]
    assert read(table(rows)).column("licence") == ["MIT"] * 3


def test_ids_that_some_rows_lack_are_not_shared(read, table):
    ids = ["c1", "nan", "nan"]
    rows = [{"text": text, "comment_id": key} for text, key in zip(TEXTS, ids, strict=True)]
    assert read(table(rows)).column("item")[0] == "c1"


def test_the_handle_is_the_author_and_not_the_name_that_is_shown(read, write, tmp_path):
    row = {"user_name": "Ann of the Hill", "user_screen_name": "ann", "tweet": TEXTS[0]}
    write(tmp_path / "a.csv", [row])
    assert read(tmp_path / "a.csv").column("author") == ["ann"]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("deleted_at", ["2020-01-01 00:00:00", "", "0"], "deleted or removed"),
        ("deletedAt", ["2020-01-01", "nan", "0000-00-00"], "deleted or removed"),
        ("is_draft", ["True", "False", ""], "not public"),
        ("draft", ["1", "0", "0"], "not public"),
        ("is_spam", ["t", "f", "f"], "not public"),
        ("is_public", ["False", "True", "True"], "not public"),
        ("comment_approved", ["spam", "1", "1"], "not public"),
        ("audience", ["friends", "everyone", "everyone"], "not public"),
        ("is_public", ["N", "Y", "Y"], "not public"),
        ("deleted", ["Y", "N", "N"], "deleted or removed"),
        ("deleted", ["X", "", ""], "deleted or removed"),
        ("is_direct_message", ["True", "False", "False"], "not public"),
        ("visibility", ["private", "public", "local-only"], "not public"),
        ("status", ["unpublished", "published", "closed"], "not public"),
        ("visible", ["0", "1", "1"], "not public"),  # vBulletin
        ("visible", ["-1", "1", "1"], "not public"),  # MyBB
        ("message_state", ["moderated", "visible", "visible"], "not public"),  # XenForo
        ("post_status", ["inherit", "publish", "publish"], "not public"),  # WordPress
        ("queued", ["1", "0", "0"], "not public"),  # Invision
        ("delete_at", ["1600000000000", "0", "0"], "deleted or removed"),  # Mattermost
        ("DeletionDate", ["2020-01-01 00:00:00", "", ""], "deleted or removed"),
        ("deleted_at", ["2020-01-01", "-", "never"], "deleted or removed"),
        ("deleted_at", ["1600000000.0", "0.0", " "], "deleted or removed"),
        ("deleted_at", ["True", "False", "no"], "deleted or removed"),
        ("deleted_at", ["2020-01-01", "0001-01-01T00:00:00", "1970-01-01"], "deleted or removed"),
        ("hidden_at", ["2020-01-01", "", ""], "deleted or removed"),  # Flarum
        ("is_deleted", ["1.0", "0.0", ""], "deleted or removed"),
        ("comment_approved", ["post-trashed", "1", "1"], "not public"),  # WordPress
        ("status", ["deleted", "active", "active"], "not public"),
        ("privacy", ["Only me", "Public", "Public"], "not public"),
    ],
)
def test_marks_of_what_is_not_public_are_heeded(
    read, write, tmp_path, suffix, name, values, reason
):
    rows = [
        {"id": f"post{n}", "text": text, name: value}
        for n, (text, value) in enumerate(zip(TEXTS, values, strict=True))
    ]
    write(tmp_path / f"a.{suffix}", rows)
    found = read(tmp_path / f"a.{suffix}")
    assert (found.column("text"), found.skipped) == (TEXTS[1:], {reason: 1})


def test_posts_of_phpbb_are_by_who_has_an_account_and_public_where_they_are_1(read, table):
    rows = [
        {"post_id": 7 + n, "post_text": text, "post_visibility": n, "poster_id": 5}
        | {"post_username": "", "post_time": 1_600_000_000}
        for n, text in enumerate(TEXTS)
    ]
    found = read(table(rows))
    assert (found.column("text"), found.skipped) == ([TEXTS[1]], {"not public": 2})
    assert (found.column("item"), found.column("author")) == (["8"], ["5"])


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_posts_for_friends_of_facebook_are_left_out(read, write, tmp_path, suffix):
    privacy = ["EVERYONE", "SELF", "ALL_FRIENDS"]
    rows = [{"message": TEXTS[n], "privacy": {"value": value}} for n, value in enumerate(privacy)]
    write(tmp_path / f"a.{suffix}", rows)
    found = read(tmp_path / f"a.{suffix}")
    assert (found.column("text"), found.skipped) == (TEXTS[:1], {"not public": 2})


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("name", ["draft", "removed"])
@pytest.mark.parametrize("step", [1, 1.0, 0.5])
def test_counts_are_no_marks(read, write, tmp_path, suffix, name, step):
    rows = [{"text": text, name: n * step} for n, text in enumerate(TEXTS)]
    write(tmp_path / f"a.{suffix}", rows)
    assert read(tmp_path / f"a.{suffix}").column("text") == TEXTS


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize(
    ("name", "values"), [("deleted", (1.0, 0.0, 0.0)), ("visible", (0.0, 1.0, 1.0))]
)
def test_marks_that_are_floats_are_heeded(read, write, tmp_path, suffix, name, values):
    rows = [{"text": text, name: value} for text, value in zip(TEXTS, values, strict=True)]
    write(tmp_path / f"a.{suffix}", rows)
    assert read(tmp_path / f"a.{suffix}").column("text") == TEXTS[1:]


def test_labels_of_spam_are_no_marks(read, table):
    rows = [{"text": text, "spam": n % 2} for n, text in enumerate(TEXTS)]
    assert read(table(rows)).column("text") == TEXTS


def test_marks_of_replies_are_heeded(read, write, tmp_path):
    reply = {"id": "reply0", "body": TEXTS[1]}
    marks = [{"deleted_at": "2020-01-01"}, {"draft": True}, {"deleted_at": None, "draft": False}]
    rows = [{"id": "post0", "text": TEXTS[0], "comments": [reply | mark for mark in marks]}]
    write(tmp_path / "a.jsonl", rows)
    found = read(tmp_path / "a.jsonl")
    assert found.column("text") == TEXTS[:2]
    assert found.skipped == {"deleted or removed": 1, "not public": 1}


def test_a_date_of_deletion_may_be_a_date(read, write, tmp_path):
    when = datetime(2020, 1, 1, tzinfo=UTC)
    rows = [
        {"id": n, "text": text, "deleted_at": when if n else None} for n, text in enumerate("ab")
    ]
    write(tmp_path / "a.parquet", rows)
    assert read(tmp_path / "a.parquet").column("text") == ["a"]


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_a_licence_may_be_an_object_or_an_address(read, write, tmp_path, suffix):
    address = "https://creativecommons.org/licenses/by/4.0/"
    for member, value in (("license", {"name": "Attribution", "spdx_id": "CC-BY-4.0"}),
                          ("license_url", address), ("rights", address)):  # fmt: skip
        write(tmp_path / f"a.{suffix}", [{"id": 1, "text": TEXTS[0], member: value}])
        expected = "CC-BY-4.0" if isinstance(value, dict) else address
        assert read(tmp_path / f"a.{suffix}").column("licence") == [expected]


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
@pytest.mark.parametrize("member", ["seconds", "_seconds"])
def test_a_date_may_be_an_object_with_seconds(read, write, tmp_path, suffix, member):
    row = {"id": 1, "text": TEXTS[0], "createdAt": {member: 1_600_000_000, "nanos": 0}}
    write(tmp_path / f"a.{suffix}", [row])
    found = read(tmp_path / f"a.{suffix}")
    assert found.column("created_at") == [datetime.fromtimestamp(1_600_000_000, UTC)]


def test_decimals_are_ids_and_dates(read, tmp_path):
    columns = {"id": [Decimal(2**60)], "text": TEXTS[:1], "created_at": [Decimal(1_600_000_000)]}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    found = read(tmp_path / "a.parquet")
    assert found.column("item") == [str(2**60)]
    assert found.column("created_at") == [datetime.fromtimestamp(1_600_000_000, UTC)]


@pytest.mark.parametrize(
    ("header", "remedy"),
    [
        ("id,text,text", "--text-column 'text' --text-column 'text.2'"),
        ("id,text,text.1", "--text-column 'text' --text-column 'text.1'"),
        ("id,post_text,comment_text", "`registry add` and --text-column 'comment_text'"),
    ],
)
def test_a_second_column_of_texts_is_not_left_out(read, tmp_path, header, remedy):
    path = tmp_path / "a.csv"
    path.write_text(f"{header}\n1,{TEXTS[1]},{TEXTS[2]}\n")
    with pytest.raises(ColumnMissing, match=r"both '.*' and '.*' have texts") as caught:
        read(path)
    assert remedy in caught.value.remedy
    path.write_text(f"{header}\n1,{TEXTS[1]},{TEXTS[1]}\n2,{TEXTS[2]},\n")
    assert read(path).column("text") == TEXTS[1:]


ANSWERS = ["It hangs from an iron chain.", "Nobody has seen it since.", "Ask the harbour master!"]


@pytest.mark.parametrize(
    ("row", "unread"),
    [
        ({"response": ANSWERS}, {"response": "--text-column 'text' --text-column 'response'"}),
        ({"comment": ANSWERS}, {"comment": "--text-column 'text' --text-column 'comment'"}),
        ({"author_bio": ANSWERS}, {"author_bio": "--text-column 'author_bio'"}),
        ({"lowered": [text.lower().strip("!.") for text in TEXTS]}, {}),
        ({"title": ANSWERS, "tags": [text.strip("!.") for text in ANSWERS]}, {}),
        ({"url": ["https://a.example", "", ""], "place": ["the quay", "", ""]}, {}),
    ],
)
def test_other_columns_of_texts_are_named(read, table, row, unread):
    rows = [
        {"id": f"p{n}", "text": text, **{name: values[n] for name, values in row.items()}}
        for n, text in enumerate(TEXTS)
    ]
    found = read(table(rows))
    assert found.column("text") == TEXTS
    notes = [note for note in found.skipped if note.startswith("texts in the column")]
    assert len(notes) == len(unread)
    for note, (name, options) in zip(notes, unread.items(), strict=True):
        assert repr(name) in note
        assert note.endswith(options)
    assert not read(table(rows), text_column="text").skipped


@pytest.mark.parametrize(
    ("name", "values", "shown"),
    [
        ("status", [0, 1, 1], "'0', '1'"),
        ("status", ["Entwurf", "offen", "offen"], "'Entwurf', 'offen'"),
        ("is_active", [True, False, True], "'False', 'True'"),
        ("post_password", ["secret", "", ""], "'', 'secret'"),
        ("deleted", ["nein", "ja", "nein"], "'ja', 'nein'"),
        ("removed", [0, 3, 1], "'0', '1', '3'"),
        ("status", [1, 1, 1], None),
        ("deleted", ["no", "no", ""], None),
        ("category", ["x", "y", "x"], None),
        ("published", ["2020-01-01", "2020-01-02", ""], None),
    ],
)
def test_columns_that_may_be_marks_are_named(read, table, name, values, shown):
    rows = [{"id": f"p{n}", "text": text, name: values[n]} for n, text in enumerate(TEXTS)]
    found = read(table(rows))
    assert found.column("text") == TEXTS
    notes = [note.lower() for note in found.skipped if repr(name) in note]
    assert len(notes) == (shown is not None)
    assert shown is None or notes[0].startswith(f"the column {name!r} ({shown.lower()}) is not ")


@pytest.mark.parametrize("name", ["deleted", "removed"])
@pytest.mark.parametrize("day", ["2021-01-01 00:00:00", 1_600_000_000])
def test_a_mark_may_be_the_date_of_deletion(read, table, name, day):
    days = (None, day, None)
    rows = [{"id": f"p{n}", "text": text, name: days[n]} for n, text in enumerate(TEXTS)]
    assert read(table(rows)).column("text") == TEXTS[::2]


@pytest.mark.parametrize("reviewer", ["reviewer", "user_id", "Username"])
def test_a_review_is_not_by_the_author_of_the_book(read, table, reviewer):
    row = {"book": "Quays", "author": "mary", reviewer: "ann"}
    found = read(table([row | {"review_text": text} for text in TEXTS]))
    assert {*found.column("author")} == {"ann"}


@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".parquet"])
def test_a_column_of_authors_without_any_hides_no_other(read, write, tmp_path, suffix):
    rows = [{"text": text, "author": None, "user": {"name": "ann"}} for text in TEXTS]
    write(tmp_path / f"a{suffix}", rows)
    assert {*read(tmp_path / f"a{suffix}").column("author")} == {"ann"}


@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".parquet"])
@pytest.mark.parametrize(
    ("member", "path"),
    [
        ({"notes": [{"body": ANSWERS[0]}]}, "notes[].body"),
        ({"owner": {"text": ANSWERS[0]}}, None),
        ({"resp": {"text": ANSWERS[0], "time": 5}}, "resp.text"),
        ({"parts": TEXTS[::2]}, "parts"),
        ({"comments": [{"body": ANSWERS[0]}]}, None),  # are items
    ],
)
def test_other_texts_in_structures_are_named(read, write, tmp_path, suffix, member, path):
    write(tmp_path / f"a{suffix}", [{"id": "1", "text": TEXTS[1]} | member])
    notes = [*read(tmp_path / f"a{suffix}").skipped]
    assert len(notes) == (path is not None)
    assert path is None or repr(path) in notes[0]


def test_the_names_of_columns_again_are_no_row(read, tmp_path):
    header, *rows = "id,title,body", "1,Quays,words", "2,Walls,others"
    (tmp_path / "a.csv").write_text("\n".join([header, rows[0], header, rows[1], ""]))
    found = read(tmp_path / "a.csv")
    assert found.column("text") == ["Quays\n\nwords", "Walls\n\nothers"]
    assert found.skipped == {"the names of the columns again": 1}
    assert found.notes[0].rows == (1,)


@pytest.mark.parametrize(
    ("longer", "path"),
    [
        ({"html": "<p>{0}</p><p>{0}</p>"}, "html"),
        ({"chapters": ["{0}", "And so it ended, {0}"]}, "chapters"),
    ],
)
def test_a_teaser_is_not_taken_for_the_text(read, nested, longer, path):
    def filled(value, text):
        inner = [value] if isinstance(value, str) else value
        texts = [each.format(text) for each in inner]
        return texts[0] if isinstance(value, str) else texts

    rows = [
        {"title": "Quays", "teaser": text}
        | {name: filled(value, text) for name, value in longer.items()}
        for text in TEXTS
    ]
    with pytest.raises(ColumnMissing) as caught:
        read(nested(rows))
    assert f"--text-column title --text-column {path}" in caught.value.remedy


def test_a_description_beside_a_list_of_texts_is_not_taken_alone(read, nested):
    rows = [{"title": "A", "description": text, "parts": [{"text": text}]} for text in TEXTS]
    with pytest.raises(ColumnMissing) as caught:
        read(nested(rows))
    assert "--text-column 'parts[].text'" in caught.value.remedy


@pytest.mark.parametrize("name", ["message", "raw"])
def test_a_text_beside_its_html_is_the_text(read, table, name):
    found = read(table([{name: text, f"{name}_as_page": f"<p>{text}</p>"} for text in TEXTS]))
    assert (found.column("text"), found.skipped) == (TEXTS, {})


def test_members_of_unknown_names_are_suggested(read, nested):
    rows = [{"id": n, "fields": {"Label": "a", "Notes": text}} for n, text in enumerate(TEXTS)]
    with pytest.raises(ColumnMissing, match="no column is recognised") as caught:
        read(nested(rows))
    assert "--text-column 'fields.Notes'" in caught.value.remedy


def test_texts_in_either_of_two_columns_are_all_read(read, write, tmp_path):
    rows = [{"text" if n % 2 else "body": text} for n, text in enumerate(TEXTS)]
    write(tmp_path / "a.jsonl", rows)
    found = read(tmp_path / "a.jsonl")
    assert (found.column("text"), found.skipped) == (TEXTS, {})


def test_the_name_of_an_author_is_taken_from_an_object_in_a_cell(read, table):
    authors = ['{"id": 7, "name": "ann"}', "{'screen_name': 'ben', 'id': 8}", '{"id": 9}']
    rows = [{"text": text, "user": who} for text, who in zip(TEXTS, authors, strict=True)]
    assert read(table(rows)).column("author") == ["ann", "ben", '{"id": 9}']


def test_author_0_is_nobody(read, table):
    rows = [{"text": text, "author": 0, "author_name": "ann"} for text in TEXTS]
    assert read(table(rows)).column("author") == ["ann"] * 3
