"""Names of sources that people give: resolved, or refused, before anything is written."""

from dataclasses import replace
from functools import cache
from typing import Any, TypeVar, cast

from provenance.errors import UnknownSource
from provenance.judge.identifiers import Names
from provenance.read.rules.rule_files import load_rules

BACKGROUND = "background"
"""What many people quote is no source whose terms matter."""

Facts = TypeVar("Facts")


@cache
def _names() -> Names:
    return Names(load_rules())


def source_id(name: str) -> str:
    """Return the id of a source that somebody names: `x` for "twitter", "X" and "x.com".

    A name that the rules lack is a source of one's own, and stays as it is.

    Raises
    ------
    UnknownSource
        If it is so similar to a known one that it may be mistyped.
    """
    name = name.strip()
    known = None if name == BACKGROUND else _names().id_of(name)
    if known is not None or name == BACKGROUND:
        return known or name
    if (meant := _names().mistyped(name)) is not None:
        raise UnknownSource(
            f"the rules have no source {name!r}; did you mean {meant!r}?",
            remedy=f"give {meant!r}; or, for a source of your own, a name that cannot be taken for "
            f"a known one, such as 'own-{name}'",
        )
    return name


def source_name_warning(source: str) -> str | None:
    """Return a note on a source name that stands for another, or that the rules lack, if any."""
    known = source_id(source)
    if known == source:
        return None if source == BACKGROUND else _names().warning(source)
    return f"{source!r} is {known!r} in the rules: that name is used"


def with_source_ids(facts: Facts) -> Facts:
    """Return facts of a ledger with the ids of the sources that they name; as `source_id`."""
    values: dict[str, Any] = {}
    source, sources = getattr(facts, "source", None), getattr(facts, "sources", None)
    if source is not None and source.strip():
        values["source"] = source_id(source)
    if sources:
        values["sources"] = tuple(dict.fromkeys(map(source_id, sources)))
    return cast("Facts", replace(cast("Any", facts), **values)) if values else facts
