"""Words in the names of columns and members that tell headings and labels from texts."""

import re

HEADING_WORDS = frozenset(
    {"title", "subtitle", "headline", "heading", "header", "subject", "summary", "abstract"}
    | {"highlights", "description", "caption", "excerpt", "teaser", "synopsis", "tldr"}
)
"""Last words in the names of headings and summaries: text of any length."""

MEDIA_WORDS = frozenset({"image", "images", "media", "audio", "video"})
"""Words in the names of pictures and recordings, which may come with captions and transcripts."""

FORM_WORDS = frozenset(
    MEDIA_WORDS
    | {"json", "meta", "metadata", "html", "xml"}
    | {"parse", "tree", "ner", "lemmas", "lemmatized", "stemmed", "tokens", "tokenized"}
    | {"tokenised", "clean", "cleaned", "normalized", "normalised", "preprocessed", "processed"}
)
"""Words in the names of columns that hold another form of a text."""

LABEL_WORDS = frozenset(
    {"id", "ids", "uuid", "guid", "key", "index", "hash", "digest", "checksum", "signature"}
    | {"url", "urls", "uri", "link", "links", "href", "domain", "host", "address", "email", "phone"}
    | {"path", "file", "filename", "folder", "repo", "dump", "source", "dataset", "split", "subset"}
    | {"label", "labels", "class", "category", "categories", "tag", "tags", "hashtags", "keywords"}
    | {"genre", "topic", "topics", "type", "kind", "format", "mime", "status", "score", "rating"}
    | {"lang", "language", "locale", "country", "city", "location", "place", "timezone"}
    | {"author", "authors", "user", "username", "creator", "editor", "name", "names", "by"}
    | {"date", "time", "timestamp", "created", "updated", "modified", "published", "added"}
    | {"licence", "license", "rights", "copyright", "version", "model", "engine", "device", "agent"}
    | {"md5", "sha1", "sha224", "sha256", "sha384", "sha512", "base64", "pos"}
    | FORM_WORDS
)
"""Words in the names of columns that label a text, or hold another form of it."""

_PARTY_WORDS = frozenset(
    {"source", "user", "model", "agent", "author", "label", "labels", "email", "pos"}
)
"""Labels that alone also name a text: of one side of a chat, or of a pair."""
_STRUCTURE_FORMS = MEDIA_WORDS | {"parse", "json"}
"""Forms of a text that are no other form of one if they are structures, as in `pdf_parse`."""
_STRUCTURE_WORDS = _STRUCTURE_FORMS | _PARTY_WORDS - {"user", "author", "labels"}
"""Labels that alone also name structures with texts. Those of users describe these, and those of
issues explain each label."""

_PARTS = re.compile(r"(?i:md5|sha\d+|base64)|[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def is_heading(name: str) -> bool:
    """Return whether a column is named as a heading: "title", "post_title", "ReviewHeadline"."""
    parts = _name_parts(name)
    return bool(parts) and parts[-1] in HEADING_WORDS and not is_label(name)


def is_label(name: str) -> bool:
    """Return whether a column is named as a label: "user_id", "sourceUrl"."""
    return not LABEL_WORDS.isdisjoint(_name_parts(name))


def may_be_text(name: str, *, is_structure: bool = False) -> bool:
    """Return whether a column named as a label may hold texts: "user_message", "source"."""
    parts = _name_parts(name)
    forms, alone = FORM_WORDS, _PARTY_WORDS
    if is_structure:
        forms, alone = FORM_WORDS - _STRUCTURE_FORMS, _STRUCTURE_WORDS
    if not forms.isdisjoint(parts):
        return False
    if len(parts) == 1:
        return parts[0] in alone
    return bool(parts) and parts[-1] not in LABEL_WORDS - (FORM_WORDS - forms)


def _name_parts(name: str) -> list[str]:
    return [part.lower() for part in _PARTS.findall(name.rpartition(".")[2])]
