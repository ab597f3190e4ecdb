"""Parsing of the waivers of a policy: a person's decision, for a time, on facts."""

import re
from datetime import date
from functools import cache
from importlib.resources import files

from provenance.model.rules.policy import COVERS, Waiver, WaiverReason
from provenance.read.policy.validation import UncheckedValue

WAIVER_KEYS = (*COVERS, "reason", "statement", "approver", "expires")
MAX_YEARS = 2
"""Years from now within which a waiver expires."""

_EXCEPTION = re.compile(
    r"fair[\s_-]*(use|dealing)|(statutory|copyright|quotation|research|mining|tdm|article|art\.?)"
    r"[\s_-]*(\d+[\s_-]*)?(exception|limitation)|transformative|de[\s_-]minimis|"
    r"text[\s_-]and[\s_-]data[\s_-]mining|\btdm\b|dsm[\s_-]art|\b(17 )?u\.?s\.?c\.? ?(§ ?)?107\b",
    re.IGNORECASE,
)
_UNDECIDED = re.compile(
    r"\b(whether|undecided|un(settled|clear|certain)|open question|"
    r"not (yet )?(been )?(decided|settled|certain|clear)|might|could|"
    r"(may|would) (be|apply|cover|count))\b",
    re.IGNORECASE,
)
_MAILBOX = re.compile(r"[\w.+-]+(?=@[\w-]+(\.[\w-]+)+)")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")
_WORD = re.compile(r"[^\W\d_]+")


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
    return Waiver(
        reason=_reason(entries["reason"]),
        statement=_statement(entries["statement"]),
        approver=_approver(entries["approver"]),
        expires=_expiry(entries["expires"], today),
        **covers,
    )


def _reason(entry: UncheckedValue) -> WaiverReason:
    if _EXCEPTION.search(entry.text()):
        raise _claims_exception(entry)
    reason = entry.one_of(WaiverReason)
    if reason is WaiverReason.DISPUTED:
        raise entry.wrong(
            "a dispute is no waiver: somebody signs it",
            "write a signed note with `provenance feedback`, and name it under [disputes].",
        )
    return reason


def _statement(entry: UncheckedValue) -> str:
    statement = entry.text()
    if _EXCEPTION.search(statement) and not _UNDECIDED.search(statement):
        raise _claims_exception(entry)
    return statement


def _claims_exception(entry: UncheckedValue) -> Exception:
    return entry.wrong(
        f"{entry.text()!r} takes it as decided that an exception of the law covers the use, which "
        "no waiver can decide",
        "claim the exception under [claims], where the rules know its limits; or, if a named "
        'person accepts the risk, write reason = "risk-accepted" and say that it is not decided.',
    )


def _approver(entry: UncheckedValue) -> str:
    approver = entry.text()
    if not names_person(approver):
        raise entry.wrong(
            f"{approver!r} names no person",
            "write the name and surname of who approved it, or that person's own mailbox: "
            '"Rosa Osei, legal" or "rosa.osei@example.org".',
        )
    return approver


def names_person(text: str) -> bool:
    """Return whether a text has a name and surname, or a mailbox that is not of a role.

    Examples
    --------
    >>> names_person("Rosa Osei, legal"), names_person("r.osei@example.org")
    (True, True)
    >>> names_person("Legal team"), names_person("legal@example.org"), names_person("Rosa")
    (False, False, False)
    """
    mailboxes = [match.group() for match in _MAILBOX.finditer(text)]
    rest = re.sub(r"\S+@\S+", " ", text)
    return (
        any(len(word) > 1 for mailbox in mailboxes for word in _names(mailbox))
        or _UNSPACED.search(rest) is not None
        or (len(names := _names(rest)) > 1 and any(len(name) > 1 for name in names))
    )


def _names(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if word.casefold() not in _role_words()]


@cache
def _role_words() -> frozenset[str]:
    """Return words of roles and groups, which name no person."""
    text = files("provenance.read.policy").joinpath("role_words.txt").read_text("utf-8")
    return frozenset(text.split())


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
