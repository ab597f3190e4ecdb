"""Linting of rule files: all mistakes at once."""

from collections.abc import Callable, Iterator
from pathlib import Path

from provenance.errors import ProvenanceError, RuleError
from provenance.model import Terms
from provenance.read.policy.validation import UncheckedValue
from provenance.read.rules.rule_cases import BLOCKING_VERDICTS, parse_cases
from provenance.read.rules.rule_files import (
    EXCEPTIONS,
    LICENCES,
    SIGNALS,
    SOURCES,
    VERDICTS,
    load_rules,
    own_files,
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
        Empty if there are none. Only the first syntax error of a file is returned.
    """
    files = read_rule_files(folder)
    combination = parse_combination(parse_yaml(files[VERDICTS], f"rules/{VERDICTS}"))
    mistakes = [
        mistake
        for name, content in sorted((files if folder is None else own_files(folder)).items())
        if name.partition("/")[0] in _PARSERS
        for mistake in _mistakes(name, content, combination.vocabulary, folder)
    ]
    return tuple(mistakes) or _library_mistakes(folder)


def _mistakes(
    name: str, content: bytes, vocabulary: Vocabulary, folder: Path | None
) -> Iterator[str]:
    place = f"rules/{name}" if folder is None else str(folder / name)
    try:
        root = parse_yaml(content, place)
        entry = _PARSERS[name.partition("/")[0]](root, vocabulary)
        cases = parse_cases(root)
    except RuleError as error:
        yield _format_error(error)
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


def _library_mistakes(folder: Path | None) -> tuple[str, ...]:
    """Return the mistakes of files that are valid alone, but not in combination."""
    try:
        load_rules(folder)
    except RuleError as error:
        return (_format_error(error),)
    return ()


def _format_error(error: ProvenanceError) -> str:
    return f"{error.message}. Try: {error.remedy}"
