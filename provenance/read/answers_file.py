"""Reading of `summary.toml`: answers that only people can give."""

import hashlib
import tomllib
from pathlib import Path

from provenance.atomic_output import read_file
from provenance.errors import InputError
from provenance.model.records.disclosure import AnswerRow, Answers, AnswerValue
from provenance.model.records.disclosure_questions import QUESTIONS, AnswerKind, Question
from provenance.read.policy.date_syntax import parse_collected
from provenance.read.policy.validation import UncheckedValue, format_value

_INTEGER_KEYS = {"bytes"}
_DAY_KEYS = {"market"}


def load_answers(path: Path | None) -> Answers:
    """Load answers.

    Parameters
    ----------
    path : Path or None
        The file; None gives no answers.

    Raises
    ------
    InputError
        If it cannot be read, or an answer is not what its question asks for.
    """
    if path is None:
        return Answers()
    try:
        content = read_file(path)
        document = tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror or error}",
            remedy="name the file with --answers; `provenance disclose REPORT --init FILE` writes "
            "a template",
        ) from error
    except ValueError as error:  # syntax of TOML, or not UTF-8
        raise InputError(f"{path} is not TOML: {error}", remedy="correct that line") from error
    return Answers(
        _answers(UncheckedValue(document, str(path), InputError)),
        path.name,
        hashlib.sha256(content).hexdigest(),
    )


def _answers(document: UncheckedValue) -> dict[str, AnswerValue]:
    tables: dict[str, dict[str, Question]] = {}
    whole = {}
    for question in QUESTIONS:
        table, _, name = question.key.partition(".")
        if name:
            tables.setdefault(table, {})[name] = question
        else:
            whole[table] = question
    values = {}
    for table, entry in document.table([*tables, *whole]).items():
        if table in whole:
            values[table] = _value(whole[table], entry)
            continue
        for name, answer in entry.table(tables[table]).items():
            values[f"{table}.{name}"] = _value(tables[table][name], answer)
    return values


def _value(question: Question, entry: UncheckedValue) -> AnswerValue:
    match question.kind:
        case AnswerKind.TEXT:
            return entry.text()
        case AnswerKind.YES_NO:
            return entry.truth()
        case AnswerKind.DAY:
            return entry.day()
        case AnswerKind.DATES:
            return parse_collected(entry)
        case AnswerKind.TEXTS:
            texts = tuple(each.text() for each in entry.list())
            if not texts:
                raise entry.wrong("the list is empty", "write an entry, or leave the key out")
            return texts
        case AnswerKind.ROWS:
            return tuple(_row(question, each) for each in entry.list())


def _row(question: Question, entry: UncheckedValue) -> AnswerRow:
    return {
        key: _cell(key, value)
        for key, value in entry.table(question.keys, question.keys[:1]).items()
    }


def _cell(key: str, entry: UncheckedValue) -> str | int:
    if key in _DAY_KEYS:
        return entry.day().isoformat()
    if key not in _INTEGER_KEYS:
        return entry.text()
    if isinstance(entry.value, int) and not isinstance(entry.value, bool) and entry.value >= 0:
        return entry.value
    raise entry.wrong(
        f"{format_value(entry.value)} is not a number of bytes", "write a whole number"
    )
