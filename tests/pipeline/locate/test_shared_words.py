"""Words that items of two sources share are judged apart from those that only one has."""

import random
from functools import cache

import pytest

from provenance.model.rules.policy import Policy
from provenance.pipeline import Settings, check
from provenance.pipeline.building.registries import DumpSource, build_registry

WORDS = [
    f"{a}{b}{c}" for a in "bdfgklmnprst" for b in ("a", "ei", "o", "u") for c in ("l", "m", "rt")
]


def invented(seed, count):
    """Return sentences of invented words."""
    chosen = random.Random(seed).choices(WORDS, k=count)
    for place in range(9, count, 10):
        chosen[place] += "."
    return " ".join(chosen)


@pytest.fixture(scope="module")
def found(tmp_path_factory, write_lines, pages):
    """Check an article of which a source with other terms has some words in the middle."""
    folder = tmp_path_factory.mktemp("shared")

    @cache
    def run(before, shared, after):
        name = f"{before}-{shared}-{after}"
        middle = invented("middle", shared)
        article = f"{invented('before', before)} {middle} {invented('after', after)}".strip()
        for source, text in (("x", article), ("cc0-1.0", middle)):
            others = [{"id": f"o{n}", "text": page} for n, page in enumerate(pages[20:40])]
            rows = [{"id": "1", "text": text}, *others[source == "x" :: 2]]
            dump = DumpSource([write_lines(folder / f"{name}-{source}.jsonl", rows)], source)
            build_registry(folder / name / source, dump)
        texts = [*pages[:20], f"{pages[50]}\n\n{article}\n\n{pages[51]}"]
        corpus = write_lines(folder / f"{name}.jsonl", [{"text": text} for text in texts])
        registries = tuple(str(folder / name / source) for source in ("x", "cc0-1.0"))
        report = check([corpus], Policy(registries=registries), Settings(threads=2))
        return [one for one in report.findings.to_pylist() if one["row"] == 20]

    return run


def counted(findings):
    """Return the matched words of the source, by whether they are contested."""
    words = {False: 0, True: 0}
    for one in findings:
        if one["source"] == "x":
            words[one["contested"]] += one["tokens"]
    return words


@pytest.mark.parametrize(
    ("before", "shared", "after"), [(150, 310, 140), (0, 310, 290), (290, 310, 0), (200, 100, 300)]
)
def test_only_the_words_that_a_permitted_source_has_are_contested(found, before, shared, after):
    words = counted(found(before, shared, after))
    assert words[True] == pytest.approx(shared, abs=3)
    assert words[False] == pytest.approx(before + after, abs=3)


def test_the_parts_are_one_passage(found):
    parts = [one for one in found(150, 310, 140) if one["source"] == "x"]
    assert parts[0]["gap"] is None
    assert max(one["gap"] for one in parts[1:]) <= 2  # characters: a full stop and a space
    assert {one["item"] for one in parts} == {"1"}


def test_few_words_around_what_is_shared_do_not_stand_alone(found):
    assert counted(found(6, 310, 5))[False] == 0
