"""Backgrounds, a control and a calibration serve one check, and do not disturb each other."""

from dataclasses import replace

import jsonschema
import numpy as np
import pytest

from provenance.match.estimation.own_shares import DEFAULT_SHARE
from provenance.match.scoring import detectability
from provenance.match.scoring.detectability import report_limits
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.calibration.calibrate import PlantingOptions, calibrate
from provenance.pipeline.checking.check_inputs import open_references
from provenance.pipeline.settings import Settings
from provenance.read.language_counts import load_language
from provenance.report.files.calibration_json import write_calibration
from provenance.report.files.result_json import result_document
from tests.pipeline.conftest import Writer
from tests.schemas import load_schema

WRITER = Writer(11)


@pytest.fixture(scope="module")
def world(tmp_path_factory, registry, posts, pages, write_lines):
    """A corpus of pages with posts, half of which a book quotes; and what may be asked of it."""
    folder = tmp_path_factory.mktemp("references")
    texts = [f"{page} {post['text']}" for page, post in zip(pages, posts[20:], strict=False)]
    rows = [{"id": f"d{row}", "text": text} for row, text in enumerate([*texts, *pages])]
    corpus = write_lines(folder / "corpus.jsonl", rows)
    book = [{"id": f"b{row}", "text": post["text"]} for row, post in enumerate(posts[20:80])]
    later = [{"id": f"c{row}", "text": WRITER.sentence(15)} for row in range(200)]
    for name, items in (("book", book), ("later", later)):
        dump = write_lines(folder / f"{name}.jsonl", items)
        build_registry(folder / name, DumpSource([dump], name))
    policy = Policy(registries=(registry,))
    made = calibrate([corpus], policy, PlantingOptions(200, 1), Settings(threads=2))
    write_calibration(made, folder / "calibration.json")
    policy = replace(policy, calibration=str(folder / "calibration.json"))
    return folder, corpus, policy


def tokens(made, key="forbidden"):
    return next(each.tokens for each in made.result.shares if each.key == key)


def evidence(made, key):
    return next(each for each in made.result.shares if (each.by, each.key) == ("evidence", key))


@pytest.mark.parametrize("sample", [None, 0.5])
def test_all_of_them_together_say_what_each_says_alone(world, sample):
    folder, corpus, policy = world
    settings = Settings(threads=2, sample=sample, own_share=DEFAULT_SHARE)
    background = replace(policy, backgrounds=(str(folder / "book"),))
    controlled = replace(settings, control=str(folder / "later"))

    alone = check([corpus], policy, settings)
    beside = check([corpus], background, settings)
    measured = check([corpus], policy, controlled)
    together = check([corpus], background, controlled)

    assert together.result.shares == beside.result.shares
    assert together.result.control == measured.result.control
    assert together.result.control.findings == together.findings.num_rows > 20
    assert together.result.calibration == alone.result.calibration
    assert together.result.sample == alone.result.sample
    of_background = ["contested", "origin", "own_probability", "origin_reasons", "quoted_work"]
    of_background += ["verdict", "basis", "terms", "copies", "occurrences"]
    assert together.findings.drop(of_background).equals(alone.findings.drop(of_background))


@pytest.mark.parametrize("sample", [None, 0.5])
def test_what_is_contested_is_in_the_corrected_share_as_it_is_in_the_share(world, sample):
    folder, corpus, policy = world
    settings = Settings(threads=2, sample=sample)
    background = replace(policy, backgrounds=(str(folder / "book"),))

    alone, beside = (check([corpus], asked, settings) for asked in (policy, background))

    assert tokens(alone).contested == 0
    assert 0 < tokens(beside, "quotation").contested == tokens(beside, "quotation").share
    for unit in ("documents", "tokens", "bytes"):
        one = getattr(evidence(alone, "content"), unit)
        two = getattr(evidence(beside, "content"), unit)
        assert (one.share, one.corrected) == (two.share, two.corrected)
        assert one.corrected is not None


def test_a_result_tells_of_all_of_them(world):
    folder, corpus, policy = world
    asked = replace(policy, backgrounds=(str(folder / "book"),))
    made = check([corpus], asked, Settings(threads=2, sample=0.5, control=str(folder / "later")))

    document = result_document(made.result)

    jsonschema.Draft202012Validator(load_schema("report/result")).validate(document)
    assert document["calibration"]["path"] == policy.calibration
    assert document["sample"]["of_documents"] == 240
    assert [each["path"] for each in document["backgrounds"]] == [str(folder / "book")]
    assert document["control"]["registry"]["path"] == str(folder / "later")


def test_only_of_what_may_be_reported_little_information_is_not_enough(world, monkeypatch):
    """What measures chance, and what contests, is seen whole."""
    monkeypatch.setattr(detectability, "LIMITED_FROM_TOKENS", 0)
    folder, _, policy = world
    beside = replace(policy, backgrounds=(str(folder / "book"),))
    opened = open_references(beside, str(folder / "later"))
    [one] = opened.registries
    asked = report_limits(one.index.arrays.chance, one.size, load_language())
    assert asked.least_bits.size > 0
    assert one.index.limits.least_bits.tolist() == asked.least_bits.tolist()
    none = np.zeros(0, np.uint64)
    indexes = [*(each.load_index(none) for each in opened.backgrounds), opened.control.index.index]
    assert [index.limits.least_bits.size for index in indexes] == [0, 0, 0]
