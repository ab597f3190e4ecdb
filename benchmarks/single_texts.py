"""Measure how far a matcher, which sees texts one by one, agrees with a check of the dataset.

    python -m benchmarks.single_texts --registry DIR FILE...

Prints, for each Parquet file with a column `text`, the documents in which a check finds content,
those in which `provenance.Matcher` does, and the share of all these in which both do: with the
default model, which knows no dataset, and with the model of the check.
"""

import argparse
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import provenance


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--registry", required=True)
    options = parser.parse_args()
    for path in options.files:
        texts = pq.read_table(path, columns=["text"])
        with tempfile.TemporaryDirectory() as folder:
            outcome = provenance.check(path, registries=options.registry, no_cache=True)
            outcome.write(Path(folder) / "report")
            findings = outcome.findings.filter(pc.field("evidence") == "content")
            show(path.name, findings, {}, texts, options.registry)
            model = {"model_of": Path(folder) / "report"}
            show(f"{path.name}, its model", findings, model, texts, options.registry)


def show(
    name: str, findings: pa.Table, model: dict[str, Path], texts: pa.Table, registry: str
) -> None:
    """Print how many documents have a finding of a check, and of a matcher with a model."""
    found = provenance.Matcher(registry, **model).match(texts)
    of_check, of_matcher = (set(each["row"].to_pylist()) for each in (findings, found))
    both = len(of_check & of_matcher) / max(len(of_check | of_matcher), 1)
    print(f"{name}: check {len(of_check):,}, matcher {len(of_matcher):,}, both {both:.3f}")


if __name__ == "__main__":
    main()
