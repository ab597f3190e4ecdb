"""HTML as the plain text that a reader sees."""

import re
from html.parser import HTMLParser

APART = frozenset(
    {
        *("p", "div", "pre", "blockquote", "ul", "ol", "dl", "table", "hr", "article", "section"),
        *("h1", "h2", "h3", "h4", "h5", "h6"),
    }
)
"""Stand in paragraphs of their own."""
LINES = frozenset({"li", "dt", "dd", "tr", "summary", "details"})
HIDDEN = frozenset({"script", "style", "template"})

_SPACE = re.compile(r"[ \t\n\r\f]+")
_BREAK = re.compile(r" *[\r\n][ \r\n]*")
_SPACES = re.compile(" {2,}")
_HELD = re.compile("\0(\\d+)\0")


def plain_text(html: str) -> str:
    r"""Return the text of a piece of HTML; paragraphs and code keep their lines.

    Examples
    --------
    >>> plain_text("<p>Use <code>a &lt; b</code>:</p><pre><code>if a:\n  b\n</code></pre>")
    'Use a < b:\n\nif a:\n  b'
    """
    if "<" not in html and "&" not in html:
        return html.strip()
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Gathers text, and marks where lines end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.code: list[str] = []
        self.preformatted = self.hidden = 0

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        """Begin a line or a paragraph where `tag` does."""
        self._break(tag)
        self.preformatted += tag == "pre"
        self.hidden += tag in HIDDEN
        self.parts.append({"br": "\n", "td": " ", "th": " "}.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        """End a line or a paragraph where `tag` does."""
        self.preformatted = max(0, self.preformatted - (tag == "pre"))
        self.hidden = max(0, self.hidden - (tag in HIDDEN))
        self._break(tag)

    def handle_data(self, data: str) -> None:
        """Take text: as it is in code, with single spaces elsewhere."""
        if self.hidden:
            return
        if self.preformatted:
            # Kept aside, so that no line of it is tidied.
            self.parts.append(f"\0{len(self.code)}\0")
            self.code.append(data)
        else:
            self.parts.append(_SPACE.sub(" ", data.replace("\0", "\ufffd")))

    def text(self) -> str:
        """Return all of it."""
        joined = _BREAK.sub(_broken, _SPACES.sub(" ", "".join(self.parts)))
        return _HELD.sub(lambda found: self.code[int(found[1])].strip("\n"), joined).strip()

    def _break(self, tag: str) -> None:
        if tag in APART:
            self.parts.append("\n\n")
        elif tag in LINES:
            self.parts.append("\r")


def _broken(found: re.Match[str]) -> str:
    """Return a break as it is written out: an empty line between paragraphs, else none."""
    return "\n\n" if found[0].count("\n") > 1 else "\n"
