"""Logs of chats in lines: IRC, and WhatsApp's exports."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from provenance.model.content.tables import ITEMS, Items
from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import RecordBlock, batch_records
from provenance.read.dumps.parsers.date_order import infer_order, parse_ordered_date
from provenance.read.dumps.parsers.text_lines import read_line_blocks, split_lines
from provenance.read.dumps.parsers.timestamps import parse_timestamp

IRC_START = re.compile(
    rb"(?:(?:---|===|\*\*\*|###)[^\n]*\n|[ \t\r]*\n){0,20}"
    rb"(?:\[?(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?\]? +)"
    rb"(?:<[^>\n]{1,40}>|\* |-!- |\*\*\* )"
    rb"|\s*(?:Session Start: |\*{4} BEGIN LOGGING AT )[A-Z][a-z]{2} [^\n]*\d{4}\s*\n"
    rb"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\t(?=(?:[^\n]*\n){0,200}?[^\n\t]*\t(?:-->|<--|--| \*)\t)"
)
"""Lines of many clients; the head of a log of mIRC and HexChat; a log of WeeChat with a notice."""
_FORENOON, _AFTERNOON = (
    ("오전", "上午", "凌晨", "早上", "午前"),
    ("오후", "下午", "中午", "晚上", "午後"),
)
"""Words for the half of the day, before the time."""
_WHATSAPP_HEAD = (
    "(?:\u200e)?\\[?(?P<day>\\d{1,4}[/.-] ?\\d{1,2}[/.-] ?\\d{1,4}\\.?),?(?: klo| à)? "
    f"(?P<time>(?:(?:{'|'.join(_FORENOON + _AFTERNOON)}) ?)?\\d{{1,2}}[:.]\\d\\d(?:[:.]\\d\\d)?"
    "(?:(?: |\xa0|\u202f)[AaPp]\\.?(?: |\xa0|\u202f)?[Mm]\\.?)?)"
    "(?:\\]| -) "
)
"""Beginning of a message; written for patterns of bytes, too."""
WHATSAPP_START = re.compile(f"{_WHATSAPP_HEAD}[^\n]".encode())

IRC_LINE = re.compile(
    r"\[?(?:(?P<day>\d{4}-\d\d-\d\d|[A-Z][a-z]{2} \d\d)[T ])?(?P<time>\d\d:\d\d(?::\d\d)?)"
    r"(?P<zone>Z|[+-]\d\d:?\d\d)?\]?"
    r"(?: +<[ @+%&~]?(?P<author>[^>]{1,40})>[ \t]?|\t[@+%&~]?(?P<nick>[^\s<>*-]\S{0,40})\t)"
    r"(?P<text>.*)"
)
_IRC_ACTION = re.compile(
    r"\[?(?:(?P<day>\d{4}-\d\d-\d\d|[A-Z][a-z]{2} \d\d)[T ])?(?P<time>\d\d:\d\d(?::\d\d)?)"
    r"(?P<zone>Z|[+-]\d\d:?\d\d)?\]?[ \t]+\*[ \t]+"
    r"(?P<author>)(?P<nick>(?!(?:Attempting|Channel|Disconnected|Now|Rejoined|Set|Topic|Users|You)\b)"
    r"[^\W\d][\w\[\]\\^{}|`-]{0,39}) "
    r"(?P<text>(?!\(?\S+@|has (?:been|changed|invited|joined|kicked|left|quit|set)\b"
    r"|(?:is now known as|was kicked)\b"
    r"|(?:sets|changes|gives|removes) (?:ban|channel|mode|topic|voice)\b)\S.*)"
)
"""An action (`/me`), with an empty author, so that its groups are those of a line. Many clients
write what the server says with the same mark."""
_ACTION_MARK = re.compile(r"[ \t]\*[ \t]")
_IRC_DAY = re.compile(
    r"(?:--- (?:Log opened|Day changed)|Session Start:|\*{4} BEGIN LOGGING AT) [A-Z][a-z]{2} "
    r"(?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2})(?: [\d:]+)? (?P<year>\d{4})"
)
_FORMATTING_CODES = b"\x02\x03\x0f\x11\x16\x1d\x1e\x1f"
_IRC_FORMATTING = re.compile(rb"\x03(?:\d{1,2}(?:,\d{1,2})?)?|[\x02\x0f\x11\x16\x1d\x1e\x1f]")
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_DAY_IN_NAME = re.compile(r"(?<!\d)(\d{4})[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)")

WHATSAPP_LINE = re.compile(rf"{_WHATSAPP_HEAD}(?:(?P<name>[^:]*+(?::(?! )[^:]*+)*+): )?")
_DOT_IN_TIME = re.compile(r"(?<=\d)\.(?=\d)")
_HALF_OF_DAY = re.compile(r"[ \xa0\u202f]([AaPp])\.?[ \xa0\u202f]?[Mm]\.?")
_WORD_FOR_HALF = re.compile(f"({'|'.join(_FORENOON)})|({'|'.join(_AFTERNOON)})")
_EPOCH_DAY = "1970/01/01"
_CREATED_AT = ITEMS.get_field_index("created_at")
_UNKNOWN = (None,) * (len(ITEMS) - ITEMS.get_field_index("language"))
"""Values of the fields behind the author."""
_SHORT_YEAR = re.compile(r"^(\d{1,2}[/.-]\d{1,2}[/.-])(\d\d)$")
_PLACEHOLDER = re.compile(r"<[^<>\n]+>|\u200e?\w+ omitted|null", re.IGNORECASE)
_PLACEHOLDER_ENDS = ">dDlL"
"""Last characters of placeholders."""
_ATTACHED = frozenset(
    (
        *("file attached", "Datei angehängt", "archivo adjunto", "fichier joint"),
        *("arquivo anexado", "file allegato", "bestand bijgevoegd"),
    )
)
"""Stand in brackets behind the name of a file on Android; its caption is on further lines."""
_ATTACHED_BEHIND = re.compile(r"[ \u200e]*\u200e<[^<>\n]+>$")
"""A file at the end of its caption, as on iOS."""
_EDITED = re.compile(
    r" *\u200e?<(?:This message was edited|Diese Nachricht wurde bearbeitet|Se editó este mensaje"
    r"|Ce message a été modifié|Mensagem editada|Questo messaggio è stato modificato"
    r"|Dit bericht is bewerkt)\.?>$"
)
_DELETED = re.compile(
    r"\u200e?(?:This message was deleted|You deleted this message|Diese Nachricht wurde gelöscht"
    r"|Du hast diese Nachricht gelöscht|Se eliminó este mensaje|Eliminaste este mensaje"
    r"|Ce message a été supprimé|Vous avez supprimé ce message|Mensagem apagada"
    r"|Você apagou esta mensagem|Questo messaggio è stato eliminato"
    r"|Hai eliminato questo messaggio|Dit bericht is verwijderd"
    r"|Je hebt dit bericht verwijderd|Данное сообщение удалено|Вы удалили данное сообщение"
    r"|Bu mesaj silindi|삭제된 메시지입니다|이 메시지를 삭제했습니다"
    r"|此消息已删除|您已删除此消息|このメッセージは削除されました)[.。]?",
    re.IGNORECASE,
)
_NOTICE_CHARS = 50
"""No notice of a deletion has more characters."""
_ATTACHMENT_ENDS = (">", ")")
"""Last characters of what stands for an attachment, and of the note that a text was edited."""
_LEFT_TO_RIGHT = "\u200e"
"""Begins what the app on iOS writes itself."""
_QUOTATION_MARKS = frozenset('"“”«„')
"""Not in names: a notice, such as that of a new subject, may have a colon, too."""


def read_irc(dump: Dump) -> Iterator[Items]:
    """Read what people said and did; the day is that of the file's name if lines have none."""
    return batch_records(dump.name, _irc_blocks(dump))


def _irc_blocks(dump: Dump) -> Iterator[RecordBlock]:
    source, prefix, first = dump.source, dump.prefix, 0
    named_day = _DAY_IN_NAME.search(dump.name)
    day = "-".join(named_day.groups()) if named_day else None
    for block in read_line_blocks(dump):
        values, faults = list[object](), defaultdict[str, list[int]](list)
        lines = split_lines(_without_formatting(block))
        for row, line in enumerate(lines, first):
            if line is None:
                faults[skipped_rows.NOT_UTF8].append(row)
            elif (match := IRC_LINE.match(line) or _irc_action(line)) is not None:
                line_day, time, zone, author, nick, text = match.groups()
                text = text.strip()
                if text:
                    said = f"* {nick} {text}" if match.re is _IRC_ACTION else text
                    second = _irc_second(line_day, time, zone, day)
                    author = (author or nick).strip()
                    values += (source, f"{prefix}#{row}", said, None, second, author, *_UNKNOWN)
                else:
                    faults[skipped_rows.EMPTY].append(row)
            elif line.strip():
                if (log_day := _IRC_DAY.match(line)) is not None:
                    day = _iso_day(log_day["year"], f"{log_day['month']} {log_day['day']:>02}")
                faults[skipped_rows.SERVICE].append(row)
        first += len(lines)
        yield RecordBlock(values, faults, len(block))


def _without_formatting(block: bytes) -> bytes:
    is_formatted = any(bytes([code]) in block for code in _FORMATTING_CODES)
    return _IRC_FORMATTING.sub(b"", block) if is_formatted else block


def _irc_action(line: str) -> re.Match[str] | None:
    is_likely = _ACTION_MARK.search(line) is not None
    return _IRC_ACTION.match(line) if is_likely else None


@lru_cache(maxsize=1 << 12)
def _irc_second(
    line_day: str | None, time: str, zone: str | None, log_day: str | None
) -> int | None:
    if zone:
        return parse_timestamp(f"{line_day or log_day}T{time}{zone}")
    if line_day and line_day[0].isalpha():  # without a year
        line_day = _iso_day(log_day[:4], line_day) if log_day else None
    return _moment(_midnight(line_day or log_day or ""), time)


def _iso_day(year: str, month_and_day: str) -> str | None:
    month, _, day = month_and_day.partition(" ")
    place = _MONTHS.find(month)
    return f"{year}-{place // 3 + 1:02}-{day}" if place >= 0 and place % 3 == 0 else None


class _Messages:
    """Some messages of a chat.

    Parameters
    ----------
    dump : Dump
        The chat.
    all_days : set of str
        To which the days of all messages are added.

    Attributes
    ----------
    values : list
        Values of items, one item after another, without their seconds.
    days, times : list of str
        Of each item.
    faults : dict of str to list of int
        Rows that are none, by reason.
    size : int
        Bytes of their lines.
    """

    def __init__(self, dump: Dump, all_days: set[str]) -> None:
        self.values: list[object] = []
        self.days: list[str] = []
        self.times: list[str] = []
        self.faults: defaultdict[str, list[int]] = defaultdict(list)
        self.size = 0
        self._source, self._prefix, self._all_days = dump.source, dump.prefix, all_days

    def add(self, start: re.Match[str] | None, lines: list[str], row: int) -> None:
        """Add a message, given its lines, of the first of them what is behind the name."""
        author = None
        if start is not None:
            day, time, name = start.groups()
            author = name and _whatsapp_author(name)
            self._all_days.add(day)
        text = lines[0].strip() if len(lines) == 1 else "\n".join(lines).strip()
        if len(lines) > 1 or text[-1:] in _ATTACHMENT_ENDS:
            text = _without_attachment(text)
        if author is None:
            self.faults[skipped_rows.SERVICE].append(row)
        elif len(text) <= _NOTICE_CHARS and _DELETED.fullmatch(text):
            self.faults[skipped_rows.DELETED].append(row)
        elif not text or (text[-1] in _PLACEHOLDER_ENDS and _PLACEHOLDER.fullmatch(text)):
            self.faults[skipped_rows.EMPTY].append(row)
        elif text[0] == _LEFT_TO_RIGHT:
            self.faults[skipped_rows.SERVICE].append(row)
        else:
            item = f"{self._prefix}#{row}"
            self.values += (self._source, item, text, None, None, author, *_UNKNOWN)
            self.days.append(day)
            self.times.append(time)


def read_whatsapp(dump: Dump) -> Iterator[Items]:
    """Read the messages of a chat; times are of the phone's zone, which the export does not say."""
    return batch_records(dump.name, _whatsapp_blocks(dump))


def _whatsapp_blocks(dump: Dump) -> Iterator[RecordBlock]:
    """Yield messages in blocks.

    All days together tell how days are written: a large file is read twice.
    """
    days: set[str] = set()
    held: list[_Messages] | None = []
    size = 0
    for block in _message_blocks(dump, days):
        size += block.size
        if held is not None:
            held.append(block)
        held = held if size <= dump.file.max_document else None
    midnights = _midnights(days)
    for block in _message_blocks(dump, days) if held is None else held:
        seconds = {time: _seconds_of_day(time) for time in set(block.times)}
        block.values[_CREATED_AT :: len(ITEMS)] = [
            None
            if (midnight := midnights[day]) is None or (second := seconds[time]) is None
            else midnight + second
            for day, time in zip(block.days, block.times, strict=True)
        ]
        yield RecordBlock(block.values, block.faults, block.size)


def _message_blocks(dump: Dump, days: set[str]) -> Iterator[_Messages]:
    """Yield messages in blocks, and add the days of all to a set."""
    messages = _Messages(dump, days)
    start: re.Match[str] | None = None
    message_lines = list[str]()
    first = block_start = 0
    for block in read_line_blocks(dump):
        lines = split_lines(block)
        for row, line in enumerate(lines, block_start):
            match = WHATSAPP_LINE.match(line) if line else None
            if line is not None and match is None:
                message_lines.append(line)
                continue
            if message_lines:
                messages.add(start, message_lines, first)
            if line is None or match is None:
                messages.faults[skipped_rows.NOT_UTF8].append(row)
                message_lines = []
            else:
                message_lines = [line[match.end() :]]
            start, first = match, row
        block_start += len(lines)
        messages.size = len(block)
        yield messages
        messages = _Messages(dump, days)
    if message_lines:
        messages.add(start, message_lines, first)
        yield messages


def _midnights(days: Iterable[str]) -> dict[str, int | None]:
    """Return the seconds of the days of all messages: together they tell how days are written."""
    plain = {day: day.replace(" ", "").rstrip(".") for day in days}
    whole = {day: _SHORT_YEAR.sub(r"\g<1>20\2", written) for day, written in plain.items()}
    order = infer_order(whole.values())
    return {day: parse_ordered_date(whole_day, order) for day, whole_day in whole.items()}


@lru_cache(maxsize=1 << 12)
def _whatsapp_author(name: str) -> str | None:
    """Return the author of a message; None if what is before the colon is no name."""
    return name.strip("\u200e~ \u202f") if _QUOTATION_MARKS.isdisjoint(name) else None


def _without_attachment(text: str) -> str:
    """Return a text without the names of files, and the note that it was edited."""
    if text.endswith(">"):
        text = _EDITED.sub("", text)
    first, _, caption = text.partition("\n")
    if first.endswith(")") and first.rpartition(" (")[2][:-1] in _ATTACHED:
        text = caption
    return (_ATTACHED_BEHIND.sub("", text) if text.endswith(">") else text).strip()


def _moment(midnight: int | None, time: str) -> int | None:
    """Return the second of a time of day, in UTC; None if day or time cannot be read."""
    seconds = _seconds_of_day(time)
    return None if midnight is None or seconds is None else midnight + seconds


@lru_cache(maxsize=1 << 10)
def _midnight(day: str) -> int | None:
    return parse_ordered_date(day, None) if day else None


@lru_cache(maxsize=1 << 12)
def _seconds_of_day(time: str) -> int | None:
    """Return the second of a time as IRC and WhatsApp write it, such as `9.05.00 p.m.`."""
    if (half := _WORD_FOR_HALF.match(time)) is not None:
        time = f"{time[half.end() :].strip()} {'am' if half[1] else 'pm'}"
    written = _HALF_OF_DAY.sub(r" \1m", _DOT_IN_TIME.sub(":", time))
    return parse_ordered_date(f"{_EPOCH_DAY} {written}", None)
