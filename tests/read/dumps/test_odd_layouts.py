"""Files as people have them: in folders of archives, with wrong names, empty, wrapped."""

import gzip
import io
import json
import tarfile
import zipfile

import pytest

from provenance.errors import UnsupportedFormat

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
