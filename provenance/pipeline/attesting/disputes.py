"""Disputes: signed notes on items that no gate counts until they are settled, or lapse."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import InputError, SignatureInvalid
from provenance.model.json_encoding import from_json_value, to_json_value
from provenance.model.records.signed_statements import FeedbackClaim, FeedbackNote
from provenance.model.rules.policy import Waiver, WaiverReason
from provenance.pipeline.attesting.attestations import read_statements, read_trust
from provenance.read.policy.policy_file import load_disputes
from provenance.report.files import result_json
from provenance.report.files.report_reader import read_verified_report
from provenance.signing.envelopes import Signer, Trust, sign_statement, verify_statement
from provenance.signing.keys import PrivateKey
from provenance.signing.statements import Namespace, Statement, Subject

FEEDBACK: Final = "urn:provenance:feedback:v1"
"""Type of the predicate of a note."""

DISPUTE_DAYS: Final = 90
"""Days for which a dispute of one's own side counts, with that of the note."""

_Item: TypeAlias = tuple[str, str]
_MAX_REASON: Final = 1000
"""Longest reason in characters: a sentence or two, not a text."""


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A verified note.

    Parameters
    ----------
    note : FeedbackNote
        The note.
    signers : tuple of Signer
        Who signed it.
    report : str
        SHA-256 of result.json of the report that it is about.
    """

    note: FeedbackNote
    signers: tuple[Signer, ...]
    report: str


@dataclass(frozen=True, slots=True)
class ItemChoice:
    """Choice of an item of a report, by a finding or by its id.

    Parameters
    ----------
    finding : int or None
        Number of a finding: its row in findings.parquet, from 1.
    item, source : str or None
        Id of the item, and its source, which is needed where several sources have the id.
    """

    finding: int | None = None
    item: str | None = None
    source: str | None = None


def write_note(
    folder: Path,
    key: PrivateKey,
    choice: ItemChoice,
    claim: FeedbackClaim | None,
    reason: str,
    on: date,
) -> bytes:
    """Return a signed note on an item of a report, as one line.

    Parameters
    ----------
    folder : Path
        Folder of the report, whose files are verified first.
    key : PrivateKey
        Signs.
    choice : ItemChoice
        The item.
    claim, reason, on
        As in `FeedbackNote`.

    Raises
    ------
    ProvenanceError
        If the report was changed or does not have the item, or the reason is empty or too long.
    """
    report, digests = read_verified_report(folder)
    if not reason.strip() or len(reason) > _MAX_REASON:
        raise InputError(
            f"the reason has {len(reason.strip()):,} characters",
            remedy=f"write from 1 to {_MAX_REASON:,}: why, without the text itself",
        )
    source, item = _choose_item(report.findings, choice)
    note = FeedbackNote(source, item, claim, reason.strip(), on)
    subject = Subject(result_json.FILE_NAME, digests[result_json.FILE_NAME])
    return sign_statement(Statement((subject,), FEEDBACK, to_json_value(note)), key)


def verify_note(content: bytes, where: str, trust: Trust) -> SignedNote:
    """Verify a note.

    Raises
    ------
    SignatureInvalid
        If it was changed, or nobody who is trusted signed it.
    """
    signed = verify_statement(content, where, trust, Namespace.FEEDBACK, [FEEDBACK])
    try:
        note = from_json_value(FeedbackNote, signed.statement.predicate)
    except (ValueError, TypeError, KeyError) as error:
        raise SignatureInvalid(
            f"{where}: it is validly signed, but not a note of this version: {error}",
            remedy="read it with the version that wrote it",
        ) from error
    return SignedNote(note, signed.signers, signed.statement.subjects[0].sha256)


def policy_disputes(policy: str | None) -> tuple[Waiver, ...]:
    """Return the items in dispute, as waivers.

    Parameters
    ----------
    policy : str or None
        The policy file, which names the notes and who may sign them; None searches for it.

    Raises
    ------
    ProvenanceError
        If a note is not validly signed by somebody who may, or is dated in the future.
    """
    named = load_disputes(policy, Path.cwd())
    if named is None:
        return ()
    trust = read_trust((), named.allowed_signers)
    if named.notes.is_file() and not named.notes.stat().st_size:
        return ()  # no note yet
    notes = (verify_note(content, where, trust) for where, content in read_statements(named.notes))
    return open_disputes(notes, datetime.now(UTC).date(), named.owners)


def open_disputes(
    notes: Iterable[SignedNote], today: date, owners: Sequence[str] = ()
) -> tuple[Waiver, ...]:
    """Return the items that notes dispute and that no later note settles, as waivers.

    Parameters
    ----------
    notes : iterable of SignedNote
        In order: a note that settles ends what was written before it.
    today : date
        No note is dated later, apart from a day by time zones.
    owners : sequence of str
        Patterns for the names of owners of content, whose disputes last until they are settled.
        Those of one's own side lapse `DISPUTE_DAYS` after the first on the item, settled or not.

    Raises
    ------
    InputError
        If a note is dated in the future.
    """
    disputed: dict[_Item, list[SignedNote]] = {}
    first_days: dict[_Item, date] = {}
    for each in notes:
        item, on = (each.note.source, each.note.item), each.note.on
        if on > today + timedelta(days=1):
            raise InputError(
                f"the note on item {item[1]} of {item[0]} is dated {on}, and today is {today}",
                remedy="have it signed again with the day on which it is written",
            )
        if each.note.claim is None:
            disputed.pop(item, None)
            continue
        disputed.setdefault(item, []).append(each)
        if not _is_by_owner(each, owners):
            first_days[item] = min(on, first_days.get(item, on))
    return tuple(
        Waiver(
            reason=WaiverReason.DISPUTED,
            statement=" ".join(f"{each.note.claim}: {each.note.reason}" for each in own),
            approver=", ".join(dict.fromkeys(one.name for each in own for one in each.signers)),
            expires=None
            if any(_is_by_owner(each, owners) for each in own)
            else first_days[item] + timedelta(days=DISPUTE_DAYS),
            source=item[0],
            item=item[1],
        )
        for item, own in sorted(disputed.items())
    )


def _is_by_owner(note: SignedNote, owners: Sequence[str]) -> bool:
    names = [name.strip() for signer in note.signers for name in signer.name.split(",")]
    return any(fnmatchcase(name, owner) for name in names for owner in owners)


def _choose_item(findings: pa.Table, choice: ItemChoice) -> tuple[str, str]:
    """Return source and id of an item that a report has."""
    if choice.finding is not None:
        if not 1 <= choice.finding <= len(findings):
            raise InputError(
                f"there is no finding {choice.finding}: the report has {len(findings):,}",
                remedy="findings are numbered from 1, in the order of findings.parquet",
            )
        row = findings.slice(choice.finding - 1, 1).select(["source", "item"]).to_pylist()[0]
        if row["item"] is None:
            raise InputError(
                f"finding {choice.finding} names only a source, {row['source']}, and no item",
                remedy="write a waiver in the policy instead",
            )
        return row["source"], row["item"]
    own = findings.filter(pc.fill_null(pc.equal(findings["item"], choice.item), False))
    sources = sorted(set(own["source"].to_pylist()))
    if choice.source is not None:
        sources = [source for source in sources if source == choice.source]
    if not sources:
        of_source = "" if choice.source is None else f" of {choice.source}"
        raise InputError(
            f"the report has no finding of the item {choice.item!r}{of_source}",
            remedy="name an id of the column `item` of its findings, or give --finding",
        )
    if len(sources) > 1:
        raise InputError(
            f"the item {choice.item!r} is one of {' and of '.join(sources)}",
            remedy="say which, with --source",
        )
    return sources[0], str(choice.item)
