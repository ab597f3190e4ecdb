"""An organisation's policy: its file, and the options that override it."""

import hashlib
import json
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TypedDict, Unpack

from provenance.atomic_output import read_any
from provenance.errors import PolicyError
from provenance.model import DEFAULT_GATES, MAX_DOCUMENT, Actor, Circumstances, Policy, Purpose
from provenance.read.columns.string_arrays import replace_surrogates
from provenance.read.policy.date_syntax import collected_of
from provenance.read.policy.gate_syntax import gates_of, overridden, parse_gate
from provenance.read.policy.policy_syntax import (
    CHECK_KEYS,
    parse_agreement,
    parse_circumstances,
    parse_max_document,
    parse_model,
    parse_waivers,
    paths,
    texts,
)
from provenance.read.policy.validation import Checked

FILE, PROJECT = "provenance.toml", "pyproject.toml"
KEYS = ("check", "gate", "claims", "agreements", "waivers")


class Options(TypedDict, total=False):
    """What the command line may set; None leaves the policy's own."""

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
    calibration: str | None
    signals: str | None
    max_document: str | None


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
    stay. Columns, registries, backgrounds, a calibration, signals and the limit of a document take
    the place of the policy's.

    Raises
    ------
    PolicyError
        If an option's value is not one it can have.
    """
    gates = [parse_gate(gate) for gate in options.get("gates", ())]
    named = tuple(map(replace_surrogates, options.get("text_columns", ())))
    return _with_digest(
        replace(
            policy,
            circumstances=_overridden(policy.circumstances, options),
            gates=overridden(policy.gates, gates),
            text_columns=named or policy.text_columns,
            registries=tuple(options.get("registries", ())) or policy.registries,
            backgrounds=tuple(options.get("backgrounds", ())) or policy.backgrounds,
            calibration=options.get("calibration") or policy.calibration,
            signals=options.get("signals") or policy.signals,
            max_document=size_option(options.get("max_document"), policy.max_document),
        )
    )


def _overridden(asked: Circumstances, options: Options) -> Circumstances:
    if (purpose := _option(options.get("purpose"), "--purpose")) is not None:
        asked = replace(asked, purpose=purpose.one_of(Purpose))
    if (collected := _option(options.get("collected"), "--collected")) is not None:
        asked = replace(asked, collected=collected_of(collected))
    if (actor := _option(options.get("actor"), "--actor")) is not None:
        asked = replace(asked, actor=actor.one_of(Actor))
    if (place := _option(options.get("jurisdiction"), "--jurisdiction")) is not None:
        asked = replace(asked, jurisdiction=place.text())
    if (commercial := options.get("commercial")) is not None:
        asked = replace(asked, commercial=commercial)
    if model := options.get("model"):
        asked = replace(asked, model=parse_model(Checked([*model], "--model", "", PolicyError)))
    if claims := options.get("claims"):
        asked = replace(asked, claims=tuple(dict.fromkeys(claims)))
    return asked


def parse_day(text: str) -> date:
    """Read a day as the command line gives it.

    Raises
    ------
    PolicyError
        If it is none.
    """
    return Checked(text, "day", "", PolicyError).day()


def size_option(value: str | None, default: int = MAX_DOCUMENT) -> int:
    """Return the bytes that `--max-document` names, or the default.

    Raises
    ------
    PolicyError
        If it names none.
    """
    size = _option(value, "--max-document")
    return default if size is None else parse_max_document(size)


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
    entries = content.table(KEYS)
    check = entries["check"].table(CHECK_KEYS) if "check" in entries else {}
    gates = gates_of(entries["gate"]) if "gate" in entries else ()
    agreements = entries["agreements"].list() if "agreements" in entries else []
    waivers = entries["waivers"].list() if "waivers" in entries else []
    return _with_digest(
        Policy(
            circumstances=parse_circumstances(check, entries.get("claims")),
            gates=overridden(DEFAULT_GATES, gates),
            agreements=tuple(parse_agreement(entry) for entry in agreements),
            waivers=parse_waivers(waivers),
            text_columns=texts(check.get("text_columns")),
            registries=paths(check.get("registries")),
            backgrounds=paths(check.get("backgrounds")),
            calibration=check["calibration"].file_path() if "calibration" in check else None,
            signals=check["signals"].file_path() if "signals" in check else None,
            max_document=parse_max_document(check.get("max_document")),
            path=name,
        )
    )


def _parse(path: Path, name: str) -> Checked:
    try:
        content = read_any(path).decode("utf-8-sig")
        return Checked(tomllib.loads(content), name, "", PolicyError)
    except FileNotFoundError as error:
        raise PolicyError(
            f"the policy {name} is not there", remedy="name a file that is, with --policy."
        ) from error
    except OSError as error:
        raise PolicyError(
            f"the policy {name} cannot be read: {error.strerror}",
            remedy="name a file that can be read, with --policy.",
        ) from error
    except (ValueError, RecursionError) as error:
        raise PolicyError(
            f"{name} is not valid TOML: {error}", remedy="correct the place named."
        ) from error


def _tool_table(content: Checked) -> Checked | None:
    tool = content.entries().get("tool")
    return None if tool is None else tool.entries().get("provenance")


def _with_digest(policy: Policy) -> Policy:
    # Where a policy was read says nothing of what it says.
    content = asdict(replace(policy, path=None, digest=""))
    canonical = json.dumps(content, sort_keys=True, default=str, separators=(",", ":"))
    return replace(policy, digest=hashlib.sha256(canonical.encode()).hexdigest())
