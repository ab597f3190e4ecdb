"""Conversion of HTML to plain text."""

import re
from functools import cache
from html import unescape
from html.parser import HTMLParser

PARAGRAPH_TAGS = frozenset(
    {
        *("p", "div", "pre", "blockquote", "ul", "ol", "dl", "table", "hr", "article", "section"),
        *("h1", "h2", "h3", "h4", "h5", "h6"),
    }
)
"""Elements that form paragraphs."""
LINE_TAGS = frozenset({"li", "dt", "dd", "tr", "summary", "details"})
"""Elements that form lines."""
TAG_TEXTS = {"br": "\n", "td": " ", "th": " "}
HIDDEN_TAGS = frozenset({"script", "style", "template", "title"})

_REPLACED = (*((space, " ") for space in "\t\n\r\f"), ("\0", "\ufffd"))
"""Characters of texts, and what stands for them: `str.translate` is slow where not all is ASCII."""
_BREAK = re.compile(r"[\r\n][ \r\n]*")
_SPACES = re.compile(" {2,}")
_CODE_MARK = re.compile("\0(\\d+)\0")
_TAG = re.compile(r"""<(/?)([a-zA-Z][a-zA-Z0-9:]*)((?:\s+[a-zA-Z:-]+="[^"<>]*")*)\s*(/?)>""")
_UNUSUAL_TAG = re.compile(
    r"<(?!/?[a-z])|<(?:script|style|textarea|title|xmp|iframe|no|plain)", re.IGNORECASE
)


def plain_text(html: str) -> str:
    r"""Return the text of an HTML fragment; paragraphs and code keep their lines.

    Examples
    --------
    >>> plain_text("<p>Use <code>a &lt; b</code>:</p><pre><code>if a:\n  b\n</code></pre>")
    'Use a < b:\n\nif a:\n  b'
    """
    if "<" not in html:
        return _lines(_with_spaces(unescape(html))).strip()
    text = _TextBuilder()
    parts = _TAG.split(html)
    if _is_simple(html, parts[::5]):
        _read_parts(parts, text)
    else:
        _HtmlParser(text).read(html)
    return text.to_string()


def remove_elements(html: str, name: str, mark: str = "") -> str:
    """Return HTML without the elements of a name, each with all that is in it.

    Parameters
    ----------
    html : str
        A fragment.
    name : str
        Name of the elements.
    mark : str
        Regular expression for their start tags; empty for all.

    Examples
    --------
    >>> remove_elements("one <aside>or <aside>two</aside></aside> <aside id='a'/>", "aside")
    'one  '
    """
    kept, depth, start = [], 0, 0
    for tag in _element_tags(name).finditer(html):
        is_end = tag[0].startswith("</")
        if not depth and (is_end or not re.search(mark, tag[0], re.IGNORECASE)):
            continue
        if not depth:
            kept.append(html[start : tag.start()])
        if not tag[0].endswith("/>"):
            depth += -1 if is_end else 1
        start = tag.end()
    return "".join(kept if depth else [*kept, html[start:]])


@cache
def _element_tags(name: str) -> re.Pattern[str]:
    return re.compile(rf"</?{name}\b[^>]*>", re.IGNORECASE)


class _TextBuilder:
    """Collects text, with marks for line ends."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.code: list[str] = []
        self.preformatted_depth = self.hidden_depth = 0

    def begin(self, tag: str) -> None:
        """Handle a start tag."""
        self._break(tag)
        if tag == "pre":
            self.preformatted_depth += 1
        elif tag in HIDDEN_TAGS:
            self.hidden_depth += 1
        elif tag in TAG_TEXTS:
            self.parts.append(TAG_TEXTS[tag])

    def end(self, tag: str) -> None:
        """Handle an end tag."""
        if tag == "pre":
            self.preformatted_depth = max(0, self.preformatted_depth - 1)
        elif tag in HIDDEN_TAGS:
            self.hidden_depth = max(0, self.hidden_depth - 1)
        self._break(tag)

    def add(self, data: str) -> None:
        """Add text: verbatim in code, with normalised white space elsewhere."""
        if self.hidden_depth:
            return
        if self.preformatted_depth:
            # Stored separately, so that white space in it is not normalised.
            self.parts.append(f"\0{len(self.code)}\0")
            self.code.append(data)
        else:
            self.parts.append(_with_spaces(data))

    def to_string(self) -> str:
        """Return all text."""
        text = _lines("".join(self.parts))
        if self.code:
            text = _CODE_MARK.sub(lambda match: self.code[int(match[1])].strip("\n"), text)
        return text.strip()

    def _break(self, tag: str) -> None:
        if tag in PARAGRAPH_TAGS:
            self.parts.append("\n\n")
        elif tag in LINE_TAGS:
            self.parts.append("\r")


def _with_spaces(text: str) -> str:
    """Return a text with spaces for other white space, and without null characters."""
    for character, replacement in _REPLACED:
        text = text.replace(character, replacement)
    return text


def _lines(text: str) -> str:
    """Return a text with single spaces, and with line ends for marks of them."""
    text = text.strip()  # most breaks are at its ends
    if "  " in text:
        text = _SPACES.sub(" ", text)
    # The pattern begins with the break itself, which is found faster than an optional space.
    if "\n" in text or "\r" in text:
        text = _BREAK.sub(_line_break, text.replace(" \n", "\n").replace(" \r", "\r"))
    return text


class _HtmlParser(HTMLParser):
    """Parses any HTML, however malformed."""

    def __init__(self, text: _TextBuilder) -> None:
        super().__init__(convert_charrefs=True)
        self._text = text

    def read(self, html: str) -> None:
        """Parse a fragment."""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        """Handle a start tag."""
        self._text.begin(_local(tag))

    def handle_endtag(self, tag: str) -> None:
        """Handle an end tag."""
        self._text.end(_local(tag))

    def handle_data(self, data: str) -> None:
        """Add text."""
        self._text.add(data)


def _local(tag: str) -> str:
    """Return a tag without the prefix of its namespace, such as `jats:p`."""
    return tag.rpartition(":")[2]


def _is_simple(html: str, texts: list[str]) -> bool:
    """Return whether all tags are in the form of a sanitiser, so that no parser is needed."""
    return "<" not in "".join(texts) and _UNUSUAL_TAG.search(html) is None


def _read_parts(parts: list[str], text: _TextBuilder) -> None:
    """Read what the tags of a fragment split it into: a text, then of each tag four and a text."""
    if parts[0]:
        text.add(unescape(parts[0]))
    for slash, name, is_closed, data in zip(
        parts[1::5], parts[2::5], parts[4::5], parts[5::5], strict=True
    ):
        tag = _local(name.lower()) if ":" in name else name.lower()
        if not slash:
            text.begin(tag)
        if slash or is_closed:
            text.end(tag)
        if data:
            text.add(unescape(data))


def _line_break(match: re.Match[str]) -> str:
    """Return an empty line between paragraphs, else a line break."""
    return "\n\n" if match[0].count("\n") > 1 else "\n"
