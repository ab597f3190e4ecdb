"""Machine-readable signals: what files, headers and tags of a site say about training.

The formats are XML, YAML, HTML and robots.txt, each with its own syntax. Each parser is pure, from
text to statements; `rules/signals` says what a statement means in law.
"""

from provenance.read.signals.dataset_cards import CARD, Card, card_notice, parse_card
from provenance.read.signals.meta_tags import TAGS, tags_of
from provenance.read.signals.page_signals import FILES, HEADERS, Files, Page, notices, parse_files

__all__ = [
    "CARD",
    "FILES",
    "HEADERS",
    "TAGS",
    "Card",
    "Files",
    "Page",
    "card_notice",
    "notices",
    "parse_card",
    "parse_files",
    "tags_of",
]
