"""All signals of a page combined: files of its site, headers and tags."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from provenance.model.rules.signals import Agents, Notice, Stance
from provenance.read.signals.path_patterns import url_path
from provenance.read.signals.robots_txt import RobotsFile, ai_notice, parse_robots, robots_notices
from provenance.read.signals.rsl import RslContent, parse_rsl, rsl_notice, unread_rsl_notices
from provenance.read.signals.tdmrep import Location, mining_notice, parse_locations
from provenance.read.signals.usage_preferences import VOCABULARIES, field_notice, line_notices

SITE_FILES = ("robots.txt", "ai.txt", "tdmrep.json", "rsl.xml")
"""Supported files of a site, by the names under which they are captured."""

HEADER_NAMES = ("x-robots-tag", "tdm-reservation", "tdm-policy", "content-usage", "content-signal")
"""Supported headers."""

_TDM_FIELDS = ("tdm-reservation", "tdm-policy")
_NOAI = re.compile(r"(?<![\w-])noai(?![\w-])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SiteFiles:
    """The parsed files of a site; None for those that are absent.

    Parameters
    ----------
    robots, ai : RobotsFile or None
        robots.txt and ai.txt.
    locations : tuple of Location or None
        tdmrep.json.
    contents : tuple of RslContent or None
        The RSL document.
    unread : tuple of str
        Names of files that are present, but not valid.
    """

    robots: RobotsFile | None = None
    ai: RobotsFile | None = None
    locations: tuple[Location, ...] | None = None
    contents: tuple[RslContent, ...] | None = None
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """A page with its headers and tags.

    Parameters
    ----------
    address : str
        Its URL; empty for the root of the site.
    headers, tags : tuple of (str, str)
        Names in lower case, and values: of `HEADER_NAMES`, and of tags in the head of the page.
    """

    address: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()


def parse_files(contents: Mapping[str, bytes]) -> SiteFiles:
    """Parse the files of a site, by their names in `SITE_FILES`; never raises."""
    robots, ai = contents.get("robots.txt"), contents.get("ai.txt")
    mining, licence = contents.get("tdmrep.json"), contents.get("rsl.xml")
    locations = None if mining is None else parse_locations(mining)
    rsl = None if licence is None else parse_rsl(licence)
    unread = [("tdmrep.json", mining, locations), ("rsl.xml", licence, rsl)]
    return SiteFiles(
        None if robots is None else parse_robots(robots),
        None if ai is None else parse_robots(ai),
        locations,
        rsl,
        tuple(name for name, content, parsed in unread if content is not None and parsed is None),
    )


def page_notices(page: PageMetadata, files: SiteFiles, agents: Agents) -> tuple[Notice, ...]:
    """Return what each signal of a page says about training on it.

    Parameters
    ----------
    page : PageMetadata
        The page.
    files : SiteFiles
        Files of its site.
    agents : mapping of str to tuple of str
        Robots that collect for training, by the rule that lists them.

    Returns
    -------
    tuple of Notice
        One for each signal that is present; those that disallow come first.
    """
    by_signal: dict[str, Notice] = {}
    for notice in _all_notices(page, files, agents):
        before = by_signal.get(notice.signal)
        if before is None or _stance_rank(notice) < _stance_rank(before):
            by_signal[notice.signal] = notice
    return tuple(sorted(by_signal.values(), key=_stance_rank))


def _all_notices(page: PageMetadata, files: SiteFiles, agents: Agents) -> Iterator[Notice]:
    path = url_path(page.address)
    yield from _file_notices(page, path, files, agents)
    mining = mining_notice(
        files.locations, path, _mining_fields(page.headers), _mining_fields(page.tags)
    )
    if mining is not None:
        yield mining
    for name, value in page.headers:
        yield from (
            field_notice(value, vocabulary)
            for vocabulary in VOCABULARIES
            if name == vocabulary.field
        )
        if name == "x-robots-tag":
            yield noai_notice("header X-Robots-Tag", value)
    yield from (
        noai_notice(f'tag "{name}"', value) for name, value in page.tags if name not in _TDM_FIELDS
    )


def noai_notice(where: str, value: str) -> Notice:
    """Return the notice of a list of directives, which may disallow machine learning.

    Parameters
    ----------
    where : str
        "header X-Robots-Tag", 'tag "robots"'.
    value : str
        The directives; a directive for a single robot counts for all. `noimageai` is about images
        and is ignored.
    """
    stance = Stance.DISALLOWS if _NOAI.search(value) else Stance.SILENT
    return Notice("noai", stance, f'{where}: "{value}"')


def _file_notices(
    page: PageMetadata, path: str, files: SiteFiles, agents: Agents
) -> Iterator[Notice]:
    if files.robots is not None:
        yield from robots_notices(files.robots, path, agents)
        yield from line_notices(files.robots, path, agents)
    if files.ai is not None:
        yield ai_notice(files.ai, path)
    if files.contents is not None:
        yield rsl_notice(files.contents, page.address)
    elif files.robots is not None:
        yield from unread_rsl_notices(files.robots)


def _mining_fields(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in fields:
        # Of a duplicate header, the value that reserves rights counts.
        if name in _TDM_FIELDS and values.get(name, "").strip() != "1":
            values[name] = value
    return values


def _stance_rank(notice: Notice) -> int:
    return list(Stance).index(notice.stance)
