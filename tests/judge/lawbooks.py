"""Law books, circumstances and agreements, made up at random for the laws of judging."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from provenance.model.rules.policy import Agreement
from provenance.model.rules.rule_library import Layer, Licence, Signal, Source, StatutoryException
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import (
    Actor,
    DateRange,
    ModelScope,
    Precedence,
    Purpose,
    Record,
    Terms,
    TimeAxis,
    Verdict,
)
from provenance.read.rules.rule_files import load_rules

LIFTABLE = (Layer.COPYRIGHT, Layer.CONTRACT, Layer.ACCESS)
START = date(2020, 1, 1)
LENGTH = 12
TODAY = START + timedelta(days=LENGTH)
GRANTS = {"platform", "platform-licensee", "dataset-distributor", "heritage-institution"}
SHIPPED = load_rules()
INSIDE = {
    "EEA": ("NO", "EU", "FR", "DE"),
    "EU": ("FR", "DE"),
    "DE": (),
    "FR": (),
    "NO": (),
    "US": (),
}
"""Some places, with those within them."""

days = st.integers(0, LENGTH).map(lambda n: START + timedelta(days=n))
spans = st.builds(
    lambda first, length, open_start, open_end: DateRange(
        None if open_start else first, None if open_end else first + timedelta(days=length)
    ),
    days,
    st.integers(1, LENGTH),
    st.booleans(),
    st.booleans(),
)
outcomes = st.sampled_from(
    [
        (Verdict.FORBIDDEN, "explicit-ml"),
        (Verdict.UNKNOWN, "silence"),
        (Verdict.UNKNOWN, "not-verified"),
        (Verdict.RESTRICTED, "automated-access"),
        (Verdict.RESTRICTED, "machine-signal"),
        (Verdict.PERMITTED, "public-domain"),
    ]
)


@st.composite
def documents(draw, subject, axes=tuple(TimeAxis)):
    verdict, basis = draw(outcomes)
    name = f"{subject}/{draw(st.integers(0, 10**9))}"
    return Terms(
        id=name,
        subject=subject,
        document=name,
        address=None,
        period=draw(spans),
        time_axis=draw(st.sampled_from(axes)),
        binds=draw(
            st.sampled_from(
                [("any",), ("any-recipient",), ("scraper",), ("api-developer",), ("platform",)]
            )
        ),
        uses=draw(st.sampled_from([tuple(Purpose), (Purpose.EVALUATION,)])),
        jurisdictions=draw(st.sampled_from([("any",), ("EEA",), ("EU",), ("DE",), ("US",)])),
        verdict=verdict,
        basis=basis,
        clause=None,
        paraphrase="It says so.",
        condition=None,
        quotation_digest=None,
        stored_copy=None,
        confidence="verified on a stored copy",
        model_scope=draw(st.sampled_from([ModelScope.ANY, ModelScope.ANY, ModelScope.COMPETING])),
        conditions=draw(st.sampled_from([(), ("non-commercial",), ("mining-reserved",)])),
        precedence=draw(st.sampled_from([*Precedence, Precedence.STRICTER])),
        unseen=draw(st.none() | st.none() | spans),
        record=draw(
            st.sampled_from([Record(), Record("first seen"), Record(stored_on="2020-01-07")])
        ),
    )


@st.composite
def exceptions(draw):
    """A law of one place, for anybody."""
    law = draw(documents("law", (TimeAxis.COLLECTION,)))
    return replace(
        law,
        verdict=draw(st.sampled_from([Verdict.RESTRICTED, Verdict.PERMITTED])),
        basis="statute",
        binds=("any",),
        jurisdictions=draw(st.sampled_from([("EU",), ("EU", "EEA"), ("DE",)])),
        model_scope=ModelScope.ANY,
        conditions=draw(st.sampled_from([(), ("no-reservation",), ("non-commercial",)])),
        unseen=None,
    )


@st.composite
def libraries(draw):
    own = tuple(draw(st.lists(documents("here"), max_size=4, unique_by=lambda t: t.id)))
    lent = tuple(draw(st.lists(documents("lent", (TimeAxis.CONTENT,)), max_size=2)))
    return replace(
        SHIPPED,
        sources=(Source("here", "Here", (), own),),
        licences=(Licence("lent", "Lent", (), lent),),
        signals=(Signal("flag", "Flag", tuple(draw(st.lists(documents("flag"), max_size=1)))),),
        exceptions=(
            StatutoryException(
                "law",
                "Law",
                draw(st.sampled_from([(Layer.COPYRIGHT,), LIFTABLE])),
                (draw(exceptions()),),
            ),
        ),
    )


agreements = st.builds(
    Agreement, st.just("here"), st.just((Purpose.PRETRAINING,)), spans, st.just("contract")
)
circumstances = st.builds(
    Circumstances,
    st.sampled_from([Purpose.PRETRAINING, Purpose.EVALUATION]),
    st.none() | spans,
    st.none() | st.sampled_from(Actor),
    st.none() | st.sampled_from([*INSIDE]),
    st.sampled_from([None, True, False]),
    st.sampled_from([None, (), (ModelScope.COMPETING,)]),
    st.sampled_from([(), ("law",)]),
)
item_dates = st.none() | days
licences = st.none() | st.sampled_from(["lent", "odd"])
