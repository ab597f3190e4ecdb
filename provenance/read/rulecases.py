"""The cases at the end of a rule file."""

from provenance.judge import Case
from provenance.model import Actor, Circumstances, Purpose, Verdict
from provenance.read.checked import Checked
from provenance.read.datesyntax import collected_of

CASE_KEYS = (
    *("purpose", "published", "collected", "actor", "jurisdiction", "licence"),
    *("verdict", "basis", "terms"),
)


def parse_cases(root: Checked) -> tuple[Case, ...]:
    """Read what a source's or licence's file says that it finds, and what it lets pass."""
    entries = root.entries()
    subject = entries["id"].text()
    groups = entries["cases"].table(("finds", "passes"))
    cases = [
        (kind, entry, _case(entry, subject)) for kind, g in groups.items() for entry in g.list()
    ]
    if not cases:
        raise entries["cases"].wrong("there is no case", "add one to `finds` or to `passes`.")
    for kind, entry, case in cases:
        if (kind == "finds") is not (case.verdict is Verdict.FORBIDDEN):
            raise entry.wrong(
                f"a case in {kind!r} gives {case.verdict}",
                "`finds` holds what is forbidden, `passes` everything else.",
            )
    return tuple(case for _, _, case in cases)


def _case(entry: Checked, subject: str) -> Case:
    entries = entry.table(CASE_KEYS, ("purpose", "verdict"))
    published, licence = entries.get("published"), entries.get("licence")
    collected, actor = entries.get("collected"), entries.get("actor")
    jurisdiction = entries.get("jurisdiction")
    circumstances = Circumstances(
        purpose=entries["purpose"].one_of(Purpose),
        collected=None if collected is None else collected_of(collected),
        actor=None if actor is None else actor.one_of(Actor),
        jurisdiction=None if jurisdiction is None else jurisdiction.text(),
    )
    return Case(
        place=f"{entry.file}: {entry.path}",
        subject=subject,
        item_date=None if published is None else published.day(),
        licence=None if licence is None else licence.text(),
        circumstances=circumstances,
        verdict=entries["verdict"].one_of(Verdict),
        basis=entries["basis"].text() if "basis" in entries else None,
        terms=entries["terms"].text() if "terms" in entries else None,
    )
