"""decontaminate (decon of allenai): an index of token n-grams in memory, and detection with it.

Uses only the standard library and the peer, which may need a newer interpreter.
"""

import json
import os
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import decon

from benchmarks.speed.clock import parse_seconds
from benchmarks.speed.scoring import score

LOOSE = {
    "eval_min_token_length": 0,
    "contamination_score_threshold": 0.6,
    "perfect_match_decay_start": 0,
    "perfect_match_decay_end": 0,
}
"""Settings that accept short and edited posts; the defaults require 20 tokens and 0.8."""


def detect(pages: str, posts: str, truth: str, *, loose: bool) -> dict[str, Any]:
    """Search pages for posts on one thread.

    Parameters
    ----------
    pages, posts : str
        Folders of its JSON Lines.
    truth : str
        File with the planted posts.
    loose : bool
        Whether to use `LOOSE` instead of the default settings.
    """
    output, pairs = _search(pages, posts, loose=loose)
    return {
        "index": parse_seconds(output, "Index building time"),
        "seconds": parse_seconds(output, "Detection time"),
        "version": version("decontaminate"),
        **score(pairs, json.loads(Path(truth).read_text("utf-8"))),
    }


def search(corpus: str, posts: str) -> dict[str, Any]:
    """Search a corpus of posts for posts, with `LOOSE`, on one thread; returns the rows found.

    Parameters
    ----------
    corpus, posts : str
        Folders of its JSON Lines.
    """
    output, pairs = _search(corpus, posts, loose=True)
    return {
        "index": parse_seconds(output, "Index building time"),
        "seconds": parse_seconds(output, "Detection time"),
        "version": version("decontaminate"),
        "rows": sorted({row for row, _ in pairs}),
    }


def _search(pages: str, posts: str, *, loose: bool) -> tuple[str, list[tuple[int, str]]]:
    """Return what it prints, and pairs of a line and the post found in it."""
    with tempfile.TemporaryDirectory() as folder:
        config = decon.Config(
            training_dir=pages,
            evals_dir=posts,
            report_output_dir=folder,
            worker_threads=1,
            **(LOOSE if loose else {}),
        )
        output = _capture_stdout(lambda: decon.detect(config))
        pairs = [
            (row["training_line"], f"p{row['eval_instance_index']:07d}")
            for report in Path(folder).rglob("*.jsonl")
            for row in map(json.loads, report.read_text("utf-8").splitlines())
        ]
    return output, pairs


def _capture_stdout(work: Any) -> str:
    """Run `work`, and return what it wrote to the process's stdout."""
    sys.stdout.flush()
    saved_stdout = os.dup(1)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 1)
        try:
            work()
        finally:
            os.dup2(saved_stdout, 1)
            os.close(saved_stdout)
        file.seek(0)
        return file.read().decode("utf-8", "replace")
