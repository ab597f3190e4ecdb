"""Options that apply to every format."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """Options for rendering a report in any format.

    Parameters
    ----------
    excerpts : bool
        Whether formats that are made to be shared contain excerpts of the corpus and of items.
    anchor : str or None
        Small tracked file, optionally with a line ("data.dvc:3"), at which formats for code
        review show findings; None uses the policy's file.
    authors : mapping
        Names of authors for the attribution list, by source, id and address of their items.
    """

    excerpts: bool = False
    anchor: str | None = None
    authors: Mapping[tuple[str, str, str], str] = field(default_factory=dict)


DEFAULT_OPTIONS = RenderOptions()
