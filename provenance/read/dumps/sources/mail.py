"""E-mail: mailboxes (mbox) and single messages."""

import re
from collections.abc import Iterator
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr
from functools import lru_cache
from typing import cast

from provenance.model.content.tables import Items
from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import ItemRecord, RowFault, batch_records
from provenance.read.dumps.parsers.html_text import plain_text, remove_elements
from provenance.read.dumps.parsers.text_lines import read_byte_lines
from provenance.read.dumps.parsers.timestamps import parse_timestamp

MAILBOX_START = re.compile(
    rb"From (?:\S{1,200}[^\n]{0,200}\d{4}[^\n]{0,100}|-?\d+[ \t]*)"
    rb"\r?\n(?:>?[A-Za-z][A-Za-z0-9-]*:|[ \t])"
)
MESSAGE_START = re.compile(
    rb"(?:(?:Return-Path|Received|Delivered-To|MIME-Version|Message-ID|From|To|Date|Subject|X-[\w-]+"
    rb"|Path|Newsgroups|Organization|References|Xref|Sender|Reply-To|Relay-Version|Posting-Version)"
    rb":[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){3}",
    re.IGNORECASE,
)
NOT_A_MESSAGE = "not a message that can be parsed"

_CONTENT_HEADERS = {"content-type", "content-disposition", "content-transfer-encoding"}
_SEPARATOR = re.compile(rb"From (?:[^\n]*\d:\d\d|\S+\s*\Z)")
"""Line before a message of a mailbox, with a time, or an address or number alone."""
_DIGEST = b"multipart/digest"
_HEADERS = (
    *("Subject", "Message-ID", "Date", "From", "Archived-At"),
    *("X-Gmail-Labels", "X-Spam-Flag"),
)
_UNWANTED = {"Spam", "Trash", "Drafts"}
"""Labels of Gmail, as Takeout gives them, of what is in the folders of these names."""
_ESCAPED_FROM = re.compile(r"^>(>*From )", re.MULTILINE)
_WROTE = (
    r"(?:wrote|writes|a écrit|escribió|ha scritto|escreveu|(?:schrieb|schreef)[^\n]{0,99})[ \xa0]?:"
)
_ATTRIBUTION = re.compile(
    r"^(?![ \t]*>)(?:(?:On|Am|Le|El|Il|Em|Op) (?=[^\n]*\d)[^\n]{0,600}[^\s.!?]\n)?"
    rf"[^\n]{{0,300}}{_WROTE}[ \t]*\n(?:[ \t]*\n)?(?=[ \t]*>)",
    re.MULTILINE,
)
"""Says whom the next lines quote; programs break it after the name."""
_SIGNATURE = re.compile(r"^(?:-- \n(?:[^\n]*\n){0,12}|--\n(?:[^\n]*\n){0,5})[^\n]*\Z", re.MULTILINE)
_FOOTER = re.compile(
    r"^(?:_{40,}\n[^\n]* mailing list|-{30,}\n(?:To unsubscribe|Yahoo! Groups Links))[^\n]*\n"
    r"(?:[^\n]*\n){0,9}[^\n]*\Z",
    re.MULTILINE,
)
"""Of a mailing list, as Mailman, ezmlm and Yahoo write it."""
_ORIGINAL = re.compile(
    r"^[ \t]*(?:(?:-{5,}[ \t]*[^\n-]{3,40}-{5,}|_{20,})[ \t]*\n(?:[ \t]*\n)?"
    r"[ \t]*\*?(?:From|Von|De|Da|Van):|-{5,}[ \t]*Forwarded by ).*\Z",
    re.MULTILINE | re.DOTALL,
)
"""The message that is answered or forwarded, below the answer, as Outlook and others write it."""
_SCRUBBED = re.compile(r"^-{14} next part -{14}\n.*\Z", re.MULTILINE | re.DOTALL)
"""Notes that Mailman puts in the place of attachments."""
_SIGNED = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Za-z]+: [^\n]*\n)*(.*?)"
    r"^-----BEGIN PGP SIGNATURE-----\n.*?(?:^-----END PGP SIGNATURE-----\n?|\Z)",
    re.MULTILINE | re.DOTALL,
)
_UUENCODED = re.compile(
    r"^begin [0-7]{3,4} [^\n]+\n(?:[!-`][ -`]{0,75}\n)+end[ \t]*$", re.MULTILINE
)
"""An attachment, as it was sent before MIME."""
_ENDS = (
    (" next part ", _SCRUBBED),
    ("-----", _ORIGINAL),
    ("____", _ORIGINAL),
    *((mark, _FOOTER) for mark in (" mailing list", "To unsubscribe", "Yahoo! Groups")),
    ("--\n", _SIGNATURE),
    ("-- \n", _SIGNATURE),
)
"""Patterns of what is below the text of a message, each with what it contains."""
_QUOTED_LINES = re.compile(r"^[ \t]*>.*\n?", re.MULTILINE)
_QUOTE_MARK = r"gmail_quote|type=[\"']?cite"
_ATTRIBUTION_HTML = re.compile(r"<div[^>]*\bgmail_attr\b[^>]*>.*?</div>", re.DOTALL)
_ORIGINAL_HTML = re.compile(r"<div[^>]* id=[\"']?(?:x_)?divRplyFwdMsg\b.*\Z", re.DOTALL)
"""As `_ATTRIBUTION` and `_ORIGINAL`, of Gmail and of Outlook."""


_BAD_HEADER = (
    *(ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError),
    *(AssertionError, MessageError),
)
"""What the library raises for headers that are not as they should be."""


class _Policy(policy.EmailPolicy):
    """The default policy, which parses headers at each use; the few of contents are kept."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        """Return a header's value."""
        if name.lower() in _CONTENT_HEADERS:
            return _parse_header(name, value)
        header: str = super().header_fetch_parse(name, value)
        return header


@lru_cache(1 << 10)
def _parse_header(name: str, value: str) -> str:
    header: str = policy.default.header_fetch_parse(name, value)
    return header


_POLICY = _Policy()


def read_mail(dump: Dump) -> Iterator[Items]:
    """Read the messages of a mailbox, without signatures and what they quote from others."""
    return batch_records(
        dump.name,
        (
            entry
            for row, content in enumerate(_messages(dump))
            for entry in _entries(content, row, dump)
        ),
    )


def _messages(dump: Dump) -> Iterator[bytes]:
    """Yield messages: each begins with a line `From …` after an empty line."""
    lines: list[bytes] = []
    size, count, is_after_blank = 0, 0, True
    for line in read_byte_lines(dump):
        if is_after_blank and _SEPARATOR.match(line):
            if lines:
                yield b"".join(lines)
                count += 1
            lines, size = [], 0
        else:
            lines.append(line)
            size += len(line)
        if size > dump.file.max_document:
            raise dump.file.limit.error_for_row(count)
        is_after_blank = not line.strip()
    if lines:
        yield b"".join(lines)


def _entries(content: bytes, row: int, dump: Dump) -> Iterator[ItemRecord | RowFault]:
    """Yield a message, or those of a digest."""
    try:
        message = cast("EmailMessage", BytesParser(policy=_POLICY).parsebytes(content))
        inner = _digested(message) if _DIGEST in content else []
    except _BAD_HEADER:
        yield RowFault(row, NOT_A_MESSAGE)
        return
    for place, each in enumerate(inner):
        yield _message(each, f"{row}.{place}", row, dump)
    if not inner:
        yield _message(message, f"{row}", row, dump)


def _digested(message: EmailMessage) -> list[EmailMessage]:
    """Return the messages in the parts of a digest."""
    return [
        cast("EmailMessage", inner)
        for digest in message.walk()
        if digest.get_content_type() == _DIGEST.decode()
        for part in digest.iter_parts()
        if part.get_content_type() == "message/rfc822"
        for inner in part.get_payload()
    ]


def _message(message: EmailMessage, number: str, row: int, dump: Dump) -> ItemRecord | RowFault:
    try:
        body = _body(message)
        headers = {name: str(message[name] or "") for name in _HEADERS}
    except _BAD_HEADER:
        return RowFault(row, NOT_A_MESSAGE)
    labels = {label.strip() for label in headers["X-Gmail-Labels"].split(",")}
    if labels & _UNWANTED or headers["X-Spam-Flag"].strip().upper() == "YES":
        return RowFault(row, skipped_rows.NOT_PUBLIC)
    if "-----BEGIN PGP" in body:
        body = _SIGNED.sub(_signed_text, body)
    if "begin " in body:
        body = _UUENCODED.sub("", body)
    for mark, pattern in _ENDS:
        if mark in body:
            body = pattern.sub("", body, count=1)
    body = _ATTRIBUTION.sub("", body)
    text = _QUOTED_LINES.sub("", _ESCAPED_FROM.sub(r"\1", body)).strip()
    if not text:
        return RowFault(row, skipped_rows.EMPTY)
    native = headers["Message-ID"].strip().strip("<>")
    subject = headers["Subject"].strip()
    return ItemRecord(
        dump.source,
        native or f"{dump.prefix}#{number}",
        f"{subject}\n\n{text}" if subject else text,
        headers["Archived-At"].strip().strip("<>") or None,
        parse_timestamp(headers["Date"]),
        _hidden_at(parseaddr(headers["From"])[1]) or None,
    )


def _hidden_at(address: str) -> str:
    """Return an address as it was before an archive of Mailman hid its sign."""
    name, separator, host = address.partition(" at ")
    return f"{name}@{host}" if separator and " " not in name + host else address


def _body(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    text = part.get_content()
    if not isinstance(text, str):
        return ""
    if part.get_content_subtype() == "html":
        return plain_text(_own_html(text))
    return text.replace("\r\n", "\n")


def _signed_text(match: re.Match[str]) -> str:
    """Return a text between the marks of PGP, which puts a dash before lines with dashes."""
    text: str = match[1]
    return text.replace("\n- -", "\n-")


def _own_html(html: str) -> str:
    """Return the HTML of a message without what it quotes from others."""
    html = _ATTRIBUTION_HTML.sub("", _ORIGINAL_HTML.sub("", html))
    return remove_elements(html, "blockquote", _QUOTE_MARK)
