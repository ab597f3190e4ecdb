"""Where sources publish dumps: their layouts, sizes, what was said of access, and the command."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml

from provenance.errors import UnknownSource
from provenance.read.rules.rule_files import load_rules


@dataclass(frozen=True, slots=True)
class PublishedDump:
    """A dump that a source or others publish, or that a user can export.

    Parameters
    ----------
    what : str
        What it is.
    layouts : tuple of str
        Layouts of its files, as for `--layout`.
    size : str or None
        How large it is, about.
    address : str or None
        Where it is described.
    """

    what: str
    layouts: tuple[str, ...]
    size: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class AccessStatement:
    """What a page or a document said of access to a dump, or of what is in it.

    Parameters
    ----------
    says : str
        A paraphrase.
    address : str or None
        The page, or the document.
    read : date or None
        The day on which it was read, or of the copy that was read.
    kind : "primary" or "secondary"
        Whether it is of whoever publishes the dump; others report what it says.
    """

    says: str
    address: str | None
    read: date | None
    kind: Literal["primary", "secondary"]


@dataclass(frozen=True, slots=True)
class PublishedSource:
    """A source, and where its items can be had.

    Parameters
    ----------
    id : str
        As for `--source`.
    name : str
        Its name.
    dumps : tuple of PublishedDump
        Where they are.
    access : tuple of AccessStatement
        What was said of access, and what the source's documents say to those who collect, as far
        as the shipped rules know no end of it.
    command : str or None
        Builds a registry of it; None where no dump should be used.
    avoid : str or None
        What not to use.
    remark : str or None
        What else helps.
    """

    id: str
    name: str
    dumps: tuple[PublishedDump, ...]
    access: tuple[AccessStatement, ...]
    command: str | None = None
    avoid: str | None = None
    remark: str | None = None


@cache
def published_sources() -> tuple[PublishedSource, ...]:
    """Return the sources that people ask for most, in order of how often."""
    text = files("provenance.read.dumps").joinpath("published_dumps.yaml").read_text("utf-8")
    return tuple(
        PublishedSource(
            **entry
            | {
                "dumps": tuple(
                    PublishedDump(**dump | {"layouts": tuple(dump["layouts"])})
                    for dump in entry["dumps"]
                ),
                "access": (
                    *(AccessStatement(**statement) for statement in entry["access"]),
                    *_statements_of_rules(entry["id"]),
                ),
            }
        )
        for entry in yaml.safe_load(text)
    )


def _statements_of_rules(source: str) -> Iterator[AccessStatement]:
    """Yield what the documents of a source say, but for those that bind none who collects."""
    library = load_rules()
    excused = set(library.excused_actors)
    for terms in next((known.terms for known in library.sources if known.id == source), ()):
        if terms.period.until is None and not excused.issuperset(terms.binds):
            since = f", since {terms.period.first}" if terms.period.first else ""
            says = f"{terms.document}{since}: {terms.paraphrase}"
            is_copied = terms.confidence.startswith("verified")
            read = terms.record.last_seen or terms.record.latest_copy
            yield AccessStatement(
                says, terms.address, read, "primary" if is_copied else "secondary"
            )


def find_published_source(name: str) -> PublishedSource:
    """Return the source of an id or a name, also of another name that the rules know.

    Raises
    ------
    UnknownSource
        If it is not among them.
    """
    sources = published_sources()
    wanted = name.casefold()
    others = {
        alias.casefold(): known.id for known in load_rules().sources for alias in known.aliases
    }
    for source in sources:
        if wanted in {source.id, source.name.casefold()} or others.get(wanted) == source.id:
            return source
    ids = [source.id for source in sources]
    similar = get_close_matches(wanted, ids, n=1)
    guess = f"did you mean {similar[0]}? " if similar else ""
    raise UnknownSource(
        f"{name!r} is not one of {', '.join(ids)}",
        remedy=f"{guess}docs/dumps.md lists the layouts that can be read, of any source",
    )
