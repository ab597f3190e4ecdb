"""Options that apply to every format."""

from dataclasses import dataclass


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
    """

    excerpts: bool = False
    anchor: str | None = None


DEFAULT_OPTIONS = RenderOptions()
