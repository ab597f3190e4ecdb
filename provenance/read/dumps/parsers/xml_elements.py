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


def elements_at(element: Element, *names: str) -> list[Element]:
    """Return the elements at a path: `findall` follows paths in Python, but single names in C."""
    found = [element]
    for name in names:
        found = [child for parent in found for child in parent.findall(name)]
    return found


def text_at(element: Element, *names: str) -> str | None:
    """Return the text of the first element at a path; None if there is none."""
    found = elements_at(element, *names)
    return (found[0].text or "") if found else None


class _Elements:
    """Builds the wanted elements, and nothing of what is around them.

    Within an element, the parser calls the builder's methods in C, and Python only at each end.
    """

    def __init__(self, file: str, names: Set[str]) -> None:
        self._file, self._names = file, names
        self.root = self._element = Element("")
        self._builder = TreeBuilder()
        self._pending: list[Element] = []
        self._parser = ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start_root
        self._parser.EntityDeclHandler = self._refuse

    def read(self, data: bytes) -> list[Element]:
        """Read on; return the elements that end there."""
        self._parser.Parse(data, False)
        elements, self._pending = self._pending, []
        return elements

    def end(self) -> None:
        """Check that the document is complete."""
        self._parser.Parse(b"", True)

    def _start_root(self, name: str, attributes: dict[str, str]) -> None:
        self.root = Element(name, attributes)
        self._parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name in self._names:
            self._builder = TreeBuilder()
            self._element = self._builder.start(name, attributes)
            self._parser.StartElementHandler = self._builder.start
            self._parser.CharacterDataHandler = self._builder.data
            self._parser.EndElementHandler = self._close

    def _close(self, name: str) -> None:
        if self._builder.end(name) is self._element:
            self._pending.append(self._element)
            self._parser.StartElementHandler = self._start
            self._parser.CharacterDataHandler = self._parser.EndElementHandler = None

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
