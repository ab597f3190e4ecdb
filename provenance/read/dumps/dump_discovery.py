"""Finding the files of a dump."""

import fnmatch
import os.path
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import fsspec
from fsspec.implementations.local import LocalFileSystem

from provenance.errors import (
    CorruptFile,
    DatasetNotFound,
    InputError,
    PassedOver,
    UnsupportedFormat,
)
from provenance.read.corpus.address_resolution import (
    file_system,
    not_found_error,
    translate_address_errors,
)
from provenance.read.corpus.file_access import File, printable_path, translate_read_errors
from provenance.read.corpus.folder_listing import (
    Listing,
    list_folder,
    missing_numbered,
    own_outputs,
    special_file_error,
)
from provenance.read.corpus.saved_datasets import is_saved, saved_files
from provenance.read.corpus.stream_input import STANDARD_INPUT
from provenance.read.dumps.checkouts.checkout_discovery import (
    find_checkouts,
    is_checkout,
    is_no_checkout,
)
from provenance.read.dumps.checkouts.source_kinds import count_code
from provenance.read.dumps.checkouts.source_trees import folder_size
from provenance.read.dumps.layout_detection import CHECKOUT, TABLE, detect_layout
from provenance.read.dumps.sources.books import EPUB_MARK, EPUB_MARK_OFFSET
from provenance.read.formats.compression import compression_by_name, detect_compression
from provenance.read.formats.detection import (
    LFS_POINTER,
    METADATA_FILES,
    format_by_name,
    is_hidden_table,
    refusal_of,
)
from provenance.read.formats.json_array import is_description
from provenance.read.formats.refusals import (
    Refusal,
    named_refusals,
    refusal_by_name,
    refuse_folder,
    withheld_refusal,
)
from provenance.read.formats.tar_archive import as_tar, check_members, open_tar
from provenance.read.formats.zip_archive import is_zip, open_zip

_X_PARTS = ("tweet", "note-tweet", "community-tweet", "deleted-tweet")
_META_NAMES = (
    *("your_posts*.json", "group_posts_and_comments.json", "your_comments_in_groups.json"),
    *(
        "posts_[0-9]*.json",
        "post_comments*.json",
        "reels.json",
        "reels_comments.json",
        "threads_and_replies.json",
    ),
)
_YELP_NAMES = ("yelp_academic_dataset_review.json", "yelp_academic_dataset_tip.json")

_FOLDER_LAYOUTS: tuple[tuple[Collection[str], Collection[str]], ...] = (
    (
        ("tweets.js", "tweet.js", "note-tweet.js", "deleted-tweets.js"),
        (*(f"{name}{part}.js" for name in _X_PARTS for part in ("", "s", "-part*", "s-part*")),),
    ),
    (("outbox.json",), ("outbox.json",)),
    (("shares.csv",), ("shares.csv", "comments.csv")),  # of the export of LinkedIn
    (("posts.xml", "comments.xml"), ("posts.xml", "comments.xml")),
    (
        ("post_votes.csv", "comment_votes.csv", "post_headers.csv", "comment_headers.csv"),
        ("posts.csv", "comments.csv"),  # of the export of a user of Reddit
    ),
    (
        ("channels.json", "groups.json", "dms.json", "mpims.json"),
        ("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9].json",),  # of the export of a Slack workspace
    ),
    (("datapackage.json", "datapackage-digest.json"), ("*.warc",)),  # of a WACZ
    (_META_NAMES, (*_META_NAMES, "comments.json")),  # of the exports of Facebook and Instagram
    (("channel.json",), ("messages.json", "messages.csv")),  # of the data package of Discord
    (("group_info.json",), ("messages.json",)),  # of Google Chat in Takeout
    (
        ("subscriptions.csv", "watch-history.*", "search-history.*"),
        ("comments*.csv", "live chats*.csv"),  # of YouTube in Takeout
    ),
    (("watched.csv", "watchlist.csv"), ("reviews.csv", "comments.csv")),  # of Letterboxd
    (("realm.json",), ("messages-*.json",)),  # of the export of Zulip
    (("utterances.jsonl",), ("utterances.jsonl",)),  # of a corpus of ConvoKit
    (
        ("bookmarks-[0-9]*.html", "claps-[0-9]*.html", "sessions-[0-9]*.html", "draft_*.html"),
        ("[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]_*.html",),  # of the export of Medium
    ),
    (_YELP_NAMES, _YELP_NAMES),
)
"""Names by which the layout of a folder is recognised, and those of its files with items."""

_TABLE_FORMATS = ("parquet", "arrow", "csv", "jsonl", "json")
_KNOWN_NAMES = (
    *("rc_*", "rs_*", "wiki_[0-9][0-9]", "part_[0-9][0-9][0-9]", "part-[0-9][0-9][0-9][0-9][0-9]"),
    *("*.xml-p[0-9]*p[0-9]*", "pg[0-9]*.txt", "[0-9]*-[08].txt"),  # of Wikipedia, of Gutenberg
)
_NUMBERED_MESSAGE = re.compile(
    r"\d+\.?|\d+\.\S+:2,[A-Z]*|\d{9,}\.[A-Z\d_]{2,}\.[^\s.]+(?:\.[^\s.]+)*"
)
"""Name of a message in a folder of articles of Usenet, of MH, or of a Maildir."""
_KNOWN_SUFFIXES = ("xml", "nxml", "warc", "wet", "car", "mbox", "eml", "rss", "atom", "epub")
_TEXT_SUFFIXES = (
    "txt",
    "log",
    "weechatlog",
    "md",
    "mdx",
    "markdown",
    "rst",
    "org",
    "tex",
    "srt",
    "vtt",
)
"""Files with these suffixes are tried if no others are there."""
_LAYOUT_SUFFIXES = {"text": _TEXT_SUFFIXES, "html": ("html", "htm", "xhtml")}
"""Files with these suffixes are read if the user names the layout."""
_OTHER_SUFFIXES = frozenset(
    (
        *("png", "jpg", "jpeg", "gif", "webp", "bmp", "svg", "ico", "tif", "tiff", "psd"),
        *("mp3", "mp4", "m4a", "mov", "avi", "mkv", "webm", "wav", "ogg", "flac"),
        *("woff", "woff2", "ttf", "otf", "css", "map", "cdx", "cdxj"),
        *("md5", "sha1", "sha256", "sha512", "sig", "asc", "crc", "lock", "yml", "yaml", "toml"),
        *("ini", "cfg", "conf", "gitignore", "gitattributes", "json"),
    )
)
"""Suffixes of files that hold no texts, or describe what lies beside them."""
_ARCHIVE_SUFFIXES = (
    *(".zip", ".tar", ".tgz", ".tbz", ".tbz2", ".txz", ".wacz"),
    *(".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst"),
)
_UNREADABLE_ARCHIVE_SUFFIXES = ("7z", "rar")
_DESCRIPTIONS = (
    *("readme*", "licen[cs]e*", "copying*", "notice*", "changelog*", "changes*", "authors*"),
    *("requirements*", "robots*", "checksums*", "md5sum*", "sha256sum*", "sha1sum*", "index*"),
    *("manifest*", "pkg-info"),
)
"""Names of texts that describe what lies beside them."""

_SNAPCHAT_CHATS = ("chat_history.json",)
"""As an object of JSON they would be taken for a table."""
_ARTICLES = re.compile(r"(?:.*/)?(?:Articles/.+\.html|article(?:-part\d+)?\.js)")
"""Longer texts in the exports of LinkedIn and X; X also writes a file of none."""
_MIN_ARTICLES_BYTES = 100
_UNREAD_ARTICLES = Refusal(
    "an article in an export",
    "read web pages with --layout html, and write other files as JSON Lines.",
)

_EMPTY = Refusal("an empty file", "fetch it again, or remove it if nothing is missing.")

_NO_POSTS = Refusal(
    "not among the posts of the export that is recognised", "to read it, give it by itself."
)
_READMES = ("readme*", "licen[cs]e*")

_OWN_OUTPUTS = Refusal(
    "a registry or a report of provenance",
    "give the dumps; `registry merge` makes one registry of several.",
)
_DESCRIPTION = Refusal(
    "an object that describes what lies beside it", "to read it as an item, give it by its name."
)
_HIDDEN = Refusal("a hidden file", "to read it, give it by its name.")
_TEXTS = Refusal("a text beside other files", "to read it as an item, give it by its name.")
_TELEGRAM_PAGES = ("messages.html", "messages[0-9]*.html")
_PAGE = Refusal("a web page", "read such pages with --layout html.")
_UNKNOWN = Refusal(
    "a file of an unknown kind beside others", "give it by its name to see whether it can be read."
)
_SAMPLES = Refusal(
    "an archive of samples (WebDataset)",
    "give it to `check`; for `registry build`, write its samples as JSON Lines.",
)
_MAX_LOOKED_AT = 20
"""Files of a folder without dumps that are looked at, to say what they are."""

_HEAD_BYTES = 64
_OFFICE_MARK = "[Content_Types].xml"
"""A file in the documents of office programs, which are zip archives."""
_GIT = ".git"
_SHOWN = ("_posts", "_sent_mail")
"""Folders of Jekyll and of mail, which are not hidden."""
_HTTRACK_LOGS = "hts-cache"
"""Folder in which HTTrack keeps its logs beside the pages that it copied."""
_WHATSAPP_NAME = "_chat.txt"
"""Name of a chat in an archive that WhatsApp writes on iOS."""

_SOURCES = Refusal(
    "a repository of source code",
    "read its files with --layout git; or give those with items by their names.",
)
_NOTION_PAGE = re.compile(r".* [0-9a-f]{32}\.md")
_NOTION = Refusal("an export of Notion", "read its pages with --layout text.")
_MANIFESTS = (
    *("pyproject.toml", "setup.py", "setup.cfg", "cargo.toml", "package.json", "composer.json"),
    *("go.mod", "pom.xml", "build.gradle", "build.gradle.kts", "cmakelists.txt", "meson.build"),
    *("makefile", "configure.ac", "gemfile", "mix.exs", "stack.yaml", "dune-project"),
)
_MIN_CODE_FILES, _MIN_CODE_SHARE = 5, 0.25
"""Files at the root of a repository of source code, and how many of its files are code."""

"""Files by which a folder is recognised that is not read."""

_SKIPPABLE_MAGIC = b"\x2a\x4d\x18"
"""Bytes 1 to 3 of a skippable zstd frame."""


def find_dump_files(address: str, layout: str | None = None) -> list[File]:
    """Return the file at an address, or the files in a folder that hold items.

    If the user names a `layout`, files of any name may have it.

    Files of a folder that may hold texts, but are not read, follow with a `fault`: `PassedOver`, or
    another if it is an archive, which may hold as much as all others.

    Raises
    ------
    DatasetNotFound
        If nothing is there.
    UnsupportedFormat
        If a folder has no file of a known layout, or the address is not supported.
    CorruptFile
        If a folder is a saved dataset, and does not list its files.
    """
    if address == STANDARD_INPUT:
        raise UnsupportedFormat(
            f"{address}: dumps are files or folders, not standard input",
            remedy="write it to a file, and give that.",
        )
    if is_saved(address):
        return [_with_compression(file) for file in saved_files(address, None).files]
    system, place = file_system(address)
    with translate_address_errors(address):
        if not system.exists(place):
            raise not_found_error(address)
        if not system.isdir(place):
            return _resolve_file(system, place, address, layout)
        checkouts = _resolve_checkouts(system, place, address, layout)
        return checkouts or _resolve_folder(system, place, address, layout=layout)


def _resolve_checkouts(
    system: fsspec.AbstractFileSystem, place: str, address: str, layout: str | None
) -> list[File]:
    """Return the checkouts in a folder, and the dumps beside them; nothing if it has none.

    A folder that the user says is a repository is one, whatever is in it.
    """
    if layout not in {None, CHECKOUT}:
        return []
    if not isinstance(system, LocalFileSystem):
        if layout == CHECKOUT:
            raise named_refusals()["checkout"].error(address)
        return []
    checkouts = find_checkouts(system, place, address, is_named=layout is not None)
    if layout is None and checkouts and not is_checkout(place):
        checkouts += _resolve_beside(system, place, address)
    if layout == CHECKOUT and not checkouts:
        name = printable_path(os.path.basename(os.path.abspath(place)))
        return [File(name, place, folder_size(place), system, given_path=address)]
    return checkouts


def _resolve_file(
    system: fsspec.AbstractFileSystem, place: str, address: str, layout: str | None
) -> list[File]:
    facts = system.info(place)
    if isinstance(system, LocalFileSystem) and facts["type"] == "other":
        raise special_file_error(address, facts["mode"])
    file = File(
        printable_path(place.rpartition("/")[2]),
        place,
        int(facts["size"] or 0),
        system,
        given_path=address,
    )
    if layout == CHECKOUT:
        return [file]
    return _resolve_archive(file, address, layout) or [_with_compression(file)]


def _resolve_archive(file: File, address: str, layout: str | None, prefix: str = "") -> list[File]:
    """Return the files with items in an archive; none if the file is no archive.

    Parameters
    ----------
    file : File
        The file.
    address : str
        Its address, for errors.
    layout : str or None
        That the user names.
    prefix : str
        What the names of its members begin with.
    """
    try:
        with translate_read_errors(address):
            if is_zip(file) and not file.head(_HEAD_BYTES).startswith(EPUB_MARK, EPUB_MARK_OFFSET):
                _refuse_other_zip(file, address)
                zipped = open_zip(file)
                if zipped.exists(_OFFICE_MARK):
                    raise named_refusals()["office"].error(address)
                return _resolve_folder(zipped, "", address, prefix, is_archive=True, layout=layout)
            archive = as_tar(file)
            if archive is not None:
                tar = open_tar(archive)
                members = _resolve_folder(tar, "", address, prefix, is_archive=True, layout=layout)
                if _are_samples(members):
                    raise _SAMPLES.error(address)
                check_members(archive, len(members))
                return members
    except InputError as error:
        return [replace(file, fault=error)]
    return []


def _refuse_other_zip(file: File, address: str) -> None:
    """Raise if a file is of a format that is only packed as zip, such as a text document."""
    refusal = refusal_by_name(file.path)
    if refusal is not None and not _is_archive(file.path):
        raise refusal.error(address)


def _are_samples(files: Sequence[File]) -> bool:
    """Return whether each file with items of an archive and another of its name have JSON."""
    others = {_stem(file.path): _suffix(file.path) for file in files if file.fault is not None}
    found = [file for file in files if file.fault is None]
    return bool(found) and all(
        (other := others.get(_stem(file.path))) is not None
        and "json" in (_suffix(file.path), other)
        for file in found
    )


def _stem(path: str) -> str:
    return path.rpartition(".")[0]


def _resolve_folder(
    system: fsspec.AbstractFileSystem,
    place: str,
    address: str,
    prefix: str = "",
    *,
    is_archive: bool = False,
    layout: str | None = None,
) -> list[File]:
    files = _list_files(list_folder(system, place), system, place, address, prefix)
    return _resolve_files(files, address, is_archive=is_archive, layout=layout)


def _resolve_beside(system: LocalFileSystem, place: str, address: str) -> list[File]:
    """Return the files of a folder with checkouts that are in none of them."""
    listing = list_folder(system, place, is_no_checkout)
    files = _list_files(listing, system, place, address, "")
    return _resolve_files(files, address, may_be_none=True) if files else []


def _list_files(
    listing: Listing, system: fsspec.AbstractFileSystem, place: str, address: str, prefix: str
) -> list[File]:
    folder, root = address.rstrip("/"), len(place)
    files = []
    for path in listing.paths():
        inner = path[root:].lstrip("/").removeprefix("./")  # as `tar cf a.tar .` names members
        name = printable_path(inner) or "."  # the folder itself, or a member without a name
        size, fault = listing.files.get(path, 0), listing.faults.get(path)
        given_path = f"{folder}/{name}"
        files.append(
            File(f"{prefix}{name}", path, size, system, given_path=given_path, fault=fault)
        )
    return files


def _resolve_files(
    files: list[File],
    address: str,
    *,
    is_archive: bool = False,
    layout: str | None = None,
    may_be_none: bool = False,
) -> list[File]:
    """Return the files of a folder that hold items, and those that are not read."""
    if layout is not None:
        files = [file for file in files if _GIT not in file.name.split("/")]
    refuse_folder([file.name for file in files], address)
    if layout is None and not may_be_none and _are_sources(files):
        raise _SOURCES.error(address)
    if layout is None and any(_NOTION_PAGE.fullmatch(file.name) for file in files):
        raise _NOTION.error(address)
    own_names = own_outputs(files)
    others = [file for file in files if file.name not in own_names]
    dump_files = _choose_files(others, layout)
    if not dump_files and not may_be_none:
        raise _OWN_OUTPUTS.error(address) if own_names else _no_dump_error(files, address)
    return [
        *(
            _pass_over_empty(member)
            for file in (*dump_files, *missing_numbered(dump_files))
            for member in _expand(file, layout, is_nested=is_archive)
        ),
        *_unread_files(others, dump_files),
    ]


def _pass_over_empty(file: File) -> File:
    if file.size or file.fault is not None:
        return file
    with suppress(InputError):
        return file if file.head(1) else _passed_over(file, _EMPTY)
    return file


def _no_dump_error(files: Sequence[File], address: str) -> InputError:
    """Return the error for a folder without dumps; it names what one of the files is."""
    message = f"{address}: none of its files ({len(files):,}) is a supported dump"
    if any(_matches_any(file.path, _TELEGRAM_PAGES) for file in files):
        return named_refusals()["telegram-pages"].error(address)
    private = named_refusals()["private-messages"]
    if any(withheld_refusal(file.name) == private for file in files):
        return UnsupportedFormat(f"{message}; there are private messages", remedy=private.remedy)
    for file in sorted(files, key=lambda file: -file.size)[:_MAX_LOOKED_AT]:
        with suppress(InputError):
            refusal = _PAGE if _is_page(file.path) else refusal_of(file)
            if file.fault is None and refusal is not None:
                return UnsupportedFormat(
                    f"{message}; {file.name} is {refusal.what}", remedy=refusal.remedy
                )
    for file in sorted(files, key=lambda file: -file.size)[:1]:
        if file.size and file.fault is None and _may_have_texts(file):
            return _error_by_content(file, message)
    remedy = "give the files themselves: tables, tweets.js, Posts.xml, RC_*.zst"
    if any(_may_have_texts(file) for file in files):
        remedy += "; if they are all of one layout, name it with --layout"
    return (UnsupportedFormat if files else DatasetNotFound)(message, remedy=f"{remedy}.")


def _error_by_content(file: File, message: str) -> InputError:
    """Return the error for a folder without dumps, with what the content of one of its files is."""
    try:
        layout = detect_layout(_detect_compression(file))
    except InputError as error:
        return UnsupportedFormat(f"{message}; {error.message}", remedy=error.remedy)
    return UnsupportedFormat(
        f"{message} by its name; {file.name} is one by its content ({layout})",
        remedy="give such files by their names, or rename them.",
    )


def _unread_files(files: Sequence[File], dump_files: Sequence[File]) -> Iterator[File]:
    """Yield the files that may hold texts, but are not read, each with the reason.

    Files of a recognised layout are of known kinds: of those, only archives are named.
    """
    yield from (_passed_over(file, _HIDDEN) for file in files if is_hidden_table(file.name))
    chosen = {file.name for file in dump_files}
    is_layout = any(
        any(_matches_any(file.path, marks) for file in files)
        and any(_matches_any(name, patterns) for name in chosen)
        for marks, patterns in _FOLDER_LAYOUTS
    )
    root = len(os.path.commonpath([os.path.dirname(file.name) for file in files]))
    branches = {"", *(_branch(name, root) for name in chosen)}
    for file in files:
        if file.name in chosen or _is_hidden(file) or file.fault is not None:
            continue
        is_elsewhere = _branch(file.name, root) not in branches
        if (of_export := _part_of_export(file, is_elsewhere=is_elsewhere)) is not None:
            yield _passed_over(file, of_export)
            continue
        refusal = _kind_beside_dumps(file)
        if refusal is None:
            continue
        if _suffix(file.path) in _UNREADABLE_ARCHIVE_SUFFIXES:
            yield replace(file, fault=refusal.error(file.display_path))
        elif not is_layout:
            yield _passed_over(file, refusal)


def _kind_beside_dumps(file: File) -> Refusal | None:
    """Return what a file is that lies beside dumps; None if it has no texts."""
    if _is_page(file.path):
        return _PAGE
    if (by_name := refusal_by_name(file.path)) is not None:
        return by_name
    suffix = _suffix(file.path)
    if _may_have_texts(file):
        return _TEXTS if suffix in _TEXT_SUFFIXES else _UNKNOWN
    return _DESCRIPTION if suffix == "json" and _is_table(file.path) else None


def _part_of_export(file: File, *, is_elsewhere: bool) -> Refusal | None:
    """Return what a file is that is not among those with the posts of an export."""
    if (withheld := withheld_refusal(file.name)) is not None:
        return withheld
    if _ARTICLES.fullmatch(file.name) and file.size > _MIN_ARTICLES_BYTES:
        return _UNREAD_ARTICLES
    return _NO_POSTS if is_elsewhere and _is_known(file.path) else None


def _branch(name: str, root: int) -> str:
    """Return the folder of a file below the first `root` characters; "" if it is right there."""
    return name[root:].lstrip("/").rpartition("/")[0].partition("/")[0]


def _passed_over(file: File, refusal: Refusal) -> File:
    fault = PassedOver(f"passed over: {refusal.what}", remedy=refusal.remedy)
    return replace(file, fault=fault)


def _may_have_texts(file: File) -> bool:
    """Return whether a file of an unknown kind may have texts, by its name."""
    return not (
        _is_hidden(file)
        or _suffix(file.path) in _OTHER_SUFFIXES
        or _matches_any(file.path, _DESCRIPTIONS)
    )


def _expand(file: File, layout: str | None, *, is_nested: bool) -> list[File]:
    """Return a file, or the files with items in it if it is an archive."""
    if file.fault is not None or not _is_archive(file.path):
        return [_with_compression(file)]
    if is_nested:
        error = UnsupportedFormat(
            f"{file.display_path}: this is an archive within an archive",
            remedy="unpack the outer one, and give the folder.",
        )
        return [replace(file, fault=error)]
    members = _resolve_archive(file, file.display_path, layout, f"{file.name}/")
    return members or [_with_compression(file)]


def _are_sources(files: Sequence[File]) -> bool:
    """Return whether many files of a folder are source code, below what describes a package."""
    code = count_code(file.path for file in files)
    if code < max(_MIN_CODE_FILES, _MIN_CODE_SHARE * len(files)):
        return False
    root = len(os.path.commonpath([os.path.dirname(file.name) for file in files]))
    top = [file.path for file in files if "/" not in file.name[root:].lstrip("/")]
    return any(_matches_any(path, _MANIFESTS) for path in top)


def _choose_files(files: Sequence[File], layout: str | None) -> list[File]:
    """Return the files with items of an archive if it is one; else every table and stream.

    Files that could not be looked at are included. If the user names a layout, those are chosen
    whose names say that they have it, and if no name says anything, all that may have it.
    """
    files = [f for f in files if not _is_hidden(f) and not _matches_any(f.path, _SNAPCHAT_CHATS)]
    unknown = [
        file
        for file in files
        if file.fault is not None
        and not isinstance(file.fault, UnsupportedFormat)
        and not _is_known(file.path)
    ]
    for marks, patterns in _FOLDER_LAYOUTS:
        if any(_matches_any(file.path, marks) for file in files) and (
            members := [
                file
                for file in files
                if _matches_any(file.path, patterns)
                and withheld_refusal(file.name) is None
                and _may_have_layout(file, layout)
            ]
        ):
            return [*members, *unknown]
    known = [file for file in files if _is_known(file.path) or _is_archive(file.path)]
    texts = [
        file
        for file in files
        if _suffix(file.path) in _TEXT_SUFFIXES and not _matches_any(file.path, _READMES)
    ]
    if texts or any(_suffix(file.path) != "json" for file in known):
        known = [file for file in known if not _describes_others(file)]
    numbered = [f for f in files if _NUMBERED_MESSAGE.fullmatch(f.path.rpartition("/")[2])]
    if layout in {None, TABLE}:
        return [*(known or max(texts, numbered, key=len)), *unknown]
    pages = [f for f in files if layout in _LAYOUT_SUFFIXES and _may_have_layout(f, layout)]
    named = (
        texts
        if layout == "text"
        else [file for file in pages if withheld_refusal(file.name) is None]
    )
    others = [f for f in files if _may_have_texts(f) and refusal_by_name(f.path) is None]
    if layout == "text":
        known = [f for f in others if not _is_known(f.path)] or known
    return [*(named or known or texts or others), *unknown]


def _may_have_layout(file: File, layout: str | None) -> bool:
    """Return whether the suffix of a file is one of the layout that the user names, if any."""
    suffixes = _LAYOUT_SUFFIXES.get(layout or "")
    return suffixes is None or _suffix(file.path) in suffixes


def _describes_others(file: File) -> bool:
    """Return whether a file is an object that is no row, and of no layout with items."""
    if not file.path.lower().endswith(".json") or not is_description(replace(file, format="json")):
        return False
    try:
        return detect_layout(file) == TABLE
    except UnsupportedFormat:
        return True


def _is_page(path: str) -> bool:
    return _suffix(path) in _LAYOUT_SUFFIXES["html"]


def _is_hidden(file: File) -> bool:
    folder, _, name = file.name.rpartition("/")
    parts = [*folder.split("/"), *([] if name == _WHATSAPP_NAME else [name])]
    return any(
        part == _HTTRACK_LOGS or (part[:1] in "._" and part not in _SHOWN) for part in parts if part
    )


def _is_archive(path: str) -> bool:
    return path.lower().endswith(_ARCHIVE_SUFFIXES)


def _is_known(path: str) -> bool:
    return _matches_any(path, _KNOWN_NAMES) or _suffix(path) in _KNOWN_SUFFIXES or _is_table(path)


def _suffix(path: str) -> str:
    return _inner_name(path).rpartition(".")[2]


def _is_table(path: str) -> bool:
    name = path.rpartition("/")[2]
    form = format_by_name(name)
    return (
        form is not None
        and form[0] in _TABLE_FORMATS
        and name not in METADATA_FILES
        and name[0] not in "._"
    )


def _matches_any(path: str, patterns: Iterable[str]) -> bool:
    inner = _inner_name(path)
    return any(fnmatch.fnmatchcase(inner, pattern) for pattern in patterns)


def _inner_name(path: str) -> str:
    """Return a file's name in lower case, without the suffix of a compression."""
    name = path.rpartition("/")[2].lower()
    return name.rpartition(".")[0] if compression_by_name(name) else name


def _with_compression(file: File) -> File:
    """Return a file with the compression by its first bytes, or with the error of looking at it."""
    try:
        return file if file.fault is not None else _detect_compression(file)
    except InputError as error:
        return replace(file, fault=error)


def _detect_compression(file: File) -> File:
    with file.open() as stream, translate_read_errors(file.display_path):
        head = stream.read(8)
    compression, name_compression = detect_compression(head), compression_by_name(file.path)
    if compression is None and name_compression is not None:
        if head and LFS_POINTER.startswith(head):
            return file  # refused by that name later
        if name_compression != "zst" or head[1:4] != _SKIPPABLE_MAGIC:
            raise CorruptFile(
                f"{file.display_path}: "
                f"the name ends in .{file.path.rpartition('.')[2]}, but the content "
                "is not of that format",
                remedy="fetch it again, or rename it.",
            )
        compression = name_compression
    return replace(file, compression=compression)
