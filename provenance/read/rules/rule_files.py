"""The rules: shipped ones, and a folder of one's own.

The shipped rules as JSON: reading their YAML takes most of the time of loading them.

What is kept is what the YAML says, value by value. It holds no code, and is held to the format of
rule files like the files themselves.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from provenance.atomic_output import read_small
from provenance.disk_cache import keep, kept
from provenance.errors import RuleError, RuleSyntax
from provenance.judge.rule_checks import Case
from provenance.model import Library, Licence, Signal, Source, StatutoryException
from provenance.read.policy.validation import Checked
from provenance.read.rules.rule_cases import Example, parse_cases, parse_examples
from provenance.read.rules.rule_syntax import (
    parents_of,
    parse_exception,
    parse_licence,
    parse_signal,
    parse_source,
)
from provenance.read.rules.rule_yaml import parse_yaml
from provenance.read.rules.terms_syntax import Words
from provenance.read.rules.verdict_combination import parse_combination, parse_questions

_NAME = "rules.json"


def parse_rules(files: Mapping[str, bytes]) -> dict[str, Checked]:
    """Parse the shipped rule files, or recall what their YAML said.

    Parameters
    ----------
    files : mapping of str to bytes
        By their names within the folder of rules.
    """
    made_of = _content_digest(files)
    content = kept(_NAME, made_of)
    if content is not None:
        values = json.loads(content)
        return {name: Checked(values[name], f"rules/{name}", "", RuleSyntax) for name in values}
    roots = {name: parse_yaml(files[name], f"rules/{name}") for name in sorted(files)}
    said = {name: root.value for name, root in roots.items()}
    keep(_NAME, made_of, json.dumps(said, default=date.isoformat).encode())
    return roots


def _content_digest(files: Mapping[str, bytes]) -> bytes:
    """Digest the rule files, and the code that says what their YAML means."""
    code = Path(__file__).with_name("rule_yaml.py")
    digest = hashlib.sha256(code.read_bytes() if code.is_file() else b"")
    for name, content in sorted(files.items()):
        digest.update(f"{len(name)} {name} {len(content)} ".encode() + content)
    return digest.digest()


VERDICTS, QUESTIONS = "verdicts.yaml", "questions.yaml"
SOURCES, LICENCES, SIGNALS, EXCEPTIONS = "sources", "licences", "signals", "exceptions"
KINDS = (SOURCES, LICENCES, SIGNALS, EXCEPTIONS)
Named = TypeVar("Named", Source, Licence, Signal, StatutoryException)
_MOST = 1 << 24
"""Bytes of a file of rules."""
NOWHERE: Mapping[str, str] = MappingProxyType({})


def load_rules(folder: Path | None = None) -> Library:
    """Load the shipped rules, and those of a folder on top.

    Parameters
    ----------
    folder : Path, optional
        Laid out like `rules/`. A file takes the place of the shipped one of the same name;
        other files are added. None loads the shipped rules alone.

    Returns
    -------
    Library
        Its digest covers the names and contents of all files.

    Raises
    ------
    RuleSyntax
        If a file does not follow the format.
    RuleError
        If the folder is not there, or holds no rules.
    """
    return _parsed(tuple(rule_files(folder).items()), tuple(_places(folder).items()))


@lru_cache(maxsize=4)
def _parsed(files: tuple[tuple[str, bytes], ...], places: tuple[tuple[str, str], ...]) -> Library:
    # Who checks again and again in one process has the same rules nearly always.
    own = dict(places)
    contents = dict(files)
    return (
        parse_library(contents, own) if own else _library(parse_rules(contents), _digest(contents))
    )


def load_cases(folder: Path | None = None) -> tuple[Case, ...]:
    """Load the cases of the same files that `load_rules` loads."""
    places = _places(folder)
    return tuple(
        case
        for name, content in sorted(rule_files(folder).items())
        if name not in (VERDICTS, QUESTIONS)
        for case in parse_cases(parse_yaml(content, _place(name, places)))
    )


def load_examples(folder: Path | None = None) -> tuple[Example, ...]:
    """Load what signals say of examples, of the same files that `load_rules` loads."""
    places = _places(folder)
    return tuple(
        example
        for name, content in sorted(rule_files(folder).items())
        if name.startswith(f"{SIGNALS}/")
        for example in parse_examples(parse_yaml(content, _place(name, places)))
    )


def parse_library(files: Mapping[str, bytes], places: Mapping[str, str] = NOWHERE) -> Library:
    """Make a library of rule files.

    Parameters
    ----------
    files : mapping of str to bytes
        By their names within the folder of rules; their order does not matter.
    places : mapping of str to str
        For errors: where those lie that are not among the shipped ones.
    """
    roots = {name: parse_yaml(files[name], _place(name, places)) for name in sorted(files)}
    return _library(roots, _digest(files), places)


def _library(
    roots: dict[str, Checked], digest: str, places: Mapping[str, str] = NOWHERE
) -> Library:
    """Make a library of parsed rule files."""
    if VERDICTS not in roots:
        raise RuleError(f"rules/{VERDICTS} is missing", remedy="add the shipped one to the rules.")
    combination = parse_combination(roots.pop(VERDICTS))
    questions = roots.pop(QUESTIONS, None)
    words = combination.words
    kinds = {kind: {n: r for n, r in roots.items() if n.startswith(f"{kind}/")} for kind in KINDS}
    sources = _sources(kinds[SOURCES], words)
    licences = {n: parse_licence(root, words) for n, root in kinds[LICENCES].items()}
    _check_names(sources, licences, places)
    return Library(
        sources=_in_order(sources.values()),
        licences=_in_order(licences.values()),
        strictest_first=combination.strictest_first,
        excused_actors=combination.never_assumed,
        digest=digest,
        bases=combination.bases,
        signals=_in_order(parse_signal(root, words) for root in kinds[SIGNALS].values()),
        exceptions=_in_order(parse_exception(root, words) for root in kinds[EXCEPTIONS].values()),
        conditions=combination.conditions,
        questions=() if questions is None else parse_questions(questions, combination),
    )


def _sources(roots: Mapping[str, Checked], words: Words) -> dict[str, Source]:
    """Read the sources, each with the documents of those that it stands under."""
    own = {name: parse_source(root, words) for name, root in roots.items()}
    by_id = {source.id: source for source in own.values()}
    return {
        name: _with_terms(source, [by_id[p.word(list(by_id))] for p in parents_of(roots[name])])
        for name, source in own.items()
    }


def _with_terms(source: Source, parents: Sequence[Source]) -> Source:
    every = (*source.terms, *(terms for parent in parents for terms in parent.terms))
    return replace(source, terms=tuple(sorted(every, key=lambda terms: terms.id)))


def _check_names(
    sources: Mapping[str, Source], licences: Mapping[str, Licence], places: Mapping[str, str]
) -> None:
    hosts = {_place(name, places): source.hosts for name, source in sources.items()}
    _check_unique(hosts, "host")
    names = {_place(n, places): (source.id, *source.aliases) for n, source in sources.items()}
    _check_unique(names, "alias")
    aliases = {_place(n, places): (lic.id, *lic.aliases) for n, lic in licences.items()}
    _check_unique(aliases, "alias")
    known = [lic.id for lic in licences.values()]
    _check_known({_place(name, places): source for name, source in sources.items()}, known)


def _in_order(each: Iterable[Named]) -> tuple[Named, ...]:
    return tuple(sorted(each, key=lambda one: one.id))


def _check_unique(names: Mapping[str, tuple[str, ...]], what: str) -> None:
    owners: dict[str, str] = {}
    for file, values in names.items():
        for value in dict.fromkeys(values):
            owner = owners.setdefault(value.casefold(), file)
            if owner != file:
                raise RuleSyntax(
                    f"{file}: the {what} {value!r} is claimed by {owner} too",
                    remedy="leave it in one of the two files.",
                )


def _check_known(sources: Mapping[str, Source], licences: list[str]) -> None:
    for file, source in sources.items():
        if source.content_licence is not None and source.content_licence not in licences:
            near = get_close_matches(source.content_licence, licences, n=1)
            raise RuleSyntax(
                f"{file}: content-licence: {source.content_licence!r} is no licence here",
                remedy=f"did you mean {near[0]!r}?" if near else f"add rules/{LICENCES}/<id>.yaml.",
            )


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        # Lengths keep a name and its content apart.
        digest.update(f"{len(name)} {name} {len(content)} ".encode() + content)
    return digest.hexdigest()


def _place(name: str, places: Mapping[str, str]) -> str:
    return places.get(name, f"rules/{name}")


def _places(folder: Path | None) -> Mapping[str, str]:
    """Tell where the files of a folder of one's own lie, as the user would open them."""
    return {} if folder is None else {name: str(folder / name) for name in _read(folder)}


def rule_files(folder: Path | None) -> dict[str, bytes]:
    """Read every rule file that counts, by its name within the folder of rules."""
    files = _read(_shipped())
    return files if folder is None else files | own_files(folder)


def own_files(folder: Path) -> dict[str, bytes]:
    """Read the rule files of a folder of one's own."""
    own = _read(folder) if os.path.isdir(folder) else {}
    if not own:
        raise RuleError(
            f"{folder} holds no rules",
            remedy=f"name a folder with {SOURCES}/<id>.yaml or {LICENCES}/<id>.yaml in it.",
        )
    return own


def _read(folder: Path) -> dict[str, bytes]:
    try:
        folders = [folder / kind for kind in KINDS if (folder / kind).is_dir()]
        paths = [path for each in folders for path in each.iterdir() if path.name.endswith(".yaml")]
        paths += [path for path in folder.iterdir() if path.name in {VERDICTS, QUESTIONS}]
        paths = sorted(path for path in paths if not path.is_dir())
        return {p.relative_to(folder).as_posix(): read_small(p, _MOST) for p in paths}
    except OSError as error:
        raise RuleError(
            f"{error.filename} cannot be read: {error.strerror}",
            remedy="make it readable for this user, or take it out of the rules.",
        ) from error


def _shipped() -> Path:
    # A wheel holds the rules in the package; in a checkout they stand beside it.
    package = Path(__file__).resolve().parents[2]
    for folder in (package / "rules", package.parent / "rules"):
        if folder.is_dir():
            return folder
    raise RuleError("the shipped rules are missing", remedy="install the package once more.")
