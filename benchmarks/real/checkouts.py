"""Run the commands of a checkout of provenance, and read what they say of themselves."""

import json
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.speed.bench import require_success
from benchmarks.speed.measuring import Measurement, command

_CANDIDATES = re.compile(r"candidates: ([\d,]+)")


@dataclass(frozen=True, slots=True)
class Checkout:
    """A checkout of provenance, with registries of its own.

    Parameters
    ----------
    root : Path
        The checkout.
    folder : Path
        Where its registries and reports are.
    """

    root: Path
    folder: Path

    def registry(self, posts: int) -> Path:
        """Return the folder of a registry of so many posts."""
        return self.folder / f"registry-{posts}"

    def build(self, dump: str, posts: int, cores: int) -> Measurement:
        """Build a registry; replaces an existing one."""
        folder = self.registry(posts)
        shutil.rmtree(folder, ignore_errors=True)
        words = ["registry", "build", str(folder), dump, "--source", "reddit", "-q"]
        return self._run(words, cores)

    def check(self, corpus: str, posts: int, cores: int) -> Measurement:
        """Check a corpus from process start to files on disk.

        Its output has `candidates`, those that were kept until they were scored, and `findings`.
        """
        out = self.folder / "report"
        shutil.rmtree(out, ignore_errors=True)
        run = self._run(self._check_words(corpus, posts, out), cores)
        return _with_counts(run, out)

    def check_shards(
        self, corpus: str, posts: int, cores: int, shards: int
    ) -> Sequence[Measurement]:
        """Check a corpus shard by shard, and return the runs of the shards and of the merge.

        The output of the last one has `task_bytes` and `task_files` as well.
        """
        out = self.folder / "shards"
        shutil.rmtree(out, ignore_errors=True)
        words = self._check_words(corpus, posts, out)
        runs = [
            require_success(self._run([*words, "--shard", f"{number}/{shards}"], cores))
            for number in range(1, shards + 1)
        ]
        files = [file for file in (out / "tasks").rglob("*") if file.is_file()]
        sizes = {"task_bytes": sum(f.stat().st_size for f in files), "task_files": len(files)}
        merged = require_success(self._run(["merge", str(out), "-q", "--verbose"], cores))
        merged = _with_counts(merged, out)
        return [*runs, replace(merged, output={**merged.output, **sizes})]

    def check_first_shard(self, corpus: str, posts: int, cores: int, shards: int) -> Measurement:
        """Check the first of many shards."""
        out = self.folder / "shards"
        shutil.rmtree(out, ignore_errors=True)
        words = [*self._check_words(corpus, posts, out), "--shard", f"1/{shards}"]
        return require_success(self._run(words, cores))

    def _check_words(self, corpus: str, posts: int, out: Path) -> list[str]:
        registry = str(self.registry(posts))
        options = ["-o", str(out), "--no-cache", "-q", "--verbose"]
        return ["check", corpus, "--registry", registry, *options]

    def _run(self, words: Sequence[str], cores: int) -> Measurement:
        return command(
            [sys.executable, "-m", "provenance", *words], cores, accepts=(0, 1), checkout=self.root
        )


def _with_counts(run: Measurement, report: Path) -> Measurement:
    require_success(run)
    [candidates] = _CANDIDATES.findall(run.output["stderr"])
    result = json.loads((report / "result.json").read_text("utf-8"))
    output = {"candidates": int(candidates.replace(",", "")), "findings": result["findings"]}
    return replace(run, output=output)
