"""Files as people have them: in folders of archives, with wrong names, empty, wrapped."""

import gzip
import io
import json
import tarfile
import zipfile

import pytest

from provenance.errors import ColumnMissing, UnsupportedFormat, WrongLayout

TEXTS = [f"ferry number {n} came in at noon and left again with pears" for n in range(3)]
LINES = "".join(json.dumps({"id": f"i{n}", "text": text}) + "\n" for n, text in enumerate(TEXTS))
POSTS = "".join(
    json.dumps({"id_str": str(n), "created_at": "Wed Oct 19 20:07:25 +0000 2022", "text": text})
    + "\n"
    for n, text in enumerate(TEXTS)
)


def zip_of(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def tar_of(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def test_a_folder_of_archives_gives_what_is_in_them(read, tmp_path):
    hour = gzip.compress(POSTS.encode())
    (tmp_path / "stream_2020_01_01.tar").write_bytes(tar_of({"01/00.json.gz": hour}))
    (tmp_path / "stream_2020_01_02.tgz").write_bytes(gzip.compress(tar_of({"02/00.json": hour})))
    (tmp_path / "readme.txt").write_text("how these were made")
    found = read(tmp_path)
    assert found.column("text") == TEXTS * 2
    assert {*found.column("url")} == {f"https://x.com/i/status/{n}" for n in range(3)}


def test_archives_beside_files_are_read_too_and_rows_without_ids_stay_apart(read, tmp_path):
    rows = "".join(json.dumps({"text": text}) + "\n" for text in TEXTS)
    (tmp_path / "a.jsonl").write_text(rows)
    for name in ("one.zip", "two.zip"):
        (tmp_path / name).write_bytes(zip_of({"a.jsonl": rows}))
    found = read(tmp_path)
    assert found.column("text") == TEXTS * 3
    assert len({*found.column("item")}) == 9


def test_archives_within_archives_are_named(read, tmp_path):
    inner = zip_of({"a.jsonl": LINES})
    (tmp_path / "outer.zip").write_bytes(zip_of({"inner.zip": inner}))
    with pytest.raises(UnsupportedFormat, match="this is an archive within an archive"):
        read(tmp_path / "outer.zip")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_empty_lines_before_the_header_make_no_item_of_it(read, tmp_path, end):
    rows = ["", "", "id,text", *(f"i{n},{text}" for n, text in enumerate(TEXTS)), "", "bad"]
    (tmp_path / "a.csv").write_bytes(end.join([*rows, ""]).encode())
    found = read(tmp_path / "a.csv")
    assert found.column("text") == TEXTS
    assert [(note.reason, note.rows) for note in found.notes] == [("wrong number of cells", (3,))]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the file is empty"),
        (" \n\n", "the file is empty"),
        ("id,text\n1,a\n", "there is no JSON object in it: not valid JSON"),
        ('[1, "a text"]\n[2, "another"]\n', "its rows are JSON arrays"),
        (
            json.dumps({name: {"0": "a text", "1": "another"} for name in ("id", "text")}),
            "a table by column",
        ),
        ('{"columns": ["id"], "index": [0], "data": [["a"]]}', "a table by column"),
        ("{'id': 1, 'text': 'a text'}\n", "Python's notation of objects, not JSON"),
    ],
)
def test_what_is_no_json_lines_says_what_it_is(read, tmp_path, content, message):
    from provenance.pipeline import DumpSource, preview_dumps

    (tmp_path / "a.jsonl").write_text(content)
    (preview,) = preview_dumps(DumpSource([str(tmp_path / "a.jsonl")], "x"))
    assert message in preview.unread.reason
    if content.strip():
        with pytest.raises(UnsupportedFormat, match=message):
            read(tmp_path / "a.jsonl")


@pytest.mark.parametrize("separator", ["", " ", "\n\n", "\r\n"])
@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.txt"])
def test_objects_one_after_the_other_are_rows(read, tmp_path, separator, name):
    rows = [json.dumps({"id": f"{n}", "text": text + " {}{"}) for n, text in enumerate(TEXTS)]
    (tmp_path / name).write_text(separator.join(rows))
    assert read(tmp_path / name).column("item") == ["0", "1", "2"]
    (tmp_path / name).write_text("\n".join([separator.join(rows)] * 2))
    assert read(tmp_path / name).column("item") == 2 * ["0", "1", "2"]


def test_rows_that_another_service_wraps_are_no_posts_of_x(read, tmp_path):
    rows = [{"id": f"{n}", "text": text, "date": "2020-01-02"} for n, text in enumerate(TEXTS)]
    content = json.dumps({"data": rows, "meta": {"page": 1}}, indent=1)
    (tmp_path / "a.json").write_text(content)
    found = read(tmp_path / "a.json")
    assert found.column("url") == [None] * 3
    assert found.column("created_at")[0].year == 2020
    page = [{"id": "7", "text": TEXTS[0], "author_id": "1"}]
    (tmp_path / "b.json").write_text(json.dumps({"data": page, "meta": {"result_count": 1}}))
    assert read(tmp_path / "b.json").column("url") == ["https://x.com/i/status/7"]


@pytest.mark.parametrize(
    "row",
    [
        {"id": 7, "text": TEXTS[0], "author_id": 3},
        {"id": "7", "text": TEXTS[0], "author_id": "3", "url": "https://a.example/7"},
        {"id": "c-7", "text": TEXTS[0], "author_id": "3"},
        {"id": "7", "date": "2020-01-02", "comment": TEXTS[0], "url": "u", "author": "3"},
        {"id": "7", "creation_date": "2020-01-02", "text": TEXTS[0], "link": "u", "owner": "3"},
        {"objectID": "7", "text": TEXTS[0], "author": "3"},
        {"id": 7, "by": "3", "time": 1_600_000_000, "text": TEXTS[0], "url": "u"},
        {"id": "7", "post_number": 1, "topic_id": 2, "cooked": TEXTS[0], "user_id": "3"},
    ],
    ids="-".join,
)
def test_members_that_many_sites_have_do_not_make_a_layout_of_one(read, write, tmp_path, row):
    write(tmp_path / "a.jsonl", [row])
    [found] = read(tmp_path / "a.jsonl").rows
    ids = [row[name] for name in ("id", "objectID") if name in row]
    assert (found["text"], found["item"]) == (TEXTS[0], str(ids[0]))
    assert found["author"] == "3"
    assert found["url"] == (row.get("url") or row.get("link"))


def test_an_export_of_slack_is_read_by_its_channels(read, tmp_path):
    said = [
        {"type": "message", "user": "U1", "text": text, "ts": f"167261760{n}.5"}
        for n, text in enumerate(TEXTS)
    ]
    said[0]["text"] += " <@U2> <https://a.example/b|here> &amp; <https://c.example>"
    joined = {
        "type": "message",
        "subtype": "channel_join",
        "user": "U2",
        "text": "came",
        "ts": "1.2",
    }
    for name, content in (
        ("users.json", [{"id": "U1", "name": "ann"}]),
        ("channels.json", [{"id": "C1", "name": "general", "purpose": {"value": TEXTS[0]}}]),
        ("general/2023-01-01.json", [*said[:2], joined]),
        ("pier/2023-01-02.json", said[2:]),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps(content))
    found = read(tmp_path)
    assert found.column("item") == [
        *("general/1672617600.5", "general/1672617601.5", "pier/1672617602.5")
    ]
    assert found.column("text")[0] == f"{TEXTS[0]} @U2 here & https://c.example"
    assert found.column("author") == ["U1"] * 3
    assert found.skipped == {"notice of the service": 1}


def test_a_line_for_excel_before_the_header_is_named(read, tmp_path):
    (tmp_path / "a.csv").write_text("sep=;\nid;text\n1;a lantern\n")
    with pytest.raises(UnsupportedFormat, match="a line for Excel before its header"):
        read(tmp_path / "a.csv")


def test_replies_that_slackdump_writes_into_a_message_are_read(read, tmp_path):
    message = {"type": "message", "user": "U1", "text": TEXTS[0], "ts": "1672617600.5"}
    replies = [message | {"text": TEXTS[1], "ts": "1672617601.5"}]
    channel = {"name": "general", "messages": [message | {"slackdump_thread_replies": replies}]}
    (tmp_path / "C1.json").write_text(json.dumps(channel))
    assert read(tmp_path / "C1.json").column("text") == TEXTS[:2]


def test_what_a_user_did_on_facebook_is_no_text(read, tmp_path):
    posts = [
        {"timestamp": 1672617600, "title": "Ann shared a link.", "attachments": []},
        {
            "timestamp": 1672617601,
            "title": "Ann wrote.",
            "data": [{"post": "caf\u00c3\u00a9 au lait"}],
        },
    ]
    said = {"timestamp": 1672617602, "comment": "Quite so.", "author": "Ann"}
    comments = {
        "comments_v2": [{"timestamp": 1672617602, "data": [{"comment": said}], "title": "Ann."}]
    }
    (tmp_path / "your_posts_1.json").write_text(json.dumps(posts, indent=1))
    (tmp_path / "comments.json").write_text(json.dumps(comments))
    found = read(tmp_path)
    assert sorted(found.column("text")) == ["Quite so.", "café au lait"]
    assert {*found.column("author")} == {"Ann", None}
    assert found.skipped == {"null text": 1}


def test_captions_of_pictures_are_texts_of_a_post(read, tmp_path):
    def pictures(*captions):
        media = [{"media": {"uri": "p.jpg", "description": caption}} for caption in captions]
        return {"timestamp": 1672617600, "attachments": [{"data": media}]}

    posts = [
        pictures(TEXTS[0]) | {"data": [{"post": TEXTS[0]}]},
        pictures(TEXTS[0], TEXTS[1]),
        {"uri": "s.jpg", "creation_timestamp": 1672617600, "title": TEXTS[1]},
    ]
    (tmp_path / "your_posts_1.json").write_text(json.dumps(posts))
    found = read(tmp_path)
    assert found.column("text") == [TEXTS[0], f"{TEXTS[0]}\n\n{TEXTS[1]}", TEXTS[1]]
    assert {date.year for date in found.column("created_at")} == {2023}


def test_drafts_of_wordpress_are_no_items(read, tmp_path):
    kinds = (("post", "publish"), ("page", "publish"), ("post", "draft"), ("attachment", "publish"))
    items = "".join(
        f"<item><title>{TEXTS[0]} {n}</title><link>https://b.example/{n}</link>"
        f"<wp:post_type>{kind}</wp:post_type><wp:status>{status}</wp:status></item>"
        for n, (kind, status) in enumerate(kinds)
    )
    (tmp_path / "wordpress.xml").write_text(
        f'<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel>{items}</channel></rss>'
    )
    found = read(tmp_path / "wordpress.xml")
    assert found.column("url") == ["https://b.example/0", "https://b.example/1"]
    assert found.skipped == {"not public": 1, "notice of the service": 1}


def test_ids_and_dates_of_mongodb_are_read(read, tmp_path):
    rows = [
        {
            "_id": {"$oid": f"5f{n}"},
            "text": text,
            "created_at": {"$date": {"$numberLong": "1672617600000"}},
        }
        for n, text in enumerate(TEXTS)
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "a.json").write_text(json.dumps(rows))
    for name in ("a.jsonl", "a.json"):
        found = read(tmp_path / name)
        assert found.column("item") == ["5f0", "5f1", "5f2"]
        assert {moment.isoformat() for moment in found.column("created_at")} == {
            "2023-01-02T00:00:00+00:00"
        }


def test_authors_and_addresses_of_issues_are_read(read, tmp_path):
    issue = {"id": 7, "title": "Pears", "body": TEXTS[0], "html_url": "https://g.example/7"}
    (tmp_path / "a.json").write_text(json.dumps([issue | {"user": {"login": "ann", "id": 1}}]))
    (row,) = read(tmp_path / "a.json").rows
    assert (row["author"], row["url"]) == ("ann", "https://g.example/7")


def test_labels_are_no_texts(read, tmp_path):
    rows = [
        {"_id": f"e{n}", "_index": "posts", "_source": {"text": text}}
        for n, text in enumerate(TEXTS)
    ]
    (tmp_path / "elastic.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(UnsupportedFormat, match="a dump of Elasticsearch"):
        read(tmp_path / "elastic.jsonl")
    channels = [{"id": f"C{n}", "alias": alias} for n, alias in enumerate(("pier", "harbour"))]
    (tmp_path / "channels.json").write_text(json.dumps(channels))
    with pytest.raises(ColumnMissing, match="no column is recognised as the text"):
        read(tmp_path / "channels.json")


def test_one_text_for_all_of_few_rows_is_a_sign(read, tmp_path):
    rows = [{"id": str(n), "title": "Ann updated her status."} for n in range(5)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(WrongLayout, match="100% of the rows have the same text"):
        read(tmp_path / "a.jsonl")
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows[:4]))
    assert len(read(tmp_path / "a.jsonl").rows) == 4


def test_a_folder_of_texts_says_how_to_read_them(read, tmp_path):
    (tmp_path / "a.md").write_text(f"# Pears\n\n{TEXTS[0]}\n")
    with pytest.raises(UnsupportedFormat) as error:
        read(tmp_path)
    assert "--layout text" in error.value.remedy
    assert read(tmp_path, layout="text").column("text") == [f"# Pears\n\n{TEXTS[0]}"]


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ({"node": {"id": "1", "text": TEXTS[0]}}, "node.text"),
        ({"payload": {"comment": {"body": TEXTS[0]}}}, "payload.comment.body"),
        ({"turns": [{"who": "ann", "message": TEXTS[0]}]}, "turns[].message"),
    ],
)
def test_a_text_within_structures_is_suggested(read, tmp_path, row, path):
    file = tmp_path / "a.jsonl"
    file.write_text(2 * (json.dumps({"number": 1} | row) + "\n"))
    with pytest.raises(ColumnMissing) as error:
        read(file)
    assert f"--text-column '{path}'" in error.value.remedy
    assert read(file, text_column=path).column("text") == 2 * [TEXTS[0]]


@pytest.mark.parametrize("name", ["type", "_", "kind", "verb", "event", "action"])
@pytest.mark.parametrize("value", [[], {}, [["a"]]])
def test_a_member_of_any_type_may_have_the_name_of_a_kind(read, tmp_path, name, value):
    rows = [{"id": "a", "text": "the lantern swung over the quay all night", name: value}]
    (tmp_path / "a.json").write_text(json.dumps(rows))
    assert read(tmp_path / "a.json").column("item") == ["a"]
