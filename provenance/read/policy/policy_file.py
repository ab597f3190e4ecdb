"""Policies of organisations: loading from a file, and overriding by options."""

import hashlib
import json
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any, TypedDict, Unpack

from provenance.atomic_output import read_file
from provenance.errors import PolicyError
from provenance.model.rules.policy import (
    DEFAULT_GATES,
    MAX_DOCUMENT,
    Policy,
    Waiver,
    WithdrawnRule,
)
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import Actor, Purpose
from provenance.read.columns.string_arrays import replace_surrogates
from provenance.read.policy.date_syntax import parse_collected
from provenance.read.policy.gate_syntax import override_gates, parse_gate, parse_gates
from provenance.read.policy.policy_syntax import (
    CHECK_KEYS,
    parse_agreement,
    parse_chance,
    parse_circumstances,
    parse_collections,
    parse_max_document,
    parse_model,
    parse_origins,
    parse_paths,
    parse_texts,
)
from provenance.read.policy.validation import LEFT_OUT, UncheckedValue
from provenance.read.policy.waiver_syntax import parse_waivers

POLICY_FILE, PROJECT_FILE = "provenance.toml", "pyproject.toml"
POLICY_KEYS = (
    *("check", "gate", "claims", "agreements", "collections", "waivers", "disputes"),
    *("ledger", "trust"),
)


class PolicyOptions(TypedDict, total=False):
    """Settings of the command line; None keeps the value of the policy."""

    purpose: str | None
    collected: str | None
    actor: str | None
    jurisdiction: str | None
    commercial: bool | None
    model: Sequence[str]
    claims: Sequence[str]
    gates: Sequence[str]
    text_columns: Sequence[str]
    registries: Sequence[str]
    backgrounds: Sequence[str]
    common_background: bool | None
    calibration: str | None
    signals: str | None
    max_document: str | int | None
    chance: float | None
    withdrawn: str | None
    withdrawn_key: str | None
    trust: str | None


class OverridingOptions(PolicyOptions, total=False):
    """Settings that take the place of those of a policy, and the items that are in dispute."""

    disputed: Sequence[Waiver]


def load_policy(path: str | None, folder: Path) -> Policy:
    """Load the policy of a folder.

    Parameters
    ----------
    path : str or None
        The file given by the user. None looks for `provenance.toml` in the folder, then for
        `[tool.provenance]` in its `pyproject.toml`, and else takes the defaults.
    folder : Path
        The working directory.

    Raises
    ------
    PolicyError
        If the file is missing or invalid.
    """
    name = _find(path, folder)
    if name is None:
        return _with_digest(Policy())
    return _policy(_tables(_parse(folder / name, name), name), name)


def policy_mistakes(path: str | None, folder: Path) -> tuple[PolicyError, ...]:
    """Return the mistakes in the policy of a folder, none of which follows from another.

    Each is left out when it was found, and the rest is read again. What is said of a table of which
    something was left out, or of a name that was in it, may follow from that.

    Parameters
    ----------
    path, folder
        As for `load_policy`.

    Raises
    ------
    PolicyError
        If the file is missing, or is not TOML.
    """
    if (name := _find(path, folder)) is None:
        return ()
    content = _parse(folder / name, name)
    mistakes, tables, names = list[PolicyError](), set[tuple[str | int, ...]](), set[str]()
    while (error := _first_mistake(content, name)) is not None:
        if not error.steps:
            return (*mistakes, error)
        left_out = _leave_out(content.value, error.steps)
        if error.steps not in tables and not (isinstance(left_out, str) and left_out in names):
            mistakes.append(error)
        tables.add(error.steps[:-1])
        if isinstance(left_out, dict):
            names |= {each for each in left_out.values() if isinstance(each, str)}
    return tuple(mistakes)


def _first_mistake(content: UncheckedValue, name: str) -> PolicyError | None:
    try:
        _policy(_tables(content, name), name)
    except PolicyError as error:
        return error
    return None


def _leave_out(content: Any, steps: Sequence[str | int]) -> object:
    *outer, last = steps
    table = reduce(getitem, outer, content)
    value, table[last] = table[last], LEFT_OUT
    return value


def load_ledger_path(path: str | None, folder: Path) -> str | None:
    """Return where the ledger is, as the policy of a folder says; parameters as `load_policy`.

    It is not part of the policy: it has no effect on results.

    Raises
    ------
    PolicyError
        If the file is missing or invalid.
    """
    name = _find(path, folder)
    return None if name is None else _path_in("ledger", _tables(_parse(folder / name, name), name))


def load_trust_path(path: str | None, folder: Path) -> str | None:
    """Return the trust file that the policy of a folder names; as `load_ledger_path`."""
    name = _find(path, folder)
    return None if name is None else _path_in("trust", _tables(_parse(folder / name, name), name))


@dataclass(frozen=True, slots=True)
class DisputeFiles:
    """Where disputes are, and whose they are.

    Parameters
    ----------
    notes, allowed_signers : Path
        The notes, and those who may sign them.
    owners : tuple of str
        Patterns for the names of signers who are owners of content; all others are one's own side.
    """

    notes: Path
    allowed_signers: Path
    owners: tuple[str, ...] = ()


def load_disputes(path: str | None, folder: Path) -> DisputeFiles | None:
    """Return where disputes are; parameters as `load_policy`.

    Returns
    -------
    DisputeFiles or None
        None if the policy of the folder names none.

    Raises
    ------
    PolicyError
        If the file is missing or invalid.
    """
    name = _find(path, folder)
    return None if name is None else _disputes(_tables(_parse(folder / name, name), name))


def _find(path: str | None, folder: Path) -> str | None:
    """Return the name of the policy file; None if there is none."""
    if path is not None:
        return path
    if (folder / POLICY_FILE).is_file():
        return POLICY_FILE
    project = folder / PROJECT_FILE
    if project.is_file() and _tool_table(_parse(project, PROJECT_FILE)) is not None:
        return PROJECT_FILE
    return None


def override(policy: Policy, **options: Unpack[OverridingOptions]) -> Policy:
    """Override settings of a policy by those of the command line.

    A gate takes the place of the policy's gates for the same source and verdict; other gates
    stay. Columns, registries, backgrounds, a calibration, signals, the limit of a document and the
    accepted chance take the place of the policy's. Items in dispute are added to its waivers.

    Raises
    ------
    PolicyError
        If the value of an option is invalid.
    """
    gates = [parse_gate(gate) for gate in options.get("gates", ())]
    text_columns = tuple(map(replace_surrogates, options.get("text_columns", ())))
    return _with_digest(
        replace(
            policy,
            circumstances=_override_circumstances(policy.circumstances, options),
            gates=override_gates(policy.gates, gates),
            waivers=(*policy.waivers, *options.get("disputed", ())),
            text_columns=text_columns or policy.text_columns,
            registries=tuple(options.get("registries", ())) or policy.registries,
            backgrounds=tuple(options.get("backgrounds", ())) or policy.backgrounds,
            common_background=_choose(
                options.get("common_background"), default=policy.common_background
            ),
            calibration=options.get("calibration") or policy.calibration,
            signals=options.get("signals") or policy.signals,
            max_document=parse_size_option(options.get("max_document"), policy.max_document),
            chance=policy.chance
            if options.get("chance") is None
            else parse_chance(UncheckedValue(options.get("chance"), "--chance", PolicyError)),
            withdrawn=policy.withdrawn
            if (withdrawn := _option(options.get("withdrawn"), "--withdrawn")) is None
            else withdrawn.one_of(WithdrawnRule),
            withdrawn_key=options.get("withdrawn_key") or policy.withdrawn_key,
            trust=options.get("trust") or policy.trust,
        )
    )


def _override_circumstances(circumstances: Circumstances, options: PolicyOptions) -> Circumstances:
    if (purpose := _option(options.get("purpose"), "--purpose")) is not None:
        circumstances = replace(circumstances, purpose=purpose.one_of(Purpose))
    if (collected := _option(options.get("collected"), "--collected")) is not None:
        circumstances = replace(circumstances, collected=parse_collected(collected))
    if (actor := _option(options.get("actor"), "--actor")) is not None:
        circumstances = replace(circumstances, actor=actor.one_of(Actor))
    if (place := _option(options.get("jurisdiction"), "--jurisdiction")) is not None:
        circumstances = replace(circumstances, jurisdiction=place.text())
    if (commercial := options.get("commercial")) is not None:
        circumstances = replace(circumstances, commercial=commercial)
    if model := options.get("model"):
        circumstances = replace(
            circumstances, model=parse_model(UncheckedValue([*model], "--model", PolicyError))
        )
    if claims := options.get("claims"):
        circumstances = replace(circumstances, claims=tuple(dict.fromkeys(claims)))
    return circumstances


def _choose(value: bool | None, *, default: bool) -> bool:
    return default if value is None else value


def parse_day(text: str, option: str = "day") -> date:
    """Parse a day given on the command line, under the name of its option.

    Raises
    ------
    PolicyError
        If it is not a day.
    """
    return UncheckedValue(text, option, PolicyError).day()


def parse_size_option(value: str | int | None, default: int = MAX_DOCUMENT) -> int:
    """Return the size in bytes given to `--max-document`, or the default.

    Raises
    ------
    PolicyError
        If it is not a size.
    """
    size = _option(None if value is None else str(value), "--max-document")
    return default if size is None else parse_max_document(size)


def _option(value: str | None, name: str) -> UncheckedValue | None:
    return None if value is None else UncheckedValue(value, name, PolicyError)


def _tables(content: UncheckedValue, name: str) -> dict[str, UncheckedValue]:
    """Return the tables of a parsed policy file."""
    if Path(name).name == PROJECT_FILE:
        table = _tool_table(content)
        if table is None:
            raise PolicyError(
                f"{name} has no table [tool.provenance]",
                remedy=f"add it, or write a {POLICY_FILE} and give that.",
            )
        content = table
    return content.table(POLICY_KEYS)


def _path_in(table: str, entries: dict[str, UncheckedValue]) -> str | None:
    if table not in entries:
        return None
    return entries[table].table(("path",), ("path",))["path"].file_path()


def _disputes(entries: dict[str, UncheckedValue]) -> DisputeFiles | None:
    if "disputes" not in entries:
        return None
    needed = ("path", "allowed_signers")
    own = entries["disputes"].table((*needed, "owners"), needed)
    notes, signers = (Path(own[name].file_path()) for name in needed)
    return DisputeFiles(notes, signers, parse_texts(own.get("owners")))


def _policy(entries: dict[str, UncheckedValue], name: str) -> Policy:
    _path_in("ledger", entries)
    _disputes(entries)
    check = entries["check"].table(CHECK_KEYS) if "check" in entries else {}
    gates = parse_gates(entries["gate"]) if "gate" in entries else ()
    agreements = entries["agreements"].list() if "agreements" in entries else []
    collections = entries["collections"].list() if "collections" in entries else []
    waivers = entries["waivers"].list() if "waivers" in entries else []
    signed = tuple(parse_agreement(entry) for entry in agreements)
    return _with_digest(
        Policy(
            circumstances=parse_circumstances(check, entries.get("claims")),
            gates=override_gates(DEFAULT_GATES, gates),
            agreements=signed,
            collections=parse_collections(collections, signed),
            waivers=parse_waivers(waivers, datetime.now(UTC).date()),
            text_columns=parse_texts(check.get("text_columns")),
            registries=parse_paths(check.get("registries")),
            backgrounds=parse_paths(check.get("backgrounds")),
            common_background=check["common_background"].truth()
            if "common_background" in check
            else True,
            calibration=check["calibration"].file_path() if "calibration" in check else None,
            signals=check["signals"].file_path() if "signals" in check else None,
            origins=parse_origins(check),
            max_document=parse_max_document(check.get("max_document")),
            chance=parse_chance(check["chance"]) if "chance" in check else 1.0,
            withdrawn=check["withdrawn"].one_of(WithdrawnRule)
            if "withdrawn" in check
            else WithdrawnRule.REPORT,
            withdrawn_key=check["withdrawn_key"].file_path() if "withdrawn_key" in check else None,
            trust=_path_in("trust", entries),
            path=name,
        )
    )


def _parse(path: Path, name: str) -> UncheckedValue:
    try:
        content = read_file(path).decode("utf-8-sig")
        return UncheckedValue(tomllib.loads(content), name, PolicyError)
    except FileNotFoundError as error:
        raise PolicyError(
            f"there is no policy {name}", remedy="give an existing file with --policy."
        ) from error
    except OSError as error:
        raise PolicyError(
            f"the policy {name} cannot be read: {error.strerror}",
            remedy="give a readable file with --policy.",
        ) from error
    except (ValueError, RecursionError) as error:
        raise PolicyError(
            f"{name} is not valid TOML: {error}", remedy="correct it at that line."
        ) from error


def _tool_table(content: UncheckedValue) -> UncheckedValue | None:
    tool = content.entries().get("tool")
    return None if tool is None else tool.entries().get("provenance")


def _with_digest(policy: Policy) -> Policy:
    # The digest covers the content only, not where it was read.
    content = asdict(replace(policy, path=None, digest=""))
    if policy.trust is None:  # as in policies of versions that had no such files
        del content["trust"]
    canonical = json.dumps(content, sort_keys=True, default=str, separators=(",", ":"))
    return replace(policy, digest=hashlib.sha256(canonical.encode()).hexdigest())
