"""RSL 1.0, section by section: what a licence permits and prohibits, to whom, and where."""

import pytest

from provenance.model.rules.signals import Stance
from provenance.read.signals.rsl import MAX_BYTES, NAMESPACE, parse_rsl, rsl_notice

NO, YES, SILENT = Stance.DISALLOWS, Stance.ALLOWS, Stance.SILENT


def rsl(*contents: str) -> bytes:
    return f'<rsl xmlns="{NAMESPACE}">{"".join(contents)}</rsl>'.encode()


def content(licence: str, url: str = "/", more: str = "") -> str:
    return f'<content url="{url}" {more}>{licence}</content>'


def licence(*elements: str) -> str:
    return f"<license>{''.join(elements)}</license>"


def usage(name: str, words: str, kind: str = "usage") -> str:
    return f'<{name} type="{kind}">{words}</{name}>'


BAN = licence(usage("prohibits", "ai-train"))
FREE = licence(usage("permits", "ai-train search"))
PAID = licence(usage("permits", "all"), '<payment type="crawl"/>')
PAYMENTS = ("purchase", "subscription", "training", "crawl", "use", "contribution")  # 3.7


@pytest.mark.parametrize(
    ("document", "stance"),
    [
        (rsl(content(BAN)), NO),
        (rsl(content(licence(usage("prohibits", "ai-all")))), NO),
        (rsl(content(licence(usage("prohibits", "search, train-ai")))), NO),
        (rsl(content(licence(usage("prohibits", "search ai-input")))), YES),
        (rsl(content(FREE)), YES),
        (rsl(content(licence())), YES),
        (rsl(content(licence(usage("permits", "search")))), NO),  # and nothing else
        (rsl(content(PAID)), NO),
        (rsl(content(PAID + FREE)), YES),  # whoever meets either
        (rsl(content(FREE + BAN)), NO),  # the strictest wins
        (rsl(content(licence('<payment type="free"/>'))), YES),
        (rsl(content(licence(usage("prohibits", "commercial", "user")))), NO),
        (rsl(content(licence(usage("permits", "education", "user")))), NO),
        (rsl(content(licence(usage("permits", "EU", "geo")))), NO),
        (rsl(content(FREE, more='server="https://l.example"')), NO),
        (rsl(content(BAN, "/other/")), SILENT),
        (rsl(content(BAN, "/p*e$")), NO),
        (rsl(content(BAN), content(FREE, "/page")), YES),  # 3.1.1: the more specific one
        (rsl(content(FREE, "/page"), content(BAN)), YES),  # in whatever order
        (rsl(content(FREE), content(BAN, "/page")), NO),
        (rsl(content(BAN, "/page"), content(FREE, "/page")), NO),  # as specific: the strictest
        (rsl(content(PAID), content(FREE, "/page")), YES),
        (rsl(content(BAN, "")), NO),  # all that the document came with
        (rsl(content(licence(usage("prohibits", "ai-train"), usage("permits", "all")))), NO),  # 3.6
        (rsl(content(licence(usage("permits", "ai-index  search\nai-train")))), YES),  # 3.5
        (rsl(content(licence(usage("permits", "ai-input ai-index")))), NO),
        (rsl(content(licence('<legal type="warranty">ownership</legal>'))), YES),
        # 3.12: who does not report has no licence.
        (rsl(content(licence('<reporting type="audit" profile="urn:p"/>'))), NO),
        # What the standard does not know grants nothing; what others add is passed over.
        (rsl(content(licence("<waits/>"))), NO),
        (rsl(content(licence('<o:waits xmlns:o="urn:o"/>'))), YES),
        (rsl(content(f'<o:x xmlns:o="urn:o">{BAN}</o:x>{FREE}')), YES),
        (rsl(content(FREE, more='encrypted="true"')), NO),
        *((rsl(content(licence(f'<payment type="{kind}"/>'))), NO) for kind in PAYMENTS),
        (rsl(content(licence('<payment type="attribution"/>'))), YES),
        (rsl(content(BAN, "https://a.example/*")), NO),
        (rsl(content(BAN, "https://b.example/")), SILENT),
        (rsl(content("")), SILENT),
        (rsl(), SILENT),
        (content(BAN).encode(), SILENT),
        (b"<rsl", SILENT),
        (f'<rss><x:content xmlns:x="{NAMESPACE}" url="/">{BAN}</x:content></rss>'.encode(), NO),
    ],
)
def test_rsl(document, stance):
    assert rsl_notice(parse_rsl(document), "https://a.example/page").stance is stance


def test_rsl_says_which_element_decides():
    notice = rsl_notice(parse_rsl(rsl(content(BAN))), "/")
    assert notice.why == 'RSL: <prohibits type="usage">ai-train'


def test_a_document_that_would_expand_is_none():
    bomb = '<!DOCTYPE rsl [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]>'
    assert parse_rsl(bomb.encode() + rsl(content(licence(usage("prohibits", "&b;"))))) is None
    file = '<!DOCTYPE rsl [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    assert parse_rsl(file.encode() + rsl(content("&a;"))) is None
    assert parse_rsl(b" " * MAX_BYTES + rsl()) is None


def test_a_document_of_many_elements_within_each_other_is_read():
    deep = b"<a>" * 100_000 + b"</a>" * 100_000
    assert parse_rsl(rsl(content(BAN)).replace(b"</rsl>", deep + b"</rsl>")) is not None
