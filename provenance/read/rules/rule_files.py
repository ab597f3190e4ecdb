"""Loading of the rules: the shipped ones, and those of a user's folder.

The shipped rules are cached as JSON, because parsing YAML takes most of the time of loading. The
cache holds parsed values only, which are validated like rule files.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from provenance.atomic_output import read_small_file
from provenance.disk_cache import load_entry, store_entry
from provenance.errors import RuleError, RuleSyntax
from provenance.judge.identifiers import fold_name
from provenance.judge.rule_checks import Case
from provenance.model.rules.rule_library import Library, Licence, Signal, Source, StatutoryException
from provenance.read.policy.validation import UncheckedValue
from provenance.read.rules.address_syntax import parse_address_file
from provenance.read.rules.rule_cases import SignalExample, parse_cases, parse_examples
from provenance.read.rules.rule_syntax import (
    parents_of,
    parse_exception,
    parse_licence,
    parse_signal,
    parse_source,
)
from provenance.read.rules.rule_yaml import parse_yaml
from provenance.read.rules.terms_syntax import Vocabulary
from provenance.read.rules.verdict_combination import parse_combination, parse_questions

_NAME = "rules.json"


def parse_rules(files: Mapping[str, bytes]) -> dict[str, UncheckedValue]:
    """Return the parsed shipped rule files, from the cache if possible.

    Parameters
    ----------
    files : mapping of str to bytes
        By their names within the folder of rules.
    """
    digest = _content_digest(files)
    content = load_entry(_NAME, digest)
    if content is not None:
        values = json.loads(content)
        return {name: UncheckedValue(values[name], f"rules/{name}", RuleSyntax) for name in values}
    roots = {name: parse_yaml(files[name], f"rules/{name}") for name in sorted(files)}
    contents = {name: root.value for name, root in roots.items()}
    store_entry(_NAME, digest, json.dumps(contents, default=date.isoformat).encode())
    return roots


def _content_digest(files: Mapping[str, bytes]) -> bytes:
    """Return the digest of the rule files, and of the code that parses YAML."""
    code = Path(__file__).with_name("rule_yaml.py")
    digest = hashlib.sha256(code.read_bytes() if code.is_file() else b"")
    for name, content in sorted(files.items()):
        digest.update(f"{len(name)} {name} {len(content)} ".encode() + content)
    return digest.digest()


VERDICTS, QUESTIONS, ADDRESSES = "verdicts.yaml", "questions.yaml", "addresses.yaml"
OWN_FILES = (VERDICTS, QUESTIONS, ADDRESSES)
"""Rule files that are in no folder, and have no cases."""
SOURCES, LICENCES, SIGNALS, EXCEPTIONS = "sources", "licences", "signals", "exceptions"
KINDS = (SOURCES, LICENCES, SIGNALS, EXCEPTIONS)
Identified = TypeVar("Identified", Source, Licence, Signal, StatutoryException)
_MAX_FILE_BYTES = 1 << 24
"""Largest size of a rule file."""
NO_PATHS: Mapping[str, str] = MappingProxyType({})


def load_rules(folder: Path | None = None) -> Library:
    """Load the shipped rules, and those of a folder in addition.

    Parameters
    ----------
    folder : Path, optional
        Structured like `rules/`. A file replaces the shipped file of the same name; other files are
        added. None loads the shipped rules only.

    Returns
    -------
    Library
        Its digest covers the names and contents of all files.

    Raises
    ------
    RuleSyntax
        If a file does not follow the format.
    RuleError
        If the folder is missing, or has no rules.
    """
    return _parse_cached(
        tuple(read_rule_files(folder).items()),
        tuple(_display_paths(folder).items()),
        () if folder is None else replaced_files(folder),
    )


@lru_cache(maxsize=4)
def _parse_cached(
    files: tuple[tuple[str, bytes], ...],
    places: tuple[tuple[str, str], ...],
    replaced: tuple[str, ...],
) -> Library:
    # Repeated checks in one process nearly always use the same rules.
    display_paths = dict(places)
    contents = dict(files)
    if display_paths:
        return replace(parse_library(contents, display_paths), replaced=replaced)
    return _build_library(parse_rules(contents), _digest(contents))


def load_cases(folder: Path | None = None) -> tuple[Case, ...]:
    """Load the cases in the files that `load_rules` loads."""
    places = _display_paths(folder)
    return tuple(
        case
        for name, content in sorted(read_rule_files(folder).items())
        if name not in OWN_FILES
        for case in parse_cases(parse_yaml(content, _display_path(name, places)))
    )


def load_examples(folder: Path | None = None) -> tuple[SignalExample, ...]:
    """Load the examples of signals in the files that `load_rules` loads."""
    places = _display_paths(folder)
    return tuple(
        example
        for name, content in sorted(read_rule_files(folder).items())
        if name.startswith(f"{SIGNALS}/")
        for example in parse_examples(parse_yaml(content, _display_path(name, places)))
    )


def parse_library(files: Mapping[str, bytes], places: Mapping[str, str] = NO_PATHS) -> Library:
    """Parse rule files into a library.

    Parameters
    ----------
    files : mapping of str to bytes
        By their names within the folder of rules, in any order.
    places : mapping of str to str
        Paths of files that are not shipped, for errors.
    """
    roots = {name: parse_yaml(files[name], _display_path(name, places)) for name in sorted(files)}
    return _build_library(roots, _digest(files), places)


def _build_library(
    roots: dict[str, UncheckedValue], digest: str, places: Mapping[str, str] = NO_PATHS
) -> Library:
    """Build a library from parsed rule files."""
    if VERDICTS not in roots:
        raise RuleError(f"rules/{VERDICTS} is missing", remedy="restore the shipped file.")
    combination = parse_combination(roots.pop(VERDICTS))
    questions, addresses = roots.pop(QUESTIONS, None), roots.pop(ADDRESSES, None)
    vocabulary = combination.vocabulary
    kinds = {kind: {n: r for n, r in roots.items() if n.startswith(f"{kind}/")} for kind in KINDS}
    sources = _sources(kinds[SOURCES], vocabulary)
    licences = {n: parse_licence(root, vocabulary) for n, root in kinds[LICENCES].items()}
    _check_names(sources, licences, places)
    signals = [parse_signal(root, vocabulary) for root in kinds[SIGNALS].values()]
    _check_parts(sources, [licence.id for licence in licences.values()], places)
    _check_signals(sources, [signal.id for signal in signals], places)
    return Library(
        sources=_sorted_by_id(sources.values()),
        licences=_sorted_by_id(licences.values()),
        strictest_first=combination.strictest_first,
        excused_actors=combination.never_assumed,
        digest=digest,
        bases=combination.bases,
        signals=_sorted_by_id(signals),
        exceptions=_sorted_by_id(
            parse_exception(root, vocabulary) for root in kinds[EXCEPTIONS].values()
        ),
        conditions=combination.conditions,
        places=combination.places,
        questions=() if questions is None else parse_questions(questions, combination),
        addresses=() if addresses is None else parse_address_file(addresses),
    )


def _sources(roots: Mapping[str, UncheckedValue], vocabulary: Vocabulary) -> dict[str, Source]:
    """Return the sources, each with the documents of its parents."""
    sources = {name: parse_source(root, vocabulary) for name, root in roots.items()}
    by_id = {source.id: source for source in sources.values()}
    return {
        name: _with_terms(source, [by_id[p.word(list(by_id))] for p in parents_of(roots[name])])
        for name, source in sources.items()
    }


def _with_terms(source: Source, parents: Sequence[Source]) -> Source:
    every = (*source.terms, *(terms for parent in parents for terms in parent.terms))
    return replace(source, terms=tuple(sorted(every, key=lambda terms: terms.id)))


def _check_names(
    sources: Mapping[str, Source], licences: Mapping[str, Licence], places: Mapping[str, str]
) -> None:
    hosts = {_display_path(name, places): source.hosts for name, source in sources.items()}
    _check_unique(hosts, "host")
    names = {
        _display_path(n, places): (source.id, *source.aliases) for n, source in sources.items()
    }
    _check_unique(names, "alias")
    aliases = {_display_path(n, places): (lic.id, *lic.aliases) for n, lic in licences.items()}
    _check_unique(aliases, "alias")
    licence_ids = [lic.id for lic in licences.values()]
    _check_known(
        {_display_path(name, places): source for name, source in sources.items()}, licence_ids
    )


def _sorted_by_id(entries: Iterable[Identified]) -> tuple[Identified, ...]:
    return tuple(sorted(entries, key=lambda entry: entry.id))


def _check_unique(names: Mapping[str, tuple[str, ...]], kind: str) -> None:
    owners: dict[str, str] = {}
    for file, values in names.items():
        for value in dict.fromkeys(values):
            owner = owners.setdefault(value.casefold(), file)
            if owner != file:
                raise RuleSyntax(
                    f"{file}: the {kind} {value!r} is claimed by {owner} too",
                    remedy="keep it in one of the two files.",
                )


def _check_known(sources: Mapping[str, Source], licences: list[str]) -> None:
    for file, source in sources.items():
        if source.content_licence is not None and source.content_licence not in licences:
            matches = get_close_matches(source.content_licence, licences, n=1)
            raise RuleSyntax(
                f"{file}: content-licence: {source.content_licence!r} is not a known licence",
                remedy=f"did you mean {matches[0]!r}?"
                if matches
                else f"add rules/{LICENCES}/<id>.yaml.",
            )


def _check_parts(
    sources: Mapping[str, Source], licences: Sequence[str], places: Mapping[str, str]
) -> None:
    """Check that parts of corpora are known, and that no corpus is a part of itself."""
    parts = {source.id: source.parts for source in sources.values()}
    known = [*parts, *licences]
    names = {fold_name(name) for each in sources.values() for name in (each.id, *each.aliases)}
    for name, source in sources.items():
        file = _display_path(name, places)
        for part in source.parts:
            if part not in known:
                matches = get_close_matches(part, known, n=1)
                guess = f"did you mean {matches[0]!r}? " if matches else ""
                raise RuleSyntax(
                    f"{file}: parts: {part!r} is neither a source nor a licence of the rules",
                    remedy=f"{guess}What the rules do not know belongs in `other-parts`.",
                )
        for part in source.other_parts:
            if fold_name(part) in names:
                raise RuleSyntax(
                    f"{file}: other-parts: {part!r} is a source of the rules",
                    remedy="write its id under `parts`, or another name if it is something else.",
                )
        inner, waiting = set[str](), [*source.parts]
        while waiting:
            part = waiting.pop()
            waiting += () if part in inner else parts.get(part, ())
            inner.add(part)
        if source.id in inner:
            raise RuleSyntax(
                f"{file}: parts: {source.id!r} is a part of itself",
                remedy="leave out the part that contains it.",
            )


def _check_signals(
    sources: Mapping[str, Source], signals: list[str], places: Mapping[str, str]
) -> None:
    for name, source in sources.items():
        for terms in source.terms:
            if terms.where_signal is not None and terms.where_signal not in signals:
                raise RuleSyntax(
                    f"{_display_path(name, places)}: {terms.id}: where-signal: the rules have no "
                    f"signal {terms.where_signal!r}",
                    remedy=f"choose one of: {', '.join(sorted(signals))}.",
                )


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        # Lengths separate a name from its content.
        digest.update(f"{len(name)} {name} {len(content)} ".encode() + content)
    return digest.hexdigest()


def _display_path(name: str, places: Mapping[str, str]) -> str:
    return places.get(name, f"rules/{name}")


def _display_paths(folder: Path | None) -> Mapping[str, str]:
    """Return the paths of the files in a user's folder."""
    return {} if folder is None else {name: str(folder / name) for name in _read_folder(folder)}


def read_rule_files(folder: Path | None) -> dict[str, bytes]:
    """Return the content of every rule file in force, by its name within the folder of rules."""
    own = {} if folder is None else own_files(folder)
    return {**_shipped_files(), **own}


def replaced_files(folder: Path) -> tuple[str, ...]:
    """Return the names of shipped files that files of a folder replace with other contents."""
    shipped, own = _shipped_files(), own_files(folder)
    return tuple(name for name in sorted(own) if shipped.get(name, own[name]) != own[name])


def own_files(folder: Path) -> dict[str, bytes]:
    """Read the rule files of a user's folder."""
    files = _read_folder(folder) if os.path.isdir(folder) else {}
    if not files:
        raise RuleError(
            f"{folder} has no rules",
            remedy=f"give a folder with {SOURCES}/<id>.yaml or {LICENCES}/<id>.yaml in it.",
        )
    return files


def _read_folder(folder: Path) -> dict[str, bytes]:
    try:
        folders = [folder / kind for kind in KINDS if (folder / kind).is_dir()]
        paths = [path for each in folders for path in each.iterdir() if path.name.endswith(".yaml")]
        paths += [path for path in folder.iterdir() if path.name in OWN_FILES]
        paths = sorted(path for path in paths if not path.is_dir())
        return {
            p.relative_to(folder).as_posix(): read_small_file(p, _MAX_FILE_BYTES) for p in paths
        }
    except OSError as error:
        raise RuleError(
            f"{error.filename} cannot be read: {error.strerror}",
            remedy="make it readable for this user, or remove it from the rules.",
        ) from error


def _shipped_files() -> Mapping[str, bytes]:
    return _read_once(_shipped_folder())


@cache
def _read_once(folder: Path) -> Mapping[str, bytes]:
    # The shipped rules stay the same while a process runs.
    return MappingProxyType(_read_folder(folder))


def _shipped_folder() -> Path:
    # In a wheel the rules are in the package; in a checkout they are next to it.
    package = Path(__file__).resolve().parents[2]
    for folder in (package / "rules", package.parent / "rules"):
        if folder.is_dir():
            return folder
    raise RuleError("the shipped rules are missing", remedy="reinstall the package.")
