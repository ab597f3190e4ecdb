"""A waiver is a person's decision, for a time, on facts: everything else is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest

from provenance.errors import PolicyError
from tests.read.policy_texts import WHOLE, written


def waived(folder, **changes):
    values = {
        "reason": "own-content",
        "statement": "our own account",
        "approver": {"given": "Rosa", "family": "Osei"},
        "expires": datetime.now(UTC).date() + timedelta(days=30),
        **changes,
    }
    lines = [f"{key} = {toml(value)}" for key, value in values.items()]
    return written(folder, "\n".join(['[[waivers]]\nsource = "x"', *lines])).waivers[0]


def toml(value) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key} = {toml(each)}' for key, each in value.items())}}}"
    return str(value) if isinstance(value, date) else f'"{value}"'


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
    ("person", "shown"),
    [
        ({"given": "Rosa", "family": "Osei"}, "Rosa Osei"),
        ({"given": "伟", "family": "王", "role": "法务"}, "伟 王, 法务"),
    ],
)
def test_it_names_a_person(tmp_path, person, shown):
    assert waived(tmp_path, approver=person).approver == shown


@pytest.mark.parametrize(
    "nobody", ["legal", "Juristische Abteilung", "Stone & Hill LLP", "legal@example.org", "Rosa O."]
)
def test_a_text_names_no_person(tmp_path, nobody):
    error = refusal(tmp_path, approver=nobody)
    assert error.message.endswith(f"{nobody!r} does not state a person's names")
    assert "given =" in error.remedy


def test_a_person_has_both_names(tmp_path):
    assert "`given` and `family`" in refusal(tmp_path, approver={"family": "Legal"}).message


@pytest.mark.parametrize(
    "claim",
    [
        "This is fair use.",
        "Covered by Article 4 of the DSM directive.",
        "s.29A CDPA applies.",
        "Zulässig nach § 44b UrhG.",
        "著作権法第30条の4により適法。",
    ],
)
def test_a_risk_is_accepted_where_it_is_said_what_is_not_decided(tmp_path, claim):
    error = refusal(tmp_path, statement=claim, reason="risk-accepted")
    assert "'undecided' is missing" in error.message
    assert "[claims]" in error.remedy
    stated = waived(
        tmp_path,
        statement="We accept it.",
        reason="risk-accepted",
        undecided="Whether § 44b covers it",
    )
    assert stated.statement == "We accept it. Undecided: Whether § 44b covers it."


def test_a_licence_has_a_licensor_and_a_place_where_it_is_filed(tmp_path):
    licensed = {"reason": "licensed", "statement": "By contract."}
    for claimed in ("Covered by Article 4.", "Fair use, as counsel confirmed."):
        error = refusal(tmp_path, reason="licensed", statement=claimed)
        assert "'licensor' is missing" in error.message
        assert "[claims]" in error.remedy
    assert "'reference'" in refusal(tmp_path, **licensed, licensor="A. Author").message
    stated = waived(tmp_path, **licensed, licensor="A. Author", reference="contract 3/2025")
    assert stated.statement == "By contract. Licensor: A. Author. Reference: contract 3/2025."


def test_what_belongs_to_another_reason_is_refused(tmp_path):
    error = refusal(tmp_path, undecided="Whether it is fair use")
    assert "the reason own-content states no undecided" in error.message


def test_words_of_the_law_in_a_name_are_no_claim(tmp_path):
    stated = "Fairuse Museum's own posts."
    assert waived(tmp_path, statement=stated).statement == stated


@pytest.mark.parametrize("reason", ["fair-use", "fair use", "statutory-exception", "tdm-exception"])
def test_no_exception_is_its_reason(tmp_path, reason):
    assert "[claims]" in refusal(tmp_path, reason=reason).remedy


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
