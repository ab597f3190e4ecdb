"""Machine-readable signals: what files, headers and tags of a site say about training.

The formats are XML, YAML, HTML and robots.txt, each with its own syntax. Each parser is pure, from
text to statements; `rules/signals` says what a statement means in law.
"""

from provenance.read.signals.dataset_cards import CARD_FILE, DatasetCard, card_notice, parse_card
from provenance.read.signals.meta_tags import TAG_NAMES, parse_tags
from provenance.read.signals.page_signals import (
    HEADER_NAMES,
    SITE_FILES,
    PageMetadata,
    SiteFiles,
    page_notices,
    parse_files,
)

__all__ = [
    "CARD_FILE",
    "HEADER_NAMES",
    "SITE_FILES",
    "TAG_NAMES",
    "DatasetCard",
    "PageMetadata",
    "SiteFiles",
    "card_notice",
    "page_notices",
    "parse_card",
    "parse_files",
    "parse_tags",
]
