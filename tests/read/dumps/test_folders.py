"""Folders and archives of dumps: which of their files hold items."""

import bz2
import gzip
import io
import json
import tarfile
import zipfile
from itertools import chain

import pytest

from provenance.errors import CorruptFile, UnsupportedFormat
from provenance.read.dumps.layouts import dump_readers
from provenance.read.dumps.tables.id_lists import read_ids
from provenance.read.formats import tar_archive

DELETE = {"delete": {"status": {"id": 7, "id_str": "7"}}}


def posts(*numbers):
    when = "Wed Oct 19 20:37:25 +0000 2022"
    records = [{"id_str": f"{n}", "text": f"post {n}", "created_at": when} for n in numbers]
    return "".join(json.dumps(record) + "\n" for record in [*records, DELETE]).encode()


def tar(path, members, mode="w"):
    with tarfile.open(path, mode) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


GRAB = {
    "2022/10/19/20/37.json.bz2": bz2.compress(posts(1, 2)),
    "2022/10/19/20/38.json.gz": gzip.compress(posts(3)),
    "2022/10/19/20/readme.txt": b"about this",
}


@pytest.mark.parametrize(
    ("name", "mode"), [("day.tar", "w"), ("day.tar.gz", "w:gz"), ("d", "w:xz")]
)
def test_a_stream_grab_is_read_from_its_tar(read, tmp_path, name, mode):
    tar(tmp_path / name, GRAB, mode)
    found = read(tmp_path / name)
    assert found.column("item") == ["1", "2", "3"]
    assert found.skipped == {"deletion notice": 2}


def test_a_tar_of_the_folder_itself_is_read(read, tmp_path):
    tar(tmp_path / "day.tar", {f"./{name}": content for name, content in GRAB.items()})
    found = read(tmp_path / "day.tar")
    assert found.column("item") == ["1", "2", "3"]


def test_a_stream_grab_is_read_from_its_zip(read, tmp_path):
    with zipfile.ZipFile(tmp_path / "day.zip", "w") as archive:
        for name, content in GRAB.items():
            archive.writestr(name, content)
    assert read(tmp_path / "day.zip").column("item") == ["1", "2", "3"]


def test_a_tar_that_was_cut_is_damaged(read, tmp_path):
    tar(tmp_path / "day.tar", GRAB)
    data = (tmp_path / "day.tar").read_bytes()
    (tmp_path / "day.tar").write_bytes(data[:700])
    with pytest.raises(CorruptFile, match=r"day\.tar"):
        read(tmp_path / "day.tar")


def test_many_files_in_a_compressed_tar_are_refused(read, tmp_path, monkeypatch):
    monkeypatch.setattr(tar_archive, "MAX_COMPRESSED_MEMBERS", 1)
    tar(tmp_path / "day.tar.gz", GRAB, "w:gz")
    with pytest.raises(UnsupportedFormat, match="2 dumps in it") as caught:
        read(tmp_path / "day.tar.gz")
    assert "tar xf" in caught.value.remedy
    tar(tmp_path / "day.tar", GRAB)
    assert len(read(tmp_path / "day.tar").rows) == 3


def test_an_archive_of_mastodon_gives_its_outbox(read, tmp_path):
    note = {"id": "1", "content": "<p>a</p>", "to": ["as:Public"]}
    outbox = {"orderedItems": [{"type": "Create", "object": note}], "type": "OrderedCollection"}
    members = {
        "outbox.json": outbox,
        "actor.json": {"id": "ann"},
        "likes.json": {"orderedItems": []},
    }
    tar(tmp_path / "a.tar.gz", {n: json.dumps(m).encode() for n, m in members.items()}, "w:gz")
    assert read(tmp_path / "a.tar.gz").column("text") == ["a"]


@pytest.mark.parametrize(
    ("marker", "what"),
    [
        ("t/_delta_log/0.json", "a Delta table"),
        ("t/metadata/v1.metadata.json", "an Iceberg table"),
        ("shard.00000.mds", "an MDS dataset"),
        ("shard.00000.mds.zstd", "an MDS dataset"),
        ("train.tfrecord-00000-of-00001", "a set of TFRecord files"),
    ],
)
def test_folders_of_other_kinds_are_named(read, write, tmp_path, marker, what):
    folder = tmp_path / "set"
    (folder / marker).parent.mkdir(parents=True)
    (folder / marker).write_bytes(b"{}")
    write(folder / "part.jsonl", [{"id": "1", "text": "a"}])
    with pytest.raises(UnsupportedFormat, match=what) as caught:
        read(folder)
    assert caught.value.remedy


@pytest.mark.parametrize("name", ["package.json", "meta.json", "dataset_info.json"])
def test_descriptions_beside_tables_are_left_alone(read, write, tmp_path, name):
    write(tmp_path / "part.jsonl", [{"id": "1", "text": "a"}])
    (tmp_path / name).write_text('{"name": "a", "version": "1", "description": "words"}')
    assert read(tmp_path).column("text") == ["a"]


def test_other_descriptions_beside_tables_are_counted(read, write, tmp_path):
    write(tmp_path / "part.jsonl", [{"id": "1", "text": "a"}])
    (tmp_path / "metadata.json").write_text('{"name": "a", "description": "The words of a town"}')
    (tmp_path / "stats.json").write_text('{"rows": 1, "sources": {"a": 1}}')
    (tmp_path / "npm.json").write_text('{"name": "a", "version": "1", "main": "b", "files": []}')
    comment = {"id": "c", "text": "the comment of somebody"}
    video = {"id": "v", "title": "b", "webpage_url": "https://v.example", "comments": [comment]}
    (tmp_path / "film.info.json").write_text(json.dumps(video))
    found = read(tmp_path)
    assert found.column("text") == ["b", "the comment of somebody", "a"]
    [(reason, number)] = found.skipped.items()
    assert ("an object that describes what lies beside it" in reason, number) == (True, 3)


def test_a_file_of_another_layout_costs_a_folder_nothing_else(read, write, tmp_path):
    write(tmp_path / "a.jsonl", [{"id": "1", "text": "a"}])
    write(tmp_path / "b.jsonl", [{"id": str(n), "text": f'{{"n": {n}}}'} for n in range(5)])
    write(tmp_path / "c.jsonl", [{"id": "3", "text": "c"}])
    found = read(tmp_path, strict=False)
    assert found.column("text") == ["a", "c"]
    (unread,) = (one for items in found.batches for one in items.unread)
    assert unread.file.endswith("b.jsonl")
    assert "are JSON" in unread.reason


def test_the_owner_is_found_in_the_zip_of_an_archive(read, tmp_path):
    account = [{"account": {"username": "owner"}}]
    own_posts = [{"tweet": {"id_str": "1", "full_text": "mine"}}]
    with zipfile.ZipFile(tmp_path / "twitter-archive.zip", "w") as archive:
        archive.writestr("data/account.js", f"window.YTD.account.part0 = {json.dumps(account)}")
        archive.writestr("data/tweets.js", f"window.YTD.tweets.part0 = {json.dumps(own_posts)}")
        archive.writestr("data/like.js", 'window.YTD.like.part0 = [{"like": {"fullText": "b"}}]')
        archive.writestr("Your archive.html", "<html></html>")
    (row,) = read(tmp_path / "twitter-archive.zip").rows
    assert (row["item"], row["author"]) == ("1", "owner")


BESIDE = {
    "report.pdf": b"%PDF-1.7",
    "deep/table.xlsx": b"PK",
    "slides.pptx": b"PK",
    "letter.odt": b"PK",
    "page.html": b"<html>",
    "story.txt": b"A story of its own.",
    "README.txt": b"About this.",
    "LICENSE.txt": b"As you like.",
    "picture.png": b"PNG",
    ".hidden.pdf": b"%PDF-1.7",
}


@pytest.mark.parametrize("packed", [False, True])
def test_documents_beside_a_dump_are_counted_with_the_remedy(read, tmp_path, packed):
    files = BESIDE | {"posts.jsonl": posts(1, 2)}
    if packed:
        tar(tmp_path / "d.tar", files)
    else:
        for name, content in files.items():
            (tmp_path / "d" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "d" / name).write_bytes(content)
    found = read(tmp_path / ("d.tar" if packed else "d"))
    assert found.column("item") == ["1", "2"]
    passed_over = {reason: count for reason, count in found.skipped.items() if "passed" in reason}
    assert passed_over == {
        "passed over: a PDF document; extract its text first, and give that": 1,
        "passed over: a document of an office program; save it as text or CSV": 3,
        "passed over: a web page; read such pages with --layout html": 1,
        "passed over: a text beside other files; to read it as an item, give it by its name": 1,
    }
    assert {note.file for note in found.notes if "PDF" in note.reason} == {"report.pdf"}


@pytest.mark.parametrize(
    ("name", "content", "what", "remedy"),
    [
        (
            "a.copy",
            b"COPY posts (id) FROM stdin;\n1\n",
            "a dump of a database",
            "export its tables",
        ),
        ("a.book", b"<FictionBook><body/></FictionBook>", "XML with <FictionBook>", "JSON Lines"),
        ("xaa", b'{"id": "1", "text": "words"}\n', "xaa is one by its content .table.", "by their"),
    ],
)
def test_a_folder_without_known_names_is_told_what_is_in_it(
    read, tmp_path, name, content, what, remedy
):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnsupportedFormat, match=f"is a supported dump.*{what}") as caught:
        read(tmp_path)
    assert remedy in caught.value.remedy


def test_hidden_tables_beside_a_dump_are_counted(read, tmp_path):
    hidden = ("_more.jsonl", ".more.csv", "._posts.jsonl", "_SUCCESS", ".cache/more.jsonl")
    for name in ("posts.jsonl", *hidden):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(posts(1))
    found = read(tmp_path)
    assert found.column("item") == ["1"]
    assert found.skipped["passed over: a hidden file; to read it, give it by its name"] == 2


def test_logs_of_httrack_are_hidden(read, tmp_path):
    for name in ("hts-cache/new.txt", "example.org/index.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("<html><body><p>one page of a site</p></body></html>")
    with pytest.raises(UnsupportedFormat) as caught:
        read(tmp_path)
    assert "--layout html" in caught.value.remedy


@pytest.mark.parametrize("name", ["more.7z", "more.rar"])
def test_an_archive_that_is_not_read_makes_the_folder_incomplete(tmp_path, name):
    (tmp_path / "posts.jsonl").write_bytes(posts(1))
    (tmp_path / name).write_bytes(b"...")
    found = [*chain.from_iterable(r.items() for r in dump_readers(str(tmp_path), source="x"))]
    (unread,) = [entry for items in found for entry in items.unread]
    assert name in unread.file
    assert "unpack it first" in unread.remedy


def test_a_folder_without_dumps_says_what_is_there(read, tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7" * 9)
    (tmp_path / "b.png").write_bytes(b"PNG")
    with pytest.raises(UnsupportedFormat, match=r"\(2\) .* a\.pdf is a PDF document") as error:
        read(tmp_path)
    assert "extract its text" in error.value.remedy


def test_lists_of_ids_are_read_from_folders_with_other_documents(tmp_path):
    (tmp_path / "ids.csv").write_text("id\n1\n2\n")
    (tmp_path / "why.pdf").write_bytes(b"%PDF-1.7")
    assert read_ids(str(tmp_path)).to_pylist() == ["1", "2"]


def test_all_parts_of_an_archive_of_x_are_read(read, tmp_path):
    names = ("tweets-part1", "note-tweet-part1", "community-tweet-part2", "community-tweets")
    for number, name in enumerate(names):
        post = {"id_str": f"{number}", "created_at": "Wed Mar 01 10:11:12 +0000 2023"}
        content = json.dumps([{"tweet": post | {"full_text": f"words of part {number}"}}])
        (tmp_path / f"{name}.js").write_text(f"window.YTD.tweets.part1 = {content}")
    (tmp_path / "tweets.js").write_text("window.YTD.tweets.part0 = []")
    assert sorted(read(tmp_path).column("item")) == ["0", "1", "2", "3"]


def test_the_chat_of_whatsapp_is_found_in_its_archive(read, tmp_path):
    (tmp_path / "_chat.txt").write_text("[13.09.20, 14:26:40] Ann: a lantern over the quay\n")
    (tmp_path / "0001-PHOTO.jpg").write_bytes(b"\xff\xd8")
    assert read(tmp_path).column("text") == ["a lantern over the quay"]


@pytest.mark.parametrize(
    ("mark", "texts", "others"),
    [
        ("group_info.json", "messages.json", ["user_info.json"]),
        ("utterances.jsonl", "utterances.jsonl", ["speakers.json", "conversations.json"]),
        ("realm.json", "messages-000001.json", ["attachment.json"]),
    ],
)
def test_what_describes_an_export_is_not_read(read, tmp_path, mark, texts, others):
    for name in (mark, *others):
        (tmp_path / name).write_text('{"ann": {"name": "a name"}}')
    (tmp_path / texts).write_text('{"id": "1", "text": "a lantern over the quay"}\n')
    assert read(tmp_path).column("item") == ["1"]


def test_exports_in_other_folders_are_counted(read, tmp_path):
    for name, content in {
        "all/chat/Groups/a/group_info.json": '{"name": "a"}',
        "all/chat/Groups/a/messages.json": '{"messages": [{"text": "a lantern over the quay"}]}',
        "all/chat/Users/user_info.json": '{"user": {"name": "ann"}}',
        "all/videos/comments.csv": "id,text\n1,a kettle in the rain\n",
        "all/videos/picture.jpg": "",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    found = read(tmp_path)
    assert found.column("text") == ["a lantern over the quay"]
    assert found.skipped == {
        "passed over: not among the posts of the export that is recognised; "
        "to read it, give it by itself": 1
    }
    assert [note.file for note in found.notes] == ["all/videos/comments.csv"]


def test_empty_files_among_dumps_are_counted(read, tmp_path):
    (tmp_path / "a.jsonl").write_bytes(posts(1, 2))
    (tmp_path / "b.jsonl").write_bytes(b"")
    found = read(tmp_path)
    assert found.column("item") == ["1", "2"]
    (reason,) = found.skipped.keys() - {"deletion notice"}
    assert reason.startswith("passed over: an empty file; fetch it again")


def test_texts_are_not_left_out_for_descriptions_of_each(read, tmp_path):
    for n in range(3):
        (tmp_path / f"{n}.txt").write_text("The lantern swung over the quay.")
        (tmp_path / f"{n}.json").write_text(json.dumps({"id": n, "date": "2020-09-13"}))
    with pytest.raises(UnsupportedFormat) as caught:
        read(tmp_path)
    assert "--layout text" in caught.value.remedy
    assert len(read(tmp_path, layout="text").rows) == 3


def test_private_messages_of_snapchat_are_left_out(read, tmp_path, lines):
    (tmp_path / "json").mkdir()
    chats = {"ben": [{"From": "ben", "Media Type": "TEXT", "Content": "A secret between us"}]}
    (tmp_path / "json" / "chat_history.json").write_text(json.dumps(chats))
    (tmp_path / "json" / "posts.jsonl").write_text(lines([{"text": "some words"}]))
    assert read(tmp_path).column("text") == ["some words"]
    (tmp_path / "json" / "posts.jsonl").unlink()
    with pytest.raises(UnsupportedFormat, match="there are private messages") as caught:
        read(tmp_path)
    assert "by its name" in caught.value.remedy
