"""Every mistake of the rule files at once, for whoever writes them."""

from collections.abc import Callable, Iterator
from pathlib import Path

from provenance.errors import ProvenanceError, RuleError
from provenance.model import Terms
from provenance.read.policy.validation import Checked
from provenance.read.rules.rule_cases import STOPS, parse_cases
from provenance.read.rules.rule_files import (
    EXCEPTIONS,
    LICENCES,
    SIGNALS,
    SOURCES,
    VERDICTS,
    load_rules,
    own_files,
    rule_files,
)
from provenance.read.rules.rule_syntax import (
    parse_exception,
    parse_licence,
    parse_signal,
    parse_source,
)
from provenance.read.rules.rule_yaml import parse_yaml
from provenance.read.rules.terms_syntax import Words
from provenance.read.rules.verdict_combination import parse_combination

_PARSERS: dict[str, Callable[[Checked, Words], object]] = {
    SOURCES: parse_source,
    LICENCES: parse_licence,
    SIGNALS: parse_signal,
    EXCEPTIONS: parse_exception,
}


def rule_mistakes(folder: Path | None = None) -> tuple[str, ...]:
    """Return what is wrong with rule files, each with its place and what to do.

    Parameters
    ----------
    folder : Path, optional
        A folder of rules of one's own, whose files are looked at; None takes the shipped ones.

    Returns
    -------
    tuple of str
        Nothing where all is well. A file's first mistake of form hides its others.
    """
    files = rule_files(folder)
    combination = parse_combination(parse_yaml(files[VERDICTS], f"rules/{VERDICTS}"))
    found = [
        mistake
        for name, content in sorted((files if folder is None else own_files(folder)).items())
        if name.partition("/")[0] in _PARSERS
        for mistake in _mistakes(name, content, combination.words, folder)
    ]
    return tuple(found) or _together(folder)


def _mistakes(name: str, content: bytes, words: Words, folder: Path | None) -> Iterator[str]:
    place = f"rules/{name}" if folder is None else str(folder / name)
    try:
        root = parse_yaml(content, place)
        entry = _PARSERS[name.partition("/")[0]](root, words)
        cases = parse_cases(root)
    except RuleError as error:
        yield _told(error)
        return
    stops = {case.verdict in STOPS for case in cases}
    for stop, group in ((True, "finds"), (False, "passes")):
        if stop not in stops:
            yield f"{place}: cases: `{group}` holds no case. Try: add one, so that both are told."
    for terms in getattr(entry, "terms", ()):
        yield from (f"{place}: {terms.id}: {wrong}" for wrong in _thin(terms))


def _thin(terms: Terms) -> Iterator[str]:
    if terms.confidence.startswith("verified"):
        if not terms.address:
            yield "it is verified, but has no address. Try: add `address` to the document."
        if not terms.clause:
            yield "it is verified, but names no clause. Try: add `clause`."


def _together(folder: Path | None) -> tuple[str, ...]:
    """Return what is wrong with files that are well by themselves, but not beside the others."""
    try:
        load_rules(folder)
    except RuleError as error:
        return (_told(error),)
    return ()


def _told(error: ProvenanceError) -> str:
    return f"{error.message}. Try: {error.remedy}"
