"""What is written for a user, each by a function that a fork can run and be killed in."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np

from provenance.errors import ProvenanceError, RegistryExists
from provenance.model.content.fingerprints import NORMALISATION
from provenance.model.records.audit import Audit, AuditQuery, AuditRequest, SideFile
from provenance.model.records.receipt import Cleaning
from provenance.model.results.calibration import PLANTS, Calibration, FalseRate
from provenance.model.results.corpus_model import CorpusModel
from provenance.model.results.result import Report
from provenance.model.rules.policy import Policy
from provenance.pipeline import Shard, check, sample_data, scan_shard
from provenance.pipeline.building.registries import DumpSource, add_to_registry, build_registry
from provenance.pipeline.caching.result_cache import ResultCache
from provenance.pipeline.cleaning.dataset_cleaning import clean
from provenance.pipeline.disclosure.disclosing import Disclosures, save_disclosures
from provenance.pipeline.exchange.pulling import pull
from provenance.pipeline.exchange.pushing import push
from provenance.pipeline.publishing.registry_publishing import (
    publish_keyed_copy,
    publish_public_copy,
)
from provenance.pipeline.rule_commands.policy_commands import write_policy_template
from provenance.pipeline.settings import Settings
from provenance.report.audit.audit_files import ITEMS_FILE, WORKS_FILE, write_files
from provenance.report.disclosure.disclosure_formats import DISCLOSURE_FORMATS
from provenance.report.files.calibration_json import write_calibration
from provenance.report.files.report_folder import write_report, write_text
from provenance.report.files.report_reader import read_report
from provenance.report.formats.rendering import render
from tests.faults.interruptions.disk_states import lose_power
from tests.report.sample_findings import FOUND, findings_table
from tests.report.samples import sample_report

REPORTS = ("first", "second", "third")
_REGISTRY: list[str] = []


def warm(registry: str = "") -> None:
    """Do all once that takes long the first time."""
    for name in REPORTS:
        report(name)
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        save_report(f"{folder}/out", "first")
        save_answer(f"{folder}/answer", "first")
        if registry:
            _REGISTRY.append(registry)
            corpus = Path(folder, "data.jsonl")
            corpus.write_text('{"text": "a few words"}\n')
            check([str(corpus)], Policy(registries=(registry,)), Settings(threads=1))


@cache
def report(name: str) -> Report:
    """Make a report that shows by all of its files which it is; the second has no model."""
    number = REPORTS.index(name)
    made = sample_report()
    result = replace(made.result, created=datetime(2026, 1, 1 + number, tzinfo=UTC))
    return Report(result, findings_table(FOUND[number:]), None if number == 1 else _model(number))


def _model(number: int) -> CorpusModel:
    return CorpusModel(
        normalisation="2, Unicode 15",
        language="a digest",
        bound=1 << 63,
        hashes=np.array([number], np.uint64),
        tokens=np.arange(number + 3, dtype=np.uint32),
        offsets=np.array([0, number + 3]),
        registries=("one",),
        copied=np.zeros((0, 3), np.int64),
    )


def save_report(folder: str, name: str) -> None:
    write_report(report(name), Path(folder))


def save_answer(folder: str, name: str) -> None:
    """Write an answer to a letter; the second has a list that the others lack."""
    number = REPORTS.index(name)
    files = [SideFile(ITEMS_FILE, "0" * 64, number)]
    lists = {ITEMS_FILE: name.encode() * 1000}
    if number == 1:
        files.append(SideFile(WORKS_FILE, "0" * 64, number))
        lists[WORKS_FILE] = name.encode()
    audit = Audit(name, AuditQuery("x"), AuditRequest(name), False, (), (), tuple(files))
    write_files(audit, lists, Path(folder))


def save_documents(folder: str, name: str) -> None:
    """Write documents on a dataset."""
    files = {each.file: f"{name} {each.file}\n" for each in DISCLOSURE_FORMATS.values()}
    save_disclosures(Disclosures(files), Path(folder))


def write_rendering(path: str, text: str) -> None:
    write_text(text * 1000, Path(path))


def calibration(seed: int) -> Calibration:
    return Calibration(
        tool="1",
        created=datetime(2026, 1, 1, tzinfo=UTC),
        corpus="a digest",
        addresses=("data",),
        documents=1,
        corpus_tokens=2,
        registries=("one",),
        normalisation=NORMALISATION,
        threshold=20.0,
        seed=seed,
        skipped=0,
        recalls=(),
        false=FalseRate(None, None, 0, 1.0, 0, 0, 0, None, None, None, None),
        plants=PLANTS.empty_table(),
    )


def write_measured(path: str, seed: str) -> None:
    write_calibration(calibration(int(seed)), Path(path))


def clean_corpus(data: str, output: str) -> None:
    policy = Policy(registries=(_REGISTRY[0],))
    clean([data], Path(output), policy, Cleaning(), Settings(threads=1))


def begin_policy(path: str) -> None:
    write_policy_template(Path(path))


def unpack_sample(path: str) -> None:
    sample_data.unpack_sample(Path(path))


def keep_entry(folder: str, name: str, content: str) -> None:
    memory = ResultCache(Path(folder), "")
    memory.store(memory.key(name), [content.encode() * 1000])


def rewrite_and_read(folder: str, part: str) -> None:
    """Write a report twelve times over; or read it as long as nobody is done with that."""
    done = Path(f"{folder}.done")
    if part == "write":
        for turn in range(12):
            save_report(folder, REPORTS[turn % 3])
        done.touch()
        return
    while not done.exists():
        found = read_report(Path(folder))
        [name] = [name for name in REPORTS if report(name).result == found.result]
        assert len(found.findings) == len(report(name).findings)
    done.unlink()


def scan_a_shard(data: str, tasks: str, registry: str, shard: str) -> None:
    """Scan a shard of a dataset."""
    policy = Policy(registries=(registry,))
    scan_shard([data], policy, Settings(threads=1, tasks=tasks), Shard.parse(shard))


def check_data(data: str, cache: str, registry: str) -> None:
    """Check with a cache, and render all that is found; errors of ours are no fault."""
    policy = Policy(registries=(registry,))
    try:
        made = check([data], policy, Settings(threads=2, cache=Path(cache)))
    except ProvenanceError:
        return
    for form in ("html", "json", "markdown", "csv"):
        render(form, made)


def lose_power_at(root: str, dumps: str, writer: str, *given: str) -> None:
    """Dump what a disk might hold before each step of another writer."""
    lose_power(Path(root), Path(dumps), lambda: globals()[writer](*given))


def write_carelessly(path: str) -> None:
    """Write a file as nobody should: aside and renamed, but never synced."""
    for name in ("one", "two", "three", "four"):
        aside = Path(f"{path}.{name}")
        aside.write_text("all")
        aside.replace(path)


def build(registry: str, dump: str) -> None:
    build_registry(Path(registry), DumpSource([dump], "x"))


def add(registry: str, dump: str) -> None:
    add_to_registry(Path(registry), DumpSource([dump], "x"))


def again(writer: str, *given: str) -> None:
    """Call another writer once more, though its work may be done."""
    with suppress(RegistryExists):
        globals()[writer](*given)


def publish(registry: str, output: str) -> None:
    publish_public_copy(Path(registry), Path(output), 0.01, Settings(threads=1))


def publish_keyed(registry: str, output: str) -> None:
    publish_keyed_copy(Path(registry), Path(output), key_file=Path(f"{registry}.key"))


def pull_from(address: str, folder: str) -> None:
    pull(address, Path(folder))


def push_to(registry: str, address: str) -> None:
    push(Path(registry), address)
