"""Forget sets: where content of a source or a person is, for its removal or for unlearning."""

import hashlib
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from provenance.atomic_output import read_small_file
from provenance.errors import CorruptFile, DatasetNotFound, InputError
from provenance.model.json_encoding import to_json_value
from provenance.model.records.audit import FORGET_SCHEMA, FORGET_SET, Audit, ForgetSet
from provenance.model.results.corpus_files import CorpusFile, renamed_files
from provenance.model.results.result import CorpusSummary
from provenance.pipeline.audit.found_items import (
    DatasetItems,
    counted_findings,
    with_renamed_files,
)
from provenance.report.files.output_folders import check_replaceable, write_folder
from provenance.report.sanitize import dump_json

TABLE_FILE, MANIFEST_FILE = "forget.parquet", "forget.json"


def save_forget_set(audit: Audit, found: Iterable[DatasetItems], folder: Path) -> None:
    """Write what an audit found as a forget set: ids, shards and offsets, without text.

    Parameters
    ----------
    audit : Audit
        The answer.
    found : iterable of DatasetItems
        What it found; only what counts is written.
    folder : Path
        The folder; files of an earlier set are replaced.

    Raises
    ------
    OutputError
        If it cannot be written, or would replace files that are no forget set.
    """
    tables = [_rows(each) for each in found]
    table = pa.concat_tables([FORGET_SET.empty_table(), *tables])
    stream = BytesIO()
    pq.write_table(table, stream, compression="zstd")
    content = stream.getvalue()
    manifest = {
        "schema": FORGET_SCHEMA,
        "tool": {"name": "provenance", "version": audit.tool},
        "query": to_json_value(audit.query),
        "datasets": [to_json_value(each) for each in audit.datasets if each.passages],
        "table": TABLE_FILE,
        "rows": len(table),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    files = {TABLE_FILE: content, MANIFEST_FILE: f"{dump_json(manifest, indent=2)}\n".encode()}
    check_replaceable(folder, files, MANIFEST_FILE, FORGET_SCHEMA, "--forget-set")
    write_folder(files, folder, "--forget-set", mark=MANIFEST_FILE)


def _rows(found: DatasetItems) -> pa.Table:
    findings = counted_findings(found.findings)
    newest = found.dataset.checks[-1].result.corpus  # whose names the findings have
    digests = {each.name: each.sha256 for each in newest.contents}
    own = {
        "dataset": pa.repeat(found.dataset.name, len(findings)),
        "digest": pa.repeat(found.dataset.digest, len(findings)),
        "file_sha256": pa.array(
            [digests.get(name) for name in findings["file"].to_pylist()], pa.string()
        ),
    }
    columns = [own[name] if name in own else findings[name] for name in FORGET_SET.names]
    return pa.table(columns, schema=FORGET_SET)


def read_forget_set(folder: Path) -> ForgetSet:
    """Read a forget set.

    Raises
    ------
    DatasetNotFound
        If there is none.
    CorruptFile
        If it is damaged, or the table is another.
    """
    path = folder / TABLE_FILE
    try:
        content = read_small_file(path, 1 << 34)
        manifest = read_small_file(folder / MANIFEST_FILE)
    except FileNotFoundError as error:
        raise DatasetNotFound(
            f"there is no forget set in {folder}",
            remedy="give the folder that `provenance audit --forget-set` wrote",
        ) from error
    except OSError as error:
        raise CorruptFile(
            f"{path} cannot be read: {error.strerror or error}", remedy="make it readable"
        ) from error
    digest = hashlib.sha256(content).hexdigest()
    if f'"{digest}"'.encode() not in manifest:
        raise CorruptFile(
            f"{path} is not the table that {MANIFEST_FILE} names: its digest differs",
            remedy="write the forget set again with `provenance audit --forget-set`",
        )
    try:
        rows = pq.read_table(BytesIO(content)).cast(FORGET_SET)
    except (pa.ArrowException, ValueError) as error:
        raise CorruptFile(
            f"{path} cannot be read: {error}",
            remedy="write the forget set again with `provenance audit --forget-set`",
        ) from error
    return ForgetSet(str(folder), digest, rows)


def forgotten_rows(forget: ForgetSet, corpus: CorpusSummary) -> pa.Table:
    """Return the rows of a forget set that are of a corpus, with its names of files.

    Parameters
    ----------
    forget : ForgetSet
        The set.
    corpus : CorpusSummary
        The corpus.

    Raises
    ------
    InputError
        If there are none: it is another dataset, or another version of it.
    """
    digest = corpus.digest
    rows = forget.rows.filter(pc.equal(forget.rows["digest"], digest))
    if not len(rows):
        names = ", ".join(sorted(set(forget.rows["dataset"].to_pylist()))) or "no dataset"
        raise InputError(
            f"the forget set {forget.path} has nothing of this dataset (digest {digest[:12]}); it "
            f"is of {names}",
            remedy="clean the files that were checked, unchanged, or make the set from a new check",
        )
    names, digests = (rows[name].to_pylist() for name in ("file", "file_sha256"))
    listed = dict(zip(names, digests, strict=True))
    files = [CorpusFile(name, sha256=each) for name, each in listed.items()]
    return with_renamed_files(rows, renamed_files(files, corpus.contents))
