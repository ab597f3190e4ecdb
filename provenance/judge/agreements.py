"""Agreements: what each says about content, by its term, its end, its models and its parties."""

from collections.abc import Iterator
from datetime import date

from provenance.judge.binding_terms import Scenario
from provenance.judge.precedence import AGREEMENT, AGREEMENT_ENDED, AGREEMENT_UNCLEAR, Statement
from provenance.model.rules.policy import Agreement
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import ModelScope, Verdict, possible_models


def statement_of_agreement(
    agreement: Agreement, scenario: Scenario, circumstances: Circumstances, today: date | None
) -> Statement | None:
    """Return what an agreement says about a use from a day on; None if it does not cover it.

    Parameters
    ----------
    agreement : Agreement
        For the source and the purpose.
    scenario : Scenario
        When the content was collected, and the kind of model.
    circumstances : Circumstances
        Who uses the content.
    today : date or None
        The day of the use. If None, it may be any: what ends has ended.
    """
    if not agreement.period.overlaps(scenario.collected) or any(_limits(agreement, circumstances)):
        return None
    ended = agreement.has_ended(today)
    if ended and agreement.deletion:
        return Statement(Verdict.FORBIDDEN, AGREEMENT_ENDED, agreement=agreement)
    if not agreement.covers_model(scenario.model) or (ended and agreement.survives is False):
        return None
    if any(open_questions(agreement, circumstances, today)):
        return Statement(Verdict.UNKNOWN, AGREEMENT_UNCLEAR, agreement=agreement)
    return Statement(Verdict.PERMITTED, AGREEMENT, agreement=agreement)


def open_questions(
    agreement: Agreement, circumstances: Circumstances, today: date | None
) -> Iterator[str]:
    """Yield what the policy does not state of an agreement, and would have to."""
    if agreement.has_ended(today) and agreement.survives is None:
        yield (
            "whether what was collected in its term may be used after its end on "
            f"{agreement.last_day} (`survives`)"
        )
    if circumstances.affiliate and agreement.affiliates is None:
        yield "whether affiliates may use the content (`affiliates`)"


def reasons_not_to_cover(
    agreement: Agreement, circumstances: Circumstances, today: date | None
) -> Iterator[str]:
    """Yield, as predicates, why an agreement does not cover a use, whatever the day of collection.

    Examples
    --------
    "ended on 2024-12-31 and does not survive its end".
    """
    yield from _limits(agreement, circumstances)
    kinds = possible_models(circumstances.model or (), set(ModelScope) - {ModelScope.ANY})
    if not all(map(agreement.covers_model, kinds)):
        yield f"covers {' and '.join(agreement.models or ())} models only"
    if agreement.has_ended(today) and agreement.survives is False:
        yield f"ended on {agreement.last_day} and does not survive its end"


def _limits(agreement: Agreement, circumstances: Circumstances) -> Iterator[str]:
    if circumstances.affiliate and agreement.affiliates is False:
        yield "does not cover affiliates"
