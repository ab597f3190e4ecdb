"""Logs of chats in lines: IRC, and WhatsApp's exports."""

import re
from collections.abc import Iterator
from itertools import chain

from provenance.model import Items
from provenance.read.corpus import skipped_rows
from provenance.read.dumps.date_order import DateOrder, infer_order, parse_ordered_date
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import ItemRecord, RowFault, batch_records
from provenance.read.dumps.text_lines import read_lines

IRC_START = re.compile(
    rb"(?:(?:---|===|\*\*\*|###)[^\n]*\n|[ \t\r]*\n){0,20}"
    rb"(?:\[?(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d(?::\d\d)?\]? +)(?:<[^>\n]{1,40}>|\* |-!- |\*\*\* )"
)
WHATSAPP_START = re.compile(
    rb"(?:\xe2\x80\x8e)?\[?\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4},? \d{1,2}[:.]\d\d(?:[:.]\d\d)?"
    rb"(?:(?: |\xc2\xa0|\xe2\x80\xaf)[AaPp]\.?[Mm]\.?)?(?:\]| -) [^\n]"
)

_IRC_LINE = re.compile(
    r"\[?(?:(?P<day>\d{4}-\d\d-\d\d)[T ])?(?P<time>\d\d:\d\d(?::\d\d)?)\]? +"
    r"<[ @+%&~]?(?P<author>[^>]{1,40})> ?(?P<text>.*)"
)
_DAY_IN_NAME = re.compile(r"(?<!\d)(\d{4})[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)")

_WHATSAPP_LINE = re.compile(
    r"\u200e?\[?(?P<day>\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}),? "
    r"(?P<time>\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:[ \xa0\u202f][AaPp]\.?[Mm]\.?)?)(?:\]| -) "
    r"(?P<rest>.*)",
    re.DOTALL,
)
_SHORT_YEAR = re.compile(r"^(\d{1,2}[/.-]\d{1,2}[/.-])(\d\d)$")
_PLACEHOLDER = re.compile(
    r"\u200e?<(?:Media|attached)[^>]*>|\u200e?\w+ omitted|.*\(file attached\)", re.IGNORECASE
)
_DELETED = re.compile(
    r"\u200e?(?:This message was deleted|You deleted this message)\.?", re.IGNORECASE
)


def read_irc(dump: Dump) -> Iterator[Items]:
    """Read the lines that people wrote; the day is that of the file's name if lines have none."""
    return batch_records(dump.name, _irc_lines(dump))


def _irc_lines(dump: Dump) -> Iterator[ItemRecord | RowFault]:
    prefix = dump.prefix()
    named_day = _DAY_IN_NAME.search(dump.name)
    file_day = "-".join(named_day.groups()) if named_day else None
    for row, line in read_lines(dump):
        if line is not None and not line.strip():
            continue
        match = None if line is None else _IRC_LINE.match(line)
        if match is None:
            yield RowFault(row, skipped_rows.NOT_UTF8 if line is None else skipped_rows.SERVICE)
        elif not match["text"].strip():
            yield RowFault(row, skipped_rows.EMPTY)
        else:
            day = match["day"] or file_day
            second = parse_ordered_date(f"{day} {match['time']}", None) if day else None
            author = match["author"].strip()
            yield ItemRecord(dump.source, f"{prefix}#{row}", match["text"], None, second, author)


def read_whatsapp(dump: Dump) -> Iterator[Items]:
    """Read the messages of a chat; times are of the phone's zone, which the export does not say."""
    return batch_records(dump.name, _whatsapp_messages(dump))


def _whatsapp_messages(dump: Dump) -> Iterator[ItemRecord | RowFault]:
    prefix, order = dump.prefix(), infer_order({*_days(dump)})
    first, message = 0, ""
    for row, line in chain(read_lines(dump), [(0, None)]):
        begins = line is None or _WHATSAPP_LINE.match(line) is not None
        if begins and message:
            yield _whatsapp_message(message, first, f"{prefix}#{first}", order, dump)
        first, message = (row, line or "") if begins else (first, f"{message}\n{line}")


def _days(dump: Dump) -> Iterator[str]:
    for _, line in read_lines(dump):
        if line is not None and (match := _WHATSAPP_LINE.match(line)):
            yield _long_year(match["day"])


def _long_year(day: str) -> str:
    return _SHORT_YEAR.sub(r"\g<1>20\2", day)


def _whatsapp_message(
    message: str, row: int, native: str, order: DateOrder | None, dump: Dump
) -> ItemRecord | RowFault:
    match = _WHATSAPP_LINE.match(message)
    author, separator, text = (match["rest"] if match else message).partition(": ")
    if match is None or not separator or "\n" in author:
        return RowFault(row, skipped_rows.SERVICE)
    if _DELETED.fullmatch(text.strip()):
        return RowFault(row, skipped_rows.DELETED)
    if not text.strip() or _PLACEHOLDER.fullmatch(text.strip()):
        return RowFault(row, skipped_rows.EMPTY)
    time = match["time"].replace(".", ":", 2).replace("\u202f", " ").replace("\xa0", " ")
    second = parse_ordered_date(f"{_long_year(match['day'])} {time}", order)
    return ItemRecord(
        dump.source, native, text.strip(), None, second, author.strip("\u200e~ \u202f")
    )
