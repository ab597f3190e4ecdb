"""Changes from one corpus, or report, to another."""

from dataclasses import dataclass

import pyarrow as pa

from provenance.model.shares import Share
from provenance.model.tables import Unread
from provenance.model.terms import Verdict

CHANGES_SCHEMA = "provenance/changes/1"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two.

    Parameters
    ----------
    name : str
        As given.
    digest : str
        Of the corpus.
    documents, tokens : int
        How many.
    status : str
        As of its result.
    unread : tuple of Unread
        What could not be read of it.
    """

    name: str
    digest: str
    documents: int
    tokens: int
    status: str
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentChanges:
    """How the documents of two corpora differ.

    A document that has an id is the one of that id; one that has none is what it says.

    Parameters
    ----------
    added, removed, changed, same : int
        How many; a changed document has the id, or the place, of another text.
    examples : tuple of (str, str)
        Some that differ: how ("added", "removed", "changed"), and which.
    """

    added: int
    removed: int
    changed: int
    same: int
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ShareMove:
    """A share that changed; None on the side that did not measure it.

    Parameters
    ----------
    by, key : str
        As in `Share`.
    verdict : Verdict or None
        In the later report, or else the earlier.
    old, new : Share or None
        The shares.
    """

    by: str
    key: str
    verdict: Verdict | None
    old: Share | None
    new: Share | None


@dataclass(frozen=True, slots=True)
class Worse:
    """A gate that the later corpus fails, while the earlier one passed it or failed by less.

    Parameters
    ----------
    gate : str
        In the syntax of `--fail-on`.
    old : float or None
        The gate's share before; None if it was not evaluated then.
    new : float
        The gate's share.
    """

    gate: str
    old: float | None
    new: float


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed.

    Parameters
    ----------
    tool : str
        Version of `provenance`.
    old, new : Side
        What was compared.
    documents : DocumentChanges or None
        None where one of them is a report, which names no document without a finding.
    shares : tuple of ShareMove
        By verdict and by source: those that moved.
    appeared, vanished : pyarrow.Table
        Findings that only the one has, of schema `FINDINGS`.
    kept : int
        Findings that both have.
    worse : tuple of Worse
        Gates that fail now and did not, or not as much.
    reservations : tuple of str
        What stands against the comparison.
    """

    tool: str
    old: Side
    new: Side
    documents: DocumentChanges | None
    shares: tuple[ShareMove, ...]
    appeared: pa.Table
    vanished: pa.Table
    kept: int
    worse: tuple[Worse, ...]
    reservations: tuple[str, ...]

    @property
    def is_incomplete(self) -> bool:
        """Whether more of one of them could not be read than is accepted."""
        return "incomplete" in {self.old.status, self.new.status}
