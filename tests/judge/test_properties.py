"""Laws of judging, held against a slow judge who looks at every single day."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from provenance.judge.rulings import Judge
from provenance.model.rules.rule_library import Library, Source
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import (
    Actor,
    DateRange,
    ModelScope,
    Purpose,
    Record,
    SubjectMatter,
    TimeAxis,
    Verdict,
)
from tests.judge.lawbooks import (
    GRANTS,
    INSIDE,
    LENGTH,
    SHIPPED,
    START,
    TODAY,
    agreements,
    circumstances,
    days,
    item_dates,
    libraries,
    licences,
    spans,
)
from tests.property_campaigns import property_test


def rule(library, asked, item_date, licence, signed=(), signals=()):
    return Judge(library, asked, signed, TODAY).rule("here", item_date, licence, signals).ruling


ORGANISATIONS = (Actor.RESEARCH_ORGANISATION, Actor.HERITAGE_INSTITUTION)
ASSUMED = [actor for actor in Actor if actor not in ORGANISATIONS]
"""Roles in which content may have been collected, if nobody says."""


def binds(terms, actor):
    if actor is None:
        return bool(set(terms.binds) - GRANTS - {"research-organisation"})
    if actor in ORGANISATIONS:
        return bool(set(terms.binds) - GRANTS)
    return bool(set(terms.binds) & {"any", "any-recipient", actor.value})


def holds(terms, collected, published, place):
    around = {"any", place, *(wider for wider, inner in INSIDE.items() if place in inner)}
    return not around.isdisjoint(terms.jurisdictions) and holds_on(
        terms.period, terms, collected, published
    )


def holds_on(span, terms, collected, published):
    day = published if terms.time_axis is TimeAxis.CONTENT else collected
    return span.overlaps(DateRange(day, day + timedelta(days=1)))


def is_too_early(terms, collected, place):
    """Whether nobody has seen the text of so early a day, and it bears no date of its own."""
    if terms.time_axis is TimeAxis.CONTENT or terms.basis in {"not-verified", "machine-signal"}:
        return False
    if terms.period.first:
        known = terms.period.first if terms.record.from_basis == "first seen" else None
    elif terms.unseen and terms.unseen.first is None:
        known = terms.unseen.until
    else:
        known = terms.record.stored_on and date.fromisoformat(terms.record.stored_on)
        # A later copy may tell of an earlier text.
        known = None if known and terms.period.until and known >= terms.period.until else known
    anywhere = replace(terms, period=DateRange())
    return bool(known) and collected < known and holds(anywhere, collected, collected, place)


LAYERS = {"explicit-ml": "contract", "public-domain": "copyright", "automated-access": "access"}
SILENT = {"silence", "not-named", "other-model", "yields"}
LICENCES = {"copyright-licence", "public-domain", "non-commercial"}


def said_of(terms, asked, model):
    """What one document says by itself: its verdict and basis."""
    if terms.basis == "not-verified":
        return Verdict.UNKNOWN, "not-verified"
    if asked.purpose not in terms.uses:
        said = Verdict.UNKNOWN, "not-named"
    else:
        said = terms.verdict, terms.basis
    if terms.model_scope is not ModelScope.ANY and terms.model_scope not in model:
        return Verdict.UNKNOWN, "other-model"
    commerce = asked.commercial is not False and "non-commercial" in terms.conditions
    if commerce and LAYERS.get(said[1]) in ("contract", "copyright", "access"):
        return Verdict.FORBIDDEN, "condition-unmet"
    return said


def counts(law, moment, asked):
    """Whether a law is claimed, in force, and about the purpose and the commerce."""
    collected, published, place, _ = moment
    return (
        asked.claims
        and holds(law, collected, published, place)
        and asked.purpose in law.uses
        and ("non-commercial" not in law.conditions or asked.commercial is False)
    )


def reservations(library, moment, asked):
    """Whether a document reserves the use, whomever it binds, and whether one may have."""
    collected, published, place, model = moment
    seen, doubtful = False, False
    for t in library.sources[0].terms:
        is_early = is_too_early(t, collected, place)
        if (
            "mining-reserved" not in t.conditions
            or asked.purpose not in t.uses
            or not (is_early or holds(t, collected, published, place))
            or (t.model_scope is not ModelScope.ANY and t.model_scope not in model)
        ):
            continue
        if is_early or (t.unseen and holds_on(t.unseen, t, collected, published)):
            doubtful = True
        else:
            seen = True
    return seen, doubtful


def lifted(said, terms, law, layers):
    """What is left of a statement under a law that covers it."""
    reached = LAYERS.get(terms.basis) in layers and said[0] is not Verdict.UNKNOWN
    if reached and law.verdict.strictness < said[0].strictness:
        return law.verdict, "statute"
    return said


def verdict_on(library, licence, moment, asked):
    """Combine what is said on one day, by the words of verdicts.yaml."""
    collected, published, place, model = moment
    here = [t for t in library.sources[0].terms if holds(t, collected, published, place)]
    early = [t for t in library.sources[0].terms if is_too_early(t, collected, place)]
    bound = [t for t in here if binds(t, asked.actor) and t not in early]
    known = [t for t in here if (t in bound or binds(t, None)) and t not in early]
    lent = library.licences[0].terms if licence == "lent" else ()
    lent = [t for t in lent if holds(t, collected, published, place) and binds(t, asked.actor)]
    lending = [(said_of(t, asked, model), t) for t in lent]
    speaks = [s for (_, s), _ in lending if s not in SILENT and s != "machine-signal"]
    own = [
        ((Verdict.UNKNOWN, "yields"), t)
        if speaks and licence == "lent" and t.precedence == "licence"
        else (said_of(t, asked, model), t)
        for t in bound
    ]
    loud = [(s, t) for s, t in own if s[1] not in SILENT and s[1] != "machine-signal"]
    unseen = [t for _, t in loud if t.unseen and holds_on(t.unseen, t, collected, published)]
    if len(unseen) == len(loud):
        own = [
            ((Verdict.UNKNOWN, "not-seen"), t)
            if t in unseen and s[0].strictness < Verdict.UNKNOWN.strictness
            else (s, t)
            for s, t in own
        ]
    (law,), layers = library.exceptions[0].terms, library.exceptions[0].lifts
    is_law = counts(law, moment, asked)
    reserved, doubtful = reservations(library, moment, asked)
    covers = is_law and not (reserved and "no-reservation" in law.conditions)
    said = [lifted(s, t, law, layers) if covers else s for s, t in own + lending]
    unlifted = [s for s, _ in own + lending]
    if licence == "odd" or all(t.basis == "machine-signal" for t in known):
        said.append((Verdict.UNKNOWN, "nobody knows"))
        unlifted.append((Verdict.UNKNOWN, "nobody knows"))
    said += unseen_before(early, asked, model, strictest(unlifted), speaks and licence == "lent")
    if is_law and "no-reservation" in law.conditions and not is_granted(own + lending):
        said += [(Verdict.FORBIDDEN, "reserved")] * reserved
        said += [(Verdict.UNKNOWN, "not-seen")] * doubtful
    return strictest(said)


def unseen_before(early, asked, model, sure, is_licensed):
    """What nobody has seen yet may have been there: it is unknown where that would matter."""
    if sure.strictness >= Verdict.UNKNOWN.strictness:
        return []
    return [
        (Verdict.UNKNOWN, "not-seen")
        for t in early
        for verdict, basis in [said_of(t, asked, model)]
        if binds(t, asked.actor)
        and basis not in SILENT
        and not (is_licensed and t.precedence == "licence")
        and verdict.strictness > sure.strictness
    ]


def is_granted(statements):
    """Whether a licence grants what no exception covers where the owner has reserved it."""
    return any(
        basis in LICENCES and verdict.strictness < Verdict.UNKNOWN.strictness
        for (verdict, basis), _ in statements
    )


def strictest(said):
    """Combine statements: silence counts only alone, and signals never by themselves."""
    speaking = [v for v, basis in said if basis not in SILENT and basis != "machine-signal"]
    signals = [v for v, basis in said if basis == "machine-signal"]
    if speaking:
        return max(speaking + signals, key=lambda verdict: verdict.strictness)
    return Verdict.UNKNOWN


def every_day(item_date, asked):
    """All days on which the content can have been collected and published, at all places."""
    horizon = [START + timedelta(days=n) for n in range(-2, 2 * LENGTH + 3)]
    given_span = asked.collected or DateRange()
    if given_span.until is None and (given_span.first is None or given_span.first <= TODAY):
        given_span = DateRange(given_span.first, TODAY + timedelta(days=1))
    possible = [d for d in horizon if given_span.overlaps(on(d))]
    collected = [d for d in possible if item_date is None or d >= item_date]
    if not collected:  # the stated days are refuted
        at_once = item_date == max(possible) + timedelta(days=1)
        collected = [d for d in horizon if item_date <= d <= (item_date if at_once else TODAY)]
    stated = asked.jurisdiction
    places = [stated, *INSIDE[stated]] if stated else [*INSIDE, "elsewhere"]
    published = [item_date] if item_date else [d for d in horizon if d <= max(collected)]
    models = [(), (ModelScope.COMPETING,)] if asked.model is None else [asked.model]
    every = product(collected, published, places, models)
    # Nothing is collected before it is published; the date of one item is known.
    return [moment for moment in every if item_date or moment[1] <= moment[0]]


@property_test(
    60, 2000, library=libraries(), asked=circumstances, item_date=item_dates, licence=licences
)
def test_the_verdict_is_the_strictest_of_every_possible_day(library, asked, item_date, licence):
    expected = max(
        (
            verdict_on(library, licence, moment, replace(asked, actor=role))
            for moment in every_day(item_date, asked)
            for role in ([asked.actor] if asked.actor else ASSUMED)
        ),
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
        return  # an interval before the item's date says nothing: every day since may be meant
    if wide.until is None and (narrow.until or TODAY) > TODAY + timedelta(days=1):
        return  # an open end is today: what ends later is not the narrower one
    strict = rule(library, replace(asked, collected=wide), item_date, licence, signed)
    assert (
        strict.verdict.strictness
        >= rule(
            library, replace(asked, collected=narrow), item_date, licence, signed
        ).verdict.strictness
    )


@given(libraries(), circumstances, item_dates, licences)
def test_naming_no_role_is_never_laxer_than_naming_one(library, asked, item_date, licence):
    unnamed = rule(library, replace(asked, actor=None), item_date, licence)
    for role in Actor:
        named = rule(library, replace(asked, actor=role), item_date, licence)
        assert unnamed.verdict.strictness >= named.verdict.strictness


@given(libraries(), circumstances, item_dates, licences, st.sampled_from([*INSIDE]), st.booleans())
def test_a_wider_place_never_makes_a_verdict_laxer(
    library, asked, item_date, licence, place, signalled
):
    signals = ("flag",) if signalled else ()
    wider = [None, *(each for each, inner in INSIDE.items() if place in inner)]
    narrow = rule(library, replace(asked, jurisdiction=place), item_date, licence, (), signals)
    for wide in wider:
        strict = rule(library, replace(asked, jurisdiction=wide), item_date, licence, (), signals)
        assert strict.verdict.strictness >= narrow.verdict.strictness


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
            "other-model",
            "yields-to-licence",
            "statute",
        } | {reason.basis for reason in ruling.reasons if reason.lifted_by}


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


@given(libraries(), circumstances, item_dates, licences, st.lists(agreements, max_size=1))
def test_a_claim_makes_a_verdict_stricter_by_a_reservation_alone_and_lifts_nothing_unknown(
    library, asked, item_date, licence, signed
):
    bare = rule(library, replace(asked, claims=()), item_date, licence, signed)
    claimed = rule(library, replace(asked, claims=("law",)), item_date, licence, signed)
    if claimed.verdict.strictness > bare.verdict.strictness:
        assert claimed.basis in {"reserved", "not-seen"}
        (law,) = library.exceptions[0].terms
        assert "no-reservation" in law.conditions
        documents = {t.id: t for t in library.sources[0].terms}
        assert "mining-reserved" in documents[claimed.terms].conditions
    if bare.verdict is Verdict.UNKNOWN:
        assert claimed.verdict.strictness >= Verdict.UNKNOWN.strictness


@given(libraries(), circumstances, item_dates, licences)
def test_saying_what_the_model_is_never_makes_a_verdict_stricter(
    library, asked, item_date, licence
):
    unsaid = rule(library, replace(asked, model=None), item_date, licence)
    said = rule(library, asked, item_date, licence)
    assert said.verdict.strictness <= unsaid.verdict.strictness


@given(libraries(), circumstances, item_dates, licences)
def test_commerce_never_makes_a_verdict_laxer_and_counts_if_unstated(
    library, asked, item_date, licence
):
    def verdict(commercial):
        stated = replace(asked, commercial=commercial)
        return rule(library, stated, item_date, licence).verdict

    assert verdict(True) is verdict(None)
    assert verdict(None).strictness >= verdict(False).strictness


@given(libraries(), circumstances, item_dates, licences)
def test_a_signal_never_makes_a_verdict_laxer(library, asked, item_date, licence):
    without = rule(library, asked, item_date, licence)
    signalled = rule(library, asked, item_date, licence, (), ("flag",))
    assert signalled.verdict.strictness >= without.verdict.strictness


def ending(axis, outcome, days_from_now):
    """Give a document that binds all, with its outcome, and ends some days from now."""
    verdict, basis = outcome
    return replace(
        SHIPPED.sources[0].terms[0],
        id=f"here/{axis}",
        subject="here",
        document=f"here/{axis}",
        period=DateRange(None, TODAY + timedelta(days=days_from_now)),
        time_axis=axis,
        binds=("any",),
        uses=tuple(Purpose),
        jurisdictions=("any",),
        verdict=verdict,
        basis=basis,
        model_scope=ModelScope.ANY,
        conditions=(),
        unseen=None,
        record=Record(),
    )


LATER_ENDS = replace(
    SHIPPED,
    sources=(
        Source(
            "here",
            "Here",
            (),
            (
                ending(TimeAxis.COLLECTION, (Verdict.UNKNOWN, "silence"), 9),
                ending(TimeAxis.CONTENT, (Verdict.PERMITTED, "public-domain"), 3),
            ),
        ),
    ),
)
"""Two documents that end after today, the one on the days of content before the other."""


@example(LATER_ENDS, Circumstances(Purpose.PRETRAINING), None)
@given(libraries(), circumstances, licences)
def test_the_timeline_names_every_day_until_today_once(library, asked, licence):
    stretches = rule(library, asked, None, licence).timeline
    ends = [stretch.collected for stretch in stretches]
    assert ends[0].first is None
    assert ends[-1].until is None or ends[-1].until > TODAY
    assert all(one.until == next_one.first for one, next_one in pairwise(ends))
    for stretch in stretches:
        alone = replace(asked, collected=stretch.collected)
        assert rule(library, alone, None, licence).verdict is stretch.verdict


@pytest.mark.parametrize("library", [SHIPPED], ids=["shipped"])
@given(data=st.data(), asked=circumstances)
def test_every_shipped_ruling_has_a_reason_and_a_remedy(library: Library, data, asked):
    source = data.draw(st.sampled_from([source.id for source in library.sources]))
    item_date = data.draw(st.none() | st.dates(date(2010, 1, 1), date(2026, 12, 31)))
    real = replace(asked, claims=("eu-dsm-art-4",) if asked.claims else ())
    ruling = Judge(library, real).rule(source, item_date).ruling
    assert ruling.why
    assert (ruling.remedy is None) == (ruling.verdict is Verdict.PERMITTED)
    assert ruling.terms is None or any(
        reason.decisive and reason.terms.id == ruling.terms for reason in ruling.reasons
    )


def on(day):
    return DateRange(day, day + timedelta(days=1))


AROUND = {"DE": [None, "EU", "EEA"], "FR": [None, "EU", "EEA"], "EU": [None, "EEA"], "GB": ["UK"]}
PLACES = [None, "EEA", "EU", "DE", "FR", "UK", "GB", "US", "JP", "BR"]
REAL = st.builds(
    Circumstances,
    st.sampled_from(Purpose),
    st.none() | st.dates(date(2010, 1, 1), date(2026, 11, 1)).map(on),
    st.none() | st.sampled_from(Actor),
    st.sampled_from(PLACES),
    st.sampled_from([None, True, False]),
    st.none() | st.sets(st.sampled_from([*ModelScope][1:])).map(lambda kinds: tuple(sorted(kinds))),
    st.sets(st.sampled_from([each.id for each in SHIPPED.exceptions])).map(
        lambda claims: tuple(sorted(claims))
    ),
)
"""Circumstances in the words of the shipped rules."""
SUBJECTS = [each.id for each in (*SHIPPED.sources, *SHIPPED.licences)]
NOW = date(2026, 11, 28)


def rule_on(subjects, asked, item_date, signals):
    judge = Judge(SHIPPED, asked, (), NOW)
    return [judge.rule(subject, item_date, None, signals).ruling for subject in subjects]


real_dates = st.none() | st.dates(date(2010, 1, 1), date(2026, 11, 1))
real_signals = st.sampled_from([(), ("tdmrep",), ("robots-txt",), ("noai",)])


some_subjects = st.integers(0, 31).map(lambda first: SUBJECTS[first::32])
"""One source or licence in 32, from one of the first 32 on."""


@property_test(
    40, 4000, subjects=some_subjects, asked=REAL, item_date=real_dates, signals=real_signals
)
def test_nothing_shipped_is_permitted_on_less_than_verified_evidence(
    subjects, asked, item_date, signals
):
    for ruling in rule_on(subjects, asked, item_date, signals):
        if ruling.verdict is Verdict.PERMITTED:
            decisive = [reason.terms for reason in ruling.reasons if reason.decisive]
            assert decisive
            assert all(terms.confidence.startswith("verified") for terms in decisive)
            assert all(terms.subject_matter is SubjectMatter.CONTENT for terms in decisive)


@property_test(
    15, 1600, subjects=some_subjects, asked=REAL, item_date=real_dates, signals=real_signals
)
def test_a_shipped_verdict_is_never_laxer_where_less_is_known(subjects, asked, item_date, signals):
    narrow = rule_on(subjects, asked, item_date, signals)
    wider = [
        *({name: None} for name in ("collected", "actor", "commercial", "model")),
        *({"jurisdiction": place} for place in AROUND.get(asked.jurisdiction, [None])),
    ]
    for unstated in wider:
        wide = rule_on(subjects, replace(asked, **unstated), item_date, signals)
        for strict, known in zip(wide, narrow, strict=True):
            assert strict.verdict.strictness >= known.verdict.strictness, (unstated, known)
