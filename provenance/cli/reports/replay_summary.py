"""Lines of the terminal on repeated checks."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from provenance.report.terminal.terminal_style import TerminalStyle
from provenance.report.text.number_format import count

if TYPE_CHECKING:
    from provenance.pipeline.attesting.report_replay import Replay

_DIGITS = 12


def replay_lines(replay: "Replay", style: TerminalStyle) -> Iterator[str]:
    """Yield lines on a repeated check, compared with its report."""
    if replay.is_same:
        yield "Reproduced: the same check gives the same result and findings"
        yield from style.wrap(_bytes(replay), "  ")
        return
    yield "NOT reproduced: the same check gives another result now"
    for each in replay.inputs:
        yield f"  Changed: {each.name}, {_digest(each.before)} then, {_digest(each.now)} now"
    if not replay.inputs:
        yield from style.wrap(f"No recorded input was changed.{_unrecorded(replay)}", "  ")
    if not replay.same_findings:
        yield (
            f"  Findings: {count(replay.new, 'new finding')}, {replay.gone:,} gone, of "
            f"{replay.result.findings:,}"
        )
    if replay.fields:
        yield from style.wrap(f"Differs in result.json: {', '.join(replay.fields)}", "  ")


def _bytes(replay: "Replay") -> str:
    if not replay.files:
        return "Every file is the same, byte for byte."
    names = ", ".join(replay.files)
    return (
        f"The content is the same, but not the bytes of {names}: another version of a library "
        "wrote them, or they were edited."
    )


def _unrecorded(replay: "Replay") -> str:
    """Return which inputs, of which a report has no digest, may have changed."""
    policy = replay.result.policy
    unrecorded = [
        name
        for name, is_used in (
            ("the captured signals", policy.signals is not None),
            ("the key of withdrawn texts", policy.withdrawn_key is not None),
        )
        if is_used
    ]
    if not unrecorded:
        return " The report was edited, or libraries have other versions."
    return f" A report has no digest of {' and '.join(unrecorded)}: they may have changed."


def _digest(text: str | None) -> str:
    if text is None:
        return "none"
    return f"{text[:_DIGITS]}…" if len(text) > _DIGITS else text
