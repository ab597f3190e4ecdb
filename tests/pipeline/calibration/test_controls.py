"""Controls: what is found of items that cannot be there is chance, and is told as such."""

import io
import json
from pathlib import Path

import pytest
import zstandard

from provenance.errors import RegistryError
from provenance.match.estimation.intervals import poisson_interval
from provenance.match.scoring.evalue import STRENGTH_THRESHOLD
from provenance.model.results.control import Rate
from provenance.model.results.result import Report
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.settings import Settings
from tests.pipeline.conftest import Writer

WRITER = Writer(7)
OTHERS = [WRITER.sentence(8 + number % 20) for number in range(200)]


@pytest.fixture
def measure(tmp_path: Path, registry: str, write_lines):
    """Check texts with a control of some posts."""

    def run(texts: list[str], control: list[str] | None) -> Report:
        rows = [{"id": f"d{row}", "text": text} for row, text in enumerate(texts)]
        corpus = write_lines(tmp_path / "corpus.jsonl", rows)
        folder = None
        if control is not None:
            folder = str(tmp_path / "control")
            later = [{"id": f"c{row}", "text": text} for row, text in enumerate(control)]
            dump = write_lines(tmp_path / "control.jsonl", later)
            build_registry(Path(folder), DumpSource([dump], "later"))
        settings = Settings(threads=2, control=folder)
        return check([corpus], Policy(registries=(registry,)), settings)

    return run


def test_without_a_control_chance_is_not_measured(measure, pages) -> None:
    assert measure(pages[:20], None).result.control is None


def test_a_control_of_which_nothing_is_found_bounds_chance(measure, posts, pages) -> None:
    texts = [f"{page} {post['text']}" for page, post in zip(pages, posts, strict=False)]

    made = measure(texts, OTHERS).result

    control = made.control
    assert (control.passages, control.documents, control.shared) == (0, 0, 0)
    assert control.scale == 2  # the registry has twice as many items
    assert control.findings == made.findings >= 100
    assert (control.expected.value, control.expected.low) == (0, 0)
    assert control.expected.high == pytest.approx(2 * 3.69)
    assert control.false_discovery.value == 0
    assert 0 < control.false_discovery.high < 0.1
    million = made.corpus.tokens / 1e6
    assert control.passages_per_million.high == pytest.approx(control.expected.high / million)
    assert control.documents_per_million.high == pytest.approx(2 * 3.69 / million)


def test_what_is_found_of_a_control_is_the_part_that_may_be_chance(measure, posts, pages) -> None:
    texts = [f"{page} {post['text']}" for page, post in zip(pages, posts, strict=False)]
    texts[0] = f"{texts[0]} {pages[1]} {OTHERS[20]} {pages[2]} {OTHERS[21]}"
    texts[5] = f"{texts[5]} {pages[6]} {OTHERS[22]}"

    control = measure(texts, OTHERS).result.control

    assert (control.passages, control.documents) == (3, 2)
    assert control.expected.value == 6
    assert (control.expected.low, control.expected.high) == tuple(
        2 * end for end in poisson_interval(3)
    )
    rate = control.false_discovery
    assert rate.value == pytest.approx(6 / control.findings)
    assert 0 < rate.low < rate.value < rate.high < 1


def test_a_control_changes_no_finding_and_gets_no_share(measure, posts, pages) -> None:
    texts = [f"{page} {post['text']}" for page, post in zip(pages, posts[:60], strict=False)]
    texts += OTHERS[:10]

    without, beside = measure(texts, None), measure(texts, OTHERS)

    assert beside.findings.equals(without.findings)
    assert beside.result.shares == without.result.shares
    assert beside.result.rulings == without.result.rulings
    assert beside.result.registries == without.result.registries
    assert [each.source for each in beside.result.control.registry.sources] == ["later"]


def test_items_that_a_registry_holds_too_are_left_out(measure, posts, pages) -> None:
    copies = [post["text"].upper() for post in posts[20:60]]

    control = measure([*pages[:40], *copies], [*OTHERS, *copies]).result.control

    assert (control.shared, control.passages) == (40, 0)
    assert control.scale == 2


def test_near_copies_of_what_was_found_are_no_chance(measure, posts, pages) -> None:
    copied = [post["text"] for post in posts[15:20]]
    near = [f"{text} {WRITER.words[number]}" for number, text in enumerate(copied)]

    control = measure([*pages[:40], *copied], [*OTHERS, *near]).result.control

    assert control.findings == 5
    assert (control.passages, control.outdone, control.shared) == (0, 5, 0)


def test_what_the_control_matches_better_counts_whatever_was_found_there(
    measure, posts, pages
) -> None:
    # Most of a post stands there, but all of the longer text that quotes it.
    quoting = f"{posts[17]['text'].rsplit(' ', 6)[0]} {OTHERS[20]}"

    control = measure([*pages[:40], quoting], [*OTHERS[:15], quoting]).result.control

    assert control.findings == 1
    assert (control.passages, control.outdone) == (1, 0)


def test_a_control_of_copies_measures_nothing_and_is_refused(measure, posts, pages) -> None:
    with pytest.raises(RegistryError, match="have the same words as items of the registries"):
        measure(pages[:3], [*OTHERS[:10], *(post["text"] for post in posts[:11])])


def test_an_empty_control_is_refused(measure, pages) -> None:
    with pytest.raises(RegistryError, match="0 different items"):
        measure(pages[:3], ["…", "!"])


def test_where_nothing_is_found_the_false_part_is_unknown(measure, pages) -> None:
    control = measure(pages[:40], OTHERS).result.control

    assert control.findings == 0
    assert control.false_discovery is None
    assert control.expected.high > 0


def test_more_chance_than_findings_is_all_of_them(measure, posts, pages) -> None:
    control = measure([*pages[:40], posts[3]["text"], *OTHERS[:20]], OTHERS).result.control

    assert (control.findings, control.passages) == (1, 20)
    assert control.false_discovery == Rate(1, 1, 1)


@pytest.fixture(scope="module")
def halves(shared_data: Path, tmp_path_factory, write_lines) -> list[str]:
    """The tweets of one dump in two registries, in turn; none of their texts in both."""
    folder = tmp_path_factory.mktemp("halves")
    file = shared_data / "registries" / "reg_twitter_semeval2013_2017.jsonl.zst"
    texts = sorted({" ".join(row["text"].split()) for row in _rows(file)})
    for half in (0, 1):
        rows = [{"id": str(row), "text": text} for row, text in enumerate(texts[half::2])]
        dump = write_lines(folder / f"{half}.jsonl", rows)
        build_registry(folder / str(half), DumpSource([dump], "x"))
    return [str(folder / str(half)) for half in (0, 1)]


def test_on_pages_without_posts_a_control_expects_about_what_is_found(
    tmp_path: Path, shared_data: Path, halves, write_lines
) -> None:
    books = _rows(shared_data / "background" / "bg_books_gutenberg_nltk.jsonl.zst")
    words = [book["text"].split() for book in books]
    pages = [
        {"text": " ".join(own[first : first + 300])}
        for own in words
        for first in range(0, len(own), 300)
    ]
    corpus = write_lines(tmp_path / "pages.jsonl", pages)

    for one, other in (halves, halves[::-1]):
        settings = Settings(threads=2, control=other)
        control = check([corpus], Policy(registries=(one,)), settings).result.control
        low, high = poisson_interval(control.findings)
        assert low <= control.expected.high
        assert control.expected.low <= high
        assert control.documents_per_million.low <= 1e6 / 2**STRENGTH_THRESHOLD
        assert control.scale == pytest.approx(1, abs=0.05)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open("rb") as packed:
        stream = io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(packed))
        return [json.loads(line) for line in io.TextIOWrapper(stream, "utf-8")]
