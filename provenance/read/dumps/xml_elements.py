"""Elements of an XML file, one at a time, without a tree of the whole."""

import re
from collections.abc import Iterator, Set
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers.expat import ExpatError, ParserCreate

from provenance.errors import UnsupportedFormat
from provenance.read.corpus.file_access import translate_read_errors
from provenance.read.dumps.dump_file import Dump

_FORBIDDEN = re.compile(
    rb"&#(?:x0*(?:[0-8bcef]|1[0-9a-f]|d[89a-f][0-9a-f]{2}|fff[ef])"
    rb"|0*(?:[0-8]|1[124-9]|2\d|3[01]));",
    re.IGNORECASE,
)
_MAX_REFERENCE_BYTES = 12
_CHUNK_BYTES = 1 << 18


def read_elements(dump: Dump, names: Set[str]) -> Iterator[tuple[Element, Element]]:
    """Yield the outermost elements with some names, each with the root's name and attributes.

    Raises
    ------
    CorruptFile
        If the XML is damaged or cut short.
    DocumentTooLarge
        At an element that is larger than the limit.
    UnsupportedFormat
        If it declares entities, which can expand without bound.
    """
    reader = _Elements(dump.display_path, names)
    count = unparsed_bytes = marks = 0
    with translate_read_errors(
        dump.display_path,
        lambda: f"after {count:,} elements",
        damage=(ExpatError, LookupError, ValueError),
    ):
        for piece in replace_forbidden_references(dump.pieces(_CHUNK_BYTES)):
            for element in reader.read(piece):
                yield reader.root, element
                count, unparsed_bytes, marks = count + 1, 0, 0
            unparsed_bytes, marks = unparsed_bytes + len(piece), marks + piece.count(b"<")
            if dump.file.limit.is_exceeded(unparsed_bytes, marks):
                raise dump.file.limit.error_for_row(count)
        reader.end()


class _Elements:
    """Builds the wanted elements, and nothing of what is around them."""

    def __init__(self, file: str, names: Set[str]) -> None:
        self._file, self._names = file, names
        self.root = Element("")
        self._depth = 0
        self._builder: TreeBuilder | None = None
        self._inner_depth = 0
        self._pending: list[Element] = []
        self._parser = ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._close
        self._parser.CharacterDataHandler = self._add
        self._parser.EntityDeclHandler = self._refuse

    def read(self, data: bytes) -> list[Element]:
        """Read on; return the elements that end there."""
        self._parser.Parse(data, False)
        elements, self._pending = self._pending, []
        return elements

    def end(self) -> None:
        """Check that the document is complete."""
        self._parser.Parse(b"", True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._depth == 0:
            self.root = Element(name, attributes)
        elif self._builder is None and name in self._names:
            self._builder = TreeBuilder()
        self._depth += 1
        if self._builder is not None:
            self._inner_depth += 1
            self._builder.start(name, attributes)

    def _close(self, name: str) -> None:
        self._depth -= 1
        if self._builder is None:
            return
        self._builder.end(name)
        self._inner_depth -= 1
        if not self._inner_depth:
            self._pending.append(self._builder.close())
            self._builder = None

    def _add(self, text: str) -> None:
        if self._builder is not None:
            self._builder.data(text)

    def _refuse(self, *_: object) -> None:
        raise UnsupportedFormat(
            f"{self._file}: the XML declares entities", remedy="give the dump as published."
        )


def replace_forbidden_references(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Replace references to characters that XML forbids with U+FFFD: they would end the parsing."""
    remainder = b""
    for piece in pieces:
        data = remainder + piece
        # A reference may continue in the next chunk.
        start = data.rfind(b"&", max(0, len(data) - _MAX_REFERENCE_BYTES))
        end = start if start >= 0 and b";" not in data[start:] else len(data)
        yield _FORBIDDEN.sub(b"&#xFFFD;", data[:end])
        remainder = data[end:]
    yield remainder
