"""Render RESULTS.md and its charts."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.speed.plots import bars, growth
from benchmarks.speed.sections import Section
from benchmarks.speed.targets import FIGURES, RATIOS, applicable_targets, target_table

_HEAD = """# Speed

Written by `python -m benchmarks`, everything side by side in one run: each figure from a process
of its own, pinned to one core where *a core* is said. Absolute figures are of this machine; ratios
are what counts.

![Speed beside peers](speed.svg)
"""
_TRIED = """**This run was small: it shows that the benchmark works. Start-up is most of what it
measures, so targets about whole jobs are left out, and its figures say little.**
"""
_AGAIN = """## Run it again

```sh
pip install 'corpus-provenance[bench]'
python -m benchmarks --size full --words TEXTS --scripts DECLARATIONS \\
    --posts DUMP --pages TEXTS --decontaminate-python PYTHON
```

Every peer is optional; what is not installed is a row that says so. `--words` takes texts (files
of any layout that a check reads) whose words are recombined; without it the shipped sample's are,
which are few. `--scripts` takes JSON Lines with `lang` and `text` in many languages, such as the
Universal Declaration of Human Rights; `--posts` and `--pages` are what people wrote. `PYTHON` is
an interpreter of 3.12 or newer that has `decontaminate`. `--only` measures some parts alone,
`--work` keeps the data for the next run, and `--size small` tries everything in two minutes.
"""


def facts_of(sections: Sequence[Section]) -> dict[str, float]:
    """Merge the facts of all sections."""
    return {name: value for section in sections for name, value in section.facts.items()}


def write(
    folder: Path, sections: Sequence[Section], machine: Sequence[str], *, size: str, words: int
) -> None:
    """Write RESULTS.md, speed.svg and growth.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "RESULTS.md").write_text(render(sections, machine, size=size, words=words), "utf-8")
    panels = {name: rows for section in sections for name, rows in section.bars.items() if rows}
    if panels:
        picture = bars("Speed beside peers", "MB of text a second on one core", panels)
        (folder / "speed.svg").write_text(picture, "utf-8")
    curves = {name: points for section in sections for name, points in section.curves.items()}
    if curves:
        picture = growth("Growth", "Checks from process start to files on disk, two cores", curves)
        (folder / "growth.svg").write_text(picture, "utf-8")


def render(sections: Sequence[Section], machine: Sequence[str], *, size: str, words: int) -> str:
    """Render RESULTS.md: ratios to peers, own figures, sections, and how to run it again."""
    facts, full = facts_of(sections), size == "full"
    head = [_HEAD.strip(), *([] if full else [_TRIED.strip()])]
    parts = [
        *head,
        "## Against peers",
        str(target_table(applicable_targets(RATIOS, full=full), facts)),
        "## Ours alone",
        str(target_table(applicable_targets(FIGURES, full=full), facts)),
        "![Growth](growth.svg)",
        *map(str, sections),
        "## The machine",
        "\n".join(f"- {line}" for line in [*machine, f"texts recombined from {words:,} words"]),
        _AGAIN.strip(),
    ]
    return "\n\n".join(parts) + "\n"
