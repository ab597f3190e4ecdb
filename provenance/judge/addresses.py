"""Canonical addresses of items: one form of the many that people paste and datasets have.

The rules state for sources which hosts are one site, and which forms of addresses name one item.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote, unquote_to_bytes

from provenance.judge.identifiers import SplitAddress, split_address
from provenance.model.rules.rule_library import AddressForms, Library

_PLACEHOLDER = re.compile(r"\{(?:(\w+):)?(\w+)\}|/\*\*$|\*\*|\*")
_KINDS = {
    "number": "[0-9]+",
    "snowflake": "[0-9]{17,20}",
    "hex": "[0-9a-fA-F]{10,16}",
    "code": "(?=[a-zA-Z]*[0-9])[0-9a-zA-Z]{5,7}",
    "name": "(?:(?!%2F)[^/&=?#])+?",
    "key": "(?:(?!%2F)[^/&=?#])+?",
    "path": ".+?",
    "title": ".+?",
    "address": ".+",
    "url": "https?(?::|%3[Aa])[/%].+",
    "elsewhere": ".+",
}
"""What placeholders stand for, as regular expressions."""
KINDS = frozenset(_KINDS)

_RESERVED = re.compile(r"[%?#\\\s\x00-\x1f\x7f\ud800-\udfff]")
_RESERVED_IN_QUERY = re.compile(r"[&=+]")
_WEB_PORTS = ("", "80", "443")
_TRACKING = re.compile(
    r"utm_\w+|[a-z]{1,2}clid|gbraid|wbraid|msclkid|igshid|igsh|mc_[ce]id|mkt_tok|_hs(?:enc|mi)"
    r"|ref_src|ref_url|_ga|_gl",
    re.IGNORECASE,
)
"""Parameters that say where a visitor came from, not which page is meant."""
_NAMING_FRAGMENT = re.compile(r"^[!/]|[0-9]")
"""Fragments of pages that may name something of its own, such as a comment, unlike "top"."""
_MAX_WRAPPERS = 4
_LAST_BLANK = 0x3000
_ESCAPED_BLANKS = "|".join(quote(chr(n)) for n in range(_LAST_BLANK + 1) if chr(n).isspace())
_BLANKS = rf"(?:{_ESCAPED_BLANKS}|\s)+"
_BLANKS_AROUND = re.compile(rf"^{_BLANKS}|{_BLANKS}$", re.IGNORECASE)
_NO_HOST = re.compile(r"[/?#@\\%&=\s\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class ItemAddress:
    """An address in canonical form, and what it says of an item.

    Parameters
    ----------
    canonical : str
        Without scheme: "x.com/i/status/20".
    source, item : str or None
        Source and id of the item, where the rules say which part of the address is its id, and
        ids are unique within the source.
    second : int or None
        When it was published, in seconds since 1970, if its id says so.
    leads_elsewhere : bool
        Whether it leads to an item of another address that it does not state, as short links do.
    """

    canonical: str
    source: str | None = None
    item: str | None = None
    second: int | None = None
    leads_elsewhere: bool = False


class SourceAddresses:
    """Brings addresses into their canonical form, as the rules state it.

    Two addresses have the same form only if they name the same page or item; which of the parts of
    an address matter is known for the sources that have `addresses` in the rules. Elsewhere only
    scheme, `www.`, letter case of the host, trailing slashes and tracking parameters are left out.

    Parameters
    ----------
    library : Library
        All rules.
    """

    def __init__(self, library: Library) -> None:
        self._sites = [
            _Site(source.id, forms) for source in library.sources for forms in source.addresses
        ]
        self._sites += [_Site(None, forms) for forms in library.addresses]
        hosts = {host for site in self._sites for host in site.hosts}
        self._schemes = frozenset(host for host in hosts if host.endswith(":"))
        self._by_host: dict[str, list[tuple[_Site, dict[str, str]]]] = {}

    def canonical(self, address: str) -> str | None:
        """Return the canonical form of an address; None if it is none.

        Examples
        --------
        >>> from provenance.read.rules.rule_files import load_rules
        >>> addresses = SourceAddresses(load_rules())
        >>> addresses.canonical("https://mobile.twitter.com/jane/status/20?s=20")
        'x.com/i/status/20'
        >>> addresses.canonical("https://www.Example.com/Page/?utm_source=a#top")
        'example.com/Page'
        """
        found = self.item_address(address)
        return None if found is None else found.canonical

    def item_address(self, address: str) -> ItemAddress | None:
        """Return the canonical form of an address, with the id that is in it; None if it is none.

        A wrapped address, such as that of an archived page, is taken out of its wrapper.
        """
        pages = [*self._unwrap(address)]
        return pages[-1][1] if pages else None

    def opt_out(self, address: str) -> str | None:
        """Return the form in which an address is opted out, in lower case; None if it is none."""
        found = self.canonical(address)
        return None if found is None else found.casefold()

    def places(self, address: str) -> tuple[str, ...]:
        """Return what an opt-out may name to cover an address, in lower case.

        These are its canonical form; the one with the path as it is written, which may name
        somebody in front of the item; and the same of pages that wrap it.

        Examples
        --------
        >>> from provenance.read.rules.rule_files import load_rules
        >>> SourceAddresses(load_rules()).places("https://mobile.twitter.com/Jane/status/20")
        ('x.com/i/status/20', 'x.com/jane/status/20')
        """
        forms = [
            form.casefold()
            for page, found in self._unwrap(address)
            for form in (found.canonical, page.rest(self._shared_host(page.host)))
        ]
        return tuple(dict.fromkeys(forms))

    def hosts_of_pages(self, host: str) -> tuple[str, ...] | None:
        """Return the hosts that canonical forms of a host's pages may have; None if any."""
        sites = self._sites_of(host)
        names = [site.name_for(values) for site, values in sites if not site.is_general]
        if self.wraps(host) or None in names:
            return None
        return tuple({host, *filter(None, names)})

    def _unwrap(self, address: str) -> Iterator[tuple["_Page", ItemAddress]]:
        """Yield the page of an address with what it names, and then the pages within it."""
        page, wrapped = self._page(_without_surrogates(address)), 0
        while page is not None:
            found = self._find(page) if wrapped <= _MAX_WRAPPERS else ""
            if isinstance(found, ItemAddress):
                yield page, found
                return
            yield page, ItemAddress(page.rest(page.host))
            wrapped += 1
            page = self._page(_BLANKS_AROUND.sub("", found))

    def _page(self, address: str) -> "_Page | None":
        """Return the parts of an address, which may be percent-encoded as a whole."""
        return _Page.of(address, self._schemes) or _Page.of(unquote(address), self._schemes)

    def domain(self, domain: str) -> str:
        """Return the domain that stands for a domain: the first of those of the same site.

        Examples
        --------
        >>> from provenance.read.rules.rule_files import load_rules
        >>> SourceAddresses(load_rules()).domain("mobile.twitter.com")
        'x.com'
        """
        for site, values in self._sites_of(domain):
            if (name := site.name_for(values)) is not None:
                return name
        return domain

    def domains(self, domain: str) -> tuple[str, ...]:
        """Return all domains of the site of a domain, in alphabetical order."""
        first = self.domain(domain)
        same = {host for site in self._sites for host in site.hosts_named(first)}
        return tuple(sorted({domain, first, *same}))

    def wraps(self, host: str) -> bool:
        """Return whether pages of a host have other addresses within their own."""
        return any(site.is_wrapper for site, _ in self._sites_of(host))

    def _find(self, page: "_Page") -> ItemAddress | str:
        """Return what an address names; or the address within it."""
        for site, values in self._sites_of(page.host):
            found = site.find(page, values)
            if found is not None:
                return found
        return ItemAddress(page.rest(self._shared_host(page.host)))

    def _shared_host(self, host: str) -> str:
        """Return the host that stands for a host in paths of any form."""
        for site, values in self._sites_of(host):
            if site.shares_paths and (name := site.name_for(values)) not in {None, host}:
                return name or host
        return host

    def _sites_of(self, host: str) -> list[tuple["_Site", dict[str, str]]]:
        """Return the sites that a host may belong to, each with what its name has for it."""
        if host not in self._by_host:
            matches = ((site, site.match_host(host)) for site in self._sites)
            found = [(site, values) for site, values in matches if values is not None]
            self._by_host[host] = sorted(found, key=lambda each: each[0].is_general)
        return self._by_host[host]


@dataclass(frozen=True, slots=True)
class _Page:
    """The parts of an address that may say which page it is of.

    Parameters
    ----------
    host, path : str
        The path without slashes around it, decoded but for reserved characters.
    query : list of (str, str)
        Parameters, decoded.
    fragment : str
        Decoded but for reserved characters.
    raw : str
        Everything after the host, as it is written but for backslashes.
    """

    host: str
    path: str
    query: list[tuple[str, str]]
    fragment: str
    raw: str

    @classmethod
    def of(cls, address: str, schemes: frozenset[str]) -> "_Page | None":
        """Return the parts of an address of the web, or of one of some other schemes."""
        split = _of_other_scheme(address, schemes) or split_address(address)
        if split is None or _NO_HOST.search(split.host):
            return None
        port = "" if split.port in _WEB_PORTS else f":{split.port}"
        return cls(
            _without_www(split.host) + port,
            "/".join(map(_decode_step, split.path.replace("\\", "/").strip("/").split("/"))),
            [*_parameters(split.query)],
            _decode(split.fragment.partition(":~:")[0]),
            split.after_host.replace("\\", "/").lstrip("/"),
        )

    def without_ending(self, endings: tuple[str, ...]) -> "_Page":
        """Return the page whose path does not end with one of some words, such as ".json"."""
        ending = next((each for each in endings if self.path.endswith(each)), None)
        if ending is None:
            return self
        return replace(self, path=self.path.removesuffix(ending).rstrip("/"))

    def rest(self, host: str) -> str:
        """Return the canonical form where no rule knows which parts matter."""
        kept = sorted(
            ((name, value) for name, value in self.query if not _TRACKING.fullmatch(name)),
            key=lambda each: each[0],
        )
        query = "&".join("=".join(map(_in_query, each)) for each in kept)
        fragment = self.fragment if _NAMING_FRAGMENT.search(self.fragment) else ""
        separator = "//" if host.endswith(":") else "/"
        path = f"{host}{separator}{self.path}" if self.path else host
        return f"{path}{f'?{query}' if query else ''}{f'#{fragment}' if fragment else ''}"


def _without_surrogates(text: str) -> str:
    """Replace what no file can contain, so that a form of an address can be written and read."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _without_www(host: str) -> str:
    while host.startswith("www.") and "." in host.removeprefix("www."):
        host = host.removeprefix("www.")
    return host


def _of_other_scheme(address: str, schemes: frozenset[str]) -> SplitAddress | None:
    """Return an address of a scheme such as `at:`, which stands in place of the host."""
    name, separator, tail = address.strip().partition("://")
    if not separator or f"{name.lower()}:" not in schemes:
        return None
    before, _, fragment = tail.partition("#")
    path, _, query = before.partition("?")
    if not path.strip("/\\"):
        return None
    return SplitAddress(f"{name.lower()}:", "", path, query, fragment, tail)


def _parameters(query: str) -> Iterator[tuple[str, str]]:
    for part in filter(None, query.split("&")):
        name, _, value = part.replace("+", " ").partition("=")
        yield _decode(name), _decode(value)


def _decode(text: str) -> str:
    """Decode the escapes of a text, but for those of reserved characters."""
    if text.isascii() and not _RESERVED.search(text):
        return text
    content = unquote_to_bytes(text.encode("utf-8", "replace"))
    return _RESERVED.sub(_escape, content.decode("utf-8", "surrogateescape"))


def _decode_step(text: str) -> str:
    return _decode(text).replace("/", "%2F")


def _in_query(text: str) -> str:
    return _RESERVED_IN_QUERY.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogateescape"))


def labels_of(template: str) -> set[str]:
    """Return the names of the placeholders of a form."""
    found = (match[1] or match[2] for match in _PLACEHOLDER.finditer(template))
    return {label for label in found if label}


class _Site:
    """Hosts with the same pages, and the forms of their addresses."""

    def __init__(self, source: str | None, forms: AddressForms) -> None:
        self._source, self._name, self._endings = source, forms.site, forms.endings
        self.hosts = forms.hosts
        self.shares_paths = forms.site is None or forms.site in forms.hosts
        self.is_general = "*" in forms.hosts
        self._hosts = [_host_pattern(host) for host in forms.hosts]
        self._forms = [
            (_Form(form), item)
            for item in forms.items
            for form in (*item.forms, *((item.address,) if self.shares_paths else ()))
            if form not in {"{address}", "{elsewhere}"}
        ]
        self.is_wrapper = any(item.address == "{address}" for item in forms.items)

    def match_host(self, host: str) -> dict[str, str] | None:
        """Return the parts of a host that its pattern leaves open; None if it is another's."""
        matches = (pattern.fullmatch(host) for pattern in self._hosts)
        match = next(filter(None, matches), None)
        return None if match is None else match.groupdict() | {"": host}

    def name_for(self, values: dict[str, str]) -> str | None:
        """Return the host that stands for a host; None if the site has no such name."""
        if self.is_general:
            return None
        if self._name is None:
            return values[""]
        named = {name for name in values if name}
        if named != labels_of(self._name):
            return None  # a part of the site, such as somebody's blog, or what has such parts
        return _fill(self._name, values)

    def _host_for(self, known: dict[str, str]) -> str | None:
        """Return the host of an item's address; None if what the address has makes no host."""
        if self._name is None or self.is_general:
            return known[""]
        host = _fill(self._name, known)
        split = split_address(f"//{host}/")
        return host if split is not None and split.host == host else None

    def hosts_named(self, name: str) -> Iterator[str]:
        """Yield the hosts that a name stands for, without those of which it is a part."""
        if self._name is None or self.is_general:
            return
        match = _host_pattern(self._name).fullmatch(name)
        if match is not None:
            yield from (
                _fill(host, match.groupdict())
                for host in self.hosts
                if "*" not in host and labels_of(host) <= labels_of(self._name)
            )

    def find(self, page: _Page, values: dict[str, str]) -> ItemAddress | str | None:
        """Return what an address of the site names, or the address within it."""
        page = page.without_ending(self._endings)
        for form, item in self._forms:
            found = form.match(page)
            if found is None:
                continue
            if item.address == "{address}":
                return found["address"]
            if item.address == "{elsewhere}":
                return ItemAddress(page.rest(page.host), leads_elsewhere=True)
            known = values | found
            host = self._host_for(known)
            if host is None:
                continue
            canonical = f"{host}/{_fill_address(item.address, known)}"
            time = item.id_time
            second = None if time is None else time.second(known[time.placeholder])
            if item.id is None:
                return ItemAddress(canonical, second=second)
            return ItemAddress(canonical, self._source, _fill(item.id, known), second)
        return None


def _host_pattern(host: str) -> re.Pattern[str]:
    if host == "*":
        return re.compile(".*[^:]")  # a host of the web, unlike "at:"
    return re.compile(_pattern(host, "[^.:]+", dict.fromkeys(KINDS, "[^.:]+")))


def _fill(template: str, values: dict[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: values[match[1] or match[2]], template)


def _fill_address(template: str, values: dict[str, str]) -> str:
    """Fill in an address: what stands in its query is spelt as queries spell it."""
    path, separator, query = template.partition("?")
    in_query = {name: _in_query(value.replace("%2F", "/")) for name, value in values.items()}
    return f"{_fill(path, values)}{separator}{_fill(query, in_query)}"


class _Form:
    """A form of addresses: a path with placeholders, and parts of query and fragment."""

    def __init__(self, form: str) -> None:
        before, _, fragment = form.partition("#")
        path, _, query = before.partition("?")
        self._wraps = path.endswith(("{address}", "{address:url}"))
        self._path = _compile(path, "[^/?#]*" if self._wraps else "[^/]*")
        self._query = [
            (name, _compile(value))
            for name, _, value in (q.partition("=") for q in query.split("&"))
        ]
        self._query = [each for each in self._query if each[0]]
        self._fragment = _compile(fragment) if fragment else None
        found = _PLACEHOLDER.finditer(form)
        self._kinds = {match[1] or match[2]: match[2] for match in found if match[2]}

    def match(self, page: _Page) -> dict[str, str] | None:
        """Return what the placeholders stand for in an address; None if it has another form."""
        match = self._path.fullmatch(page.raw if self._wraps else page.path)
        if match is None:
            return None
        values = match.groupdict()
        for name, pattern in self._query:
            of_name = (pattern.fullmatch(value) for own, value in page.query if own == name)
            found = next(filter(None, of_name), None)
            if found is None:
                return None
            values |= found.groupdict()
        if self._fragment is not None:
            found = self._fragment.fullmatch(page.fragment)
            if found is None:
                return None
            values |= found.groupdict()
        if "address" in values and not self._wraps:
            values["address"] = unquote(values["address"])  # it was decoded as a parameter only
        spelt = {label: _spell(value, self._kinds[label]) for label, value in values.items()}
        return spelt if all(spelt.values()) else None


def _spell(value: str, kind: str) -> str:
    """Return a value as canonical addresses spell it."""
    if kind in {"name", "hex", "code"}:
        return value.lower()
    if kind == "title":
        title = value.replace("%20", "_").replace("%2F", "/").strip("_/")
        return f"{title[:1].upper()}{title[1:]}" if len(title[:1].upper()) == 1 else title
    return value


def _compile(template: str, any_text: str = "[^/]*") -> re.Pattern[str]:
    return re.compile(_pattern(template, any_text, _KINDS), re.DOTALL)


def _pattern(template: str, any_text: str, kinds: dict[str, str]) -> str:
    parts, last = [], 0
    for match in _PLACEHOLDER.finditer(template):
        parts.append(re.escape(template[last : match.start()]))
        last = match.end()
        if match[2] is not None:
            parts.append(f"(?P<{match[1] or match[2]}>{kinds.get(match[2], any_text)})")
        else:
            parts.append({"/**": "(?:/.*)?", "**": ".*"}.get(match[0], any_text))
    return "".join([*parts, re.escape(template[last:])])
