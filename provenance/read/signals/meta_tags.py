"""The tags in a page's head that speak to machines."""

import re
from html import unescape

TAGS = ("robots", "tdm-reservation", "tdm-policy")
_HEAD = 1 << 18
"""Characters of a page that are looked at, where no body begins before."""
_META = re.compile(r"<meta\s([^<>]{0,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([a-z-]{1,40})\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE
)
_BODY = re.compile(r"<body[\s>]", re.IGNORECASE)


def tags_of(page: str) -> list[tuple[str, str]]:
    """Return names and contents of a page's tags about robots and mining, in their order.

    Examples
    --------
    >>> tags_of('<head><META content="noai, noindex" name=robots><!-- <meta name=robots> -->')
    [('robots', 'noai, noindex')]
    """
    head = _uncommented(page[:_HEAD])
    body = _BODY.search(head)
    found = []
    for tag in _META.finditer(head[: body.start()] if body else head):
        attributes = {
            each[1].casefold(): unescape(next(filter(None, each.groups()[1:]), ""))
            for each in _ATTRIBUTE.finditer(tag[1])
        }
        name = attributes.get("name", "").strip().casefold()
        if name in TAGS or name.endswith("bot"):
            found.append((name, attributes.get("content", "")))
    return found


def _uncommented(page: str) -> str:
    """Drop comments; one that never ends hides all behind it."""
    pieces, place = [], 0
    while (begin := page.find("<!--", place)) >= 0:
        pieces.append(page[place:begin])
        end = page.find("-->", begin + 4)
        if end < 0:
            return "".join(pieces)
        place = end + 3
    return "".join([*pieces, page[place:]])
