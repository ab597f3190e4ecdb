"""Signals for machines: what files, headers and tags of a site say of training.

They stand in this room because their formats are other people's: XML, YAML, HTML and robots.txt,
in spellings of their own. Each parser is pure, from text to what it says; what that means in law
stands in `rules/signals`.
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
