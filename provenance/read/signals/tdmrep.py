"""TDMRep: text and data mining reserved by a file, a header or a tag, in rising precedence."""

import json
from dataclasses import dataclass

from provenance.model.rules.signals import Notice, Stance
from provenance.read.signals.path_patterns import match_length

SIGNAL = "tdmrep"
_VALUES = {"0": Stance.ALLOWS, "1": Stance.DISALLOWS}


@dataclass(frozen=True, slots=True)
class Location:
    """A rule of a tdmrep.json.

    Parameters
    ----------
    number : int
        Its position in the file, 1-based.
    pattern : str
        Pattern of the paths.
    reservation, policy : str or None
        As written.
    """

    number: int
    pattern: str
    reservation: str | None
    policy: str | None


def parse_locations(content: bytes) -> tuple[Location, ...] | None:
    """Parse a tdmrep.json; None if it is not valid. Invalid rules in it are ignored."""
    try:
        value = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    entries = [value] if isinstance(value, dict) else value
    if not isinstance(entries, list):
        return None
    return tuple(
        Location(
            number,
            each["location"],
            _to_text(each.get("tdm-reservation")),
            _to_text(each.get("tdm-policy")),
        )
        for number, each in enumerate(entries, 1)
        if isinstance(each, dict) and isinstance(each.get("location"), str)
    )


def mining_notice(
    locations: tuple[Location, ...] | None,
    path: str,
    headers: dict[str, str],
    tags: dict[str, str],
) -> Notice | None:
    """Return the notice on mining of a page; None if there is no TDMRep signal.

    Parameters
    ----------
    locations : tuple of Location or None
        Rules of the site's file. Only the first that matches counts.
    path : str
        Path of the page.
    headers, tags : dict of str to str
        Values of `tdm-reservation` and `tdm-policy`.

    Notes
    -----
    A tag overrides a header, and a header overrides the file. Values other than 0 and 1 are
    invalid, and count as not set.
    """
    rule = next((at for at in locations or () if match_length(at.pattern, path) is not None), None)
    places = [("tag", tags), ("header", headers)]
    for place, fields in places:
        value = fields.get("tdm-reservation", "").strip()
        if value in _VALUES:
            return _notice(f"the page's {place}", value, fields.get("tdm-policy"))
    if rule is not None and rule.reservation in _VALUES:
        place_name = f"tdmrep.json, rule {rule.number} for {rule.pattern}"
        return _notice(place_name, rule.reservation, rule.policy)
    if locations is None and not headers and not tags:
        return None
    return Notice(SIGNAL, Stance.SILENT, "TDMRep sets no reservation for this page")


def _notice(where: str, value: str, policy: str | None) -> Notice:
    more = f"; its policy: {policy.strip()}" if policy and policy.strip() else ""
    return Notice(SIGNAL, _VALUES[value], f'{where}: "tdm-reservation: {value}"{more}')


def _to_text(value: object) -> str | None:
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None
