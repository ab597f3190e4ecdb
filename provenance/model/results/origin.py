"""Origin of a match: whose words a text and an item share."""

from enum import StrEnum


class Origin(StrEnum):
    """Whose words a finding's are."""

    ITEM = "item"
    QUOTATION = "quotation"
    UNDECIDED = "undecided"


class OriginReason(StrEnum):
    """An observation that speaks for or against an item as the origin of the words."""

    WHOLE_ITEM = "whole-item"
    ITEM_CONTINUES = "item-continues"
    ITEM_QUOTES = "item-quotes"
    ITEM_ITALICS = "item-italics"
    ITEM_VERSE = "item-verse"
    ITEM_ATTRIBUTES = "item-attributes"
    OTHER_AUTHORS = "other-authors"
    BACKGROUND = "background"
    DOCUMENT_OLDER = "document-older"
    TEXT_UNKNOWN = "text-unknown"
    DOCUMENT_DATED = "document-dated"
    DOCUMENT_CONTINUES = "document-continues"
    DOCUMENT_ATTRIBUTES = "document-attributes"
    LINK_TITLE = "link-title"
    DOCUMENT_LINKED = "document-linked"
    LINK_TEXT = "link-text"
    TAGGED = "tagged"
    HEADLINE = "headline"
    FORM = "form"
