"""Calibration: plants are looked for as a check looks, and correct its shares."""

import re
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from provenance.errors import EmptyCorpus, InputError, PolicyError, RegistryError
from provenance.model.results.calibration import LENGTHS, PLANTS
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.calibration.calibrate import PlantingOptions, calibrate
from provenance.pipeline.calibration.text_edits import EDITS
from provenance.pipeline.settings import Settings
from provenance.read.corpus.corpora import open_corpus
from provenance.read.policy.calibration_file import load_calibration
from provenance.report.files.calibration_json import write_calibration
from tests.pipeline.conftest import Writer

QUIET = Settings(threads=2)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory, pages, write_lines) -> str:
    folder = tmp_path_factory.mktemp("pages")
    rows = [{"id": f"d{row}", "text": text} for row, text in enumerate(pages)]
    return write_lines(folder / "pages.jsonl", rows)


@pytest.fixture(scope="module")
def measured(corpus, registry):
    return calibrate([corpus], Policy(registries=(registry,)), PlantingOptions(300, 1), QUIET)


def of(calibration, **keys):
    wanted = {"length": None, "edit": None, "place": None, "source": None, **keys}
    return next(
        recall
        for recall in calibration.recalls
        if all(getattr(recall, key) == value for key, value in wanted.items())
    )


def test_what_is_planted_whole_is_found_and_named(measured):
    verbatim = of(measured, edit="verbatim")
    assert verbatim.share >= 0.95
    assert verbatim.low <= verbatim.share <= verbatim.high
    assert verbatim.covered >= 0.97
    assert verbatim.right >= 0.95


def test_the_more_is_cut_the_less_is_found(measured):
    cut = of(measured, edit="cut to 50%")
    assert cut.share < of(measured, edit="verbatim").share


def test_recalls_are_sums_of_the_plants(measured):
    table = measured.plants
    assert table.schema == PLANTS
    overall = measured.recalls[0]
    able = [row for row in table.to_pylist() if row["item_tokens"] >= LENGTHS[1].min_tokens]
    assert (overall.planted, overall.found) == (len(able), sum(row["found"] for row in able))
    assert {row["edit"] for row in able} == {edit.name for edit in EDITS}
    assert {row["place"] for row in able} == {"sentence", "paragraph", "row"}
    lengths = [recall for recall in measured.recalls if recall.length and not recall.edit]
    assert sum(recall.planted for recall in lengths) == len(table)
    for row in able:
        assert row["found"] == (row["look"] >= 0) == (row["found_bytes"] > 0)
        assert row["tokens"] > 0


def test_without_control_or_background_the_false_rate_is_unknown_not_zero(measured):
    assert measured.false.documents_per_million is None
    assert "--control" in measured.false.reason


def test_the_same_seed_gives_the_same_in_any_order_and_number_of_threads(
    corpus, registry, measured, tmp_path, pages, write_lines
):
    policy = Policy(registries=(registry,))
    again = calibrate([corpus], policy, PlantingOptions(300, 1), replace(QUIET, threads=1))
    assert replace(again, created=measured.created) == measured
    other = calibrate([corpus], policy, PlantingOptions(300, 2), QUIET)
    assert other.plants != measured.plants


def test_nothing_is_written_to_the_corpus(corpus, measured):
    assert measured.corpus == open_corpus([corpus]).digest()
    assert list(Path(corpus).parent.iterdir()) == [Path(corpus)]


def test_a_calibration_is_read_back_as_it_was_written(measured, tmp_path):
    write_calibration(measured, tmp_path / "calibration.json")
    assert load_calibration(tmp_path / "calibration.json") == measured


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1" + "0" * 400, "true", '"1"', "null"])
def test_what_is_no_number_is_refused(measured, tmp_path, value):
    path = tmp_path / "calibration.json"
    write_calibration(measured, path)
    spoilt, count = re.subn(r'"threshold": *[^,}]+', f'"threshold": {value}', path.read_text())
    assert count
    path.write_text(spoilt)
    with pytest.raises(InputError, match=r"threshold: .* is not a number"):
        load_calibration(path)


def test_a_registry_without_texts_is_an_error_with_its_remedy(corpus, tmp_path, posts, write_lines):
    dump = write_lines(tmp_path / "posts.jsonl", posts[:20])
    build_registry(tmp_path / "reg", DumpSource([dump], "x"), keep_texts=False)
    with pytest.raises(RegistryError, match="keeps no texts") as raised:
        calibrate([corpus], Policy(registries=(str(tmp_path / "reg"),)), PlantingOptions(10), QUIET)
    assert "--no-text" in raised.value.remedy


def test_no_registry_and_no_text_are_errors(corpus, registry, tmp_path):
    with pytest.raises(PolicyError, match="no registry"):
        calibrate([corpus], Policy(), PlantingOptions(10), QUIET)
    (tmp_path / "empty.jsonl").write_text('{"text": "!!! ..."}\n')
    with pytest.raises(EmptyCorpus):
        calibrate(
            [str(tmp_path / "empty.jsonl")],
            Policy(registries=(registry,)),
            PlantingOptions(10),
            QUIET,
        )


@pytest.fixture(scope="module")
def others(tmp_path_factory, write_lines) -> str:
    """A registry of posts that are in no page."""
    folder = tmp_path_factory.mktemp("others")
    writer = Writer(77)
    posts = [{"id": f"o{n}", "text": writer.sentence(8 + n % 20)} for n in range(200)]
    dump = write_lines(folder / "posts.jsonl", posts)
    build_registry(folder / "registry", DumpSource([dump], "x"))
    return str(folder / "registry")


def test_a_control_of_strangers_measures_the_false_rate(corpus, registry, others):
    policy = Policy(registries=(registry,))
    false = calibrate([corpus], policy, PlantingOptions(20, control=others), QUIET).false
    assert (false.basis, false.documents, false.documents_per_million) == ("control", 0, 0.0)
    assert false.scale == 2.0  # twice as many items are in the registry
    assert false.low == 0 < false.high < 1e6 * 2 * 4 / false.read


def test_a_control_that_is_in_the_corpus_is_seen(registry, tmp_path, posts, pages, write_lines):
    rows = [{"text": f"{page} {post['text']}."} for page, post in zip(pages, posts, strict=False)]
    held = write_lines(tmp_path / "held.jsonl", rows)
    policy = Policy(registries=(registry,))
    false = calibrate([held], policy, PlantingOptions(20, control=registry), QUIET).false
    assert false.documents >= 110
    assert false.tokens_per_million > false.documents_per_million > 0


def test_a_background_is_read_as_clean_documents(
    corpus, registry, others, posts, tmp_path, write_lines
):
    policy = Policy(registries=(registry,))
    clean = calibrate([corpus], policy, PlantingOptions(20, background=others), QUIET).false
    assert (clean.basis, clean.documents) == ("background", 0)
    # Three of its texts quote a post.
    writer = Writer(78)
    texts = [writer.page() for _ in range(20)]
    texts[:3] = [f"{text} {post['text']}." for text, post in zip(texts[:3], posts, strict=False)]
    dump = write_lines(
        tmp_path / "books.jsonl", [{"id": n, "text": t} for n, t in enumerate(texts)]
    )
    build_registry(tmp_path / "books", DumpSource([dump], "books"))
    quoting = PlantingOptions(20, background=str(tmp_path / "books"))
    assert calibrate([corpus], policy, quoting, QUIET).false.documents == 3


@pytest.mark.parametrize(("words", "least", "most"), [(5, 10, 30), (12, 0, 9)])
def test_a_plant_amid_a_real_copy_is_found_or_given_up(tmp_path, write_lines, words, least, most):
    writer = Writer(5)
    long = [" ".join(f"{writer.sentence(30)}." for _ in range(4)) for _ in range(30)]
    short = [writer.sentence(words) for _ in range(300)]
    rows = [{"id": n, "text": text} for n, text in enumerate([*long, *short])]
    build_registry(tmp_path / "reg", DumpSource([write_lines(tmp_path / "posts.jsonl", rows)], "x"))
    copies = write_lines(tmp_path / "copies.jsonl", [{"text": text} for text in long])
    policy = Policy(registries=(str(tmp_path / "reg"),))
    calibration = calibrate([copies], policy, PlantingOptions(100, 1), QUIET)
    assert least <= calibration.skipped <= most
    assert len(calibration.plants) + calibration.skipped == 100
    assert sum(calibration.plants["found"].to_pylist()) >= 0.95 * len(calibration.plants)


def edited_world(folder, write_lines, seed=9):
    """A registry, and pages of which a known part are its posts, most of them damaged."""
    dice, writer, others = Random(seed), Writer(2), Writer(31)
    posts = [others.sentence(6 + number % 9) for number in range(2500)]
    dump = write_lines(folder / "posts.jsonl", [{"id": n, "text": t} for n, t in enumerate(posts)])
    build_registry(folder / "registry", DumpSource([dump], "x"))
    named = {"verbatim", "lower", "cut to 50%", "changed 20%"}
    harms = [edit for edit in EDITS if edit.name in named]
    rows, true = [], 0
    for number, post in enumerate(dice.sample(posts, 400)):
        put = harms[number % 4].change(post, dice)
        page, true = writer.page(6), true + len(put.encode())
        at = page.index(". ") + 2
        rows.append({"id": f"d{number}", "text": f"{page[:at]}{put} {page[at:]}"})
    rows += [{"id": f"e{number}", "text": writer.page(6)} for number in range(400)]
    corpus = write_lines(folder / "edited.jsonl", rows)
    return corpus, str(folder / "registry"), 400, true


def test_corrected_shares_hold_the_truth_that_was_missed(tmp_path, write_lines):
    corpus, registry, documents, size = edited_world(tmp_path, write_lines)
    policy = Policy(registries=(registry,))
    calibration = calibrate([corpus], policy, PlantingOptions(2000, 5), QUIET)
    write_calibration(calibration, tmp_path / "calibration.json")
    asked = replace(policy, calibration=str(tmp_path / "calibration.json"))
    result = check([corpus], asked, QUIET).result
    share = next(each for each in result.shares if (each.by, each.key) == ("source", "x"))
    for estimate, true in (
        (share.documents, documents / result.corpus.documents),
        (share.bytes, size / result.corpus.bytes),
    ):
        assert estimate.share < 0.97 * true, "the world is too easy to need correcting"
        assert estimate.corrected.low <= true <= estimate.corrected.high
        assert estimate.corrected.share == pytest.approx(true, rel=0.06)


def test_a_registry_named_twice_is_one(corpus, registry, measured):
    twice = calibrate([corpus], Policy(registries=(registry,) * 2), PlantingOptions(300, 1), QUIET)
    assert twice.recalls == measured.recalls
