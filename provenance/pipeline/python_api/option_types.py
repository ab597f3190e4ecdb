"""Types of arguments that several public functions take."""

from collections.abc import Iterable, Mapping
from datetime import date
from os import PathLike
from typing import Annotated, TypedDict

Address = str | PathLike[str]
Addresses = Address | Iterable[Address]
Names = str | Iterable[str]
Day = str | date | int
"""A day, month or year; a number is a year."""
ShareText = Annotated[str, '"1%"']
"""A share, with an example that errors show."""
GateText = Annotated[str, '"forbidden=1%"']
Gates = GateText | Iterable[GateText] | Mapping[str, object]


class CircumstanceOptions(TypedDict, total=False):
    """Circumstances that the terms depend on."""

    purpose: str | None
    collected: Day | None
    actor: str | None
    jurisdiction: str | None
    commercial: bool | None
    model: Names
    claims: Names


class MatchingOptions(CircumstanceOptions, total=False):
    """Options by which texts are matched, and matches judged."""

    backgrounds: Addresses
    common_background: bool | None
    chance: float | None


class CheckOptions(MatchingOptions, total=False):
    """Options of `check` that override the policy."""

    gates: Gates
    text_columns: Names
    registries: Addresses
    calibration: Address | None
    signals: Address | None
    max_document: str | int | None
    withdrawn: str | None
    withdrawn_key: Address | None
    trust: Address | None
