"""What the rules call a source, a licence or a signal, whatever somebody calls it."""

from difflib import get_close_matches

from provenance.judge.hosts import SourceHosts
from provenance.judge.licences import aliases, folded
from provenance.model import Library

_NEAR = 0.75
"""How alike a name must be to be the one that is meant, as `difflib` measures it."""


class Names:
    """All names that the rules know.

    Parameters
    ----------
    library : Library
        Gives them.
    """

    def __init__(self, library: Library) -> None:
        self._hosts = SourceHosts(library)
        self._ids = {
            **{signal.id: signal.id for signal in library.signals},
            **{name: licence.id for name, licence in aliases(library.licences).items()},
            **{folded(n): s.id for s in library.sources for n in (*s.aliases, s.id)},
        }

    def doubt(self, name: str) -> str | None:
        """Say in words that a name is not what the rules call anything, if it is not.

        A name of one's own is fine, but a misspelt one makes forbidden content unknown, and a
        second name of a source gives it a second line in reports.
        """
        known = self._ids.get(folded(name))
        if known is not None:
            return None if known == name else f"the rules call {name!r} {known!r}: name it so"
        owner = self._hosts.source_of(name)
        near = [owner] if owner else get_close_matches(folded(name), self._ids, 1, _NEAR)
        meant = f"; did you mean {self._ids.get(near[0], near[0])!r}?" if near else ""
        return f"the rules know no source {name!r}, and leave it unknown{meant}"
