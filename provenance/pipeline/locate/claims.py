"""Score candidates and attribute tokens: from readings to claims."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from provenance.match.attribution import MatchSpans, attribute_tokens, rival_weights
from provenance.match.candidates.candidate_table import Candidates, concatenate_candidates
from provenance.match.scoring.classifier import ScoringInputs, score_candidates
from provenance.match.scoring.corpus_sample import PassageSample, merge_samples
from provenance.match.scoring.evalue import STRENGTH_THRESHOLD
from provenance.model import ELLIPSIS, CorpusModel, Flags, Floats, Int64s, UInt32s
from provenance.pipeline.scan.readings import Reading, RegistryIndex, known_copies, text_bases
from provenance.pipeline.stage_log import log_duration
from provenance.read.language_counts import load_language


@dataclass(frozen=True, slots=True)
class Claims:
    """Passages of a corpus that are attributed, or could be attributed, to items of the registries.

    Parameters
    ----------
    registries : ndarray of int64, shape (n,)
        Index of the registry.
    candidates : Candidates
        The passages, sorted by text; texts are numbered through the whole corpus.
    bits : ndarray of float64, shape (n,)
        Information of the matched words under corpus and registry together.
    strengths : ndarray of float64, shape (n,)
        Rarity of such a match by chance, in bits; at least `STRENGTH_THRESHOLD`.
    chosen : ndarray of bool, shape (n,)
        Whether tokens are attributed to the item.
    firsts, lasts : ndarray of int64, shape (n,)
        First and last token attributed to it; the whole passage where it is not chosen.
    winners : ndarray of int64, shape (n,)
        The chosen claim on the same tokens; -1 where there is none.
    """

    registries: Int64s
    candidates: Candidates
    bits: Floats
    strengths: Floats
    chosen: Flags
    firsts: Int64s
    lasts: Int64s
    winners: Int64s

    def __len__(self) -> int:
        return len(self.registries)

    def slice(self, low: int, high: int, text: int) -> "Claims":
        """Return the claims `low` to `high`, with texts numbered from `text`."""
        claim_range = slice(low, high)
        winners = self.winners[claim_range]
        return Claims(
            self.registries[claim_range],
            self.candidates.take(np.arange(low, high)).shift_texts(-text),
            self.bits[claim_range],
            self.strengths[claim_range],
            self.chosen[claim_range],
            self.firsts[claim_range],
            self.lasts[claim_range],
            np.where(winners >= 0, winners - low, -1),
        )

    def rebase_tokens(self, tokens: Int64s) -> "Claims":
        """Return the claims with the tokens of each one's text numbered from the given token."""
        return replace(
            self,
            candidates=self.candidates.rebase_tokens(tokens),
            firsts=self.firsts - tokens,
            lasts=self.lasts - tokens,
        )


@log_duration("scoring and attributing")
def attribute_claims(
    readings: Sequence[Reading],
    registries: Sequence[RegistryIndex],
    threads: int = 1,
    model: CorpusModel | None = None,
    corpus_sample: PassageSample | None = None,
) -> Claims:
    """Score all candidates of a corpus and attribute tokens to items.

    Parameters
    ----------
    readings : sequence of Reading
        Of all parts, in order.
    registries : sequence of RegistryIndex
        The registries, in the order of the readings' candidates.
    threads : int
        Number of threads that count words.
    model : CorpusModel or None
        The model that the readings were adapted to (`apply_frozen_model`); None scores with the
        readings alone.
    corpus_sample : PassageSample or None
        The merged sample of all readings, where it is already computed.
    """
    merged_sample = (
        merge_samples(reading.sample for reading in readings)
        if corpus_sample is None
        else corpus_sample
    )
    size = sum(registry_index.size for registry_index in registries)
    scoring_inputs = ScoringInputs(merged_sample, load_language(), size, threads)
    kept_candidates, bits, strengths, owners = [], [], [], []
    for place, registry_index in enumerate(registries):
        candidates = concatenate_candidates(
            [
                reading.candidates[place].shift_texts(before)
                for reading, before in zip(readings, text_bases(readings), strict=True)
            ]
        )
        copies = None if model is None else known_copies(model, registry_index)
        scores = score_candidates(candidates, registry_index.index, scoring_inputs, copies)
        kept_candidates.append(candidates.take(scores.indices))
        bits.append(scores.bits)
        strengths.append(scores.strengths)
        owners.append(np.full(len(scores.indices), place, np.int64))
    return _attribute(
        concatenate_candidates(kept_candidates),
        np.concatenate(bits),
        np.concatenate(strengths),
        np.concatenate(owners),
        registries,
    )


def document_bases(readings: Sequence[Reading]) -> list[int]:
    """Return the number of the first document of each part."""
    counts = [reading.counts.documents for reading in readings]
    return [int(base) for base in np.concatenate([[0], np.cumsum(counts)])[:-1]]


def _attribute(
    candidates: Candidates,
    bits: Floats,
    strengths: Floats,
    owners: Int64s,
    registries: Sequence[RegistryIndex],
) -> Claims:
    order = np.lexsort((candidates.items, owners, candidates.firsts, candidates.texts))
    candidates, bits = candidates.take(order), bits[order]
    strengths, owners = strengths[order], owners[order]
    lengths = item_lengths(owners, candidates.items, registries)
    # Ties go to the match with more tokens, then to the item with fewer missing tokens, then to the
    # earlier item (a registry numbers its items by date), then to the registry with the lower
    # digest.
    # Where the text is cut off by an ellipsis, an item that is cut off too is likelier.
    is_cut = candidates.breaks[:, 1] == ELLIPSIS
    missing = np.where(
        is_cut & (candidates.item_ends == lengths), lengths.max(initial=0) + 1, lengths
    )
    ranks = np.lexsort((candidates.items, owners, missing, -candidates.matched))
    rank_of = np.empty(len(ranks), np.int64)
    rank_of[ranks] = np.arange(len(ranks))
    spans = candidates.firsts.astype(np.int64), candidates.lasts.astype(np.int64)
    weights = rival_weights(candidates.texts, *spans, candidates.matched, strengths)
    attribution = attribute_tokens(
        MatchSpans(candidates.texts, *spans, weights, rank_of), STRENGTH_THRESHOLD
    )
    return Claims(
        owners,
        candidates,
        bits,
        strengths,
        attribution.is_selected,
        attribution.firsts,
        attribution.lasts,
        attribution.winners,
    )


def item_lengths(
    owners: Int64s, items: UInt32s | Int64s, registries: Sequence[RegistryIndex]
) -> Int64s:
    """Return the tokens of each item in the registry that `owners` names; 0 if there is none."""
    lengths = np.zeros(len(owners), np.int64)
    for place, registry_index in enumerate(registries):
        rows = np.flatnonzero(owners == place)
        offsets, numbers = registry_index.index.arrays.token_offsets, items[rows].astype(np.int64)
        lengths[rows] = offsets[numbers + 1] - offsets[numbers]
    return lengths
