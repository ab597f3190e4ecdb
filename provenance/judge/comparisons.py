"""Two law books held against each other."""

from dataclasses import dataclass, fields

from provenance.judge.selections import entries
from provenance.model import Library, Terms


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one statement.

    Parameters
    ----------
    terms : str
        Its id.
    old, new : Terms or None
        None where it was added, or removed.
    parts : tuple of str
        Which of its fields changed.
    """

    terms: str
    old: Terms | None
    new: Terms | None
    parts: tuple[str, ...] = ()


def changes_between(old: Library, new: Library) -> tuple[Change, ...]:
    """Return every statement that was added, removed or changed, in order of their ids."""
    before, after = _statements(old), _statements(new)
    return tuple(
        Change(name, before.get(name), after.get(name), _parts(before.get(name), after.get(name)))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    )


def _statements(library: Library) -> dict[str, Terms]:
    return {t.id: t for every in entries(library).values() for entry in every for t in entry.terms}


def _parts(old: Terms | None, new: Terms | None) -> tuple[str, ...]:
    if old is None or new is None:
        return ()
    names = (part.name for part in fields(Terms))
    return tuple(name for name in names if getattr(old, name) != getattr(new, name))
