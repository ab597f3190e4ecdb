"""Folders of captured files: laid out by host and day, or an error that says how."""

from datetime import date
from pathlib import Path

import pytest

from provenance.errors import InputError
from provenance.read.signals.site_captures import find_unread_card, load_captures


def write(folder: Path, name: str, content: str = "User-agent: *") -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def test_files_are_found_by_host_and_day(tmp_path):
    write(tmp_path, "b.example/2023-06-01/robots.txt", "late")
    write(tmp_path, "b.example/2022-06-01/license.xml", "<rsl/>")
    write(tmp_path, "A.example/2023-06-01/.DS_Store")
    write(tmp_path, "README.md", "---\nlicense: mit\n---\n")
    found = load_captures(str(tmp_path))
    assert found.hosts == {
        "a.example": {date(2023, 6, 1): {}},
        "b.example": {
            date(2022, 6, 1): {"rsl.xml": b"<rsl/>"},
            date(2023, 6, 1): {"robots.txt": b"late"},
        },
    }
    assert found.card is not None
    assert found.card.licence == "mit"


@pytest.mark.parametrize(
    "name",
    [
        "B.EXAMPLE/2022-06-01/ai.txt",
        "b.example/20230601/ai.txt",
        "b.example/2023-06-01/license.xml",
    ],
)
def test_two_of_one_name_are_not_one(tmp_path, name):
    write(tmp_path, "b.example/2023-06-01/robots.txt")
    write(tmp_path, "b.example/2023-06-01/rsl.xml")
    write(tmp_path, name)
    with pytest.raises(InputError, match="has the same meaning as") as caught:
        load_captures(str(tmp_path))
    assert "put both together" in caught.value.remedy


def test_the_digest_tells_every_change(tmp_path):
    write(tmp_path, "b.example/2023-06-01/robots.txt", "one")
    first = load_captures(str(tmp_path)).digest
    assert load_captures(str(tmp_path)).digest == first
    write(tmp_path, "b.example/2023-06-01/robots.txt", "two")
    second = load_captures(str(tmp_path)).digest
    write(tmp_path, "README.md", "---\nlicense: mit\n---\n")
    assert len({first, second, load_captures(str(tmp_path)).digest}) == 3


@pytest.mark.parametrize(
    ("name", "message", "remedy"),
    [
        ("robots.txt", r"'robots.txt' is not a host with captures", "name folders after hosts"),
        ("b.example/robots.txt", r"'robots.txt' is not a day", "2023-06-01"),
        ("b.example/01-06-2023/robots.txt", r"'01-06-2023' is not a day", "2023-06-01"),
        ("b.example/2023-06-01/robot.txt", r"not a supported file", "'robots.txt'"),
        ("b.example/2023-06-01/notes", r"not a supported file", "supported are: robots.txt"),
        ("nowhere/2023-06-01/robots.txt", r"'nowhere' is not a host", "name folders after hosts"),
        ("README.md", r"has no valid front matter", "leave it out"),
    ],
)
def test_what_is_laid_out_otherwise_is_an_error(tmp_path, name, message, remedy):
    write(tmp_path, name)
    with pytest.raises(InputError, match=message) as error:
        load_captures(str(tmp_path))
    assert remedy in error.value.remedy
    assert str(tmp_path) in error.value.message


def test_a_folder_that_is_not_there_or_holds_nothing_is_an_error(tmp_path):
    for folder in (tmp_path / "none", tmp_path):
        with pytest.raises(InputError, match=r"no such folder|no captured files"):
            load_captures(str(folder))


CARD = "---\nlicense: cc-by-sa-4.0\n---\n# Data\n"


def test_a_card_alone_is_enough(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(CARD)
    found = load_captures(str(path))
    assert (found.hosts, found.card.licence) == ({}, "cc-by-sa-4.0")
    path.write_text(CARD.replace("sa-", ""))
    assert load_captures(str(path)).digest != found.digest
    path.write_text("# Data")
    with pytest.raises(InputError, match="no valid front matter"):
        load_captures(str(path))


def test_a_card_that_declares_something_is_found_in_the_folder_of_a_dataset(tmp_path):
    assert find_unread_card([str(tmp_path), "hf://a/b"]) is None
    (tmp_path / "README.md").write_text("---\ntags: [text]\n---\n")
    assert find_unread_card([str(tmp_path)]) is None
    (tmp_path / "README.md").write_text(CARD)
    path, card = find_unread_card([str(tmp_path / "no"), str(tmp_path)])
    assert (path, card.licence) == (str(tmp_path / "README.md"), "cc-by-sa-4.0")
