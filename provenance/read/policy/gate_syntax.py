"""Gates as people write them: `[SOURCE:]VERDICT[/BASIS][.documents|.tokens|.bytes]=N%`."""

import re
from collections.abc import Iterable

from provenance.errors import PolicyError
from provenance.model import Gate, Unit, Verdict
from provenance.read.policy.validation import Checked, shown

_SHARE = re.compile(r"(\d+(?:\.\d+)?|\.\d+) ?%")
_GRAMMAR = (
    "[SOURCE:]VERDICT[/BASIS][.documents|.tokens|.bytes]=N%, such as x:restricted.documents=5%"
)


def parse_gate(text: str) -> Gate:
    """Read one gate, as `--fail-on` is given it.

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
            f"the gate {shown(text)} names no share", remedy=f"write it as {_GRAMMAR}."
        )
    return _gate(Checked(name.strip(), f"gate {shown(text)}", "", PolicyError), share.strip())


def parse_rate(text: str) -> float:
    """Read what part of a corpus is looked at, as `--sample` is given it.

    Examples
    --------
    >>> parse_rate("1%")
    0.01

    Raises
    ------
    PolicyError
        If it is no share above 0 %.
    """
    found = _SHARE.fullmatch(text.strip())
    if not found or not 0 < float(found[1]) <= 100:
        raise PolicyError(
            f"the sample {shown(text)} is not a share above 0 % and up to 100 %",
            remedy=f"write it with a percent sign: {_meant(text.strip())}.",
        )
    return float(found[1]) / 100


def gates_of(table: Checked) -> tuple[Gate, ...]:
    """Read the table `[gate]`, in which a unit may also be a key of its own.

    TOML takes `restricted.documents = "5%"` without quotes for a table in a table.
    """
    gates = []
    for key, entry in table.entries().items():
        if isinstance(entry.value, dict):
            units = {f"{key}.{unit}": inner for unit, inner in entry.entries().items()}
            gates += [_gate(inner.part(name), inner.text()) for name, inner in units.items()]
        else:
            gates.append(_gate(entry.part(key), entry.text()))
    return _distinct(gates)


def overridden(gates: Iterable[Gate], given: Iterable[Gate]) -> tuple[Gate, ...]:
    """Let given gates take the place of those for the same source, verdict and basis."""
    given = _distinct(given)
    named = {(gate.source, gate.verdict, gate.basis) for gate in given}
    kept = (gate for gate in gates if (gate.source, gate.verdict, gate.basis) not in named)
    return (*kept, *given)


def _gate(name: Checked, share: str) -> Gate:
    source, _, rest = name.text().rpartition(":")
    said, dot, unit = rest.strip().partition(".")
    verdict, slash, basis = said.partition("/")
    found = _SHARE.fullmatch(share)
    if not found or float(found[1]) > 100:
        raise name.wrong(
            f"{shown(share)} is not a share from 0 % to 100 %",
            f"write it with a percent sign: {_meant(share)}.",
        )
    return Gate(
        verdict=name.part(verdict).one_of(Verdict),
        source=source.strip() or None,
        unit=name.part(unit).one_of(Unit) if dot else Unit.TOKENS,
        limit=float(found[1]) / 100,
        basis=name.part(basis).text() if slash else None,
    )


def _meant(share: str) -> str:
    try:
        value = float(share)
    except ValueError:
        return '"0.1%"'
    if 0 < value < 1:
        return f'{share} as a fraction is "{100 * value:.10g}%"'
    return f'"{value:.10g}%"' if 0 <= value <= 100 else '"0.1%"'


def _distinct(gates: Iterable[Gate]) -> tuple[Gate, ...]:
    found: dict[tuple[object, ...], Gate] = {}
    for gate in gates:
        first = found.setdefault((gate.source, gate.verdict, gate.unit, gate.basis), gate)
        if first is not gate:
            raise PolicyError(
                f"two gates are for the same share: {first} and {gate}",
                remedy="keep one of them.",
            )
    return tuple(found.values())
