"""Syntax of gates: `[SOURCE:]VERDICT[/BASIS][.documents|.tokens|.bytes]=N%`."""

import re
from collections.abc import Iterable

from provenance.errors import PolicyError
from provenance.model.rules.policy import Gate, Unit
from provenance.model.rules.terms import Verdict
from provenance.read.policy.validation import UncheckedValue, format_value

_SHARE = re.compile(r"(\d+(?:\.\d+)?|\.\d+) ?%")
_GRAMMAR = (
    "[SOURCE:]VERDICT[/BASIS][.documents|.tokens|.bytes]=N%, such as x:restricted.documents=5%"
)


def parse_gate(text: str) -> Gate:
    """Parse a gate, as given to `--fail-on`.

    Examples
    --------
    >>> str(parse_gate("x:restricted.documents = 5 %"))
    'x:restricted.documents=5%'

    Raises
    ------
    PolicyError
        If it does not follow the grammar.
    """
    name, equals, share = text.rpartition("=")
    if not equals:
        raise PolicyError(
            f"the gate {format_value(text)} has no share", remedy=f"write it as {_GRAMMAR}."
        )
    return _parse_gate(
        UncheckedValue(name.strip(), f"gate {format_value(text)}", PolicyError), share.strip()
    )


def parse_rate(text: str) -> float:
    """Parse the rate of a sample, as given to `--sample`.

    Examples
    --------
    >>> parse_rate("1%")
    0.01

    Raises
    ------
    PolicyError
        If it is not a share above 0 %.
    """
    match = _SHARE.fullmatch(text.strip())
    if not match or not 0 < float(match[1]) <= 100:
        raise PolicyError(
            f"the sample {format_value(text)} is not a share above 0 % and up to 100 %",
            remedy=f"write it with a percent sign: {_suggestion(text.strip(), least='1%')}.",
        )
    return float(match[1]) / 100


def parse_gates(table: UncheckedValue) -> tuple[Gate, ...]:
    """Parse the table `[gate]`, in which a unit may be a nested key.

    TOML reads `restricted.documents = "5%"` without quotes as a table in a table.
    """
    gates = []
    for key, entry in table.entries().items():
        if isinstance(entry.value, dict):
            units = {f"{key}.{unit}": inner for unit, inner in entry.entries().items()}
            gates += [_parse_gate(inner.part(name), inner.text()) for name, inner in units.items()]
        else:
            gates.append(_parse_gate(entry.part(key), entry.text()))
    return _require_distinct(gates)


def override_gates(gates: Iterable[Gate], overrides: Iterable[Gate]) -> tuple[Gate, ...]:
    """Replace gates with those given for the same source, verdict and basis."""
    overrides = _require_distinct(overrides)
    overridden = {(gate.source, gate.verdict, gate.basis) for gate in overrides}
    kept_gates = (
        gate for gate in gates if (gate.source, gate.verdict, gate.basis) not in overridden
    )
    return (*kept_gates, *overrides)


def _parse_gate(name: UncheckedValue, share: str) -> Gate:
    source, _, verdict_and_unit = name.text().rpartition(":")
    verdict_and_basis, dot, unit = verdict_and_unit.strip().partition(".")
    verdict, slash, basis = verdict_and_basis.partition("/")
    match = _SHARE.fullmatch(share)
    if not match or float(match[1]) > 100:
        raise name.wrong(
            f"{format_value(share)} is not a share from 0 % to 100 %",
            f"write it with a percent sign: {_suggestion(share)}.",
        )
    return Gate(
        verdict=name.part(verdict).one_of(Verdict),
        source=source.strip() or None,
        unit=name.part(unit).one_of(Unit) if dot else Unit.TOKENS,
        limit=float(match[1]) / 100,
        basis=name.part(basis).text() if slash else None,
    )


def _suggestion(share: str, least: str = "0%") -> str:
    try:
        value = float(share)
    except ValueError:
        return '"0.1%"'
    if value == 0:
        return f'"{least}"'
    if 0 < value < 1:
        return f'{share} as a fraction is "{100 * value:.10g}%"'
    return f'"{value:.10g}%"' if 0 <= value <= 100 else '"0.1%"'


def _require_distinct(gates: Iterable[Gate]) -> tuple[Gate, ...]:
    distinct: dict[tuple[object, ...], Gate] = {}
    for gate in gates:
        first = distinct.setdefault((gate.source, gate.verdict, gate.unit, gate.basis), gate)
        if first is not gate:
            raise PolicyError(
                f"two gates are for the same share: {first} and {gate}",
                remedy="keep one of them.",
            )
    return tuple(distinct.values())
