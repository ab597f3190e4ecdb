"""How a report is told, where its result leaves that open."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Manner:
    """What a reader asks of any format.

    Parameters
    ----------
    excerpts : bool
        Whether words of others, from the corpus and the items, may leave the machine.
    anchor : str or None
        The small tracked file, with a line where one is known ("data.dvc:3"), that findings are
        shown at where a format needs a place in the repository; None takes the policy's file.
    """

    excerpts: bool = False
    anchor: str | None = None


PLAIN = Manner()
"""Nothing was asked."""
