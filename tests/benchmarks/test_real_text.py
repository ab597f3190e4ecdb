"""The benchmark of real text: its texts, its page, what is extrapolated from it."""

import json
import random
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.real import __main__ as command
from benchmarks.real import page
from benchmarks.real.figures import PAGES, POSTS, CheckFigures, Figures, power
from benchmarks.real.generated import MAX_DEVIATION, qualifies, stand_in
from benchmarks.real.real_data import (
    find_reposts,
    order_posts,
    recombine_posts,
    take_corpus,
    take_registry,
)
from benchmarks.real.scaling import simulate
from benchmarks.real.suite import DUMPS, SEPARATORS, missing_data
from benchmarks.speed import measuring

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
WORDS = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
]


@pytest.fixture(scope="module")
def figures():
    return Figures.load(FOLDER / "real.json")


def test_the_committed_page_is_what_its_figures_give(figures):
    assert (FOLDER / "REAL.md").read_text("utf-8") == page.render(figures)
    assert (FOLDER / "real.svg").read_text("utf-8") == page.chart(figures)


def test_figures_are_the_same_after_they_were_saved(figures, tmp_path):
    figures.save(tmp_path / "real.json")
    assert Figures.load(tmp_path / "real.json") == figures
    assert (tmp_path / "real.json").read_bytes() == (FOLDER / "real.json").read_bytes()


def test_the_page_has_ratios_only_where_two_checkouts_were_measured(figures):
    assert "## Against" not in page.render(replace(figures, other_checks=[], other_commit=""))
    assert "## Against abc" in page.render(
        replace(figures, other_checks=figures.checks, other_commit="abc")
    )


def test_checks_are_chosen_by_what_grows(figures):
    for kind in (POSTS, PAGES):
        checks = figures.by_registry(kind)
        assert len({check.text_bytes for check in checks}) == 1
        assert [check.posts for check in checks] == sorted({b.posts for b in figures.builds})
    grown = figures.by_corpus()
    assert {check.posts for check in grown} == {min(b.posts for b in figures.builds)}
    assert len({check.text_bytes for check in grown}) == len(grown) >= 4
    assert {alone.cores for alone, _ in figures.by_cores()} <= {1}


@given(st.floats(-1, 3), st.floats(0.01, 100))
def test_the_power_of_a_power_law_is_found(exponent, scale):
    sizes = [1, 2, 4, 8]
    values = [scale * size**exponent for size in sizes]
    assert power(sizes, values) == pytest.approx(exponent, abs=1e-6)


def check_of(kind, candidates, findings):
    return CheckFigures(kind, 1, 1_000_000, 1, 2, 1, 1, 1, 1, 1, candidates, findings)


@pytest.mark.parametrize(
    ("candidates", "findings", "expected"),
    [(100, 10, True), (119, 9, True), (121, 10, False), (100, 7, False)],
)
def test_generated_posts_qualify_if_both_rates_are_near(candidates, findings, expected):
    assert MAX_DEVIATION == 0.2
    checks = [check_of(POSTS, 100, 10), check_of("made up", candidates, findings)]
    assert qualifies(checks, "made up") is expected
    assert stand_in(checks) == ("made up" if expected else None)


def test_the_stand_in_is_the_nearest_kind():
    rates = {"real": (100, 10), "far": (118, 10), "near": (105, 11), "farther": (100, 12)}
    checks = [check_of(kind, *rate) for kind, rate in rates.items()]
    assert stand_in(checks) == "near"


def posts_of(count, seed):
    draw = random.Random(seed)
    return [
        ". ".join(" ".join(draw.choices(WORDS, k=9)) for _ in range(draw.randint(1, 3))) + "."
        for _ in range(count)
    ]


@pytest.fixture
def data(tmp_path):
    """Two dumps of posts and a file of pages, in the layout of the real ones."""
    folder = tmp_path / "data"
    for number, name in enumerate(DUMPS):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        texts = posts_of(60, number)
        table = pa.table(
            {
                "id": [f"{number}-{row}" for row in range(60)],
                "text": texts,
                "url": [f"https://www.reddit.com/{number}/{row}" for row in range(60)],
                "created_at": ["2012-01-01T00:00:00Z"] * 60,
            }
        )
        if number:
            days = pa.array([0] * 60, pa.timestamp("ms"))
            table = table.set_column(3, "created_at", days)
        pq.write_table(table, path)
    (folder / "background").mkdir()
    with pa.CompressedOutputStream(str(folder / "background" / "bg.jsonl.zst"), "zstd") as out:
        rows = [json.dumps({"id": str(n), "text": text}) for n, text in enumerate(posts_of(9, 7))]
        out.write("\n".join(rows).encode())
    return folder


def test_registries_and_corpora_have_different_posts_of_both_dumps(data, tmp_path):
    posts, dump, corpus = (str(tmp_path / f"{name}.parquet") for name in "pdc")
    assert order_posts(posts, [str(data / name) for name in DUMPS])["documents"] == 120
    take_registry(dump, posts, 80)
    take_corpus(corpus, posts, 40)
    registry, checked = pq.read_table(dump), pq.read_table(corpus)
    assert registry.column_names == ["id", "text", "url", "created_at"]
    assert checked.column_names == ["id", "text"], "an address would be evidence by itself"
    ids = registry["id"].to_pylist() + checked["id"].to_pylist()
    assert len(set(ids)) == 120
    assert {name[0] for name in registry["id"].to_pylist()} == {"0", "1"}
    assert {name[0] for name in checked["id"].to_pylist()} == {"0", "1"}


@pytest.mark.parametrize("kind", SEPARATORS)
def test_recombined_posts_have_the_pieces_of_real_ones_each_as_often(kind, tmp_path):
    texts = posts_of(50, 3)
    pq.write_table(pa.table({"text": texts}), tmp_path / "real")
    facts = recombine_posts(
        str(tmp_path / "made"), str(tmp_path / "real"), SEPARATORS[kind], 50, seed=1
    )
    made = pq.read_table(tmp_path / "made")["text"].to_pylist()
    assert facts == {"documents": 50, "bytes": sum(map(len, texts))}
    assert made != texts
    assert sorted("".join(made)) == sorted("".join(texts))
    recombine_posts(str(tmp_path / "more"), str(tmp_path / "real"), SEPARATORS[kind], 150, seed=1)
    more = pq.read_table(tmp_path / "more")["text"].to_pylist()
    assert len(more) == 150
    assert sorted("".join(more)) == sorted(3 * "".join(texts))


def test_reposts_are_posts_with_the_same_eight_words_or_more(tmp_path):
    long = "One two three, four five six seven eight!"
    pq.write_table(pa.table({"text": [long, "too short"]}), tmp_path / "dump")
    texts = ["another", long.upper().replace(",", ""), "too short", long + " nine"]
    pq.write_table(pa.table({"text": texts}), tmp_path / "corpus")
    found = find_reposts(str(tmp_path / "corpus"), str(tmp_path / "dump"))
    assert found == {"rows": [1]}


def test_absent_data_is_named_and_nothing_is_measured(tmp_path, monkeypatch, capsys):
    arguments = ["benchmarks.real", "--data", str(tmp_path), "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", arguments)
    assert command.main() == 2
    assert DUMPS[0] in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.long
def test_one_command_measures_everything_and_writes_the_page(data, tmp_path, monkeypatch):
    assert missing_data(data) == ""
    sizes = replace(
        command.suite.SMALL,
        registries=(40, 60),
        corpora=(20, 40),
        corpus=40,
        few=5,
        peer_corpus=20,
    )
    monkeypatch.setattr(command.suite, "SMALL", sizes)
    root = str(measuring.ROOT)
    arguments = ["--data", str(data), "--out", str(tmp_path / "out"), "--rounds", "1"]
    arguments += ["--size", "small", "--against", root, "--work", str(tmp_path / "work")]
    monkeypatch.setattr(sys, "argv", ["benchmarks.real", *arguments])
    assert command.main() == 0
    written = Figures.load(tmp_path / "out" / "real.json")
    assert (tmp_path / "out" / "REAL.md").read_text("utf-8") == page.render(written)
    assert [check.findings for check in written.checks] == [
        check.findings for check in written.other_checks
    ]
    assert all(row.task_bytes > 0 and row.merge_anonymous > 0 for row in written.shards)
    assert [peer.name.split()[0] for peer in written.peers] == [
        "provenance,",
        "decontaminate",
        "datatrove",
    ]


def test_a_command_is_measured_by_its_processor_time_and_anonymous_memory():
    code = "import time; x = bytearray(100_000_000); time.sleep(0.2); sum(range(3_000_000))"
    run = measuring.command([sys.executable, "-c", code])
    assert run.cpu > 0.01
    if Path("/proc/self/status").exists():
        assert 100e6 < run.anonymous < 200e6


def test_a_command_imports_from_the_checkout_that_it_is_given(tmp_path):
    (tmp_path / "provenance.py").write_text("print('another')")
    words = [sys.executable, "-m", "provenance"]
    assert measuring.command(words, checkout=tmp_path).output["stdout"] == "another\n"


def test_workers_that_live_finish_shards_in_the_time_of_the_busiest():
    time = simulate(400, 4, 100.0, mean_life=1e12, start=0.0)
    assert 23 < time < 28
    assert simulate(400, 4, 100.0, mean_life=1e12, start=0.5) == pytest.approx(time + 50, abs=1)


def test_workers_that_die_finish_later_but_lose_no_more_than_their_starts():
    lasting = simulate(40, 4, 100.0, mean_life=1e12, start=0.1)
    dying = simulate(40, 4, 100.0, mean_life=1.0, start=0.1)
    assert lasting < dying < 2 * lasting
