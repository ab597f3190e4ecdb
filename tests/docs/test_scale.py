"""docs/scale.md shows what follows from the figures that were measured. `make docs` computes it."""

import re
from pathlib import Path

import pytest

from benchmarks.real.figures import PAGES, Figures
from benchmarks.real.scaling import (
    ASSUMED,
    MAX_REGISTRY_TOKENS,
    Rates,
    estimate,
    estimate_table,
    rates_table,
    simulation_table,
)

ROOT = Path(__file__).resolve().parents[2]
PAGE, FIGURES = ROOT / "docs" / "scale.md", ROOT / "benchmarks" / "real.json"


def tables() -> dict[str, str]:
    """Give the tables of the page, by the name in their comments."""
    rates = Rates.of(Figures.load(FIGURES))
    return {
        "measured": str(rates_table(rates)),
        "estimated": str(estimate_table(rates)),
        "simulated": str(simulation_table(rates)),
    }


def pattern(name: str) -> str:
    begin, end = f"<!-- {name}: written by `make docs` -->\n", f"<!-- end of {name} -->"
    return f"({re.escape(begin)})(.*?)({re.escape(end)})"


@pytest.mark.parametrize("name", ["measured", "estimated", "simulated"])
def test_the_tables_follow_from_the_figures(name):
    found = re.search(pattern(name), PAGE.read_text("utf-8"), re.DOTALL)
    assert found
    assert found[2] == f"\n{tables()[name]}\n\n", "run `make docs`"


def test_the_assumptions_are_those_of_the_code(pages):
    page = " ".join(pages["docs/scale.md"].split())
    assert f"*C* = {ASSUMED.corpus_bytes / 1e12:.0f} TB" in page
    assert f"on {ASSUMED.machines} machines with {ASSUMED.cores} cores" in page
    assert f"{ASSUMED.memory_bytes / 1e9:.0f} GB of memory" in page
    assert f"a network of {ASSUMED.network_bytes / 1e9} GB a second" in page
    assert ASSUMED.mapped_share == 0.75, "three quarters"
    shards = ASSUMED.shards
    assert shards == 4 * ASSUMED.machines * ASSUMED.cores, "four shards for each core"
    assert f"in *S* = {shards:,} shards" in page
    assert f"*F* = {ASSUMED.files:,} Parquet files" in page
    assert f"*S·F* is {shards * ASSUMED.files / 1e6:.0f} million" in page
    assert f"--shard {{}}/{shards}" in page
    assert f"--array=0-{shards // ASSUMED.cores - 1}" in page


def test_the_page_says_up_to_which_size_it_was_measured(pages):
    figures, page = Figures.load(FIGURES), " ".join(pages["docs/scale.md"].split())
    posts = max(build.posts for build in figures.builds) / 1e6
    corpus = max(check.text_bytes for check in figures.checks) / 1e9
    assert f"corpora of up to {corpus:.2f} GB" in page
    assert f"registries of up to {posts} million" in page
    rates = Rates.of(figures)
    assert ASSUMED.corpus_bytes / rates.shard_bytes > 2_000, "thousands"
    assert MAX_REGISTRY_TOKENS / rates.post_tokens / rates.measured_posts > 100


def test_a_registry_holds_as_many_tokens_as_a_build_accepts():
    assert MAX_REGISTRY_TOKENS == 1 << 32  # of which the error of a larger build speaks


def test_estimates_follow_the_formulas_of_the_page():
    rates = Rates.of(Figures.load(FIGURES))
    found = estimate(rates, 1e9)
    size = 1e9 / found.registries
    assert (
        (size * rates.post_tokens)
        <= MAX_REGISTRY_TOKENS
        < 1e9 / (found.registries - 1) * (rates.post_tokens)
    )
    speed = 1 / rates.check_cpu[PAGES]
    grown = (size / rates.measured_posts) ** rates.exponents[PAGES]
    hours = found.registries * ASSUMED.corpus_bytes / speed * grown / 3600
    assert found.check_core_hours[PAGES] == pytest.approx(hours)
    assert found.read_bytes == found.groups * ASSUMED.corpus_bytes


if __name__ == "__main__":
    text = PAGE.read_text("utf-8")
    for name, table in tables().items():
        first, last = re.search(pattern(name), text, re.DOTALL).span(2)
        text = text[:first] + f"\n{table}\n\n" + text[last:]
    PAGE.write_text(text, "utf-8")
