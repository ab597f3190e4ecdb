"""`provenance.Matcher`: match texts in memory, in a pipeline of one's own."""

import os
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Unpack

import pyarrow as pa

from provenance.model.content.tables import MATCHES
from provenance.model.rules.policy import Policy
from provenance.model.rules.terms import Verdict
from provenance.pipeline.exchange.remote_registries import local_folder
from provenance.pipeline.matching.annotations import annotate_rows, wordless_texts
from provenance.pipeline.matching.text_column import Batch, text_array, text_batch
from provenance.pipeline.matching.text_matching import (
    MatchingContext,
    find_matches,
    open_context,
)
from provenance.pipeline.python_api.argument_checks import public_function
from provenance.pipeline.python_api.option_names import options_as_arguments
from provenance.pipeline.python_api.option_types import Address, Addresses, MatchingOptions
from provenance.pipeline.python_api.policy_options import normalise_options
from provenance.pipeline.report_io import effective_policy
from provenance.registry.manifest import read_manifest
from provenance.report.files.model_parquet import FILE_NAME as MODEL_FILE


@dataclass(frozen=True, slots=True)
class Match:
    """A passage of a text that an item of a registry contains.

    Parameters
    ----------
    start, end : int
        Half-open range of the text, in code points: the passage is ``text[start:end]``.
    source, item : str
        The source, and its own id of the item.
    url : str or None
        Address of the item.
    created_at : datetime or None
        When it was published, in UTC.
    tokens, item_tokens : int
        Matched words, and words of the whole item.
    strength : float
        Bits: chance gives one match of strength `s` in ``2**s`` words of unrelated text.
    verdict : Verdict
        What the terms say about the purpose.
    basis, terms : str or None
        Kind of the statement that decides, and the id of the terms.
    contested : bool
        Whether a permitted source or a background contains the passage too, or it is unclear whose
        words it is; gates of a check do not count such a match.
    origin : str
        Whose words they are: "item" of the item, "quotation" of a work that it quotes, so that the
        verdict is on that work, or "undecided".
    """

    start: int
    end: int
    source: str
    item: str
    url: str | None
    created_at: datetime | None
    tokens: int
    item_tokens: int
    strength: float
    verdict: Verdict
    basis: str | None
    terms: str | None
    contested: bool
    origin: str


@dataclass(frozen=True, slots=True)
class _Settings:
    """All that a matcher is pickled as; paths are absolute."""

    policy: Policy
    rules: Path | None
    model_of: Path | None
    threads: int


class Matcher:
    """Finds passages of registries' items in texts.

    Pickled, it is its arguments; each process opens the registries when it first matches something,
    and keeps them for all matchers of the same files. Threads may share a matcher.

    Parameters
    ----------
    registries : str, path, or iterable of them
        The registries. By default those of the policy.
    policy : str or path, optional
        The policy file. By default `provenance.toml` or `pyproject.toml` in the working directory.
        It is read here, and pickled with the matcher. Gates and waivers play no part.
    rules : str or path, optional
        Folder of your own rules, on top of the shipped ones.
    model_of : str or path, optional
        Folder of the report of an earlier check. See the notes.
    threads : int
        Number of threads of one call. Frameworks that start several processes need only one.
    **options
        `purpose`, `collected`, `actor`, `jurisdiction`, `commercial`, `model`, `claims`,
        `backgrounds`, `common_background` and `chance`, as in `provenance.check`; they override
        the policy.

    Raises
    ------
    ProvenanceError
        If the policy or an option is invalid, or a registry is not there or cannot be read. Rules
        and reports are opened, and their errors raised, on first use.

    Notes
    -----
    A match is scored by how rare its words are. A check learns that from the whole corpus. A
    matcher sees some texts at a time, and what it finds must not depend on which texts are matched
    together. By default it therefore scores with the shipped counts of general language and with
    the registries alone, as a check of a very small corpus does: it asks for more evidence than a
    check of a large corpus, and does not know phrases that are common only in your corpus. With
    `model_of`, it scores with the corpus model of that report: for texts of that corpus the matches
    are the report's findings by content, no matter how the texts are divided into batches. Name the
    registries of that check: of others, the model does not know which passages are copies.

    Whole texts that resemble an item, and licences, links and signals of rows, are evidence for a
    check only.
    """

    @public_function
    def __init__(
        self,
        registries: Addresses = (),
        *,
        policy: Address | None = None,
        rules: Address | None = None,
        model_of: Address | None = None,
        threads: int = 1,
        **options: Unpack[MatchingOptions],
    ) -> None:
        checked = normalise_options({**options, "registries": registries})
        effective = effective_policy(None if policy is None else os.fspath(policy), **checked)
        self._settings = _Settings(
            replace(
                effective,
                registries=tuple(map(os.path.abspath, effective.registries)),
                backgrounds=tuple(map(os.path.abspath, effective.backgrounds)),
            ),
            _absolute(rules),
            _absolute(model_of),
            threads,
        )
        self._context: MatchingContext | None = None
        _ = self.digests  # a registry that is not there fails here, not in a worker

    @options_as_arguments()
    def find(self, text: str) -> tuple[Match, ...]:
        """Return the matches in one text, in the order of their places; they do not overlap.

        Many texts are matched faster with `match`. A text that is not words has none: see
        `wordless`.

        Parameters
        ----------
        text : str
            The text.

        Raises
        ------
        ProvenanceError
            If the registries cannot be opened, or the text is not valid Unicode.
        """
        rows = self.match(text_batch([text])).drop_columns("row")
        return tuple(
            Match(**{**row, "verdict": Verdict(row["verdict"])}) for row in rows.to_pylist()
        )

    @options_as_arguments()
    def match(self, batch: Batch, column: str = "text") -> pa.Table:
        """Return the matches in a batch of texts, sorted by row and place.

        Every call reads the words of the registries once if it finds anything at all, so batches
        of thousands of texts are much faster than single texts. Nothing matches in texts that are
        not words: see `wordless`.

        Parameters
        ----------
        batch : pyarrow.Table or pyarrow.RecordBatch
            The texts; null is a text without words.
        column : str
            Name of the column that holds them: strings of any Arrow type.

        Returns
        -------
        pyarrow.Table
            One row per match, with the `row` of the batch and the fields of `Match`.

        Raises
        ------
        ProvenanceError
            If the registries cannot be opened, or the column is missing or holds no text.
        """
        texts = text_array(batch, column, self._settings.policy.max_document)
        found = find_matches(texts, self._open()).findings
        return found.select(MATCHES.names).cast(MATCHES)

    @options_as_arguments()
    def wordless(self, batch: Batch, column: str = "text") -> pa.StringArray:
        """Return what each text of a batch consists of that is not words; null for words.

        Such texts, as ids of tokens or base64, cannot be compared: that nothing matches says
        nothing of them. A check calls a dataset with many of them incomplete.

        Parameters
        ----------
        batch, column
            As for `match`.

        Returns
        -------
        pyarrow.StringArray
            "numbers", for example.

        Raises
        ------
        ProvenanceError
            If the column is missing or holds no text.
        """
        return wordless_texts(text_array(batch, column, self._settings.policy.max_document))

    @options_as_arguments()
    def annotate(self, batch: Batch, column: str = "text") -> pa.Table:
        """Return a batch with columns appended: the matches of each row, a verdict, and a kind.

        Parameters
        ----------
        batch, column
            As for `match`.

        Returns
        -------
        pyarrow.Table
            The batch; `provenance_matches`, a list of structs with the fields of `Match`;
            `provenance_verdict`, the strictest verdict of the matches that are not contested, null
            if there is none; and `provenance_wordless`, as `wordless` returns it.
        """
        return annotate_rows(batch, self.match(batch, column), self.wordless(batch, column))

    @property
    def digests(self) -> tuple[str, ...]:
        """Digests of the registries and backgrounds as they are on disk now."""
        policy = self._settings.policy
        names = [*policy.registries, *policy.backgrounds]
        return tuple(read_manifest(local_folder(name)).digest for name in names)

    def _open(self) -> MatchingContext:
        if self._context is None:
            with _OPENING:
                self._context = _open_once(
                    self._settings, self.digests, _model_state(self._settings.model_of)
                )
        return self._context

    def __getstate__(self) -> _Settings:
        return self._settings

    def __setstate__(self, settings: _Settings) -> None:
        self._settings, self._context = settings, None

    def __repr__(self) -> str:
        return f"<Matcher of {', '.join(self._settings.policy.registries)}>"


_OPENING = Lock()
_MAX_OPEN = 8


@lru_cache(_MAX_OPEN)
def _open_once(
    settings: _Settings, digests: tuple[str, ...], model_state: tuple[int, int] | None
) -> MatchingContext:
    """Open what a matcher needs; the other arguments tell apart files at the same paths."""
    del digests, model_state
    return open_context(settings.policy, settings.rules, settings.model_of, settings.threads)


def _model_state(folder: Path | None) -> tuple[int, int] | None:
    if folder is None or not (folder / MODEL_FILE).is_file():
        return None
    status = (folder / MODEL_FILE).stat()
    return status.st_mtime_ns, status.st_size


def _absolute(path: Address | None) -> Path | None:
    return None if path is None else Path(os.path.abspath(path))
