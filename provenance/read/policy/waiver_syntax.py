"""Parsing of the waivers of a policy: a person's decision, for a time, on facts."""

from datetime import date

from provenance.errors import PolicyError
from provenance.model.rules.policy import COVERS, Waiver, WaiverReason
from provenance.read.policy.validation import UncheckedValue, format_value

REASON_KEYS = {
    WaiverReason.LICENSED: ("licensor", "reference"),
    WaiverReason.RISK_ACCEPTED: ("undecided",),
}
"""What a waiver has to state for some reasons."""
WAIVER_KEYS = (
    *(*COVERS, "reason", "statement", "licensor", "reference", "undecided"),
    *("approver", "expires"),
)
MAX_YEARS = 2
"""Years from now within which a waiver expires."""


def parse_waivers(waivers: list[UncheckedValue], today: date) -> tuple[Waiver, ...]:
    """Parse all `[[waivers]]`; `today` limits how late they may expire."""
    waivers_by_id: dict[str, Waiver] = {}
    for entry in waivers:
        waiver = _waiver(entry, today)
        if waiver.id in waivers_by_id:
            raise entry.wrong(f"two waivers have the id {waiver.id!r}", "keep one of them.")
        waivers_by_id[waiver.id] = waiver
    return tuple(waivers_by_id.values())


def _waiver(entry: UncheckedValue, today: date) -> Waiver:
    entries = entry.table(WAIVER_KEYS, ("reason", "statement", "approver", "expires"))
    covers = {key: entries[key].text() for key in COVERS if key in entries}
    if not covers:
        raise entry.wrong(
            "the waiver covers everything", f"name at least one of: {', '.join(COVERS)}."
        )
    reason = _reason(entries["reason"])
    return Waiver(
        reason=reason,
        statement=_statement(entry, entries, reason),
        approver=_approver(entries["approver"]),
        expires=_expiry(entries["expires"], today),
        **covers,
    )


def _reason(entry: UncheckedValue) -> WaiverReason:
    try:
        reason = entry.one_of(WaiverReason)
    except PolicyError as error:
        note = "An exception of the law is no reason: claim it under [claims]."
        raise PolicyError(error.message, remedy=f"{error.remedy} {note}") from error
    if reason is WaiverReason.DISPUTED:
        raise entry.wrong(
            "a dispute is no waiver: somebody signs it",
            "write a signed note with `provenance feedback`, and name it under [disputes].",
        )
    return reason


def _statement(
    waiver: UncheckedValue, entries: dict[str, UncheckedValue], reason: WaiverReason
) -> str:
    """Return the statement with what the reason requires: "Ours. Licensor: A. Reference: B."."""
    wanted = REASON_KEYS.get(reason, ())
    for key in {key for keys in REASON_KEYS.values() for key in keys}.intersection(entries):
        if key not in wanted:
            raise entries[key].wrong(
                f"a waiver for the reason {reason} states no {key}", "remove it."
            )
    missing = [key for key in wanted if key not in entries]
    if missing:
        raise waiver.wrong(f"{missing[0]!r} is missing", _REMEDIES[reason])
    stated = [f"{key.capitalize()}: {entries[key].text()}" for key in wanted]
    return " ".join(
        f"{each.rstrip('.')}." if stated else each
        for each in (entries["statement"].text(), *stated)
    )


_REMEDIES = {
    WaiverReason.LICENSED: (
        "state who granted the licence (`licensor`) and where it is filed (`reference`). If an "
        "exception of the law is meant, which no waiver can decide, claim it under [claims]."
    ),
    WaiverReason.RISK_ACCEPTED: (
        "state what is not decided, as that is the risk: "
        'undecided = "Whether Article 4 covers this use". If an exception of the law is meant, you '
        "can claim it under [claims], where the rules know its limits."
    ),
}


def _approver(entry: UncheckedValue) -> str:
    """Return a person: "Rosa Osei, legal"."""
    remedy = 'write: approver = {given = "Rosa", family = "Osei", role = "legal"}.'
    if isinstance(entry.value, str):
        raise entry.wrong(f"{format_value(entry.value)} does not state a person's names", remedy)
    entries = entry.table(("given", "family", "role"))
    names = [entries[key].text() for key in ("given", "family") if key in entries]
    if len(names) < len(("given", "family")):
        raise entry.wrong("a person is named by `given` and `family`", remedy)
    role = f", {entries['role'].text()}" if "role" in entries else ""
    return f"{' '.join(names)}{role}"


def _expiry(entry: UncheckedValue, today: date) -> date:
    expires = entry.day()
    # The 28th exists in every month and year.
    latest = today.replace(year=today.year + MAX_YEARS, day=min(today.day, 28))
    latest = date.fromordinal(latest.toordinal() + today.day - latest.day)
    if expires > latest:
        raise entry.wrong(
            f"{expires} is more than {MAX_YEARS} years from now, {today}",
            f"set a day until {latest}, and have it approved again then.",
        )
    return expires
