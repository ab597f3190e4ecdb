"""The same texts give the same findings, however they are stored and read."""

import bz2
import csv
import gzip
import io
import json
import lzma
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import strategies as st
from pyarrow import feather

from provenance.match.scoring import corpus_sample
from provenance.model.results.result import Report
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.scan import part_scan
from provenance.pipeline.settings import Settings
from provenance.read.formats import parquet_file
from tests.pipeline.conftest import Writer
from tests.pipeline.smaller_slices import scan_in_slices
from tests.property_campaigns import property_test

Rows = Sequence[dict[str, str]]

_SAMPLE_TOKENS = 4000
"""Far fewer than the corpus has: so the bound of its sample is lowered several times."""


def json_lines(rows: Rows) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def delimited(rows: Rows) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, ["id", "text"])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def parquet_bytes(rows: Rows, rows_a_group: int) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows)), out, row_group_size=rows_a_group)
    return out.getvalue()


def arrow_file(rows: Rows) -> bytes:
    out = io.BytesIO()
    feather.write_feather(pa.Table.from_pylist(list(rows)), out, chunksize=17)
    return out.getvalue()


FORMATS: dict[str, Callable[[Rows], bytes]] = {
    "jsonl": json_lines,
    "jsonl.gz": lambda rows: gzip.compress(json_lines(rows)),
    "jsonl.zst": lambda rows: zstandard.compress(json_lines(rows)),
    "jsonl.bz2": lambda rows: bz2.compress(json_lines(rows)),
    "jsonl.xz": lambda rows: lzma.compress(json_lines(rows)),
    "json": lambda rows: json.dumps(list(rows)).encode(),
    "csv": delimited,
    "csv.gz": lambda rows: gzip.compress(delimited(rows)),
    "parquet": lambda rows: parquet_bytes(rows, 1000),
    "small-groups.parquet": lambda rows: parquet_bytes(rows, 23),
    "arrow": arrow_file,
}


@dataclass(frozen=True)
class Layout:
    """How a corpus is stored, and how it is read."""

    format: str
    files: int
    order: int
    threads: int
    slice_bytes: int
    cached: bool


LAYOUTS = st.builds(
    Layout,
    format=st.sampled_from(sorted(FORMATS)),
    files=st.integers(1, 6),
    order=st.integers(0, 1 << 32),
    threads=st.integers(1, 3),
    slice_bytes=st.sampled_from([1 << 12, 1 << 15, 1 << 23]),
    cached=st.booleans(),
)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("posts")
    writer = Writer(1)
    posts = [
        {"id": f"p{number}", "text": writer.sentence(8 + number % 20)} for number in range(400)
    ]
    (folder / "posts.jsonl").write_bytes(json_lines(posts))
    build_registry(folder / "registry", DumpSource([str(folder / "posts.jsonl")], "x"))
    return str(folder / "registry")


@pytest.fixture(scope="module")
def rows() -> Rows:
    """Pages that quote posts, whole or cut, some of them often."""
    posts, writer = Writer(1), Writer(2)
    quoted = [posts.sentence(8 + number % 20) for number in range(400)]
    rows = []
    for number in range(150):
        words = quoted[number % 60].split()
        cut = words if number % 3 else words[len(words) // 3 :]
        text = f"{writer.page(6)} {' '.join(cut)}. {writer.sentence(12)}."
        rows.append({"id": f"d{number}", "text": text})
    return rows


@pytest.fixture(scope="module", autouse=True)
def small_samples() -> None:
    with pytest.MonkeyPatch.context() as patch:
        for module in (corpus_sample, part_scan):
            patch.setattr(module, "MAX_SAMPLE_TOKENS", _SAMPLE_TOKENS)
        patch.setattr(parquet_file, "PIECE_BYTES", 1)
        yield


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def expected(registry: str, rows: Rows, cache: Path) -> list[str]:
    report = checked(rows, registry, Layout("jsonl", 1, 0, 1, 1 << 23, cached=False), cache)
    model = report.result.corpus_model
    assert 1000 < model.tokens <= _SAMPLE_TOKENS < report.result.corpus.tokens
    assert len(report.findings) >= 100
    return outcome(report)


@property_test(5, 400, layout=LAYOUTS)
def test_findings_do_not_depend_on_how_texts_are_stored_and_read(
    layout: Layout, expected: list[str], registry: str, rows: Rows, cache: Path
) -> None:
    assert outcome(checked(rows, registry, layout, cache)) == expected


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_every_format_gives_the_same_findings(
    form: str, expected: list[str], registry: str, rows: Rows, cache: Path
) -> None:
    layout = Layout(form, 2, 7, 2, 1 << 23, cached=False)
    assert outcome(checked(rows, registry, layout, cache)) == expected


def checked(rows: Rows, registry: str, layout: Layout, cache: Path) -> Report:
    ordered = list(rows)
    Random(layout.order).shuffle(ordered)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        scan_in_slices(patch, layout.slice_bytes)
        for number in range(layout.files):
            shard = ordered[number :: layout.files]
            path = Path(folder, f"{number}.{layout.format}")
            path.write_bytes(FORMATS[layout.format](shard))
        run = Settings(threads=layout.threads, cache=cache if layout.cached else None)
        return check([folder], Policy(registries=(registry,)), run)


def outcome(report: Report) -> list[str]:
    """Return all that may not depend on the layout, row by row."""
    result = report.result
    corpus = result.corpus
    whole = [
        repr(result.shares),
        repr(result.corpus_model),
        repr((corpus.documents, corpus.tokens, corpus.bytes)),
    ]
    findings = report.findings.drop_columns(["file", "row"]).to_pylist()
    return whole + sorted(map(repr, findings))
