"""One ruling, for tests that need no more of a judge."""

from datetime import date

from provenance.judge.rulings import Judge
from provenance.model.rules.rule_library import Library
from provenance.model.rules.rulings import Circumstances, Ruling


def judge_content(
    subject: str,
    item_date: date | None,
    licence: str | None,
    circumstances: Circumstances,
    library: Library,
) -> Ruling:
    return Judge(library, circumstances).rule(subject, item_date, licence).ruling
