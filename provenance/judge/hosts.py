"""Hosts: which source the page at an address belongs to."""

import re
from urllib.parse import unquote

import pyarrow as pa

from provenance.model import Library

_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*):(//|\\\\)?", re.IGNORECASE)
_END = re.compile(r"[/\\?#]")
_QUERY = re.compile(r"[?#]")
_PORT = re.compile(r":\d*$")
_DOTS = dict.fromkeys((0x3002, 0xFF0E, 0xFF61), ".")  # full stops that IDNA takes for dots
_LONGEST = 1000
"""Characters of a host and its port; names of hosts have 253 at most (RFC 1035)."""
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
        self._known: dict[str, list[tuple[re.Pattern[str], str]]] = {}

    @property
    def owners(self) -> tuple[tuple[str, str, str], ...]:
        """All hosts that are known, the paths below them, and whose they are: what decides."""
        return tuple(
            (host, below.pattern, owner)
            for host, owned in sorted(self._owners.items())
            for below, owner in owned
        )

    def source_of(self, address: str | None) -> str | None:
        """Return the id of the source that an address belongs to; None where no rule names it.

        Parameters
        ----------
        address : str or None
            As datasets write it: with or without scheme, user, port or path; or a bare host.
        """
        host, path = _parted(address) if address else (None, "")
        if host is None:
            return None
        if host not in self._known:
            labels = host.split(".")
            names = [".".join(labels[start:]) for start in range(len(labels))]
            self._known[host] = [owner for name in names for owner in self._owners.get(name, [])]
        return next((owner for below, owner in self._known[host] if below.match(path)), None)

    def sources_of(self, addresses: pa.Array | pa.ChunkedArray) -> pa.Array:
        """Return the source of each address; every distinct one is looked up once."""
        if isinstance(addresses, pa.ChunkedArray):
            addresses = addresses.combine_chunks()
        distinct = addresses.dictionary_encode()
        owners = [self.source_of(address) for address in distinct.dictionary.to_pylist()]
        return pa.array(owners, pa.string()).take(distinct.indices)


def _longest_path(owned: tuple[str, str]) -> tuple[int, str]:
    path, _ = owned
    return -len(path), path


def _below(path: str) -> re.Pattern[str]:
    """Match a path and everything below it; a star is any run within one step."""
    steps = path.removesuffix("*").strip("/")
    escaped = re.escape(steps).replace(r"\*", "[^/]*")
    return re.compile(rf"/*{escaped}(?:/|$)" if steps else "")


def host_of(address: str) -> str | None:
    r"""Return the host of an address in lower case ASCII; None where it has none.

    Examples
    --------
    >>> host_of(" HTTPS://user:secret@Old.Reddit.com.:443/r/all ")
    'old.reddit.com'
    >>> host_of("x.com/status/1"), host_of("//x.com"), host_of("mailto:a@x.com")
    ('x.com', 'x.com', None)
    """
    return _parted(address)[0]


def _parted(address: str) -> tuple[str | None, str]:
    """Part an address into its host, as `host_of` gives it, and its path."""
    address = address.strip()
    scheme = _SCHEME.match(address)
    if scheme is not None and scheme[2] is not None:
        address = address[scheme.end() :]
    elif scheme is not None and scheme[1].lower() in _WEB:
        address = address[scheme.end() :].lstrip("/\\")
    elif address.startswith(("//", "\\\\")):
        address = address[2:]
    elif scheme is not None and not _is_port(address[scheme.end() :]):
        return None, ""
    authority = _END.split(address, maxsplit=1)[0]
    path = _QUERY.split(address[len(authority) :], maxsplit=1)[0]
    written = unquote(authority.rpartition("@")[2])
    host = _ascii(_PORT.sub("", written)) if len(written) <= _LONGEST else ""
    return (host if "." in host and _is_name(host) else None), path


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
