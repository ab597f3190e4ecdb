"""Any result at all, made by Hypothesis from the model's own types."""

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from provenance.model.results.corpus_files import CorpusFile
from provenance.model.results.result import Misdating, Result
from provenance.model.results.shares import Share
from provenance.model.rules.policy import Gate
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import OTHER_MODEL, DateRange, ModelScope

# Lone surrogates come from odd file names; nothing else may put them into a text.
TEXTS = st.text(st.characters(), max_size=12)
_DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
_SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    int: st.integers(0, 2**62),
    float: st.floats(0, 1),
    bool: st.booleans(),
    date: _DAYS,
    datetime: st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 (the strategy adds the time zone)
}


def made(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type of the model."""
    if kind is DateRange:
        return st.builds(
            lambda first, length: DateRange(first, length and first + timedelta(days=length)),
            _DAYS,
            st.none() | st.integers(1, 5000),
        )
    if get_origin(kind) is UnionType:
        (inner,) = [part for part in get_args(kind) if part is not NoneType]
        return st.none() | made(inner)
    if get_origin(kind) is tuple:
        return st.lists(made(get_args(kind)[0]), max_size=2).map(tuple)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(
            kind, **{part.name: _field(kind, part.name, hints) for part in fields(kind)}
        )
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return st.sampled_from(kind)
    return _SCALARS[kind]


def _field(kind: Any, name: str, hints: dict[str, Any]) -> st.SearchStrategy[Any]:
    if kind is Share and name == "by":
        return st.sampled_from(["source", "verdict", "terms", "basis", "evidence", "origin"])
    if kind is CorpusFile and name in {"sha256", "texts"}:
        return st.none() | st.text("0123456789abcdef", min_size=64, max_size=64)
    if kind is Misdating and name in {"findings", "of_findings"}:
        return st.integers(1, 2**62)
    if kind is Circumstances and name == "model":
        kinds = [*(scope.value for scope in ModelScope if scope is not ModelScope.ANY), OTHER_MODEL]
        return st.none() | st.lists(st.sampled_from(kinds), min_size=1, unique=True).map(tuple)
    if kind is Gate and hints[name] == str | None:  # findings are held against these: columns
        return st.none() | st.text(st.characters(codec="utf-8"), max_size=12)
    return made(hints[name])


RESULTS = made(Result)
