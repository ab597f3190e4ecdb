"""Features: an oracle for the information, and what makes words cheap."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from provenance.match.scoring.corpus_sample import sample_passages
from provenance.match.scoring.features import measure_features
from provenance.model.content.language import NO_CONTEXT, Language
from tests.match.candidate_runs import runs_of
from tests.match.memory_registries import (
    found_in,
    holding,
    posts,
    prose,
    registry,
    rows_of,
    tokens_of,
    words,
)

COPY_LEAST, COPY_COVER, COPY_RUN = 8, 0.6, 12
REPEATED, MOST_BITS, VOCABULARY = 0.3, 16.0, 500_000


def measured(items, texts, *, corpus=None):
    made = registry(*items)
    candidates = found_in(made, *texts)
    passages = sample_passages(tokens_of(*(texts if corpus is None else corpus)))
    return candidates, measure_features(candidates, made, passages)


def ngrams(rows):
    """Count runs of one, two and three tokens."""
    counts = Counter()
    for row in rows:
        counts.update((token,) for token in row)
        counts.update(pairwise(row))
        counts.update(zip(row, row[1:], row[2:], strict=False))
    return counts


def interpolated(shorter, context, whole, heaps):
    if not context:
        return shorter
    share = context**heaps / (context + context**heaps)
    return share * shorter + (1 - share) * max(whole - 0.75, 0) / context


def bits(gram, models, total):
    """Information of a gram's last token behind the others.

    `models` are counts, copies to leave out, and the counts in one copy.
    """

    def seen(*run):
        return sum(max(counts[run] - copies * one[run], 0) for counts, copies, one in models)

    probability = (seen(gram[-1]) + 0.5) / (total + 0.5 * VOCABULARY)
    if len(gram) > 1:
        probability = interpolated(probability, seen(gram[-2]), seen(*gram[-2:]), 0.75)
    if len(gram) > 2:
        probability = interpolated(probability, seen(*gram[:2]), seen(*gram), 0.8)
    return min(-np.log2(probability), MOST_BITS)


def slow_bits(item, runs, models, total, longest):
    """Add the information of matched tokens up; what came before tells a part again."""
    found, seen = 0.0, []
    for at, _, length in runs:
        for place in range(at, at + length):
            gram = tuple(item[max(at, place - longest + 1) : place + 1])
            weight = REPEATED ** seen[-64:].count(item[place])
            found += weight * bits(gram, models, total)
            seen.append(item[place])
    return found


ITEMS = [*posts(30, seed=8), "so it goes so it goes and so it goes again and so", "a b c d e f g"]
TEXTS = [
    f"{prose(10, 1)} {ITEMS[0]} {prose(10, 2)}",
    f"{' '.join(ITEMS[1].split()[:5])} {ITEMS[30]} {prose(150, 3)} {ITEMS[2]}",
    *(f"{prose(4, seed)} {' '.join(ITEMS[3].split()[:6])} {prose(4, seed)}" for seed in range(9)),
    ITEMS[31],
]


def test_information_equals_that_of_the_reference():
    candidates, features = measured(ITEMS, TEXTS)
    drawn = sample_passages(tokens_of(*TEXTS))
    passages = [row.tolist() for row in np.split(drawn.tokens, drawn.offsets[1:-1])]
    items = rows_of(tokens_of(*ITEMS))
    total = sum(map(len, items))
    assert len(candidates) >= 12
    for place, number in enumerate(candidates.items.tolist()):
        runs = runs_of(candidates, place).tolist()
        is_copy = [
            matched >= COPY_LEAST and matched >= COPY_COVER * len(items[item])
            for matched, item in zip(
                candidates.matched.tolist(), candidates.items.tolist(), strict=True
            )
        ]
        copies = {
            int(candidates.passages[other])
            for other in range(len(candidates))
            if candidates.items[other] == number
            and (candidates.longest_run[other] >= COPY_RUN or is_copy[other])
        }
        passed_on = int(candidates.shared_by[place]) if is_copy[place] else 1
        item = items[number]
        matched = item[runs[0][0] : runs[-1][0] + runs[-1][2]]
        mine = (ngrams(passages), max(len(copies), 1), ngrams([matched])), len(drawn.tokens)
        theirs = (ngrams(items), passed_on, ngrams([item])), total
        both = [mine[0], theirs[0]], mine[1] + theirs[1]
        assert features.corpus_bits[place] == pytest.approx(
            slow_bits(item, runs, [mine[0]], mine[1], 2)
        )
        assert features.registry_bits[place] == pytest.approx(
            slow_bits(item, runs, [theirs[0]], theirs[1], 2)
        )
        assert features.pooled_bits[place] == pytest.approx(slow_bits(item, runs, *both, 3))


def test_simple_features_describe_the_match():
    row = words(20, 3)
    text = f"{prose(5, 1)} {' '.join([*row[:6], 's1', *row[7:12]])} {prose(8, 2)}"
    candidates, features = measured([" ".join(row)], [text])
    assert len(candidates) == 1
    assert features.matched.tolist() == [11]
    assert features.length.tolist() == [20]
    assert features.longest.tolist() == [6]
    assert features.distinct.tolist() == [len({*row[:6], *row[7:12]})]
    assert features.density.tolist() == [11 / 12]
    assert features.shared_across_sources.tolist() == [0]


def test_an_item_copied_a_thousand_times_keeps_its_information():
    post = " ".join(words(12, 904))
    texts = [f"{prose(6, seed)} {post} {prose(6, seed + 5000)}" for seed in range(1000)]
    _, once = measured([post, *posts(20)], texts[:1])
    _, often = measured([post, *posts(20)], texts)
    assert len(often.corpus_bits) == 1000
    assert min(often.corpus_bits) >= 0.95 * once.corpus_bits[0]
    assert min(often.pooled_bits) >= 0.95 * once.pooled_bits[0]


@pytest.mark.parametrize("times", [3, 10, 30])
def test_a_copy_of_an_item_that_repeats_itself_keeps_its_information(times):
    sentence = " ".join(words(12, 904))
    _, once = measured([sentence, *posts(20)], [sentence])
    _, often = measured([f"{sentence} " * times, *posts(20)], [f"{sentence} " * times])
    for name in ("corpus_bits", "registry_bits", "pooled_bits"):
        assert getattr(often, name).max() >= 0.95 * getattr(once, name)[0]


def test_a_phrase_that_many_passages_use_loses_information():
    phrase = " ".join(words(6, 904))
    texts = [f"{prose(6, seed)} {phrase} {prose(6, seed + 5000)}" for seed in range(1000)]
    _, once = measured([phrase, *posts(20)], texts[:1])
    _, often = measured([phrase, *posts(20)], texts)
    assert max(often.corpus_bits) <= 0.5 * once.corpus_bits[0]
    # The same where the item says more than the phrase that everybody uses.
    longer = f"{phrase} {' '.join(words(9, 905))}"
    _, alone = measured([longer], texts[:1])
    _, common = measured([longer], texts)
    assert max(common.corpus_bits) <= 0.5 * alone.corpus_bits[0]


def test_a_phrase_that_many_items_use_loses_information_under_the_registry():
    phrase = " ".join(words(6, 904))
    crowd = [f"{phrase} {' '.join(words(5, 50 + number))}" for number in range(60)]
    rare, common = ([phrase], [phrase, *crowd])
    (_, alone), (_, crowded) = measured(rare, [phrase]), measured(common, [phrase])
    assert crowded.registry_bits[0] <= 0.5 * alone.registry_bits[0]
    assert crowded.corpus_bits[0] == pytest.approx(alone.corpus_bits[0])


def test_repeated_words_have_less_information():
    _, features = measured(["ja nein doch oh", "ja nein doch oh " * 3], ["ja nein doch oh " * 3])
    assert features.distinct.max() == 4
    assert features.corpus_bits.max() <= 16 * 4 * (1 + REPEATED + REPEATED**2) + 1e-9


def test_a_cluster_tells_at_most_a_quarter_of_what_a_word_does():
    text = "กินข้าวที่ตลาดน้ำใกล้บ้าน"
    candidates, features = measured([text, *posts(5)], [text])
    assert features.matched[0] == candidates.matched[0] / 2
    for bits in (features.corpus_bits, features.registry_bits, features.pooled_bits):
        assert 0 < bits[0] <= MOST_BITS / 4 * candidates.matched[0]


def test_a_word_whose_hash_is_zero_is_a_word_as_any_other():
    text = "ja nein doch oh so ein mist aber gut"
    made, passages = registry(text), sample_passages(tokens_of(text))
    candidates, tokens = found_in(made, text), made.arrays.tokens.copy()
    tokens[4] = 0
    changed = replace(made, arrays=replace(made.arrays, tokens=tokens))
    [before], [after] = (
        measure_features(candidates, each, passages).distinct for each in (made, changed)
    )
    assert before == after == 9


def test_passages_outside_the_sample_are_not_left_out():
    post = " ".join(words(12, 904))
    corpus = [f"{post} {prose(9, 7)}"]
    _, inside = measured([post], corpus)
    made = registry(post)
    candidates = found_in(made, *corpus)
    nothing = sample_passages(tokens_of(*corpus), bound=1)
    outside = measure_features(candidates, made, nothing)
    assert len(nothing.tokens) == 0
    assert outside.corpus_bits[0] == pytest.approx(inside.corpus_bits[0], rel=0.01)


def test_no_candidate_has_no_feature():
    made = registry(*posts(5))
    features = measure_features(found_in(made, "x"), made, sample_passages(tokens_of("x")))
    assert len(features.corpus_bits) == len(features.shared_across_sources) == 0
    assert len(found_in(registry("x"), "x").matched) == 0
    assert holding("x").background.sum() == 1


def test_phrases_frequent_in_language_have_less_information():
    item = "for the first time in many years"
    made = registry(item)
    tokens = tokens_of(item)
    hashes = tokens.hashes.astype(np.uint64)
    keys = np.concatenate(
        [np.uint64(NO_CONTEXT << 32) | hashes, (hashes[:-1] << np.uint64(32)) | hashes[1:]]
    )
    order = np.argsort(keys)
    language = Language(1, keys[order], np.full(len(keys), 5000, np.uint32), 10**6)
    candidates = found_in(made, item)

    alone = measure_features(candidates, made, sample_passages(tokens))
    known = measure_features(candidates, made, sample_passages(tokens), language)

    assert known.pooled_bits[0] < 0.25 * alone.pooled_bits[0]
    assert known.corpus_bits[0] < 0.25 * alone.corpus_bits[0]


BEGINNING = "the kettle sang of rivers while the lamp went"
POST = "the kettle sang of rivers while the lamp went slowly out of its old mind"


@pytest.mark.parametrize(
    ("text", "begins", "whole", "broken"),
    [
        (f"Nobody knew. {POST}. Then it rained.", 1, 1, 0),
        (f"He said \u201c{POST}\u201d to us.", 1, 1, 0),
        (f"and {POST} and so on", 0, 0, 0),
        (f"Well, {POST} and so on", 0, 0, 0),
        (f"Nobody knew. {BEGINNING}\u2026 Then", 1, 0, 1),
        (f"Nobody knew. {BEGINNING}... Then", 1, 0, 1),
        (f"Nobody knew: {BEGINNING}. Then", 1, 0, 0),
        (f"and {BEGINNING}... Then", 0, 0, 0),
        (POST, 1, 1, 0),
    ],
)
def test_breaks_of_the_text_are_compared_with_ends_of_the_item(text, begins, whole, broken):
    _, features = measured([POST], [text])

    assert features.starts_item.tolist() == [begins]
    assert features.is_delimited.tolist() == [whole]
    assert features.is_elided.tolist() == [broken]
    assert features.fills_text.tolist() == [float(text == POST)]


def test_an_item_repeated_inside_one_source_keeps_its_information():
    post = " ".join(words(12, 904))
    crowd = [f"{post} {' '.join(words(2, 50 + number))}" for number in range(60)]
    text = f"{prose(9, 1)} {post} {prose(9, 2)}"
    (_, alone), (_, often) = measured([post], [text]), measured([post, *crowd], [text])

    assert often.registry_bits[0] >= 0.95 * alone.registry_bits[0]
    assert often.shared_across_sources.tolist() == [0] * len(often.shared_across_sources)
