"""What git keeps of a repository: settings, commits and their dates, and where remotes are."""

import hashlib
import struct
import zlib

import pytest

from provenance.read.dumps.checkouts.commit_dates import commit_date
from provenance.read.dumps.checkouts.forge_addresses import parse_remote
from provenance.read.dumps.checkouts.git_folder import GitFolder
from tests.read.dumps.checkout_writing import WHEN, number, object_id

COMMIT = f"tree 0\nauthor A <a> 1 +0000\ncommitter A <a> {WHEN} +0100\n\nwords\n".encode()


def entry(kind, size, rest):
    """Return an object in a pack: kind and size, then what is compressed."""
    first = kind << 4 | size & 15
    pieces, size = [], size >> 4
    while size:
        pieces.append(first | 0x80)
        first, size = size & 0x7F, size >> 7
    return bytes([*pieces, first]) + rest


def size_bytes(size):
    pieces = []
    while size > 0x7F:
        pieces.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes([*pieces, size])


def write_pack(folder, objects, large=()):
    """Write a pack of (id, bytes), and its index; ids in `large` have places of eight bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    content, places = b"PACK\0\0\0\2" + struct.pack(">L", len(objects)), {}
    for identifier, data in objects:
        places[identifier] = len(content)
        content += data
    (folder / "pack-a.pack").write_bytes(content)
    ids = sorted(places)
    fanout = [sum(each[0] <= first for each in ids) for first in range(256)]
    index = b"\xfftOc\0\0\0\2" + struct.pack(">256L", *fanout) + b"".join(ids)
    index += bytes(4 * len(ids))
    wide = [each for each in ids if each in large]
    for each in ids:
        place = 1 << 31 | wide.index(each) if each in wide else places[each]
        index += struct.pack(">L", place)
    index += b"".join(struct.pack(">Q", places[each]) for each in wide)
    (folder / "pack-a.idx").write_bytes(index)


def packed(content=COMMIT):
    return object_id(b"commit", content), entry(1, len(content), zlib.compress(content))


def difference(base):
    """Return a delta that makes `COMMIT` of a commit of another date."""
    start = base.index(b"committer")
    delta = size_bytes(len(base)) + size_bytes(len(COMMIT))
    delta += bytes([0x80 | 0x10, start])  # from the beginning of the base
    changed = COMMIT[start:]
    delta += bytes([len(changed)]) + changed
    return delta


BASE = COMMIT.replace(str(WHEN).encode(), b"1111111111")


def test_a_loose_commit_has_its_date(tmp_path):
    identifier = object_id(b"commit", COMMIT).hex()
    (tmp_path / identifier[:2]).mkdir()
    data = zlib.compress(b"commit %d\0%b" % (len(COMMIT), COMMIT))
    (tmp_path / identifier[:2] / identifier[2:]).write_bytes(data)

    assert commit_date(str(tmp_path), identifier) == WHEN


@pytest.mark.parametrize("is_large", [False, True])
def test_a_packed_commit_has_its_date(tmp_path, is_large):
    others = [packed(COMMIT + b"%d" % number) for number in range(300)]
    identifier, data = packed()
    write_pack(tmp_path / "pack", [*others, (identifier, data)], [identifier] if is_large else ())

    assert commit_date(str(tmp_path), identifier.hex()) == WHEN
    assert commit_date(str(tmp_path), others[7][0].hex()) == WHEN
    assert commit_date(str(tmp_path), "0" * 40) is None


@pytest.mark.parametrize("kind", ["offset", "id"])
def test_a_commit_that_is_stored_as_a_difference_has_its_date(tmp_path, kind):
    base_id, base = packed(BASE)
    delta = difference(BASE)
    if kind == "offset":
        data = entry(6, len(delta), number(len(base)) + zlib.compress(delta))
    else:
        data = entry(7, len(delta), base_id + zlib.compress(delta))
    identifier = object_id(b"commit", COMMIT)
    write_pack(tmp_path / "pack", [(base_id, base), (identifier, data)])

    assert commit_date(str(tmp_path), identifier.hex()) == WHEN


def test_a_difference_from_itself_ends(tmp_path):
    identifier = object_id(b"commit", COMMIT)
    delta = difference(BASE)
    data = entry(7, len(delta), identifier + zlib.compress(delta))
    write_pack(tmp_path / "pack", [(identifier, data)])

    assert commit_date(str(tmp_path), identifier.hex()) is None


def test_a_commit_that_expands_without_end_is_not_read(tmp_path):
    identifier = hashlib.sha1(b"").digest()
    endless = b"tree " + bytes(1 << 26) + COMMIT
    write_pack(tmp_path / "pack", [(identifier, entry(1, 9, zlib.compress(endless)))])

    assert commit_date(str(tmp_path), identifier.hex()) is None


def test_damaged_packs_give_no_date(tmp_path):
    identifier, data = packed()
    write_pack(tmp_path / "pack", [(identifier, data)])
    for name in ("pack-a.idx", "pack-a.pack"):
        path = tmp_path / "pack" / name
        whole = path.read_bytes()
        for size in range(0, len(whole), 7):
            path.write_bytes(whole[:size])
            assert commit_date(str(tmp_path), identifier.hex()) in {None, WHEN}
        path.write_bytes(whole)
    assert commit_date(str(tmp_path), identifier.hex()) == WHEN


COMMIT_ID = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("files", "head"),
    [
        ({"HEAD": COMMIT_ID}, COMMIT_ID),
        ({"HEAD": "ref: refs/heads/a", "refs/heads/a": f"{COMMIT_ID}\n"}, COMMIT_ID),
        (
            {"HEAD": "ref: refs/heads/a", "packed-refs": f"# pack\n{COMMIT_ID} refs/heads/a\n"},
            COMMIT_ID,
        ),
        ({"HEAD": "ref: refs/a", "refs/a": "ref: refs/b", "refs/b": COMMIT_ID}, COMMIT_ID),
        ({"HEAD": "ref: refs/a", "refs/a": "ref: refs/a"}, None),
        ({"HEAD": "ref: refs/../../secret"}, None),
        ({"HEAD": "ref: refs/heads/.invalid"}, None),
        ({"HEAD": "words"}, None),
        ({}, None),
    ],
)
def test_head_is_the_commit_that_it_leads_to(tmp_path, files, head):
    (tmp_path / "secret").write_text(COMMIT_ID)
    (tmp_path / "git" / "refs").mkdir(parents=True)
    for name, content in files.items():
        (tmp_path / "git" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "git" / name).write_text(content)
    folder = str(tmp_path / "git")

    assert GitFolder(folder, folder).head() == head


def test_settings_are_read_without_what_they_include(tmp_path):
    (tmp_path / "more").write_text('[remote "origin"]\nurl = https://other.example/a/b\n')
    (tmp_path / "config").write_text(
        '; a comment\n[include]\n\tpath = more\n[Core] bare = false\n[remote "origin"]\n'
        "\tfetch = +refs/*\n\turl = https://github.com/a/b # a comment\n[a]\nwithout\n"
    )
    settings = GitFolder(str(tmp_path), str(tmp_path)).settings()

    assert settings["remote.origin.url"] == "https://github.com/a/b"
    assert settings["core.bare"] == "false"


@pytest.mark.parametrize(
    ("address", "name", "url"),
    [
        ("https://github.com/a/b", "a/b", "https://github.com/a/b/blob/1f/c.py"),
        ("https://github.com/a/b.git/", "a/b", "https://github.com/a/b/blob/1f/c.py"),
        ("git@github.com:a/b.git", "a/b", "https://github.com/a/b/blob/1f/c.py"),
        ("ssh://git@github.com:22/a/b.git", "a/b", "https://github.com/a/b/blob/1f/c.py"),
        ("https://t:k@github.com/a/b.git", "a/b", "https://github.com/a/b/blob/1f/c.py"),
        (
            "https://gitlab.com/a/b/c.git",
            "gitlab.com/a/b/c",
            "https://gitlab.com/a/b/c/-/blob/1f/c.py",
        ),
        (
            "https://codeberg.org/a/b",
            "codeberg.org/a/b",
            "https://codeberg.org/a/b/src/commit/1f/c.py",
        ),
        ("git@bitbucket.org:a/b", "bitbucket.org/a/b", "https://bitbucket.org/a/b/src/1f/c.py"),
        (
            "https://git.sr.ht/~a/b",
            "git.sr.ht/~a/b",
            "https://git.sr.ht/~a/b/tree/1f/item/c.py",
        ),
        ("https://git.a.example/a/b.git", "git.a.example/a/b", None),
    ],
)
def test_the_address_of_a_remote_gives_those_of_files(address, name, url):
    repository = parse_remote(address)

    assert repository.name == name
    assert repository.file_url("1f", b"c.py") == url


@pytest.mark.parametrize(
    "address",
    ["/srv/a.git", "../a.git", "file:///srv/a.git", "C:\\a", "host:a", "https://[", "", "a"],
)
def test_what_is_on_no_host_is_no_remote(address):
    assert parse_remote(address) is None
