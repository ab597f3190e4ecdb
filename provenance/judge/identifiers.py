"""Resolve names: licences in any spelling, hosts to sources, and ids of the rules."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from string import digits
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge.licence_expressions import (
    Expression,
    format_expression,
    parse_expression,
    reserves_all_rights,
)
from provenance.model.rules.rule_library import Library, Licence, Source

_ADDRESS = re.compile(r"^(?:https?:)?//(?:www\.)?|^www\.")
_TAIL = re.compile(r"(?:/(?:legalcode|deed)(?:[./][a-z_-]+)*|\.(?:html?|txt))?/*$")
_GAPS = re.compile(r"[\s_]+")
_MAX_NAME_CHARACTERS = 100
"""Characters shown of an unknown name, which may be a whole text."""


def fold_name(name: str) -> str:
    """Normalise the spelling of a licence's name or address.

    Examples
    --------
    >>> fold_name(" CC BY-SA 4.0 ")
    'cc-by-sa-4.0'
    >>> fold_name("https://creativecommons.org/licenses/by/4.0/legalcode.en")
    'creativecommons.org/licenses/by/4.0'
    >>> fold_name("All rights reserved.")
    'all-rights-reserved'
    >>> fold_name("© 2024 A. Author"), fold_name("Copyright 2024 A. Author, MIT License")[:9]
    ('all-rights-reserved', 'copyright')
    """
    name = name.strip().rstrip(".").casefold()
    if reserves_all_rights(name):
        return "all-rights-reserved"
    name = _ADDRESS.sub("", name)
    return _GAPS.sub("-", _TAIL.sub("", name))


_fold_known_name = cache(fold_name)
"""For names in rules, which are few; a declared name may be a whole text of a corpus."""


def aliases(licences: Iterable[Licence]) -> dict[str, Licence]:
    """Map every name of every licence, folded, to the licence."""
    return {
        _fold_known_name(name): licence
        for licence in licences
        for name in (licence.id, *licence.aliases)
    }


def shown_name(declared: str) -> str:
    """Return what stands for a declared licence that the rules lack: it may be a whole text."""
    name = declared.strip()
    return name if len(name) <= _MAX_NAME_CHARACTERS else f"{name[: _MAX_NAME_CHARACTERS - 1]}…"


def expression_name(expression: Expression, licences: Mapping[str, Licence]) -> str:
    """Return what stands for an expression of licences, however it is spelt.

    Parameters
    ----------
    expression : Expression
        The licences and how they are joined.
    licences : mapping of str to Licence
        All licences, from `aliases`.
    """

    def spell(name: str) -> str:
        licence = licences.get(fold_name(name))
        spdx = None if licence is None else licence.spdx
        return spdx if spdx is not None and fold_name(spdx) == fold_name(name) else name

    return format_expression(expression, spell)


class Licences:
    """The licences, by the names that rows declare.

    Parameters
    ----------
    library : Library
        All rules.
    """

    def __init__(self, library: Library) -> None:
        self._licences = aliases(library.licences)

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """All known names, each with the id of its licence, sorted."""
        return tuple(sorted((name, licence.id) for name, licence in self._licences.items()))

    def id_of(self, declared: str) -> str:
        """Return the id of a declared licence; the declaration itself if the rules lack it.

        An expression of licences has one name, with or without brackets around it.
        """
        expression = self._expression(declared)
        if expression is not None:
            declared = expression_name(expression, self._licences)
        licence = self._licences.get(fold_name(declared))
        if licence is not None:
            return licence.id
        return shown_name(declared) if expression is None else declared

    def has_expression(self, declared: str) -> bool:
        """Return whether a declaration is an expression of licences, such as "MIT OR ISC"."""
        return self._expression(declared) is not None

    def _expression(self, declared: str) -> Expression | None:
        return parse_expression(declared, lambda name: fold_name(name) in self._licences)


def sources_named(names: Iterable[str], library: Library) -> tuple[str, ...]:
    """Return the ids of the sources that have one of some names, each once."""
    ids = {
        fold_name(name): source.id
        for source in library.sources
        for name in (*source.aliases, source.id)
    }
    found = (ids.get(fold_name(name)) for name in names)
    return tuple(dict.fromkeys(each for each in found if each is not None))


_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*):(//|\\\\)?", re.IGNORECASE)
_END = re.compile(r"[/\\?#]")
_PORT = re.compile(r":\d*$")
_DOTS = dict.fromkeys((0x3002, 0xFF0E, 0xFF61), ".")  # full stops that IDNA treats as dots
_MAX_HOST_CHARACTERS = 1000
"""Characters of a host and its port; names of hosts have 253 at most (RFC 1035)."""
_PLAIN_ADDRESS = r"^https?://(?P<host>[0-9A-Za-z.-]*[0-9A-Za-z])(?:[/?#]|$)"
"""Addresses whose host needs no decoding, in the syntax of RE2."""
_WEB = ("http", "https", "ftp", "ws", "wss")


class SourceHosts:
    """The sources, by the hosts of their pages.

    Parameters
    ----------
    library : Library
        Names the hosts of each source; subdomains are included, the longest name wins, and of
        one host's paths the longest.
    """

    def __init__(self, library: Library) -> None:
        owners: dict[str, list[tuple[str, str]]] = {}
        for source in library.sources:
            for host in source.hosts:
                name, _, path = host.partition("/")
                owners.setdefault(_ascii(name), []).append((path, source.id))
        self._owners = {
            name: [(_below(path), owner) for path, owner in sorted(owned, key=_longest_path)]
            for name, owned in owners.items()
        }
        self._host_owners: dict[str, list[tuple[re.Pattern[str], str]]] = {}

    @property
    def owners(self) -> tuple[tuple[str, str, str], ...]:
        """All known hosts, with paths and the ids of their sources."""
        return tuple(
            (host, below.pattern, owner)
            for host, paths in sorted(self._owners.items())
            for below, owner in paths
        )

    def source_of(self, address: str | None) -> str | None:
        """Return the id of the source that an address belongs to; None if no rule names it.

        Parameters
        ----------
        address : str or None
            With or without scheme, user, port or path.
        """
        split = split_address(address) if address else None
        if split is None:
            return None
        owners = self._owners_of_host(split.host)
        return next((owner for below, owner in owners if below.match(split.path)), None)

    def sources_of(self, addresses: pa.Array | pa.ChunkedArray) -> pa.Array:
        """Return the source of each address.

        Most datasets have many addresses on few hosts, so each plain host is looked up once.
        """
        if isinstance(addresses, pa.ChunkedArray):
            addresses = addresses.combine_chunks()
        hosts = plain_hosts(addresses).dictionary_encode()
        decided = [self._source_of_host(f"//{host}") for host in hosts.dictionary.to_pylist()]
        sources = pa.array([source for _, source in decided], pa.string()).take(hosts.indices)
        is_decided = pa.array([known for known, _ in decided], pa.bool_()).take(hosts.indices)
        is_open = pc.and_(pc.is_valid(addresses), pc.invert(pc.fill_null(is_decided, False)))
        if not pc.any(is_open).as_py():
            return sources
        others = addresses.filter(is_open).dictionary_encode()
        found = [self.source_of(address) for address in others.dictionary.to_pylist()]
        by_address = pa.array(found, pa.string()).take(others.indices)
        return pc.replace_with_mask(sources, is_open, by_address)

    def _source_of_host(self, address: str) -> tuple[bool, str | None]:
        """Return whether all pages of a host have the same source, and that source."""
        owners = self._owners_of_host(host_of(address))
        if not owners:
            return True, None
        below, owner = owners[0]
        return not below.pattern, owner

    def _owners_of_host(self, host: str | None) -> list[tuple[re.Pattern[str], str]]:
        """Return the sources of a host's pages, each with the paths that are its own."""
        if host is None:
            return []
        if host not in self._host_owners:
            labels = host.split(".")
            names = [".".join(labels[start:]) for start in range(len(labels))]
            self._host_owners[host] = [
                owner for name in names for owner in self._owners.get(name, [])
            ]
        return self._host_owners[host]


def _longest_path(entry: tuple[str, str]) -> tuple[int, str]:
    path, _ = entry
    return -len(path), path


def _below(path: str) -> re.Pattern[str]:
    """Return a pattern for a path and everything below it; `*` matches within one segment."""
    steps = path.removesuffix("/*").strip("/") if path != "*" else ""
    escaped = re.escape(steps).replace(r"\*", "[^/]*")
    return re.compile(rf"/*{escaped}(?:/|$)" if steps else "")


def host_of(address: str) -> str | None:
    r"""Return the host of an address in lower-case ASCII; None if it has none.

    Examples
    --------
    >>> host_of(" HTTPS://user:secret@Old.Reddit.com.:443/r/all ")
    'old.reddit.com'
    >>> host_of("x.com/status/1"), host_of("//x.com"), host_of("mailto:a@x.com")
    ('x.com', 'x.com', None)
    """
    split = split_address(address)
    return None if split is None else split.host


def site_of(address: str) -> str:
    """Return the host of an address without `www.`; the address itself if it has no host."""
    return (host_of(address) or address).removeprefix("www.")


def page_of(address: str) -> tuple[str, str, str]:
    """Return the site, path and query of an address, equal for the usual spellings of one page.

    Examples
    --------
    >>> page_of("https://www.example.org/a/#top") == page_of("http://example.org/a")
    True
    >>> page_of("https://example.org/a?id=1") == page_of("https://example.org/a?id=2")
    False
    """
    split = split_address(address)
    if split is None:
        return address, "", ""
    return split.host.removeprefix("www."), split.path.rstrip("/"), split.query


def plain_hosts(addresses: pa.Array) -> pa.Array:
    """Return the host of each address as it is written; null where `host_of` has to decode it."""
    return pc.struct_field(pc.extract_regex(addresses, _PLAIN_ADDRESS), "host")


@dataclass(frozen=True, slots=True)
class SplitAddress:
    """The parts of an address, as they are written but for the host.

    Parameters
    ----------
    host : str
        In lower-case ASCII.
    port, path, query, fragment : str
        Empty where there is none.
    after_host : str
        Path, query and fragment.
    """

    host: str
    port: str
    path: str
    query: str
    fragment: str
    after_host: str


def split_address(address: str) -> SplitAddress | None:
    """Split an address into its parts; None if it has no host."""
    address = address.strip()
    scheme = _SCHEME.match(address)
    if scheme is not None and scheme[2] is not None:
        address = address[scheme.end() :]
    elif scheme is not None and scheme[1].lower() in _WEB:
        address = address[scheme.end() :].lstrip("/\\")
    elif address.startswith(("//", "\\\\")):
        address = address[2:]
    elif scheme is not None and not _is_port(address[scheme.end() :]):
        return None
    authority = _END.split(address, maxsplit=1)[0]
    host_text = unquote(authority.rpartition("@")[2])
    if len(host_text) > _MAX_HOST_CHARACTERS:
        return None
    port = _PORT.search(host_text)
    host = _ascii(_PORT.sub("", host_text))
    if "." not in host or not _is_name(host):
        return None
    after_host = address[len(authority) :]
    before, _, fragment = after_host.partition("#")
    path, _, query = before.partition("?")
    return SplitAddress(
        host, "" if port is None else port[0][1:], path, query, fragment, after_host
    )


def _is_port(text: str) -> bool:
    return _END.split(text, maxsplit=1)[0].isdecimal()


def _is_name(host: str) -> bool:
    return all(label and not set(label) & set(" []:,;<>\"'") for label in host.split("."))


def _ascii(host: str) -> str:
    host = host.translate(_DOTS).strip().rstrip(".").lower()
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


_MIN_SIMILARITY = 0.75
"""Least similarity of a suggested name, as measured by `difflib`."""
_SEPARATORS = re.compile(r"[^0-9a-z]+")
_IN_BRACKETS = re.compile(r"^(.*?)\s*\((.*)\)$")
_MIN_MISTYPED = 5
"""Letters of a name from which on a similar one may be it, mistyped; two mistakes from seven on."""


class Names:
    """All names in the rules.

    Parameters
    ----------
    library : Library
        All rules.
    """

    def __init__(self, library: Library) -> None:
        self._hosts = SourceHosts(library)
        self._licences = Licences(library)
        sources = _source_names(library.sources)
        self._ids = {
            **sources,
            **{signal.id: signal.id for signal in library.signals},
            **{name: licence.id for name, licence in aliases(library.licences).items()},
            **{fold_name(n): s.id for s in library.sources for n in (*s.aliases, s.id)},
        }
        self._plain_ids = {_plain(name): source for name, source in sources.items()}

    def id_of(self, name: str) -> str | None:
        """Return the id that the rules have for a name in any spelling; None if they have none.

        A source is also named by its hosts.
        """
        known = self._ids.get(fold_name(name)) or self._plain_ids.get(_plain(name))
        return known or self._hosts.source_of(name)

    def mistyped(self, name: str) -> str | None:
        """Return the source that a name without an id may be meant for, letter by letter."""
        plain = _plain(name)
        parts = set(_SEPARATORS.split(name.casefold()))
        allowed = 0 if len(plain) < _MIN_MISTYPED else 1 if len(plain) < _MIN_MISTYPED + 2 else 2
        near = (
            (distance, known, source)
            for known, source in self._plain_ids.items()
            if len(known) >= _MIN_MISTYPED
            and known not in parts  # "wikipedia-de" is a name of its own
            and known.rstrip(digits) != plain  # "books" are not always the dataset "books3"
            and abs(len(known) - len(plain)) <= allowed
            and (distance := _edits(plain, known)) <= allowed
        )
        return min(near, default=(0, "", None))[2]

    def warning(self, name: str) -> str | None:
        """Return a warning if a name is not an id of the rules.

        Users may choose names of their own, but a misspelt one makes forbidden content unknown, and
        an alias of a source gives it a second line in reports.
        """
        known_id = self.id_of(name)
        if known_id is not None:
            return None if known_id == name else f"in the rules {name!r} is {known_id!r}: use that"
        if self._licences.has_expression(name):
            return None
        near = get_close_matches(fold_name(name), self._ids, 1, _MIN_SIMILARITY)
        suggestion = f"; did you mean {self._ids.get(near[0], near[0])!r}?" if near else ""
        return f"the rules have no source {name!r}, so it is unknown{suggestion}"


def _source_names(sources: Iterable[Source]) -> dict[str, str]:
    """Return the ids of sources by the names that are only one's: "X (Twitter)" is "X", too."""
    owners = dict[str, set[str]]()
    for source in sources:
        brackets = _IN_BRACKETS.match(source.name)
        parts = () if brackets is None else brackets.groups()
        for name in (source.name, *parts):
            owners.setdefault(fold_name(name), set()).add(source.id)
    return {name: next(iter(ids)) for name, ids in owners.items() if len(ids) == 1} | {
        fold_name(name): source.id for source in sources for name in (*source.aliases, source.id)
    }


def _plain(name: str) -> str:
    return _SEPARATORS.sub("", name.casefold())


def _edits(one: str, other: str) -> int:
    """Return how many letters differ, are left out, doubled or exchanged with the next one."""
    before: list[int] = []
    last: list[int] = [*range(len(other) + 1)]
    for row, letter in enumerate(one, 1):
        row_edits: list[int] = [row]
        for column, wanted in enumerate(other, 1):
            edits: int = min(
                last[column] + 1, row_edits[-1] + 1, last[column - 1] + (letter != wanted)
            )
            if row > 1 and column > 1 and (letter, one[row - 2]) == (other[column - 2], wanted):
                edits = min(edits, before[column - 2] + 1)
            row_edits.append(edits)
        before, last = last, row_edits
    return last[-1]
