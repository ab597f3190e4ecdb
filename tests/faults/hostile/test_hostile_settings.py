"""Whatever stands in a file that people or programs wrote, it is read, or named as wrong."""

import json
import random
import traceback
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from provenance.errors import ProvenanceError
from provenance.model.content.fingerprints import NORMALISATION
from provenance.model.results.calibration import PLANTS, Calibration, FalseRate, Recall
from provenance.read.policy.calibration_file import load_calibration
from provenance.read.policy.policy_file import load_policy
from provenance.read.rules.rule_files import parse_library, read_rule_files
from provenance.report.files.calibration_json import write_calibration
from provenance.report.files.report_folder import write_report
from provenance.report.files.report_reader import read_report
from provenance.report.files.result_json import dumps
from provenance.report.formats.rendering import FORMATS, render
from provenance.report.render_options import RenderOptions
from tests.faults.hostile import odd_documents
from tests.report.samples import calibrated_report, compared_report, sample_report, sampled_report

ROOT = Path(__file__).parents[3]
FEW = 100
"""Of mutants that are tried when not all are."""


def failures(tries, call):
    """Call with what each makes, and tell where that ends neither well nor with our error."""
    found, refused = {}, 0
    for name, make in tries:
        value = make()
        try:
            call(value)
        except ProvenanceError as error:
            refused += bool(error.message and error.remedy)
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            found[name] = f"{type(error).__name__}: {error!s:.80} ({last.filename}:{last.lineno})"
    return found, refused


def some(tries, count=FEW):
    """Choose some, always the same."""
    tries = list(tries)
    return random.Random(29).sample(tries, min(count, len(tries)))


REPORTS = {
    "fails": sample_report,
    "calibrated": calibrated_report,
    "sampled": sampled_report,
    "compared": compared_report,
}


def read_and_render(folder):
    def call(document):
        (folder / "result.json").write_text(json.dumps(document))
        report = read_report(folder)
        for name in FORMATS:
            render(name, report, RenderOptions())

    return call


@pytest.mark.parametrize("made", REPORTS.values(), ids=REPORTS)
def test_an_odd_result_is_rendered_or_refused(tmp_path, made):
    report = made()
    write_report(report, tmp_path)
    tries = odd_documents.mutants(json.loads(dumps(report.result)))
    found, refused = failures(some(tries), read_and_render(tmp_path))
    assert found == {}
    assert refused > FEW // 2


@pytest.mark.long
@pytest.mark.parametrize("made", REPORTS.values(), ids=REPORTS)
def test_any_odd_result_is_rendered_or_refused(tmp_path, made):
    report = made()
    write_report(report, tmp_path)
    tries = odd_documents.mutants(json.loads(dumps(report.result)))
    assert failures(tries, read_and_render(tmp_path))[0] == {}


@pytest.mark.parametrize("field", ["source", "basis"])
def test_a_failed_gate_of_a_lone_surrogate_is_rendered(tmp_path, field):
    report = sample_report()
    write_report(report, tmp_path)
    document = json.loads(dumps(report.result))
    assert not document["gates"][0]["passed"]
    document["gates"][0][field] = "\ud800"
    read_and_render(tmp_path)(document)


@pytest.mark.parametrize("created", ["0001-01-01T00:00", "9999-12-31"])
def test_a_result_of_a_year_without_neighbours_is_refused(tmp_path, created):
    write_report(sample_report(), tmp_path)
    document = json.loads((tmp_path / "result.json").read_text())
    (tmp_path / "result.json").write_text(json.dumps(document | {"created": created}))
    with pytest.raises(ProvenanceError, match="between the years 2 and 9998"):
        read_report(tmp_path)


def test_a_result_with_a_count_of_more_than_64_bits_is_refused(tmp_path):
    write_report(sample_report(), tmp_path)
    document = json.loads((tmp_path / "result.json").read_text())
    document["corpus"]["bytes"] = 10**40
    (tmp_path / "result.json").write_text(json.dumps(document))
    with pytest.raises(ProvenanceError, match="more than 64 bits"):
        read_report(tmp_path)


RESULT_TEXTS = {
    "nothing": "",
    "no JSON": "{",
    "a number": "7",
    "null": "null",
    "deep": "[" * 100_000,
    "deep tables": '{"a":' * 100_000,
    "a long number": f'{{"schema": {"9" * 5000}}}',
}


@pytest.mark.parametrize("text", RESULT_TEXTS.values(), ids=RESULT_TEXTS)
def test_what_is_no_result_is_refused(tmp_path, text):
    write_report(sample_report(), tmp_path)
    (tmp_path / "result.json").write_text(text)
    with pytest.raises(ProvenanceError, match=r"result\.json"):
        read_report(tmp_path)


CALIBRATION = Calibration(
    tool="0.1.0",
    created=datetime(2026, 1, 1, tzinfo=UTC),
    corpus="0" * 64,
    addresses=("data",),
    documents=9,
    corpus_tokens=900,
    registries=("1" * 64,),
    normalisation=NORMALISATION,
    threshold=30.0,
    seed=0,
    skipped=1,
    recalls=(Recall("200-", "none", "whole", "x", 9, 8, 0.5, 0.99, 0.9, 0.8),),
    false=FalseRate("control", None, 900, 1.0, 1, 1, 30, 10.0, 9.0, 0.0, 99.0),
    plants=pa.table({field.name: pa.array(["1"]).cast(field.type) for field in PLANTS}),
)


def test_an_odd_calibration_is_read_or_refused(tmp_path):
    file = tmp_path / "calibration.json"
    write_calibration(CALIBRATION, file)
    load_calibration(file)
    document = json.loads(file.read_text())

    def call(mutant):
        file.write_text(json.dumps(mutant))
        load_calibration(file)

    found, refused = failures(some(odd_documents.mutants(document)), call)
    assert found == {}
    assert refused > FEW // 2


KEYS = {
    "check": (
        *("purpose", "collected", "actor", "jurisdiction", "commercial", "model", "text_columns"),
        *("registries", "backgrounds", "calibration", "signals"),
    ),
    "gate": ("x", "forbidden", '"x:forbidden/explicit-ml.tokens"', "x.forbidden.tokens"),
    "claims": ("eu-dsm-art-4", "x"),
    "[agreements]": ("source", "purposes", "from", "until", "reference", "digest"),
    "[waivers]": ("source", "document", "item", "reason", "statement", "approver", "expires"),
}
WHOLE = {
    "[agreements]": {"source": '"x"', "purposes": '["pretraining"]', "reference": '"r"'},
    "[waivers]": {
        "source": '"x"',
        "reason": '"own-content"',
        "statement": '"s"',
        "approver": '{given = "Rosa", family = "Osei"}',
        "expires": "2028-06-30",
    },
}


def policies():
    for table, keys in KEYS.items():
        for key in keys:
            for value in odd_documents.TOML:
                own = {**WHOLE.get(table, {}), key: value}
                lines = "\n".join(f"{name} = {said}" for name, said in own.items())
                text = f"[{table}]\n{lines}\n"
                yield f"{table} {key} = {value:.40}", partial(str, text)
    for table in KEYS:
        name = table.strip("[]")
        for value in odd_documents.TOML:
            yield f"{name} = {value:.40}", partial(str, f"{name} = {value}\n")
    for text in ("\x00", "[" * 5000, "a." * 50_000 + "b = 1", "a = " + "{a = " * 5000, "check = 1"):
        yield f"{text:.20}", partial(str, text)


def load(tmp_path):
    def call(text):
        (tmp_path / "provenance.toml").write_text(text)
        load_policy(None, tmp_path)

    return call


def test_an_odd_policy_is_read_or_refused(tmp_path):
    found, refused = failures(some(policies()), load(tmp_path))
    assert found == {}
    assert refused > FEW // 2


@pytest.mark.long
def test_any_odd_policy_is_read_or_refused(tmp_path):
    assert failures(policies(), load(tmp_path))[0] == {}


def rules():
    document = yaml.safe_load((ROOT / "rules" / "sources" / "x.yaml").read_text("utf-8"))
    for name, make in odd_documents.mutants(document):
        yield name, partial(written, make)
    for path in odd_documents.places(document):
        for scalar in odd_documents.YAML if path else ():
            yield (
                f"{'.'.join(map(str, path))}: {scalar:.40}",
                partial(marked, document, path, scalar),
            )


def written(make):
    try:
        return yaml.dump(make(), Dumper=yaml.CSafeDumper, sort_keys=False)
    except (yaml.YAMLError, RecursionError, ValueError):  # it cannot be said in YAML
        return ""


def marked(document, path, scalar):
    text = yaml.dump(odd_documents.replaced(document, path, "odd mark"), Dumper=yaml.CSafeDumper)
    return text.replace("odd mark", scalar)


def load_rule(text):
    """Read a file of rules beside as few others as it needs."""
    files = {
        name: content
        for name, content in read_rule_files(None).items()
        if "/" not in name or name.startswith("licences/")
    }
    parse_library(files | {"sources/x.yaml": text.encode("utf-8", "surrogatepass")})


def test_an_odd_rule_file_is_read_or_refused():
    found, refused = failures(some(rules()), load_rule)
    assert found == {}
    assert refused > FEW // 2


@pytest.mark.long
def test_any_odd_rule_file_is_read_or_refused():
    assert failures(rules(), load_rule)[0] == {}


def test_a_rule_file_that_repeats_itself_in_itself_is_refused_at_once():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    with pytest.raises(ProvenanceError):
        load_rule("\n".join(lines))
    shipped = (ROOT / "rules" / "sources" / "x.yaml").read_text("utf-8")
    bomb = "\n".join([*lines, shipped.replace("hosts:", "hosts: *a29\nnot-hosts:", 1)])
    with pytest.raises(ProvenanceError):
        load_rule(bomb)
