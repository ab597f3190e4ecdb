"""Transcripts: what was said on a matter, kept, so that no moment is heard twice."""

from dataclasses import replace
from typing import NamedTuple

from provenance.judge.lawbook import Lawbook
from provenance.judge.matters import Matter, Moment
from provenance.judge.statements import Statement
from provenance.model import Actor


class Heard(NamedTuple):
    """What every document that binds says at a moment, and what of it stands."""

    said: tuple[Statement, ...]
    stands: Statement


class Transcript:
    """What was said on one matter: every moment is heard once, whichever item it is asked for.

    Parameters
    ----------
    lawbook : Lawbook
        The rules, and the circumstances.
    matter : Matter
        Whose documents.
    """

    def __init__(self, lawbook: Lawbook, matter: Matter) -> None:
        self.lawbook = lawbook
        self.matter = matter
        self._bare = replace(matter, claimed=())
        self._heard: dict[tuple[Moment, Actor | None, bool], Heard] = {}

    def at(self, moment: Moment, actor: Actor | None, *, claims: bool) -> Heard:
        """Return what is said at a moment, and what of it stands."""
        key = moment, actor, claims
        heard = self._heard.get(key)
        if heard is None:
            matter = self.matter if claims else self._bare
            said = self.lawbook.hear(matter, moment, actor)
            heard = self._heard[key] = Heard(tuple(said), self.lawbook.scale.combine(said))
        return heard
