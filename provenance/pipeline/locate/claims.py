"""Score candidates and attribute tokens: from readings to claims."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from provenance.match.attribution import MatchSpans, attribute_tokens, part_strengths, rival_weights
from provenance.match.candidates.candidate_table import Candidates, concatenate_candidates
from provenance.match.match_pieces import split_matches
from provenance.match.scoring.classifier import ScoringInputs, score_candidates
from provenance.match.scoring.corpus_sample import FULL_BOUND, PassageSample
from provenance.model.content.fingerprints import ELLIPSIS, Flags, Floats, Int64s, UInt32s, UInt64s
from provenance.pipeline.scan.corpus_modelling import ScoringModel
from provenance.pipeline.scan.readings import Reading, RegistryIndex, text_bases
from provenance.read.language_counts import load_language


@dataclass(frozen=True, slots=True)
class Claims:
    """Passages of a corpus that are attributed, or could be attributed, to items of the registries.

    Parameters
    ----------
    registries : ndarray of int64, shape (n,)
        Index of the registry.
    candidates : Candidates
        The passages, sorted by text; texts are numbered from the first of the readings.
    bits : ndarray of float64, shape (n,)
        Information of the matched words under corpus and registry together.
    strengths : ndarray of float64, shape (n,)
        Rarity of such a match by chance, in bits; at least the registries' threshold. Pieces of one
        match have that of the whole.
    parts : ndarray of float64, shape (2, n)
        Strength of the passage alone, and how much of it is due to information beyond `MAX_BITS`.
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
    parts: Floats
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
            self.parts[:, claim_range],
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


_OUTSIDE_SAMPLE_HASH = FULL_BOUND - 1
"""Hash of a passage that is in no sample."""


def attribute_claims(
    readings: Sequence[Reading],
    registries: Sequence[RegistryIndex],
    model: ScoringModel,
    threads: int = 1,
) -> Claims:
    """Score the candidates of some parts and attribute tokens to items.

    Parameters
    ----------
    readings : sequence of Reading
        Of consecutive parts.
    registries : sequence of RegistryIndex
        The registries, in the order of the readings' candidates.
    model : ScoringModel
        The model to score with; of the corpus, or of an earlier one.
    threads : int
        Number of threads that count words.

    Notes
    -----
    A match is scored without its own passage. Passages that the model's corpus lacks are not in its
    sample, so they need not be left out: they get a hash that no sample holds.
    """
    size = sum(registry_index.size for registry_index in registries)
    bound = min(model.sample.bound, _OUTSIDE_SAMPLE_HASH)
    scoring_inputs = ScoringInputs(
        replace(model.sample, bound=bound), load_language(), size, threads
    )
    kept_candidates, evidence, owners = [], [], []
    for place, registry_index in enumerate(registries):
        candidates = concatenate_candidates(
            [
                reading.candidates[place].shift_texts(before)
                for reading, before in zip(readings, text_bases(readings), strict=True)
            ]
        )
        scores = score_candidates(
            hide_unsampled(candidates, model.sample),
            registry_index.index,
            scoring_inputs,
            model.copies[place],
        )
        kept_candidates.append(candidates.take(scores.indices))
        evidence.append([scores.bits, scores.strengths, scores.excesses])
        owners.append(np.full(len(scores.indices), place, np.int64))
    return _attribute(
        concatenate_candidates(kept_candidates),
        np.concatenate(evidence, axis=1),
        np.concatenate(owners),
        registries,
    )


def hide_unsampled(candidates: Candidates, sample: PassageSample) -> Candidates:
    """Return candidates of which those outside of a sample's passages are in no sample."""
    is_sampled = sample.holds(candidates.passages)
    passages = np.where(is_sampled, candidates.passages, np.uint64(_OUTSIDE_SAMPLE_HASH))
    return replace(candidates, passages=passages)


def _attribute(
    candidates: Candidates,
    evidence: Floats,
    owners: Int64s,
    registries: Sequence[RegistryIndex],
) -> Claims:
    """Attribute tokens to candidates by their bits, strengths and excesses: `evidence`."""
    matched = candidates.matched
    candidates, wholes = split_matches(candidates)
    (bits, strengths, excesses), owners = evidence.take(wholes, 1), owners[wholes]
    parts = np.stack(part_strengths(strengths, bits, excesses, candidates.matched, matched[wholes]))
    bits = bits * candidates.matched / np.maximum(matched[wholes], 1)
    keys = order_keys(owners, candidates.items, registries)
    order = np.lexsort((candidates.items, keys, owners, candidates.firsts, candidates.texts))
    candidates, bits = candidates.take(order), bits[order]
    strengths, owners, keys = strengths[order], owners[order], keys[order]
    parts = parts.take(order, 1)
    lengths = item_lengths(owners, candidates.items, registries)
    # Ties go to the match with more tokens, then to the item with fewer missing tokens, then to the
    # earlier item, then to the registry with the lower digest.
    # Where the text is cut off by an ellipsis, an item that is cut off too is likelier.
    is_cut = candidates.breaks[:, 1] == ELLIPSIS
    missing = np.where(
        is_cut & (candidates.item_ends == lengths), lengths.max(initial=0) + 1, lengths
    )
    ranks = np.lexsort((candidates.items, owners, keys, missing, -candidates.matched))
    rank_of = np.empty(len(ranks), np.int64)
    rank_of[ranks] = np.arange(len(ranks))
    item_ends = np.stack([candidates.item_starts == 0, candidates.item_ends == lengths], axis=1)
    matches = MatchSpans(
        candidates.texts,
        candidates.firsts.astype(np.int64),
        candidates.lasts.astype(np.int64),
        parts[0],
        bits,
        parts[1],
        rank_of,
        candidates.runs,
        candidates.run_offsets,
        item_ends,
    )
    attribution = attribute_tokens(matches, rival_weights(matches), registries[0].index.threshold)
    return Claims(
        owners,
        candidates,
        bits,
        strengths,
        parts,
        attribution.is_selected,
        attribution.firsts,
        attribution.lasts,
        attribution.winners,
    )


def order_keys(owners: Int64s, items: UInt32s, registries: Sequence[RegistryIndex]) -> UInt64s:
    """Return the keys by which items are ordered, in the registry that `owners` names."""
    keys = np.zeros(len(owners), np.uint64)
    for place, registry_index in enumerate(registries):
        rows = np.flatnonzero(owners == place)
        keys[rows] = registry_index.index.arrays.keys.of(items[rows])
    return keys


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
