"""Robots and text mining tags in the head of a page."""

import re
from html import unescape

TAG_NAMES = ("robots", "tdm-reservation", "tdm-policy")
_HEAD_CHARS = 1 << 18
"""Characters of a page that are searched, up to the body."""
_META = re.compile(r"<meta\s([^<>]{0,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([a-z-]{1,40})\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE
)
_BODY = re.compile(r"<body[\s>]", re.IGNORECASE)


def parse_tags(page: str) -> list[tuple[str, str]]:
    """Return names and contents of a page's robots and text mining tags, in order.

    Examples
    --------
    >>> parse_tags('<head><META content="noai, noindex" name=robots><!-- <meta name=robots> -->')
    [('robots', 'noai, noindex')]
    """
    head = _without_comments(page[:_HEAD_CHARS])
    body = _BODY.search(head)
    tags = []
    for tag in _META.finditer(head[: body.start()] if body else head):
        attributes = {
            each[1].casefold(): unescape(next(filter(None, each.groups()[1:]), ""))
            for each in _ATTRIBUTE.finditer(tag[1])
        }
        name = attributes.get("name", "").strip().casefold()
        if name in TAG_NAMES or name.endswith("bot"):
            tags.append((name, attributes.get("content", "")))
    return tags


def _without_comments(page: str) -> str:
    """Remove comments; one that is not closed extends to the end."""
    pieces, place = [], 0
    while (begin := page.find("<!--", place)) >= 0:
        pieces.append(page[place:begin])
        end = page.find("-->", begin + 4)
        if end < 0:
            return "".join(pieces)
        place = end + 3
    return "".join([*pieces, page[place:]])
