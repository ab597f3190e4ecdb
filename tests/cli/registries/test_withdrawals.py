"""`registry remove`: by any address, on a day, and in a way that can still be answered for."""

import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pyarrow.parquet as pq
import pytest

from tests.cli.commandline import provenance

FILE = "withdrawn-names-*.parquet"
POSTS = [
    {
        "id": f"{100 + number}",
        "text": " ".join(f"word{number}{letter}" for letter in "abcdefgh"),
        "author": ("Jane Doe", "Sam")[number % 2],
        "url": f"https://x.com/i/status/{100 + number}",
    }
    for number in range(6)
]


def ok(folder, *arguments, code=0):
    done = provenance(*arguments, cwd=folder)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    (folder / "posts.jsonl").write_text("".join(f"{json.dumps(post)}\n" for post in POSTS))
    ok(folder, "registry", "build", "r", "--source", "x", "posts.jsonl", "-q")
    return folder


@pytest.fixture
def folder(built, tmp_path):
    return shutil.copytree(built, tmp_path / "own")


def file_of(registry):
    [path] = registry.glob(FILE)
    return path


def names(registry):
    return pq.read_table(file_of(registry))


def withdrawn(folder):
    shown = ok(folder, "registry", "show", "r", "--withdrawn")
    return {line.split(",")[0]: line.split(",")[3] for line in shown.splitlines()[1:]}


def remove(folder, *names, code=0):
    (folder / "list.txt").write_text("".join(f"{name}\n" for name in names if name[0] != "-"))
    options = [name for name in names if name[0] == "-"]
    return ok(folder, "registry", "remove", "r", "--ids", "list.txt", *options, code=code)


@pytest.mark.parametrize(
    "address",
    [
        "https://twitter.com/jane/status/102?s=20",
        "x.com/i/web/status/102",
        "https://mobile.twitter.com/jane/statuses/102/photo/1",
        "https://web.archive.org/web/2020/https://twitter.com/jane/status/102",
    ],
)
def test_items_are_withdrawn_by_any_form_of_their_address(folder, address):
    assert "Withdrew 1 item; 5 remain." in remove(folder, address)
    assert list(withdrawn(folder)) == ["102"]


def test_an_address_of_an_absent_item_keeps_it_out_by_its_id(folder):
    assert "they are kept out, too" in remove(folder, "https://x.com/a/status/999", "--source=x")
    assert list(withdrawn(folder)) == ["999"]


def test_a_table_of_addresses_is_a_list_of_items(folder):
    (folder / "list.csv").write_text("url,note\nhttps://twitter.com/a/status/101,mine\n")
    said = ok(folder, "registry", "remove", "r", "--ids", "list.csv")
    assert "Withdrew 1 item; 5 remain." in said


def test_the_day_is_the_one_that_is_given_and_the_earlier_counts(folder):
    remove(folder, "100", "101", "--on=2023-05-02")
    assert withdrawn(folder) == {"100": "2023-05-02", "101": "2023-05-02"}
    remove(folder, "101", "102", "--on=2023-04-01")
    days = {"100": "2023-05-02", "101": "2023-04-01", "102": "2023-04-01"}
    assert withdrawn(folder) == days
    remove(folder, "100", "102", "--on=2024-01-01", "--source=x")
    remove(folder, "100", "102")
    assert withdrawn(folder) == days


def test_the_day_of_an_author_s_items_can_be_stated_later(folder):
    ok(folder, "registry", "remove", "r", "--author", "Jane Doe")
    today = datetime.now(UTC).date().isoformat()
    assert withdrawn(folder) == dict.fromkeys(["100", "102", "104"], today)
    ok(folder, "registry", "remove", "r", "--author", "Sam", "--before", "1990")
    ok(folder, "registry", "remove", "r", "--author", "Jane Doe", "--on", "2023-05-02")
    assert withdrawn(folder) == dict.fromkeys(["100", "102", "104"], "2023-05-02")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ((datetime.now(UTC).date() + timedelta(days=2)).isoformat(), "is to come"),
        ("2023-13-01", "2023-13-01"),
        ("yesterday", "yesterday"),
    ],
)
def test_a_day_that_cannot_be_is_refused_and_nothing_is_changed(folder, day, words):
    (folder / "list.txt").write_text("100\n")
    asked = ("registry", "remove", "r", "--ids", "list.txt", "--on", day)
    done = provenance(*asked, cwd=folder)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Try: " in done.stderr
    assert withdrawn(folder) == {}


def test_names_of_withdrawn_items_are_in_no_file(folder):
    ok(folder, "registry", "remove", "r", "--author", "Jane Doe", "--purge")
    content = b"".join(path.read_bytes() for path in (folder / "r").rglob("*") if path.is_file())
    digest = sha256(b"x\x1fJane Doe").hexdigest()
    for guess in (b"Jane Doe", digest[:16].encode(), bytes.fromhex(digest)[:8], b"status/102"):
        assert guess not in content
    rows = names(folder / "r").to_pylist()
    assert len({row["author"] for row in rows}) == 1  # one removal has one key
    assert [row["item"] for row in rows] == ["100", "102", "104"]
    again = shutil.copytree(folder / "r", folder / "again")
    file_of(again).unlink()
    ok(folder, "registry", "verify", "again")


def test_two_removals_have_different_keys(folder):
    remove(folder, "100")
    remove(folder, "102")
    rows = names(folder / "r").to_pylist()
    assert len({row["author"] for row in rows}) == len({row["key"] for row in rows}) == 2


def test_copies_for_others_have_no_names(folder):
    ok(folder, "registry", "remove", "r", "--author", "Jane Doe")
    ok(folder, "registry", "push", "r", "pushed")
    ok(folder, "registry", "pull", "pushed", "-o", "pulled")
    for copy in ("pushed", "pulled"):
        assert not list((folder / copy).rglob(FILE))
    ok(folder, "registry", "merge", "r", "-o", "merged")
    assert len(names(folder / "merged")) == 3


def test_restored_items_leave_no_names(folder):
    remove(folder, "100", "101")
    (folder / "list.txt").write_text("https://twitter.com/a/status/100\n")
    assert "Lifted 1 tombstone" in ok(folder, "registry", "restore", "r", "--ids", "list.txt")
    assert [row["item"] for row in names(folder / "r").to_pylist()] == ["101"]
    (folder / "list.txt").write_text("101\n")
    ok(folder, "registry", "restore", "r", "--ids", "list.txt")
    assert not list((folder / "r").glob(FILE))


def test_a_damaged_file_of_names_is_found(folder):
    remove(folder, "100")
    path = file_of(folder / "r")
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 255
    path.write_bytes(content)
    done = provenance("registry", "verify", "r", cwd=folder)
    assert done.returncode == 2
    assert re.search(r"withdrawn-names-[0-9a-f]*\.parquet is damaged.*\nTry: ", done.stderr)


def test_nothing_is_withdrawn_before_it_was_published(tmp_path):
    posts = [{**post, "created_at": f"2022-05-0{n + 1}T23:00:00Z"} for n, post in enumerate(POSTS)]
    (tmp_path / "posts.jsonl").write_text("".join(f"{json.dumps(post)}\n" for post in posts))
    ok(tmp_path, "registry", "build", "r", "--source", "x", "posts.jsonl", "-q")
    asked = ("registry", "remove", "r", "--author", "Jane Doe", "--on")
    refused = provenance(*asked, "2022-05-03", cwd=tmp_path)
    assert refused.returncode == 2
    assert "item '104' was published on 2022-05-05" in " ".join(refused.stderr.split())
    assert withdrawn(tmp_path) == {}
    ok(tmp_path, *asked, "2022-05-04")  # a day's difference may be that of time zones
    assert len(withdrawn(tmp_path)) == 3
