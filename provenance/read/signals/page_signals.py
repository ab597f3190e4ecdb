"""Everything that came with a page: the site's files, its headers and its tags, heard together."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from provenance.model import Agents, Notice, Stance
from provenance.read.signals.ai_txt import ai_notice
from provenance.read.signals.noai import noai_notice
from provenance.read.signals.path_patterns import path_of
from provenance.read.signals.robots_txt import Robots, parse_robots, robots_notices
from provenance.read.signals.rsl import Content, parse_rsl, rsl_notice
from provenance.read.signals.tdmrep import Location, mining_notice, parse_locations
from provenance.read.signals.usage_preferences import VOCABULARIES, field_notice, line_notices

FILES = ("robots.txt", "ai.txt", "tdmrep.json", "rsl.xml")
"""Files of a site that are understood, by the names under which they are captured."""

HEADERS = ("x-robots-tag", "tdm-reservation", "tdm-policy", "content-usage", "content-signal")
"""Headers that are understood."""

_MINING = ("tdm-reservation", "tdm-policy")


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a site, read; None where there is none.

    Parameters
    ----------
    robots, ai : Robots or None
        robots.txt and ai.txt.
    locations : tuple of Location or None
        tdmrep.json.
    contents : tuple of Content or None
        The RSL document.
    unread : tuple of str
        Names of files that are there, and are not what they are called.
    """

    robots: Robots | None = None
    ai: Robots | None = None
    locations: tuple[Location, ...] | None = None
    contents: tuple[Content, ...] | None = None
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A page, and what came with it.

    Parameters
    ----------
    address : str
        Where it was fetched; empty is the site's root.
    headers, tags : tuple of (str, str)
        Names, in lower case, and values: of `HEADERS`, and of tags in the page's head.
    """

    address: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()


def parse_files(contents: Mapping[str, bytes]) -> Files:
    """Read the files of a site, by their names in `FILES`. Nothing in them is an error."""
    robots, ai = contents.get("robots.txt"), contents.get("ai.txt")
    mining, licence = contents.get("tdmrep.json"), contents.get("rsl.xml")
    locations = None if mining is None else parse_locations(mining)
    rsl = None if licence is None else parse_rsl(licence)
    unread = [("tdmrep.json", mining, locations), ("rsl.xml", licence, rsl)]
    return Files(
        None if robots is None else parse_robots(robots),
        None if ai is None else parse_robots(ai),
        locations,
        rsl,
        tuple(name for name, given, made in unread if given is not None and made is None),
    )


def notices(page: Page, files: Files, agents: Agents) -> tuple[Notice, ...]:
    """Say what each signal that came with a page says of training on it.

    Parameters
    ----------
    page : Page
        The page.
    files : Files
        Its site's files.
    agents : mapping of str to tuple of str
        Robots that collect for training, by the rule that lists them.

    Returns
    -------
    tuple of Notice
        One a signal that is there, what disallows first.
    """
    by_signal: dict[str, Notice] = {}
    for notice in _every(page, files, agents):
        before = by_signal.get(notice.signal)
        if before is None or _rank(notice) < _rank(before):
            by_signal[notice.signal] = notice
    return tuple(sorted(by_signal.values(), key=_rank))


def _every(page: Page, files: Files, agents: Agents) -> Iterator[Notice]:
    path = path_of(page.address)
    yield from _of_files(page, path, files, agents)
    mining = mining_notice(files.locations, path, _of(page.headers), _of(page.tags))
    if mining is not None:
        yield mining
    for name, value in page.headers:
        yield from (field_notice(value, words) for words in VOCABULARIES if name == words.field)
        if name == "x-robots-tag":
            yield noai_notice("header X-Robots-Tag", value)
    yield from (
        noai_notice(f'tag "{name}"', value) for name, value in page.tags if name not in _MINING
    )


def _of_files(page: Page, path: str, files: Files, agents: Agents) -> Iterator[Notice]:
    if files.robots is not None:
        yield from robots_notices(files.robots, path, agents)
        yield from line_notices(files.robots, path, agents)
    if files.ai is not None:
        yield ai_notice(files.ai, path)
    if files.contents is not None:
        yield rsl_notice(files.contents, page.address)


def _of(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in fields:
        # Of a header that stands twice, what reserves counts.
        if name in _MINING and found.get(name, "").strip() != "1":
            found[name] = value
    return found


def _rank(notice: Notice) -> int:
    return list(Stance).index(notice.stance)
