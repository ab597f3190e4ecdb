"""The result of a check: what a report renders, apart from the table of findings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import pyarrow as pa

from provenance.model.content.tables import IgnoredFiles, Skipped, Unread
from provenance.model.results.baseline import BaselineSummary
from provenance.model.results.calibration import CalibrationSummary
from provenance.model.results.control import Control
from provenance.model.results.corpus_files import CorpusFile
from provenance.model.results.corpus_model import CorpusModel, CorpusModelSummary
from provenance.model.results.coverage import RegistrySummary
from provenance.model.results.method import Method
from provenance.model.results.shares import Share
from provenance.model.rules.policy import Agreement, Gate, Policy, Waiver
from provenance.model.rules.rulings import Ruling
from provenance.model.rules.terms import DateRange, Verdict

RESULT_SCHEMA = "provenance/result/1"


@dataclass(frozen=True, slots=True)
class WordlessTexts:
    """Texts of a column that are not words, so that they could not be compared.

    Parameters
    ----------
    file : str
        As in `DOCUMENTS`; "*.txt" stands for all text files with this suffix.
    column : str
        Its name, without places in lists.
    kind : str
        What they consist of: "numbers".
    texts, of_texts : int
        Number of these, and of all texts of the column.
    tokens, bytes : int
        Of these.
    first_file : str
        The file of the first.
    first_row : int
        Its row, 0-based.
    is_whole : bool
        Whether so many of the texts of the column are not words that it counts as not compared.
    """

    file: str
    column: str
    kind: str
    texts: int
    of_texts: int
    tokens: int
    bytes: int
    first_file: str
    first_row: int
    is_whole: bool


@dataclass(frozen=True, slots=True)
class CorpusSummary:
    """The corpus that was checked.

    Parameters
    ----------
    addresses : tuple of str
        As given.
    files : int
        Number of files.
    documents, texts, tokens, bytes : int
        Rows with text; texts in them; tokens; bytes of UTF-8 text.
    digest : str
        SHA-256 over those of the files (`corpus_digest`), whatever their names.
    text_columns : tuple of str
        Columns read as text.
    skipped : tuple of Skipped
        Rows that were skipped.
    split : str or None
        The chosen split of a dataset; None means all.
    passed_over : IgnoredFiles or None
        Files of its folders that were ignored; None if there were none.
    card : str or None
        What the card in its folder declares, if that counts for no row.
    contents : tuple of CorpusFile
        Its files with their digests, in order of their names.
    wordless : tuple of WordlessTexts
        Texts that are not words, by file, column and kind.
    wordless_documents : int
        Number of documents with such texts.
    """

    addresses: tuple[str, ...]
    files: int
    documents: int
    texts: int
    tokens: int
    bytes: int
    digest: str
    text_columns: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    split: str | None = None
    passed_over: IgnoredFiles | None = None
    card: str | None = None
    contents: tuple[CorpusFile, ...] = ()
    wordless: tuple[WordlessTexts, ...] = ()
    wordless_documents: int = 0


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """The part of a corpus that was checked, if not all.

    Parameters
    ----------
    rate : float
        Requested share of the documents, in (0, 1].
    documents, bytes : int
        Checked.
    of_documents, of_bytes : int
        In the whole corpus.
    """

    rate: float
    documents: int
    of_documents: int
    bytes: int
    of_bytes: int


@dataclass(frozen=True, slots=True)
class SourceRuling:
    """The ruling on content of a source that was found, or that the registry has.

    Parameters
    ----------
    source, name : str
        Id and common name.
    items : int
        Matched items that the ruling covers.
    documents : int
        Documents with them.
    ruling : Ruling
        Verdict, reasons, alternatives.
    agreement : Agreement or None
        The contract that changed the verdict, if one did.
    collection : str or None
        The collection of the policy whose circumstances it is for; None for the rest.
    """

    source: str
    name: str
    items: int
    documents: int
    ruling: Ruling
    agreement: Agreement | None
    collection: str | None = None


@dataclass(frozen=True, slots=True)
class GateOutcome:
    """The outcome of a gate.

    Parameters
    ----------
    gate : Gate
        The gate.
    share, low : float
        Exclusive, uncontested, unwaived share of the gate's content, and its lower bound.
    passed : bool
        Whether `low` is within the limit.
    undecided : bool
        Whether it passed only because a sample was checked.
    """

    gate: Gate
    share: float
    low: float
    passed: bool
    undecided: bool = False


@dataclass(frozen=True, slots=True)
class Violation:
    """A failed gate, in words.

    Parameters
    ----------
    gate : str
        In the syntax of `--fail-on`.
    message, remedy : str
        What is wrong, and what to do.
    """

    gate: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class WaiverOutcome:
    """A waiver, and what it excused.

    Parameters
    ----------
    waiver : Waiver
        The waiver.
    expired : bool
        Whether it no longer counts.
    findings : int
        Findings that it excused, or would have excused if expired.
    """

    waiver: Waiver
    expired: bool
    findings: int


class ObservationKind(StrEnum):
    """What is observed beside the shares."""

    WITHDRAWN = "withdrawn"
    OPTED_OUT = "opted-out"
    MARKED_ITEM = "marked-item"
    CONTRADICTED_LICENCE = "contradicted-licence"
    EMPTY_COLLECTION = "empty-collection"
    UNREADABLE_DAY = "unreadable-day"
    FUTURE_DAY = "future-day"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Observation:
    """Something found in some documents that is reported beside the shares.

    Parameters
    ----------
    kind : ObservationKind
        What it is.
    source : str or None
        The source: of the marked or disputed items, or whose terms contradict the licence.
    detail : str or None
        The id of the marked item; the licence, as declared; the name of the collection; who
        disputes; the latest of the days to come.
    documents : int
        Number of documents.
    tokens : int
        Tokens of the findings.
    """

    kind: ObservationKind
    source: str | None
    detail: str | None
    documents: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Misdating:
    """Findings of items that were published after the collection that is stated for them.

    They are judged by every day since the item's date.

    Parameters
    ----------
    collection : str or None
        The collection of the policy that they are in; None for the rest.
    stated : DateRange or None
        When they were collected, as the policy says; None if each row says so itself.
    findings, of_findings : int
        Number of these, and of all findings with that statement.
    refuting : int
        Number of these that show that the statement cannot be right: words of the item's own that
        are neither contested nor waived.
    newest : date
        When the newest of the items was published.
    """

    collection: str | None
    stated: DateRange | None
    findings: int
    of_findings: int
    refuting: int
    newest: date


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a check, without the table of findings.

    Parameters
    ----------
    tool : str
        Version of `provenance`.
    created : datetime
        When the check ended; the only field that differs between equal runs.
    corpus : CorpusSummary
        The corpus.
    registries : tuple of RegistrySummary
        The registries that it was matched against.
    rules_digest : str
        Digest of the rules.
    policy : Policy
        The policy, with the options of the check.
    shares : tuple of Share
        Shares by source, verdict, terms, basis and evidence.
    rulings : tuple of SourceRuling
        Rulings by source, strictest first.
    gates : tuple of GateOutcome
        Outcomes of all gates.
    violations : tuple of Violation
        The gates that failed, in words.
    waivers : tuple of WaiverOutcome
        Outcomes of all waivers.
    findings : int
        Number of rows of the findings table.
    method : Method
        Settings of the detector and its measured reliability.
    calibration : CalibrationSummary or None
        The calibration that shares were corrected with; None if they were not.
    sample : SampleSummary or None
        The part of the corpus that was checked; None if all was.
    backgrounds : tuple of RegistrySummary
        Registries whose passages are contested; nothing is attributed to them.
    common_background : RegistrySummary or None
        The shipped background of what everybody quotes; None if it was not used.
    control : Control or None
        Estimate of how many findings are chance matches; None if not measured.
    baseline : BaselineSummary or None
        Comparison with an earlier result; with it, gates count only new findings.
    corpus_model : CorpusModelSummary or None
        The corpus model that matches were scored with; None if it was not kept.
    rules_path : str or None
        Folder of the rules, as given; None for the shipped rules.
    rules_replaced : tuple of str
        Shipped rule files that it replaces.
    unread : tuple of Unread
        Files and folders of the corpus that could not be read to their end.
    allow_unread : int
        Maximum number of unread files that the check accepts.
    observations : tuple of Observation
        Withdrawn and opted-out documents, marked and disputed items, and declared licences that
        the terms of a source contradict.
    misdatings : tuple of Misdating
        Findings of items that were published after the stated collection.
    """

    tool: str
    created: datetime
    corpus: CorpusSummary
    registries: tuple[RegistrySummary, ...]
    rules_digest: str
    policy: Policy
    shares: tuple[Share, ...]
    rulings: tuple[SourceRuling, ...]
    gates: tuple[GateOutcome, ...]
    violations: tuple[Violation, ...]
    waivers: tuple[WaiverOutcome, ...]
    findings: int
    method: Method
    calibration: CalibrationSummary | None = None
    sample: SampleSummary | None = None
    backgrounds: tuple[RegistrySummary, ...] = ()
    common_background: RegistrySummary | None = None
    control: Control | None = None
    baseline: BaselineSummary | None = None
    corpus_model: CorpusModelSummary | None = None
    rules_path: str | None = None
    rules_replaced: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()
    allow_unread: int = 0
    observations: tuple[Observation, ...] = ()
    misdatings: tuple[Misdating, ...] = ()

    @property
    def status(self) -> str:
        """Return "incomplete", "fail" or "pass".

        It is incomplete if too much is unread or not words, and if a stated date of collection
        cannot be right and no gate fails: by the right one, a gate might.
        """
        if self.lacks_files:
            return "incomplete"
        if self.violations:
            return "fail"
        return "incomplete" if self.refuted_dates else "pass"

    @property
    def lacks_files(self) -> bool:
        """Return whether more is unread, or not words, than is accepted."""
        return len(self.unchecked) > self.allow_unread

    @property
    def refuted_dates(self) -> tuple[Misdating, ...]:
        """Return the stated dates of collection that cannot be right."""
        return tuple(each for each in self.misdatings if each.refuting)

    @property
    def unchecked(self) -> tuple[Unread, ...]:
        """Return what is unread, and what was read but is not words."""
        return (*self.unread, *wordless_columns(self.corpus.wordless))

    @property
    def inputs(self) -> dict[str, str]:
        """Return the digest of each input beside the corpus, by its name."""
        registries = {
            **{f"registry {each.path}": each for each in self.registries},
            **{f"background {each.path}": each for each in self.backgrounds},
        }
        if self.common_background is not None:
            registries["common background"] = self.common_background
        if self.control is not None:
            registries[f"control {self.control.registry.path}"] = self.control.registry
        others = {
            f"{kind} {each.path}": each.digest
            for kind, each in (("calibration", self.calibration), ("baseline", self.baseline))
            if each is not None
        }
        if self.corpus_model is not None and self.corpus_model.taken_from is not None:
            others[f"model of {self.corpus_model.taken_from}"] = self.corpus_model.digest
        return {
            "policy": self.policy.digest,
            "rules": self.rules_digest,
            **{name: each.digest for name, each in registries.items()},
            **others,
        }

    @property
    def worst(self) -> Verdict | None:
        """Return the strictest verdict on anything found; None if nothing was found."""
        verdicts = [r.ruling.verdict for r in self.rulings if r.documents]
        return max(verdicts, key=lambda verdict: verdict.strictness, default=None)


def wordless_columns(texts: Iterable[WordlessTexts]) -> tuple[Unread, ...]:
    """Return the columns that are not words, as files that were not checked."""
    columns: dict[tuple[str, str], list[WordlessTexts]] = {}
    for each in texts:
        if each.is_whole:
            columns.setdefault((each.file, each.column), []).append(each)
    return tuple(map(_wordless_column, columns.values()))


def _wordless_column(kinds: list[WordlessTexts]) -> Unread:
    first = max(kinds, key=lambda each: each.texts)
    texts, tokens = (sum(getattr(each, name) for each in kinds) for name in ("texts", "tokens"))
    where = f", the first in row {first.first_row:,} of {first.first_file}"
    return Unread(
        first.file,
        f"column {first.column!r} is not words but {first.kind}, in {texts:,} of "
        f"{first.of_texts:,} texts ({tokens:,} tokens{where}): nothing can be found in these",
        "check the texts as they were before they were encoded, decode them, or name the column "
        "that holds the text with --text-column.",
    )


@dataclass(frozen=True, slots=True)
class Report:
    """A result with its findings: the input of every renderer.

    Parameters
    ----------
    result : Result
        The outcome.
    findings : pyarrow.Table
        Of schema `FINDINGS`.
    model : CorpusModel or None
        For scoring in later checks; renderers ignore it.
    """

    result: Result
    findings: pa.Table
    model: CorpusModel | None = None
