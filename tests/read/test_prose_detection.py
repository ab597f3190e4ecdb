"""Every column of prose is read: tables as people publish them, by their columns."""

import csv
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.read.columns.column_choice import find_columns
from provenance.read.columns.name_words import is_heading, is_label
from provenance.read.columns.prose_detection import ColumnSample

WORDS = [
    *("harbour", "lantern", "orchard", "kettle", "winter", "cousin", "letter", "bridge", "violin"),
    *("market", "pepper", "window", "saddle", "garden", "thunder", "basket", "candle", "meadow"),
    *("pocket", "ribbon", "sailor", "tunnel", "feather", "anchor"),
]


def prose(row: int, salt: int = 0, length: int = 14) -> str:
    return " ".join(
        WORDS[(row * 7 + salt * 5 + n * (salt + 3)) % len(WORDS)] for n in range(length)
    )


def filled(column: str, row: int) -> object:
    """What a column of this kind holds: its first letters say the kind."""
    kinds = {
        "P": lambda: prose(row, len(column) + sum(map(ord, column)) % 17),
        "H": lambda: f"{WORDS[row % 24]} {WORDS[(row * 5 + 1) % 24]}",
        "I": lambda: f"a{row}f{row * 31}",
        "U": lambda: f"https://a.example/one-of-many-words-here-{row}",
        "L": lambda: ("en", "de", "fr")[row % 3],
        "C": lambda: ("rather good on the whole, I think", "not good at all, it seems to me")[
            row % 2
        ],
        "J": lambda: json.dumps({"made": "by a machine in a hall", "row": row, "and": "so on"}),
        "N": lambda: row,
        "M": lambda: [{"role": "user", "content": prose(row, 3)}],
        "S": lambda: {"text": prose(row, 5), "score": 1},
        "T": lambda: {"en": prose(row, 6), "de": prose(row, 8)},
        "A": lambda: [prose(row, 7), prose(row, 9)],
        "E": lambda: [{"text": prose(row)[:9], "label": "PLACE"}],
    }
    return kinds[column[0]]()


def found(shape: str, rows: int = 20) -> set[str]:
    columns = dict(one.split(":") for one in shape.split())
    table = pa.table(
        {n: [filled(kind + n, row) for row in range(rows)] for n, kind in columns.items()}
    )
    return set(find_columns(table.schema, (), table.select, file="f").texts)


SHAPES = {
    # what newcomers tried
    "title:H body:P": "title body",
    "question:P answer:P": "question answer",
    "headline:H text:P": "headline text",
    "id:I url:U title:H text:P": "title text",
    "Title:H Body:P Tags:L Score:N": "Title Body",
    "title:P selftext:P subreddit:L author:I": "title selftext",
    "title:H content:P summary:P": "title content summary",
    "question_title:H question_body:P answer_body:P": "question_title question_body answer_body",
    "review_headline:H review_body:P product_id:I star_rating:N": "review_headline review_body",
    "lyrics:P artist:L": "lyrics",
    "english:P french:P": "english french",
    "premise:P hypothesis:P label:N": "premise hypothesis",
    "sentence1:P sentence2:P idx:N": "sentence1 sentence2",
    "context:P question:P id:I": "context question",
    "text:P remark:P": "text remark",
    # texts in structures and lists
    "title:H data:S": "title data",
    "text:P comments:A": "text comments",
    "query:H passages:S": "query passages",
    "id:I translation:T": "translation",
    "dialog:A act:N": "dialog",
    "text:P entities:E": "text",
    "text:P metadata:S": "text",
    "text:P headers:S": "text",
    # what is no text to train on
    "text:P label:C": "text",
    "text:P opinion:C": "text",
    "text:P clean_text:P": "text",
    "text:P extra:J": "text",
    "text:P thumbnail:U": "text",
    "text:P dump:I file_path:U language_score:N token_count:N": "text",
    "text:P timestamp:I url:U": "text",
    "content:P max_stars_repo_name:I lang:L": "content",
    "text:P source:L user_message_id:P": "text",
    # what is called as labels are, and holds sentences
    "text:P user_description:P": "text user_description",
    "source:P target:P language:L": "source target",
    "user_prompt:P model_response:P model:L": "user_prompt model_response",
    "title:H file_content:P file_path:U": "title file_content",
    "user:P assistant:P": "user assistant",
    # layouts that are well known
    "id:I text:P added:I created:I source:L": "text",
    "article:P highlights:P id:I": "article highlights",
    "document:P summary:P id:I": "document summary",
    "instruction:P context:P response:P category:L": "instruction context response",
    "messages:M score:N": "messages",
    "prompt:P chosen:P rejected:P": "prompt chosen rejected",
}


@pytest.mark.parametrize(("shape", "texts"), SHAPES.items())
def test_the_prose_of_a_table_is_found(shape, texts):
    assert found(shape) == set(texts.split())


def columns_of(rows: list[dict[str, object]]) -> tuple[str, ...]:
    table = pa.Table.from_pylist(rows)
    return find_columns(table.schema, (), table.select, file="f").texts


def test_what_repeats_a_text_counts_once():
    pairs = [(prose(n), prose(n, 4)) for n in range(12)]
    whole = [
        {"instruction": a, "output": b, "text": f"### Do:\n{a}\n\n### Done:\n{b}"} for a, b in pairs
    ]
    assert columns_of(whole) == ("text",)
    lower = [{"text": f"{a}. {b}!", "text_lower": f"{a} {b}"} for a, b in pairs]
    assert columns_of(lower) == ("text",)
    first = [{"prompt": a, "messages": [{"role": "user", "content": a}]} for a, _ in pairs]
    assert columns_of(first) == ("messages",)
    framed = [{"content": a, "shown": f"Note: {a} (end)"} for a, _ in pairs]
    assert columns_of(framed) == ("content",)


def test_a_heading_that_some_texts_begin_with_is_read():
    rows = [{"title": f"On {WORDS[n]}", "text": prose(n, 2)} for n in range(9)]
    rows[0]["text"] = f"{rows[0]['title']}\n{rows[0]['text']}"
    assert columns_of(rows) == ("text", "title")


def test_structures_that_python_wrote_are_read_if_they_are_prose():
    rows = [
        {
            "text": prose(n),
            "reply": str([prose(n, 2)]),
            "terms": str(WORDS[n : n + 8]),
            "turns": str([{"role": "user", "content": prose(n, 5)}]),
            "extra": str({"id": f"{n:09d}", "score": 0.5, "model": "a-1", "n": n, "m": n}),
        }
        for n in range(9)
    ]
    assert columns_of(rows) == ("text", "reply", "turns")


def test_positive_and_negative_passages_of_a_query_are_read():
    rows = [{"query": prose(n), "pos": [prose(n, 2)], "neg": [prose(n, 3)]} for n in range(9)]
    assert columns_of(rows) == ("query", "pos", "neg")
    rows = [{"text": prose(n), "pos": ["DET", "NOUN", "VERB", "DET", "NOUN"]} for n in range(9)]
    assert columns_of(rows) == ("text",)


def test_addresses_and_hashes_are_no_texts_beside_a_shorter_one():
    rows = [
        {
            "image_url": f"https://images.example/{'a' * 90}/{n}.jpg",
            "caption": f"red {WORDS[n]}",
            "sha256": f"{n:064x}",
        }
        for n in range(9)
    ]
    assert columns_of(rows) == ("caption",)


def test_scripts_without_spaces_are_prose_too():
    rows = [
        {"text": prose(n), "note": f"第{n}回の会議では新しい橋について話し合いました"}
        for n in range(9)
    ]
    assert columns_of(rows) == ("text", "note")


@pytest.mark.parametrize("form", ["parquet", "arrow", "csv", "jsonl", "json"])
def test_every_format_reads_title_and_body(tmp_path, hear, form):
    rows = [{"title": f"On {WORDS[n]}", "body": prose(n), "tag": "a"} for n in range(3)]
    path = tmp_path / f"a.{form}"
    write(path, rows)
    told = {(row["row"], row["field"]): row["text"] for row in hear(path).rows}
    assert told == {(n, f): rows[n][f] for n in range(3) for f in ("title", "body")}


def write(path, rows):
    table = pa.Table.from_pylist(rows)
    match path.suffix:
        case ".parquet":
            pq.write_table(table, path)
        case ".arrow":
            with pa.ipc.new_file(path, table.schema) as sink:
                sink.write_table(table)
        case ".csv":
            with path.open("w", newline="") as file:
                writer = csv.DictWriter(file, rows[0])
                writer.writeheader()
                writer.writerows(rows)
        case ".jsonl":
            path.write_text("\n".join(map(json.dumps, rows)))
        case ".json":
            path.write_text(json.dumps(rows, indent=2))


def test_a_line_with_a_title_and_its_text_under_another_name_keeps_both(tmp_path, hear):
    rows = [{"title": f"On {WORDS[n % 24]} {n}", "text": prose(n)} for n in range(400)]
    rows.append({"title": "Late", "post": "found under another name"})
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert hear(tmp_path / "a.jsonl").places[-2:] == [
        (400, "title", "Late"),
        (400, "post", "found under another name"),
    ]


@pytest.mark.parametrize("name", ["title", "Title", "postTitle", "review_headline", "meta.summary"])
def test_headings_are_known_by_their_last_word(name):
    assert is_heading(name)


@pytest.mark.parametrize("name", ["title_id", "titled", "summary_url", "text", "", "x1"])
def test_other_names_are_no_headings(name):
    assert not is_heading(name)


@pytest.mark.parametrize(
    "name",
    [
        "id",
        "userId",
        "source_url",
        "created_at",
        "language",
        "tags",
        "sha256",
        "imageMD5",
        "b_sha1",
    ],
)
def test_labels_are_known_by_any_word(name):
    assert is_label(name)


TEXTS = st.lists(st.tuples(st.none() | st.text(), st.none() | st.text()), min_size=1)


@given(TEXTS)
def test_a_column_repeats_itself_and_no_sample_is_too_odd(pairs):
    sampled = ColumnSample(pa.table({"a": [a for a, _ in pairs], "b": [b for _, b in pairs]}))
    assert sampled.repeats("a", "a") == any((a or "").strip() for a, _ in pairs)
    assert sampled.repeats("a", "b") in {True, False}
    assert sampled.is_prose("b") in {True, False}
