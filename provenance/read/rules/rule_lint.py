"""Linting of rule files: all mistakes at once."""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from provenance.errors import ProvenanceError, RuleError
from provenance.model.rules.terms import Terms
from provenance.read.policy.validation import UncheckedValue
from provenance.read.rules.rule_cases import BLOCKING_VERDICTS, parse_cases
from provenance.read.rules.rule_files import (
    EXCEPTIONS,
    LICENCES,
    SIGNALS,
    SOURCES,
    VERDICTS,
    own_files,
    parse_library,
    read_rule_files,
)
from provenance.read.rules.rule_syntax import (
    parse_exception,
    parse_licence,
    parse_signal,
    parse_source,
)
from provenance.read.rules.rule_yaml import parse_yaml
from provenance.read.rules.terms_syntax import Vocabulary
from provenance.read.rules.verdict_combination import parse_combination

Parsed = TypeVar("Parsed")

_PLACEHOLDERS: dict[str, object] = {
    "verdict": "unknown",
    "basis": "silence",
    "uses": ["pretraining"],
    "binds": ["any"],
    "jurisdictions": ["any"],
    "paraphrase": "?",
    "confidence": "secondary source only",
    "title": "?",
    "name": "?",
    "time-axis": "collection",
}
"""Values that take the place of wrong or missing ones, so that later mistakes are found."""
_REQUIRED = ("id", "hosts", "documents", "periods", "cases", "lifts", "aliases")
"""Keys whose mistakes end the search in a file."""
_MAX_MISTAKES = 100
_PATH = re.compile(r"[\w-]+(?:\[\d+\]|\.[\w-]+)*(?=: )")
_STEP = re.compile(r"\[(\d+)\]|([\w-]+)")
_MISSING = re.compile(r"'([\w-]+)' is missing$")

_PARSERS: dict[str, Callable[[UncheckedValue, Vocabulary], object]] = {
    SOURCES: parse_source,
    LICENCES: parse_licence,
    SIGNALS: parse_signal,
    EXCEPTIONS: parse_exception,
}


def rule_mistakes(folder: Path | None = None) -> tuple[str, ...]:
    """Return the mistakes in rule files, each with its place and remedy.

    Parameters
    ----------
    folder : Path, optional
        A folder of the user's rules to check; None checks the shipped ones.

    Returns
    -------
    tuple of str
        Empty if there are none. A mistake that makes the rest of a file unreadable, such as invalid
        YAML, hides others in it.
    """
    files = read_rule_files(folder)
    combination = parse_combination(parse_yaml(files[VERDICTS], f"rules/{VERDICTS}"))
    mistakes = [
        mistake
        for name, content in sorted((files if folder is None else own_files(folder)).items())
        if name.partition("/")[0] in _PARSERS
        for mistake in _mistakes(name, content, combination.vocabulary, folder)
    ]
    return tuple(mistakes) or _library_mistakes(files, folder)


def _mistakes(
    name: str, content: bytes, vocabulary: Vocabulary, folder: Path | None
) -> Iterator[str]:
    place = f"rules/{name}" if folder is None else str(folder / name)
    try:
        root = parse_yaml(content, place)
    except RuleError as error:
        yield _format_error(error)
        return
    parser = _PARSERS[name.partition("/")[0]]
    entry, mistakes = _parse_all(root, lambda value: parser(value, vocabulary))
    if not isinstance(root.value, dict) or not root.value.keys() >= {"id", "cases"}:
        yield from mistakes
        return
    cases, case_mistakes = _parse_all(root, parse_cases)
    yield from dict.fromkeys([*mistakes, *case_mistakes])
    if cases is None or case_mistakes:
        return
    stops = {case.verdict in BLOCKING_VERDICTS for case in cases}
    for stop, group in ((True, "finds"), (False, "passes")):
        if stop not in stops:
            yield f"{place}: cases: `{group}` has no case. Try: add one, to test both groups."
    for terms in getattr(entry, "terms", ()):
        yield from (f"{place}: {terms.id}: {mistake}" for mistake in _missing_references(terms))


def _missing_references(terms: Terms) -> Iterator[str]:
    if terms.confidence.startswith("verified"):
        if not terms.address:
            yield "it is verified, but has no address. Try: add `address` to the document."
        if not terms.clause:
            yield "it is verified, but names no clause. Try: add `clause`."


def _parse_all(
    root: UncheckedValue, parse: Callable[[UncheckedValue], Parsed]
) -> tuple[Parsed | None, list[str]]:
    """Parse a file, and again after each mistake, with the wrong value replaced or removed."""
    mistakes: list[str] = []
    value = deepcopy(root.value)
    while len(mistakes) < _MAX_MISTAKES:
        try:
            return parse(replace(root, value=value)), mistakes
        except RuleError as error:
            mistakes.append(_format_error(error))
            message = error.message.removeprefix(f"{root.file}: ")
            if not _repair(value, message):
                break
    return None, mistakes


def _repair(value: Any, message: str) -> bool:
    """Replace or remove the value that an error is about; return whether parsing can go on."""
    steps = _steps(message)
    if not steps:
        return False
    *inner, last = steps
    for step in inner:
        value = value[step]
    if isinstance(value, list):
        del value[int(last)]
        for each in value:
            if isinstance(each, dict):  # it may have superseded what was removed
                each.pop("supersedes", None)
        return bool(value)
    placeholder = _PLACEHOLDERS.get(str(last))
    if placeholder is not None and value.get(last) != placeholder:
        value[last] = deepcopy(placeholder)
        return True
    return last not in _REQUIRED and value.pop(last, None) is not None


def _steps(message: str) -> list[str | int]:
    """Return the keys and indices that lead to the value that an error is about."""
    match, missing = _PATH.match(message), _MISSING.search(message)
    steps: list[str | int] = [
        key or int(index) for index, key in (_STEP.findall(match[0]) if match else ())
    ]
    if missing is not None:
        steps.append(missing[1])
    if steps[:1] == ["cases"]:
        return steps[:3]  # a case with a mistake is left out
    # A list of words is replaced as a whole.
    return steps[:-1] if len(steps) > 1 and steps[-2] in _PLACEHOLDERS else steps


def _library_mistakes(files: dict[str, bytes], folder: Path | None) -> tuple[str, ...]:
    """Return the mistakes of files that are valid alone, but not in combination."""
    places = {} if folder is None else {name: str(folder / name) for name in own_files(folder)}
    mistakes: list[str] = []
    while True:
        try:
            parse_library(files, places)
        except RuleError as error:
            mistakes.append(_format_error(error))
            # The user's own file is left out first: shipped ones may be parts of others.
            own = [name for name, place in places.items() if place in error.message]
            faulty = [name for name in own if name in files] or [
                name
                for name in files
                if error.message.startswith(places.get(name, f"rules/{name}"))
            ]
            if not faulty or faulty[0] == VERDICTS:
                break
            files = {name: content for name, content in files.items() if name not in faulty}
        else:
            break
    return tuple(mistakes)


def _format_error(error: ProvenanceError) -> str:
    return f"{error.message}. Try: {error.remedy}"
