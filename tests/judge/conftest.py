"""A small law book, made up for the tests."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from provenance.model.rules.rule_library import Library, Licence, Source
from provenance.model.rules.terms import DateRange, Purpose, Terms, TimeAxis, Verdict
from provenance.read.rules.rule_files import load_rules

BASES = {
    Verdict.FORBIDDEN: "explicit-ml",
    Verdict.UNKNOWN: "silence",
    Verdict.RESTRICTED: "automated-access",
    Verdict.PERMITTED: "public-domain",
}


def make_terms(name: str, verdict: Verdict, first: str | None = None, **more: object) -> Terms:
    """Make a document's version that binds anybody, from a day on."""
    period = DateRange(None if first is None else date.fromisoformat(first))
    made = Terms(
        id=name if first is None else f"{name}/{first}",
        subject=name.split("/", maxsplit=1)[0],
        document=name.rsplit("/", maxsplit=1)[-1].capitalize(),
        address=None,
        period=period,
        time_axis=TimeAxis.COLLECTION,
        binds=("any",),
        uses=tuple(Purpose),
        jurisdictions=("any",),
        verdict=verdict,
        basis=BASES[verdict],
        clause="s.1",
        paraphrase="It says so. It says more.",
        condition=None,
        quotation_digest=None,
        stored_copy=None,
        confidence="verified on a stored copy",
    )
    return replace(made, **more)


@pytest.fixture(scope="session")
def terms() -> Callable[..., Terms]:
    return make_terms


@pytest.fixture(scope="session")
def shipped() -> Library:
    return load_rules()


@pytest.fixture(scope="session")
def book(shipped: Library) -> Callable[..., Library]:
    """Make a library of terms: those of `free` and `open` are licences."""

    def make(*every: Terms, **source: object) -> Library:
        own = tuple(each for each in every if each.subject == "here")
        lent = [each for each in every if each.subject != "here"]
        made = replace(Source("here", "Here", ("here.org",), own), **source)
        licences = tuple(Licence(t.subject, t.subject.upper(), (), (t,)) for t in lent)
        return replace(shipped, sources=(made,), licences=licences)

    return make
