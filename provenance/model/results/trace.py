"""The outcome of tracing one text."""

from dataclasses import dataclass

import pyarrow as pa

from provenance.model.results.coverage import RegistrySummary
from provenance.model.rules.rulings import Circumstances, Ruling
from provenance.model.short_repr import short_repr

TRACE_SCHEMA = "provenance/trace/1"


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """The passages of a text that registries contain.

    Parameters
    ----------
    tool : str
        Version of `provenance`.
    text : str
        The text.
    tokens : int
        Its words.
    findings : pyarrow.Table
        The passages, of schema `FINDINGS`, in the order of the text.
    rulings : tuple of Ruling
        The ruling on each.
    registries : tuple of RegistrySummary
        The registries that were searched.
    circumstances : Circumstances
        Purpose, dates, actor, jurisdiction.
    """

    tool: str
    text: str
    tokens: int
    findings: pa.Table
    rulings: tuple[Ruling, ...]
    registries: tuple[RegistrySummary, ...]
    circumstances: Circumstances

    __repr__ = short_repr
