"""The rules: shipped ones, and a folder of one's own."""

import hashlib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

from provenance.errors import RuleError, RuleSyntax
from provenance.judge import Case
from provenance.model import Library, Source
from provenance.read.rulecases import parse_cases
from provenance.read.rulesyntax import (
    parse_combination,
    parse_licence,
    parse_source,
    parse_yaml,
)

VERDICTS = "verdicts.yaml"
SOURCES, LICENCES = "sources", "licences"
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
    return parse_library(_files(folder), _places(folder))


def load_cases(folder: Path | None = None) -> tuple[Case, ...]:
    """Load the cases of the same files that `load_rules` loads."""
    places = _places(folder)
    return tuple(
        case
        for name, content in sorted(_files(folder).items())
        if name != VERDICTS
        for case in parse_cases(parse_yaml(content, _place(name, places)))
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
    if VERDICTS not in files:
        raise RuleError(f"rules/{VERDICTS} is missing", remedy="add the shipped one to the rules.")
    roots = {name: parse_yaml(files[name], _place(name, places)) for name in sorted(files)}
    combination = parse_combination(roots.pop(VERDICTS))
    bases = tuple(basis.id for basis in combination.bases)
    sources = {n: parse_source(root, bases) for n, root in roots.items() if _in(n, SOURCES)}
    licences = {n: parse_licence(root, bases) for n, root in roots.items() if _in(n, LICENCES)}
    hosts = {_place(name, places): source.hosts for name, source in sources.items()}
    _check_unique(hosts, "host")
    aliases = {_place(n, places): (lic.id, *lic.aliases) for n, lic in licences.items()}
    _check_unique(aliases, "alias")
    known = [lic.id for lic in licences.values()]
    _check_known({_place(name, places): source for name, source in sources.items()}, known)
    return Library(
        sources=tuple(sorted(sources.values(), key=lambda source: source.id)),
        licences=tuple(sorted(licences.values(), key=lambda licence: licence.id)),
        strictest_first=combination.strictest_first,
        excused_actors=combination.never_assumed,
        digest=_digest(files),
        bases=combination.bases,
    )


def _in(name: str, folder: str) -> bool:
    return name.startswith(f"{folder}/")


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


def _files(folder: Path | None) -> dict[str, bytes]:
    files = _read(_shipped())
    if folder is None:
        return files
    own = _read(folder) if folder.is_dir() else {}
    if not own:
        raise RuleError(
            f"{folder} holds no rules",
            remedy=f"name a folder with {SOURCES}/<id>.yaml or {LICENCES}/<id>.yaml in it.",
        )
    return files | own


def _read(folder: Path) -> dict[str, bytes]:
    paths = [path for kind in (SOURCES, LICENCES) for path in folder.glob(f"{kind}/*.yaml")]
    paths += folder.glob(VERDICTS)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _shipped() -> Path:
    # A wheel holds the rules in the package; in a checkout they stand beside it.
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "rules", package.parent / "rules"):
        if folder.is_dir():
            return folder
    raise RuleError("the shipped rules are missing", remedy="install the package once more.")
