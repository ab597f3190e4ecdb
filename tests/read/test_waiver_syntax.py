"""A waiver is a person's decision, for a time, on facts: everything else is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest

from provenance.errors import PolicyError
from tests.read.policy_texts import WHOLE, written


def waived(folder, **changes):
    values = {
        "reason": "own-content",
        "statement": "our own account",
        "approver": "Rosa Osei",
        "expires": datetime.now(UTC).date() + timedelta(days=30),
        **changes,
    }
    lines = [
        f"{key} = {value}" if isinstance(value, date) else f'{key} = "{value}"'
        for key, value in values.items()
    ]
    return written(folder, "\n".join(['[[waivers]]\nsource = "x"', *lines])).waivers[0]


def refusal(folder, **changes) -> PolicyError:
    with pytest.raises(PolicyError) as caught:
        waived(folder, **changes)
    return caught.value


def test_it_expires_within_two_years(tmp_path):
    today = datetime.now(UTC).date()
    if (today.month, today.day) == (2, 29):
        pytest.skip("two years from this day is no day")
    last = today.replace(year=today.year + 2)
    assert waived(tmp_path, expires=last).expires == last
    assert waived(tmp_path, expires=date(2020, 1, 1)).is_over(today)
    for late in (last + timedelta(days=1), date(2999, 1, 1)):
        error = refusal(tmp_path, expires=late)
        assert f"waivers[0].expires: {late} is more than 2 years from now" in error.message
        assert str(last) in error.remedy


@pytest.mark.parametrize(
    "person",
    [
        "Rosa Osei",
        "Legal, R. Osei",
        "M. Duarte",
        "Dr. Weber",
        "rosa@example.org",
        "Legal <r.osei@example.org>",
        "João da Silva",
        "王伟",
        "김민준, legal",
        "Jean-Luc O'Neill (DPO)",
    ],
)
def test_it_names_a_person(tmp_path, person):
    assert waived(tmp_path, approver=person).approver == person


@pytest.mark.parametrize(
    "nobody",
    [
        "legal",
        "Legal",
        "the team",
        "Legal Team",
        "our lawyers",
        "Data Governance Board",
        "legal@example.org",
        "legal-team@example.org",
        "n/a",
        "TBD",
        "me",
        "Rosa",
        "R. O.",
        "-",
        "CEO",
        "Head of AI",
        "1234",
    ],
)
def test_it_is_refused_if_it_names_none(tmp_path, nobody):
    error = refusal(tmp_path, approver=nobody)
    assert error.message.endswith(f"{nobody!r} names no person")
    assert "name and surname" in error.remedy


@pytest.mark.parametrize(
    "claim",
    [
        "This is fair use.",
        "Training is FAIR-USE, as counsel confirmed.",
        "Covered by fair dealing.",
        "The TDM exception applies.",
        "Text and data mining is allowed by law.",
        "Article 4 exception.",
        "Covered by the quotation exception",
        "Highly transformative.",
        "17 U.S.C. § 107",
    ],
)
def test_it_decides_no_exception_of_the_law(tmp_path, claim):
    for reason in ("risk-accepted", "licensed"):
        error = refusal(tmp_path, statement=claim, reason=reason)
        assert "takes it as decided that an exception of the law covers the use" in error.message
        assert "[claims]" in error.remedy


@pytest.mark.parametrize("reason", ["fair-use", "fair use", "statutory-exception", "tdm-exception"])
def test_no_exception_is_its_reason(tmp_path, reason):
    assert "[claims]" in refusal(tmp_path, reason=reason).remedy


def test_a_risk_may_be_accepted_whose_law_is_open(tmp_path):
    stated = "Whether this is fair use is not decided; we accept the risk until then."
    assert waived(tmp_path, reason="risk-accepted", statement=stated).statement == stated


def test_an_agreement_lasts_until_the_end_of_its_last_day(tmp_path):
    (agreement,) = written(tmp_path, WHOLE).agreements
    assert agreement.last_day == date(2027, 1, 30)
    assert not agreement.has_ended(date(2027, 1, 30))
    assert agreement.has_ended(date(2027, 1, 31))
    one_day = WHOLE.replace("from = 2024-02-01", "from = 2027-01-30")
    assert written(tmp_path, one_day).agreements[0].period.first == date(2027, 1, 30)
    with pytest.raises(PolicyError, match="it ends on 2027-01-30, before it begins on 2027-02-01"):
        written(tmp_path, WHOLE.replace("from = 2024-02-01", "from = 2027-02-01"))


def test_an_agreement_states_its_end_its_models_and_its_parties(tmp_path):
    def agreement(lines):
        text = WHOLE.replace('reference = "contract', f'{lines}\nreference = "contract')
        return written(tmp_path, text).agreements[0]

    bare = agreement("")
    assert (bare.survives, bare.deletion, bare.models, bare.affiliates) == (None,) * 4
    stated = agreement(
        'survives = false\ndeletion = true\nmodels = ["generative", "other"]\naffiliates = false'
    )
    assert (stated.survives, stated.deletion, stated.affiliates) == (False, True, False)
    assert stated.models == ("generative", "other")
    for lines, said in {
        "survives = true\ndeletion = true": "cannot be used after it",
        'survives = "yes"': "survives: 'yes' is neither true",
        'models = ["any"]': "models[0]: 'any'",
        "models = []": "models: it covers no model",
    }.items():
        with pytest.raises(PolicyError) as caught:
            agreement(lines)
        assert said in caught.value.message
    assert written(tmp_path, "[check]\naffiliate = true").circumstances.affiliate is True
