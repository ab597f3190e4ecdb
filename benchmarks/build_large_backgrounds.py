"""Build registries of what everybody repeats, for `check --background`.

    python -m benchmarks.build_large_backgrounds REPOSITORIES OUT [KIND ...]

Reads the repositories of `large_backgrounds.toml` at the commits that it states, and fetches those
that are not in the folder REPOSITORIES as OWNER/NAME. Builds a registry for each kind, or for the
kinds that are named: hashes of words, titles and addresses, no texts. If all are built, writes what
they cover to BACKGROUNDS.md.
"""

import csv
import io
import json
import re
import shutil
import sys
import tomllib
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree as ET

import provenance
from benchmarks.repositories import read_files

SOURCES = Path(__file__).with_name("large_backgrounds.toml")
PAGE = Path(__file__).with_name("BACKGROUNDS.md")
PIECE_WORDS = 1500
"""Words of a piece: of a long text, each is an item of its own."""

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\w+")

_INTRODUCTION = """# What the large backgrounds cover

Written by `python -m benchmarks.build_large_backgrounds`. Each kind is a registry of its own. Texts
of more than 1,500 words are several items. Files of 4 MB and more are left out. Song texts are not
covered, nor, in other languages than English, jokes and manuals.

Hashes of words are stored in their order, so that words can be guessed from them one by one. Of
sources that state no licence for the texts, build the registry where you use it, and do not pass it
on.

"""

Record = tuple[dict[str, str], str]
"""What a title may name, and the text."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source of `large_backgrounds.toml`, which explains the fields."""

    repository: str
    commit: str
    files: str
    kind: str
    languages: list[str]
    title: str
    reader: str
    stated: str
    licence: str | None = None
    text: tuple[str, ...] = ()
    author: str = ""
    whole: bool = False

    def items(self, folder: Path) -> Iterator[dict[str, Any]]:
        """Yield the pieces of its texts, as rows of a dump."""
        number = 0
        for path, data in self._files(folder):
            known = {"path": str(PurePosixPath(path).with_suffix(""))}
            for fields, text in READERS[self.reader](data.decode("utf-8-sig", "replace"), self):
                title = self.title.format_map(known | fields)
                for piece in _pieces(text):
                    number += 1
                    yield {
                        "id": f"{title} [{self.repository} {number}]",
                        "text": piece,
                        "url": f"https://github.com/{self.repository}/blob/{self.commit}/{path}",
                        "source": self.licence or self.repository,
                    }

    def _files(self, folder: Path) -> Iterator[tuple[str, bytes]]:
        """Yield the paths and contents of its files, and of those in archives."""
        for path, data in read_files(folder, self.repository, self.commit, self.files):
            yield from _unzip(path, data) if path.endswith(".zip") else [(path, data)]


def main() -> None:
    repositories, out, *kinds = sys.argv[1:]
    sources = load_sources()
    rows = []
    for kind in sorted({source.kind for source in sources}):
        if not kinds or kind in kinds:
            chosen = [source for source in sources if source.kind == kind]
            rows += build(kind, chosen, Path(repositories), Path(out))
    if not kinds:
        PAGE.write_text(page(rows), "utf-8")


def page(rows: list[list[str]]) -> str:
    """Return the page that says what the backgrounds cover."""
    header = ["Kind", "Languages", "Source", "Items", "Words", "What it says about rights"]
    lines = [header, ["---", "---", "---", "--:", "--:", "---"], *rows]
    return _INTRODUCTION + "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def load_sources() -> list[Source]:
    """Load the sources, in the order of the file."""
    rows = tomllib.loads(SOURCES.read_text("utf-8"))["sources"]
    return [Source(**row | {"text": tuple(row.get("text", ()))}) for row in rows]


def build(kind: str, sources: list[Source], repositories: Path, out: Path) -> list[list[str]]:
    """Build the registry of a kind, and return a row of the coverage for each of its sources."""
    out.mkdir(parents=True, exist_ok=True)
    dump, registry, rows = out / f"{kind}.jsonl", out / kind, []
    with dump.open("w", encoding="utf-8") as file:
        for source in sources:
            counts: Counter[str] = Counter()
            for item in source.items(repositories):
                counts.update(items=1, words=len(_WORD.findall(item["text"])))
                file.write(json.dumps(item, ensure_ascii=False) + "\n")
            numbers = [f"{counts[name]:,}" for name in ("items", "words")]
            address = f"{source.repository}@{source.commit[:12]}"
            rows.append([kind, ", ".join(source.languages), address, *numbers, source.stated])
    shutil.rmtree(registry, ignore_errors=True)
    provenance.build_registry(
        registry,
        dump,
        no_text=True,
        source_column="source",
        text_columns=["text"],
        id_column="id",
        url_column="url",
        text_format="plain",
    )
    dump.unlink()
    return rows


def _unzip(path: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith(".txt"):
                yield f"{path}#{name}", archive.read(name)


def _pieces(text: str) -> Iterator[str]:
    words = text.split()
    for begin in range(0, len(words), PIECE_WORDS):
        yield " ".join(words[begin : begin + PIECE_WORDS])


def _read_text(text: str, _: Source) -> Iterator[Record]:
    yield {}, text


def _read_xml(text: str, _: Source) -> Iterator[Record]:
    root = ET.fromstring(text)  # noqa: S314 — of a pinned commit
    for element in root.iter():
        element.tag = str(element.tag).rpartition("}")[2]
    fields = {}
    for name in ("title", "author"):
        found = root.find(f".//{name}")
        words = [] if found is None else " ".join(found.itertext()).split()
        fields[name] = " ".join(words) or "unknown"
    body = root.find(".//body")
    yield fields, " ".join((root if body is None else body).itertext())


def _read_json(text: str, source: Source) -> Iterator[Record]:
    yield from _records(json.loads(text), source)


def _read_csv(text: str, source: Source) -> Iterator[Record]:
    yield from _records(list(csv.DictReader(io.StringIO(text))), source)


def _records(value: Any, source: Source) -> Iterator[Record]:
    records = list(_walk(value, source))
    yield from [({}, " ".join(text for _, text in records))] if source.whole else records


def _walk(value: Any, source: Source) -> Iterator[Record]:
    if isinstance(value, str) and not source.text:
        yield {}, value
    elif isinstance(value, dict) and source.text and source.text[0] in value:
        fields = [value[name] for name in source.text]
        text = " ".join(" ".join(each) if isinstance(each, list) else each for each in fields)
        yield {"author": str(value.get(source.author) or "unknown")}, text
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _walk(each, source)


def _read_fortunes(text: str, _: Source) -> Iterator[Record]:
    for fortune in re.split(r"^%.*\n", text, flags=re.MULTILINE):
        yield {}, fortune


def _read_messages(text: str, _: Source) -> Iterator[Record]:
    for block in text.split("\n\n"):
        translation = block.partition("\nmsgstr")[2]
        lines = re.findall(r'^(?:\[\d\])? ?"(.*)"$', translation, re.MULTILINE)
        yield {}, "".join(lines).replace("\\n", "\n").replace('\\"', '"')


def _read_roff(text: str, _: Source) -> Iterator[Record]:
    words = re.sub(r'^[.\'](\\".*|[A-Za-z]+)|\\f.', "", text, flags=re.MULTILINE)
    yield {}, re.sub(r"\\-", "-", re.sub(r"\\[&(]\S?", "", words))


READERS: dict[str, Callable[[str, Source], Iterator[Record]]] = {
    "text": _read_text,
    "xml": _read_xml,
    "json": _read_json,
    "csv": _read_csv,
    "fortunes": _read_fortunes,
    "messages": _read_messages,
    "roff": _read_roff,
}


if __name__ == "__main__":
    main()
