"""RSL 1.0: a licence in XML, with the uses that it permits and prohibits (rslstandard.org/rsl)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from provenance.judge.identifiers import host_of
from provenance.model import Notice, Stance
from provenance.read.signals.path_patterns import path_of, weight

SIGNAL = "rsl-1.0"
NAMESPACE = "https://rslstandard.org/rsl"
MOST = 1 << 20
"""Bytes of a document; a longer one is none."""

# The first three are of the standard (3.4.1.1); files that follow its drafts write the others.
TRAINING = frozenset({"all", "ai-all", "ai-train", "train-ai", "train-genai", "ai-training", "ai"})
USERS = frozenset({"commercial", "non-commercial", "education", "government", "personal"})
FREE = frozenset({"free", "attribution"})
PLAIN = frozenset({"permits", "prohibits", "payment", "legal"})
"""Elements that a licence for everybody may hold. `reporting` binds to reports (3.12); one that the
standard does not know may bind to anything, and makes the licence invalid."""
_WORDS = re.compile(r"[\s,]+")


@dataclass(frozen=True, slots=True)
class Terms:
    """One `<license>`, as far as training turns on it.

    Parameters
    ----------
    prohibits, withholds : str or None
        The element that prohibits training; what else keeps it from being free to everybody.
    """

    prohibits: str | None
    withholds: str | None


@dataclass(frozen=True, slots=True)
class Content:
    """One `<content>`: the pages that it is about, and their licences.

    Parameters
    ----------
    address : str
        An address or a path, with patterns as in robots.txt; empty is all that the document came
        with.
    terms : tuple of Terms
        Each by itself would do for whoever meets it.
    """

    address: str
    terms: tuple[Terms, ...]


class _Plain(TreeBuilder):
    """Builds a tree, and refuses entities: there is no document type to declare them in."""

    def doctype(self, *_: object) -> None:
        raise ValueError("a document type")


def parse_rsl(content: bytes) -> tuple[Content, ...] | None:
    """Read an RSL document, or a feed that holds such elements; None where it is neither."""
    if len(content) > MOST:
        return None
    parser = XMLParser(target=_Plain())  # noqa: S314 (`_Plain` refuses what expands)
    try:
        parser.feed(content)
        root: Element = parser.close()
    except (ParseError, ValueError, LookupError):
        return None
    own = _name(root) == "rsl"
    if not own and NAMESPACE not in content.decode("utf-8", errors="replace"):
        return None
    return tuple(
        Content(each.get("url") or "", tuple(_terms(each)))
        for each in root.iter()
        if _name(each) == "content" and "url" in each.attrib and (own or NAMESPACE in each.tag)
    )


def rsl_notice(contents: tuple[Content, ...] | None, address: str) -> Notice:
    """Say what an RSL document says of training on a page.

    Notes
    -----
    The most specific `<content>` counts, as in robots.txt (3.1.1). Of several as specific, and of
    the licences in them, every prohibition counts, and what permits where nothing prohibits. A
    licence that lists uses permits no others (3.5). One that is paid for (3.7), asked for at a
    server (3.3), given for reports (3.12), or kept to some users or countries is not everybody's:
    who trains without it trains against the document. One with parts that the standard does not
    know grants nothing; what it prohibits stands.
    """
    if contents is None:
        return Notice(SIGNAL, Stance.SILENT, "the RSL document cannot be read")
    reaching = [
        (reach, each) for each in contents if (reach := _reach(each.address, address)) is not None
    ]
    most = max((reach for reach, _ in reaching), default=0)
    nearest = [terms for reach, each in reaching if reach == most for terms in each.terms]
    if not nearest:
        return Notice(SIGNAL, Stance.SILENT, "RSL: no licence is given for this page")
    prohibited = [terms.prohibits for terms in nearest if terms.prohibits is not None]
    withheld = [terms.withholds for terms in nearest if terms.withholds is not None]
    if prohibited or len(withheld) == len(nearest):
        return Notice(SIGNAL, Stance.DISALLOWS, f"RSL: {(prohibited or withheld)[0]}")
    return Notice(SIGNAL, Stance.ALLOWS, "RSL: a licence permits training to everybody")


def _reach(pattern: str, address: str) -> int | None:
    """Return how specific an address of a document is, if a page lies in it."""
    host = host_of(pattern) if "//" in pattern else None
    page = host_of(address)
    if host is not None and page is not None and host != page:
        return None
    local = pattern if host is None else f"/{pattern.split('//', 1)[1].partition('/')[2]}"
    return weight(local, path_of(address))


def _terms(content: Element) -> Iterator[Terms]:
    server = content.get("server")
    asked = f"a licence is given by {server} alone" if server else None
    if asked is None and content.get("encrypted") == "true":
        asked = '<content encrypted="true">'
    for each in content:
        if _name(each) == "license":
            yield Terms(_prohibition(each), _withheld(each) or asked)


def _prohibition(licence: Element) -> str | None:
    for each in _children(licence, "prohibits", "usage"):
        if _listed(each) & TRAINING:
            return f'<prohibits type="usage">{" ".join(sorted(_listed(each)))}'
    return None


def _withheld(licence: Element) -> str | None:
    permits = [_listed(each) for each in _children(licence, "permits", "usage")]
    if permits and not any(uses & TRAINING for uses in permits):
        return f'<permits type="usage">{" ".join(sorted(set().union(*permits)))}'
    for kind in ("user", "geo"):
        for each in _children(licence, "prohibits", kind):
            return f'<prohibits type="{kind}">{" ".join(sorted(_listed(each)))}'
        listed = set[str]().union(*(_listed(each) for each in _children(licence, "permits", kind)))
        if listed and not (listed >= USERS or "all" in listed):
            return f'<permits type="{kind}">{" ".join(sorted(listed))}'
    payments = [each.get("type", "free").strip() for each in licence if _name(each) == "payment"]
    if payments and not FREE & set(payments):
        return f'<payment type="{payments[0]}">'
    others = (_name(each) for each in licence)
    return next((f"<{name}>" for name in others if name and name not in PLAIN), None)


def _children(licence: Element, name: str, kind: str) -> list[Element]:
    return [each for each in licence if _name(each) == name and each.get("type") == kind]


def _listed(element: Element) -> set[str]:
    return {word.casefold() for word in _WORDS.split(element.text or "") if word}


def _name(element: Element) -> str:
    """Return the name of an element of the standard; empty for those of others (3.1)."""
    space, _, name = str(element.tag).rpartition("}")
    return name.casefold() if space in ("", f"{{{NAMESPACE}") else ""
