"""RSL 1.0: XML licences with permitted and prohibited uses (rslstandard.org/rsl)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from provenance.judge.identifiers import host_of
from provenance.model.rules.signals import Notice, Stance
from provenance.read.signals.path_patterns import match_length, url_path
from provenance.read.signals.robots_txt import RobotsFile

SIGNAL = "rsl-1.0"
NAMESPACE = "https://rslstandard.org/rsl"
MAX_BYTES = 1 << 20
"""Largest size of a document; a larger one is ignored."""

# The first three are in the standard (3.4.1.1), the others in its drafts.
TRAINING_USES = frozenset(
    {"all", "ai-all", "ai-train", "train-ai", "train-genai", "ai-training", "ai"}
)
USER_TYPES = frozenset({"commercial", "non-commercial", "education", "government", "personal"})
FREE_PAYMENTS = frozenset({"free", "attribution"})
KNOWN_ELEMENTS = frozenset({"permits", "prohibits", "payment", "legal"})
"""Elements that a licence for anyone may have. `reporting` requires reports (3.12); an unknown
element may require anything, and makes the licence invalid."""
_WORDS = re.compile(r"[\s,]+")


@dataclass(frozen=True, slots=True)
class RslLicence:
    """A `<license>`, as far as it concerns training.

    Parameters
    ----------
    prohibits, withholds : str or None
        The element that prohibits training; another element by which it is not free for anyone.
    """

    prohibits: str | None
    withholds: str | None


@dataclass(frozen=True, slots=True)
class RslContent:
    """A `<content>`: a pattern of pages, and their licences.

    Parameters
    ----------
    address : str
        A URL or path, with patterns as in robots.txt; empty for all pages of the document's site.
    terms : tuple of RslLicence
        Alternative licences.
    """

    address: str
    terms: tuple[RslLicence, ...]


class _SafeTreeBuilder(TreeBuilder):
    """Builds a tree and refuses document types, which could declare entities."""

    def doctype(self, *_: object) -> None:
        raise ValueError("a document type")


def parse_rsl(content: bytes) -> tuple[RslContent, ...] | None:
    """Parse an RSL document, or a feed with RSL elements; None if it is neither."""
    if len(content) > MAX_BYTES:
        return None
    parser = XMLParser(target=_SafeTreeBuilder())  # noqa: S314 (entities are refused)
    try:
        parser.feed(content)
        root: Element = parser.close()
    except (ParseError, ValueError, LookupError):
        return None
    is_rsl = _name(root) == "rsl"
    if not is_rsl and NAMESPACE not in content.decode("utf-8", errors="replace"):
        return None
    return tuple(
        RslContent(each.get("url") or "", tuple(_terms(each)))
        for each in root.iter()
        if _name(each) == "content" and "url" in each.attrib and (is_rsl or NAMESPACE in each.tag)
    )


def unread_rsl_notices(robots: RobotsFile) -> Iterator[Notice]:
    """Yield a notice of an RSL document that robots.txt names and that was not captured.

    Without the document, what it is about is unlicensed (RSL 1.0, s.4).
    """
    for line in robots.licences:
        if line.value.partition("?")[0].casefold().endswith(".xml"):
            yield Notice(
                SIGNAL, Stance.DISALLOWS, f"robots.txt, {line}: a licence that was not captured"
            )


def rsl_notice(contents: tuple[RslContent, ...] | None, address: str) -> Notice:
    """Return what an RSL document says about training on a page.

    Notes
    -----
    The most specific `<content>` counts, as in robots.txt (3.1.1). Among equally specific ones, and
    among their licences, any prohibition counts, and a permission only without one. A licence that
    lists uses permits no others (3.5). A licence that must be paid for (3.7), requested from a
    server (3.3) or reported on (3.12), or is restricted to some users or countries, is not free for
    anyone: training without it contradicts the document. A licence with unknown elements grants
    nothing; its prohibitions count.
    """
    if contents is None:
        return Notice(SIGNAL, Stance.SILENT, "the RSL document cannot be read")
    matches = [
        (specificity, each)
        for each in contents
        if (specificity := _specificity(each.address, address)) is not None
    ]
    most = max((specificity for specificity, _ in matches), default=0)
    most_specific = [
        terms for specificity, each in matches if specificity == most for terms in each.terms
    ]
    if not most_specific:
        return Notice(SIGNAL, Stance.SILENT, "RSL: no licence is given for this page")
    prohibitions = [terms.prohibits for terms in most_specific if terms.prohibits is not None]
    restrictions = [terms.withholds for terms in most_specific if terms.withholds is not None]
    if prohibitions or len(restrictions) == len(most_specific):
        return Notice(SIGNAL, Stance.DISALLOWS, f"RSL: {(prohibitions or restrictions)[0]}")
    return Notice(SIGNAL, Stance.ALLOWS, "RSL: a licence permits training for everyone")


def _specificity(pattern: str, address: str) -> int | None:
    """Return how specific the pattern of a document is, if it matches a page; else None."""
    host = host_of(pattern) if "//" in pattern else None
    page = host_of(address)
    if host is not None and page is not None and host != page:
        return None
    local = pattern if host is None else f"/{pattern.split('//', 1)[1].partition('/')[2]}"
    return match_length(local, url_path(address))


def _terms(content: Element) -> Iterator[RslLicence]:
    server = content.get("server")
    restriction = f"a licence is given by {server} alone" if server else None
    if restriction is None and content.get("encrypted") == "true":
        restriction = '<content encrypted="true">'
    for each in content:
        if _name(each) == "license":
            yield RslLicence(_prohibition(each), _restriction(each) or restriction)


def _prohibition(licence: Element) -> str | None:
    for each in _children(licence, "prohibits", "usage"):
        if _words(each) & TRAINING_USES:
            return f'<prohibits type="usage">{" ".join(sorted(_words(each)))}'
    return None


def _restriction(licence: Element) -> str | None:
    permits = [_words(each) for each in _children(licence, "permits", "usage")]
    if permits and not any(uses & TRAINING_USES for uses in permits):
        return f'<permits type="usage">{" ".join(sorted(set().union(*permits)))}'
    for kind in ("user", "geo"):
        for each in _children(licence, "prohibits", kind):
            return f'<prohibits type="{kind}">{" ".join(sorted(_words(each)))}'
        values = set[str]().union(*(_words(each) for each in _children(licence, "permits", kind)))
        if values and not (values >= USER_TYPES or "all" in values):
            return f'<permits type="{kind}">{" ".join(sorted(values))}'
    payments = [each.get("type", "free").strip() for each in licence if _name(each) == "payment"]
    if payments and not FREE_PAYMENTS & set(payments):
        return f'<payment type="{payments[0]}">'
    names = (_name(each) for each in licence)
    return next((f"<{name}>" for name in names if name and name not in KNOWN_ELEMENTS), None)


def _children(licence: Element, name: str, kind: str) -> list[Element]:
    return [each for each in licence if _name(each) == name and each.get("type") == kind]


def _words(element: Element) -> set[str]:
    return {word.casefold() for word in _WORDS.split(element.text or "") if word}


def _name(element: Element) -> str:
    """Return the name of an RSL element; empty for elements of other namespaces (3.1)."""
    space, _, name = str(element.tag).rpartition("}")
    return name.casefold() if space in ("", f"{{{NAMESPACE}") else ""
