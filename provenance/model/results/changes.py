"""Changes from one corpus, or report, to another."""

from dataclasses import dataclass

import pyarrow as pa

from provenance.model.content.tables import Unread
from provenance.model.results.shares import Share
from provenance.model.rules.terms import Verdict
from provenance.model.short_repr import short_repr

CHANGES_SCHEMA = "provenance/changes/1"


@dataclass(frozen=True, slots=True)
class ComparedCorpus:
    """A corpus, or the corpus of a report, that is compared with another.

    Parameters
    ----------
    name : str
        Its address, as given.
    digest : str
        Digest of the corpus.
    documents, tokens : int
        Size of the corpus.
    status : str
        Status of its result: "pass", "fail" or "incomplete".
    unread : tuple of Unread
        Files and folders that could not be read to their end.
    """

    name: str
    digest: str
    documents: int
    tokens: int
    status: str
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentChanges:
    """Differences between the documents of two corpora.

    Documents are matched by id, or by content if they have none.

    Parameters
    ----------
    added, removed, changed, same : int
        Number of documents; a changed one has the id, or the place, of another text.
    examples : tuple of (str, str)
        The kind of change ("added", "removed", "changed") and the document, for some of them.
    """

    added: int
    removed: int
    changed: int
    same: int
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ShareChange:
    """A share that changed; None where it was not measured.

    Parameters
    ----------
    by, key : str
        Kind of share and its key, as in `Share`.
    verdict : Verdict or None
        Its verdict in the later report, or else in the earlier one.
    old, new : Share or None
        The shares before and after.
    """

    by: str
    key: str
    verdict: Verdict | None
    old: Share | None
    new: Share | None


@dataclass(frozen=True, slots=True)
class GateRegression:
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
    """Changes from one corpus, or report, to another.

    Parameters
    ----------
    tool : str
        Version of `provenance`.
    old, new : ComparedCorpus
        The corpora.
    documents : DocumentChanges or None
        None if one of them is a report, which does not list documents without findings.
    shares : tuple of ShareChange
        Shares by verdict and by source that changed.
    appeared, vanished : pyarrow.Table
        Findings of the later corpus only, and of the earlier only, of schema `FINDINGS`.
    kept : int
        Number of findings of both.
    worse : tuple of GateRegression
        Gates that fail now and passed before, or failed by less.
    reservations : tuple of str
        Caveats of the comparison.
    """

    tool: str
    old: ComparedCorpus
    new: ComparedCorpus
    documents: DocumentChanges | None
    shares: tuple[ShareChange, ...]
    appeared: pa.Table
    vanished: pa.Table
    kept: int
    worse: tuple[GateRegression, ...]
    reservations: tuple[str, ...]

    __repr__ = short_repr

    def __bool__(self) -> bool:
        """Return whether nothing got worse, and all was read: the exit code of `diff` is then 0."""
        return not self.worse and not self.is_incomplete

    @property
    def is_incomplete(self) -> bool:
        """Return whether either corpus has more unread files than accepted."""
        return "incomplete" in {self.old.status, self.new.status}
