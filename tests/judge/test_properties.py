"""Laws of judging, held against a slow judge who looks at every single day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.judge import Judge
from provenance.model import (
    Actor,
    Agreement,
    Circumstances,
    DateRange,
    Library,
    Licence,
    Purpose,
    Source,
    Terms,
    TimeAxis,
    Verdict,
)
from provenance.read.rulefiles import load_rules

START = date(2020, 1, 1)
LENGTH = 12
TODAY = START + timedelta(days=LENGTH)
GRANTS = {"platform", "platform-licensee", "dataset-distributor", "heritage-institution"}
SHIPPED = load_rules()

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
        jurisdictions=draw(st.sampled_from([("any",), ("EU",)])),
        verdict=verdict,
        basis=basis,
        clause=None,
        paraphrase="It says so.",
        condition=None,
        quotation_digest=None,
        stored_copy=None,
        confidence="verified on a stored copy",
    )


@st.composite
def libraries(draw):
    own = tuple(draw(st.lists(documents("here"), max_size=4, unique_by=lambda t: t.id)))
    lent = tuple(draw(st.lists(documents("lent", (TimeAxis.CONTENT,)), max_size=2)))
    return replace(
        SHIPPED,
        sources=(Source("here", "Here", (), own),),
        licences=(Licence("lent", "Lent", (), lent),),
    )


agreements = st.builds(
    Agreement, st.just("here"), st.just((Purpose.PRETRAINING,)), spans, st.just("contract")
)
circumstances = st.builds(
    Circumstances,
    st.sampled_from([Purpose.PRETRAINING, Purpose.EVALUATION]),
    st.none() | spans,
    st.none() | st.sampled_from(Actor),
    st.none() | st.sampled_from(["EU", "US"]),
)
item_dates = st.none() | days
licences = st.none() | st.sampled_from(["lent", "odd"])


def rule(library, asked, item_date, licence, signed=()):
    return Judge(library, asked, signed, TODAY).rule("here", item_date, licence).ruling


def binds(terms, actor):
    if actor is None:
        return bool(set(terms.binds) - GRANTS - {"research-organisation"})
    if actor is Actor.RESEARCH_ORGANISATION:
        return bool(set(terms.binds) - GRANTS)
    return bool(set(terms.binds) & {"any", "any-recipient", actor.value})


def holds(terms, collected, published, place):
    day = published if terms.time_axis is TimeAxis.CONTENT else collected
    return terms.period.overlaps(DateRange(day, day + timedelta(days=1))) and (
        terms.jurisdictions[0] in {"any", place}
    )


def verdict_on(own, lent, licence, moment, asked):
    """Combine what is said on one day, by the words of verdicts.yaml."""
    collected, published, place = moment
    here = [t for t in own if holds(t, collected, published, place)]
    heard = [t for t in here if binds(t, asked.actor)]
    known = [t for t in here if t in heard or binds(t, None)]
    heard += [t for t in lent if holds(t, collected, published, place) and binds(t, asked.actor)]
    said = [
        (t.verdict, t.basis)
        if asked.purpose in t.uses or t.basis == "not-verified"
        else (Verdict.UNKNOWN, "not-named")
        for t in heard
    ]
    if licence == "odd" or all(t.basis == "machine-signal" for t in known):
        said.append((Verdict.UNKNOWN, "nobody knows"))
    speaking = [v for v, basis in said if basis not in {"silence", "not-named", "machine-signal"}]
    signals = [v for v, basis in said if basis == "machine-signal"]
    if speaking:
        return max(speaking + signals, key=lambda verdict: verdict.strictness)
    return Verdict.UNKNOWN


def every_day(item_date, asked):
    """All days on which the content can have been collected and published, at all places."""
    horizon = [START + timedelta(days=n) for n in range(-2, 2 * LENGTH + 3)]
    given_span = asked.collected or DateRange(None, TODAY + timedelta(days=1))
    possible = [d for d in horizon if given_span.overlaps(DateRange(d, d + timedelta(days=1)))]
    collected = [d for d in possible if item_date is None or d >= item_date] or possible
    places = [asked.jurisdiction] if asked.jurisdiction else ["EU", "elsewhere"]
    published = [item_date] if item_date else [d for d in horizon if d <= max(collected)]
    return [(c, p, place) for c in collected for p in published for place in places]


@given(libraries(), circumstances, item_dates, licences)
def test_the_verdict_is_the_strictest_of_every_possible_day(library, asked, item_date, licence):
    own = library.sources[0].terms
    lent = library.licences[0].terms if licence == "lent" else ()
    expected = max(
        (verdict_on(own, lent, licence, moment, asked) for moment in every_day(item_date, asked)),
        key=lambda verdict: verdict.strictness,
    )
    assert rule(library, asked, item_date, licence).verdict is expected


@given(
    libraries(), circumstances, item_dates, licences, st.lists(agreements, max_size=2), agreements
)
def test_an_agreement_more_never_makes_a_verdict_stricter(
    library, asked, item_date, licence, signed, more
):
    before = rule(library, asked, item_date, licence, signed)
    after = rule(library, asked, item_date, licence, [*signed, more])
    assert after.verdict.strictness <= before.verdict.strictness


@given(libraries(), circumstances, item_dates, licences, spans, st.lists(agreements, max_size=2))
def test_a_wider_interval_never_makes_a_verdict_laxer(
    library, asked, item_date, licence, span, signed
):
    narrow = asked.collected or span
    firsts, untils = (narrow.first, span.first), (narrow.until, span.until)
    wide = DateRange(
        None if None in firsts else min(firsts), None if None in untils else max(untils)
    )
    if item_date and narrow.until and narrow.until <= item_date < (wide.until or date.max):
        return  # a date of collection before the item's own is believed, a wider one corrected
    strict = rule(library, replace(asked, collected=wide), item_date, licence, signed)
    assert (
        strict.verdict.strictness
        >= rule(
            library, replace(asked, collected=narrow), item_date, licence, signed
        ).verdict.strictness
    )


@given(libraries(), circumstances, item_dates, licences)
def test_what_is_permitted_has_a_permission_and_nothing_against_it(
    library, asked, item_date, licence
):
    ruling = rule(library, asked, item_date, licence)
    if ruling.verdict is Verdict.PERMITTED:
        assert any(reason.verdict is Verdict.PERMITTED for reason in ruling.reasons)
        assert {reason.basis for reason in ruling.reasons} <= {
            "public-domain",
            "silence",
            "not-named",
        }


@given(libraries(), circumstances, item_dates, licences, st.randoms())
def test_the_order_of_terms_never_matters(library, asked, item_date, licence, random):
    own = list(library.sources[0].terms)
    random.shuffle(own)
    shuffled = replace(library, sources=(replace(library.sources[0], terms=tuple(own)),))
    assert rule(shuffled, asked, item_date, licence) == rule(library, asked, item_date, licence)


@given(libraries(), circumstances, days, licences, st.lists(agreements, max_size=2))
def test_between_turning_days_the_ruling_is_the_same(library, asked, item_date, licence, signed):
    remembered = Judge(library, asked, signed, TODAY)
    next_day = item_date + timedelta(days=1)
    first = remembered.rule("here", item_date, licence)
    second = remembered.rule("here", next_day, licence)
    if next_day not in remembered.turning_days("here", licence):
        assert first is second
    assert second == Judge(library, asked, signed, TODAY).rule("here", next_day, licence)


@pytest.mark.parametrize("library", [SHIPPED], ids=["shipped"])
@given(data=st.data(), asked=circumstances)
def test_every_shipped_ruling_has_a_reason_and_a_remedy(library: Library, data, asked):
    source = data.draw(st.sampled_from([source.id for source in library.sources]))
    item_date = data.draw(st.none() | st.dates(date(2010, 1, 1), date(2026, 12, 31)))
    ruling = Judge(library, asked).rule(source, item_date).ruling
    assert ruling.why
    assert (ruling.remedy is None) == (ruling.verdict is Verdict.PERMITTED)
    assert ruling.terms is None or any(
        reason.decisive and reason.terms.id == ruling.terms for reason in ruling.reasons
    )
