"""What everybody repeats is read from pinned repositories, and recognised."""

import io
import json
import re
import subprocess
import zipfile

import pytest

import provenance
from benchmarks.build_large_backgrounds import READERS, SOURCES, Source, build, load_sources

LICENCES = SOURCES.parents[1] / "rules" / "licences"

SAYING = "The wise keeper of seven lanterns never counts the moths that come to the eighth window"
POEM = ["One grey goose crossed the harbour wall", "and the bells forgot which hour it was"]


def _zip() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("speeches/1801.txt", "Friends and fellow citizens")
        archive.writestr("speeches/README", "Nothing of interest")
    return data.getvalue()


FILES = {
    "books/Goose.md": " ".join(f"word{number}" for number in range(3200)).encode(),
    "large.md": b"long " * 1_000_000,
    "tei/play.xml": b"<TEI xmlns='x'><teiHeader><title>The Goose</title><author>A. Finch</author>"
    b"</teiHeader><text><body><p>Enter a goose.</p></body></text></TEI>",
    "quotes.json": json.dumps([{"text": SAYING, "author": "B. Wren", "likes": 3}]).encode(),
    "poems.json": json.dumps([{"paragraphs": POEM, "id": "goose"}]).encode(),
    "proverbs.json": json.dumps({"about": ["Geese fly."], "list": [{"x": ["Owls see."]}]}).encode(),
    "jokes.csv": b'ID,Joke\n1,"Why, said the goose?"\n',
    "fortunes": b"First saying\n\t-- A. Finch\n%\nSecond saying\n",
    "de.po": b'msgid ""\nmsgstr "Language: de"\n\n#: a.c:1\nmsgid "no such %s"\nmsgstr ""\n'
    b'"so ein \\"%s\\" "\n"gibt es nicht\\n"\n',
    "goose.1": b'.\\" a comment\n.TH GOOSE 1\n.SH NAME\ngoose \\- print\n.B a \\fIgoose\\fP\n',
    "speeches.zip": _zip(),
}


@pytest.fixture
def repositories(tmp_path):
    """Return a folder with a repository, and its commit."""
    folder = tmp_path / "repositories"
    root = folder / "owner" / "name"
    for path, data in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    git = ["git", "-C", root, "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *words], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    return folder, head.stdout.strip()


def _source(commit: str, files: str, reader: str, title: str = "{path}", **fields) -> Source:
    return Source("owner/name", commit, files, "sayings", ["en"], title, reader, "none", **fields)


@pytest.mark.parametrize(
    ("files", "reader", "fields", "texts"),
    [
        (r"play", "xml", {}, ["Enter a goose."]),
        (r"quotes", "json", {"text": ("text",), "author": "author"}, [SAYING]),
        (r"poems", "json", {"text": ("paragraphs",)}, [" ".join(POEM)]),
        (r"proverbs", "json", {}, ["Geese fly.", "Owls see."]),
        (r"proverbs", "json", {"whole": True}, ["Geese fly. Owls see."]),
        (r"jokes", "csv", {"text": ("Joke",)}, ["Why, said the goose?"]),
        (r"fortunes", "fortunes", {}, ["First saying -- A. Finch", "Second saying"]),
        (r"po$", "messages", {}, ["Language: de", 'so ein "%s" gibt es nicht']),
        (r"goose\.1", "roff", {}, ["GOOSE 1 NAME goose - print a goose"]),
        (r"zip$", "text", {}, ["Friends and fellow citizens"]),
    ],
)
def test_each_reader_reads_the_words_and_nothing_else(repositories, files, reader, fields, texts):
    folder, commit = repositories
    items = list(_source(commit, files, reader, **fields).items(folder))
    assert [item["text"] for item in items] == texts


def test_a_long_text_is_several_items_and_a_large_file_none(repositories):
    folder, commit = repositories
    items = list(_source(commit, r"\.md$", "text").items(folder))
    assert [len(item["text"].split()) for item in items] == [1500, 1500, 200]
    assert [item["id"] for item in items] == [f"books/Goose [owner/name {n}]" for n in (1, 2, 3)]
    assert items[0]["url"] == f"https://github.com/owner/name/blob/{commit}/books/Goose.md"


def test_a_title_names_work_and_author(repositories):
    folder, commit = repositories
    [item] = _source(commit, r"\.xml$", "xml", "{title}, by {author}").items(folder)
    assert item["id"] == "The Goose, by A. Finch [owner/name 1]"


def test_what_a_post_repeats_is_contested_and_the_work_is_named(repositories, tmp_path):
    folder, commit = repositories
    source = _source(
        commit, r"quotes", "json", "Words ascribed to {author}", text=("text",), author="author"
    )
    [row] = build("sayings", [source], folder, tmp_path)
    assert row[:2] == ["sayings", "en"]
    assert row[3] == "1"
    assert list(tmp_path.glob("sayings*")) == [tmp_path / "sayings"]
    assert provenance.open_registry(tmp_path / "sayings").sources == ("owner/name",)
    posts, pages = tmp_path / "posts.jsonl", tmp_path / "pages.jsonl"
    posts.write_text(json.dumps({"id": "p1", "text": SAYING}), "utf-8")
    pages.write_text(json.dumps({"text": f"My aunt used to say: {SAYING}. Ah well."}), "utf-8")
    provenance.build_registry(tmp_path / "posts", posts, source="x")
    options = {"registries": [tmp_path / "posts"], "no_cache": True}
    [plain] = provenance.check(pages, **options).findings.to_pylist()
    [held] = provenance.check(
        pages, backgrounds=[tmp_path / "sayings"], **options
    ).findings.to_pylist()
    assert not plain["contested"]
    assert held["contested"]
    assert held["verdict"] == "unknown"
    assert held["quoted_work"] == "Words ascribed to B. Wren [owner/name 1]"


def test_the_table_pins_commits_and_names_readers_licences_and_rights():
    sources = load_sources()
    licences = {path.stem for path in LICENCES.glob("*.yaml")}
    assert len({(source.repository, source.files) for source in sources}) == len(sources)
    for source in sources:
        assert re.fullmatch(r"[0-9a-f]{40}", source.commit)
        assert source.reader in READERS
        assert source.licence is None or source.licence in licences
        assert source.stated
        assert source.languages
        re.compile(source.files)
