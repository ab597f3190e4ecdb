"""HTML as the plain text that a reader sees."""

import re
from html import unescape
from html.parser import HTMLParser

APART = frozenset(
    {
        *("p", "div", "pre", "blockquote", "ul", "ol", "dl", "table", "hr", "article", "section"),
        *("h1", "h2", "h3", "h4", "h5", "h6"),
    }
)
"""Stand in paragraphs of their own."""
LINES = frozenset({"li", "dt", "dd", "tr", "summary", "details"})
"""Stand in lines of their own."""
MARKS = {"br": "\n", "td": " ", "th": " "}
HIDDEN = frozenset({"script", "style", "template"})

_SPACE = str.maketrans({**dict.fromkeys("\t\n\r\f", " "), "\0": "\ufffd"})
_BREAK = re.compile(r" ?[\r\n][ \r\n]*")
_SPACES = re.compile(" {2,}")
_HELD = re.compile("\0(\\d+)\0")
_TAG = re.compile(r"""<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z-]+="[^"<>]*")*)\s*(/?)>""")
_ODD = re.compile(
    r"<(?!/?[a-z])|<(?:script|style|textarea|title|xmp|iframe|no|plain)", re.IGNORECASE
)


def plain_text(html: str) -> str:
    r"""Return the text of a piece of HTML; paragraphs and code keep their lines.

    Examples
    --------
    >>> plain_text("<p>Use <code>a &lt; b</code>:</p><pre><code>if a:\n  b\n</code></pre>")
    'Use a < b:\n\nif a:\n  b'
    """
    text = _Text()
    parts = _TAG.split(html)
    if _is_plain(html, parts[::5]):
        _read_parts(parts, text)
    else:
        _Reader(text).read(html)
    return text.whole()


class _Text:
    """Text in the making, with marks where lines end."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.code: list[str] = []
        self.preformatted = self.hidden = 0

    def begin(self, tag: str) -> None:
        """Begin a line or a paragraph where `tag` does."""
        self._break(tag)
        if tag == "pre":
            self.preformatted += 1
        elif tag in HIDDEN:
            self.hidden += 1
        elif tag in MARKS:
            self.parts.append(MARKS[tag])

    def end(self, tag: str) -> None:
        """End a line or a paragraph where `tag` does."""
        if tag == "pre":
            self.preformatted = max(0, self.preformatted - 1)
        elif tag in HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        self._break(tag)

    def add(self, data: str) -> None:
        """Take text: as it is in code, with single spaces elsewhere."""
        if self.hidden:
            return
        if self.preformatted:
            # Kept aside, so that no line of it is tidied.
            self.parts.append(f"\0{len(self.code)}\0")
            self.code.append(data)
        else:
            self.parts.append(data.translate(_SPACE))

    def whole(self) -> str:
        """Return all of it."""
        joined = _BREAK.sub(_broken, _SPACES.sub(" ", "".join(self.parts)))
        if self.code:
            joined = _HELD.sub(lambda found: self.code[int(found[1])].strip("\n"), joined)
        return joined.strip()

    def _break(self, tag: str) -> None:
        if tag in APART:
            self.parts.append("\n\n")
        elif tag in LINES:
            self.parts.append("\r")


class _Reader(HTMLParser):
    """Reads any HTML, however broken."""

    def __init__(self, text: _Text) -> None:
        super().__init__(convert_charrefs=True)
        self._text = text

    def read(self, html: str) -> None:
        """Read all of it."""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        """Begin `tag`."""
        self._text.begin(tag)

    def handle_endtag(self, tag: str) -> None:
        """End `tag`."""
        self._text.end(tag)

    def handle_data(self, data: str) -> None:
        """Take text."""
        self._text.add(data)


def _is_plain(html: str, between: list[str]) -> bool:
    """Say whether tags are all as a sanitiser writes them: then they need no parser."""
    return not any("<" in text for text in between) and _ODD.search(html) is None


def _read_parts(parts: list[str], text: _Text) -> None:
    for place in range(0, len(parts), 5):
        if parts[place]:
            text.add(unescape(parts[place]))
        if place + 1 == len(parts):
            return
        slash, tag, _, closed = parts[place + 1 : place + 5]
        if not slash:
            text.begin(tag.lower())
        if slash or closed:
            text.end(tag.lower())


def _broken(found: re.Match[str]) -> str:
    """Return a break as it is written out: an empty line between paragraphs, else none."""
    return "\n\n" if found[0].count("\n") > 1 else "\n"
