"""decontaminate (decon of allenai): an index of token n-grams in memory, and detection with it.

The standard library alone but for the peer: it needs an interpreter newer than ours may be.
"""

import json
import os
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import decon

from benchmarks.speed.clock import seconds_told
from benchmarks.speed.scoring import score

LOOSE = {
    "eval_min_token_length": 0,
    "contamination_score_threshold": 0.6,
    "perfect_match_decay_start": 0,
    "perfect_match_decay_end": 0,
}
"""Settings that let short and edited posts through; its own ask for 20 tokens and 0.8."""


def detect(pages: str, posts: str, truth: str, *, loose: bool) -> dict[str, Any]:
    """Look for posts in pages on one thread.

    Parameters
    ----------
    pages, posts : str
        Folders of its JSON Lines.
    truth : str
        File that says what was planted.
    loose : bool
        With `LOOSE` in the place of its own settings.
    """
    with tempfile.TemporaryDirectory() as folder:
        config = decon.Config(
            training_dir=pages,
            evals_dir=posts,
            report_output_dir=folder,
            worker_threads=1,
            **(LOOSE if loose else {}),
        )
        said = _said_by(lambda: decon.detect(config))
        found = [
            (row["training_line"], f"p{row['eval_instance_index']:07d}")
            for report in Path(folder).rglob("*.jsonl")
            for row in map(json.loads, report.read_text("utf-8").splitlines())
        ]
    return {
        "index": seconds_told(said, "Index building time"),
        "seconds": seconds_told(said, "Detection time"),
        "version": version("decontaminate"),
        **score(found, json.loads(Path(truth).read_text("utf-8"))),
    }


def _said_by(work: Any) -> str:
    """Run `work`, and give what it wrote on the process's own stdout."""
    sys.stdout.flush()
    kept = os.dup(1)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 1)
        try:
            work()
        finally:
            os.dup2(kept, 1)
            os.close(kept)
        file.seek(0)
        return file.read().decode("utf-8", "replace")
