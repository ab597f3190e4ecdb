"""An organisation's policy: its file, and the options that override it."""

import hashlib
import json
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TypedDict, Unpack

from provenance.errors import PolicyError
from provenance.model import (
    DEFAULT_GATES,
    Actor,
    Agreement,
    Circumstances,
    DateRange,
    Policy,
    Purpose,
    Waiver,
    WaiverReason,
)
from provenance.read.checked import Checked
from provenance.read.datesyntax import collected_of, period_of
from provenance.read.gatesyntax import gates_of, overridden, parse_gate

FILE, PROJECT = "provenance.toml", "pyproject.toml"
CHECK_KEYS = (
    *("purpose", "collected", "actor", "jurisdiction"),
    *("text_columns", "registries", "backgrounds", "calibration"),
)
AGREEMENT_KEYS = ("source", "purposes", "from", "until", "reference")
COVERS = ("source", "documents", "item")
WAIVER_KEYS = (*COVERS, "reason", "statement", "approver", "expires")


class Options(TypedDict, total=False):
    """What the command line may set; None leaves the policy's own."""

    purpose: str | None
    collected: str | None
    actor: str | None
    jurisdiction: str | None
    gates: Sequence[str]
    text_columns: Sequence[str]
    registries: Sequence[str]
    backgrounds: Sequence[str]
    calibration: str | None


def load_policy(path: str | None, folder: Path) -> Policy:
    """Load the policy that holds in a folder.

    Parameters
    ----------
    path : str or None
        The file that was named. None looks for `provenance.toml` in the folder, then for
        `[tool.provenance]` in its `pyproject.toml`, and else takes the defaults.
    folder : Path
        The working directory.

    Raises
    ------
    PolicyError
        If the file is not there, or says something that cannot be meant.
    """
    if path is not None:
        return _load(folder / path, path)
    if (folder / FILE).is_file():
        return _load(folder / FILE, FILE)
    project = folder / PROJECT
    if project.is_file() and _tool_table(_parse(project, PROJECT)) is not None:
        return _load(project, PROJECT)
    return _with_digest(Policy())


def override(policy: Policy, **options: Unpack[Options]) -> Policy:
    """Set what the command line says in place of what the policy says.

    A gate takes the place of the policy's gates for the same source and verdict; other gates
    stay. Columns, registries, backgrounds and a calibration take the place of the policy's.

    Raises
    ------
    PolicyError
        If an option's value is not one it can have.
    """
    circumstances = policy.circumstances
    if (purpose := _option(options.get("purpose"), "--purpose")) is not None:
        circumstances = replace(circumstances, purpose=purpose.one_of(Purpose))
    if (collected := _option(options.get("collected"), "--collected")) is not None:
        circumstances = replace(circumstances, collected=collected_of(collected))
    if (actor := _option(options.get("actor"), "--actor")) is not None:
        circumstances = replace(circumstances, actor=actor.one_of(Actor))
    if (place := _option(options.get("jurisdiction"), "--jurisdiction")) is not None:
        circumstances = replace(circumstances, jurisdiction=place.text())
    gates = [parse_gate(gate) for gate in options.get("gates", ())]
    return _with_digest(
        replace(
            policy,
            circumstances=circumstances,
            gates=overridden(policy.gates, gates),
            text_columns=tuple(options.get("text_columns", ())) or policy.text_columns,
            registries=tuple(options.get("registries", ())) or policy.registries,
            backgrounds=tuple(options.get("backgrounds", ())) or policy.backgrounds,
            calibration=options.get("calibration") or policy.calibration,
        )
    )


def parse_collected(value: object) -> DateRange:
    """Read when the content was collected.

    Parameters
    ----------
    value : str, date or mapping
        A day, month or year ("2023-06-01", "2023-06", "2023"); days from one up to, and without,
        another ("2023-06-01..2023-09-01", either end may be missing); or a table of `from` and
        `until`.

    Raises
    ------
    PolicyError
        If it is none of these.
    """
    return collected_of(Checked(value, "collected", "", PolicyError))


def _option(value: str | None, name: str) -> Checked | None:
    return None if value is None else Checked(value, name, "", PolicyError)


def _load(path: Path, name: str) -> Policy:
    content = _parse(path, name)
    if path.name == PROJECT:
        table = _tool_table(content)
        if table is None:
            raise PolicyError(
                f"{name} has no table [tool.provenance]",
                remedy=f"add it, or write a {FILE} and name that.",
            )
        content = table
    entries = content.table(("check", "gate", "agreements", "waivers"))
    check = entries["check"].table(CHECK_KEYS) if "check" in entries else {}
    gates = gates_of(entries["gate"]) if "gate" in entries else ()
    agreements = entries["agreements"].list() if "agreements" in entries else []
    waivers = entries["waivers"].list() if "waivers" in entries else []
    return _with_digest(
        Policy(
            circumstances=_circumstances(check),
            gates=overridden(DEFAULT_GATES, gates),
            agreements=tuple(_agreement(entry) for entry in agreements),
            waivers=_waivers(waivers),
            text_columns=_texts(check.get("text_columns")),
            registries=_texts(check.get("registries")),
            backgrounds=_texts(check.get("backgrounds")),
            calibration=check["calibration"].text() if "calibration" in check else None,
            path=name,
        )
    )


def _parse(path: Path, name: str) -> Checked:
    try:
        return Checked(tomllib.loads(path.read_text("utf-8")), name, "", PolicyError)
    except FileNotFoundError as error:
        raise PolicyError(
            f"the policy {name} is not there", remedy="name a file that is, with --policy."
        ) from error
    except OSError as error:
        raise PolicyError(
            f"the policy {name} cannot be read: {error.strerror}",
            remedy="name a file that can be read, with --policy.",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(
            f"{name} is not valid TOML: {error}", remedy="correct the place named."
        ) from error


def _tool_table(content: Checked) -> Checked | None:
    tool = content.entries().get("tool")
    return None if tool is None else tool.entries().get("provenance")


def _circumstances(check: dict[str, Checked]) -> Circumstances:
    purpose, collected = check.get("purpose"), check.get("collected")
    actor, jurisdiction = check.get("actor"), check.get("jurisdiction")
    return Circumstances(
        purpose=Purpose.PRETRAINING if purpose is None else purpose.one_of(Purpose),
        collected=None if collected is None else collected_of(collected),
        actor=None if actor is None else actor.one_of(Actor),
        jurisdiction=None if jurisdiction is None else jurisdiction.text(),
    )


def _agreement(entry: Checked) -> Agreement:
    entries = entry.table(AGREEMENT_KEYS, ("source", "purposes", "reference"))
    return Agreement(
        source=entries["source"].text(),
        purposes=tuple(purpose.one_of(Purpose) for purpose in entries["purposes"].list()),
        period=period_of(entry),
        reference=entries["reference"].text(),
    )


def _waivers(waivers: list[Checked]) -> tuple[Waiver, ...]:
    found: dict[str, Waiver] = {}
    for entry in waivers:
        waiver = _waiver(entry)
        if waiver.id in found:
            raise entry.wrong(f"two waivers say {waiver.id!r}", "keep one of them.")
        found[waiver.id] = waiver
    return tuple(found.values())


def _waiver(entry: Checked) -> Waiver:
    entries = entry.table(WAIVER_KEYS, ("reason", "statement", "approver", "expires"))
    covers = {key: entries[key].text() for key in COVERS if key in entries}
    if not covers:
        raise entry.wrong(
            "the waiver covers everything", "name a `source`, `documents` or an `item`."
        )
    return Waiver(
        reason=entries["reason"].one_of(WaiverReason),
        statement=entries["statement"].text(),
        approver=entries["approver"].text(),
        expires=entries["expires"].day(),
        **covers,
    )


def _texts(entry: Checked | None) -> tuple[str, ...]:
    return () if entry is None else tuple(text.text() for text in entry.list())


def _with_digest(policy: Policy) -> Policy:
    # Where a policy was read says nothing of what it says.
    content = asdict(replace(policy, path=None, digest=""))
    canonical = json.dumps(content, sort_keys=True, default=str, separators=(",", ":"))
    return replace(policy, digest=hashlib.sha256(canonical.encode()).hexdigest())
