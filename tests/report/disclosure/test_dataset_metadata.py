"""Metadata of a dataset: each format by the validator of its community, and by our own."""

import io
import json
from dataclasses import replace
from datetime import date

import jsonschema
import pytest

from provenance.model.records.disclosure import Answers
from provenance.model.records.disclosure_questions import QUESTIONS, AnswerKind, Form
from provenance.model.results.corpus_files import CorpusFile
from provenance.model.rules.terms import DateRange
from provenance.report.disclosure.croissant import (
    CROISSANT,
    NOT_ANSWERED,
    RAI,
    croissant,
    croissant_document,
    licence_address,
)
from provenance.report.disclosure.cyclonedx_bom import cyclonedx, cyclonedx_document
from provenance.report.disclosure.dataset_card import dataset_card
from provenance.report.disclosure.disclosure_formats import DISCLOSURE_FORMATS
from provenance.report.disclosure.spdx_dataset import spdx, spdx_document
from tests.report.disclosure.disclosure_samples import (
    VALUES,
    answered_material,
    unanswered_material,
    with_answers,
)

CROISSANT_FIELDS = ("name", "description", "url", "license", "creator", "datePublished", "version")
EIGHT = (
    *("rai:dataLimitations", "rai:dataBiases", "rai:personalSensitiveInformation"),
    *("rai:dataUseCases", "rai:dataSocialImpact", "rai:hasSyntheticData"),
    *("prov:wasDerivedFrom", "prov:wasGeneratedBy"),
)
SPDX_FIELDS = (
    *("name", "originatedBy", "suppliedBy", "releaseTime", "software_primaryPurpose"),
    *("software_packageVersion", "software_downloadLocation", "dataset_datasetType"),
)
"""Properties that the dataset profile of 3.0.1 asks for; 3.1 asks for fewer."""


def croissant_faults(document):
    """What metadata lacks that `mlcroissant` does not ask for."""
    empty = (None, "", [], {}, NOT_ANSWERED)
    missing = [key for key in (*CROISSANT_FIELDS, *EIGHT) if document.get(key) in empty]
    faults = [f"{key} is missing" for key in missing]
    if {CROISSANT, RAI} - {*document.get("conformsTo", ())}:
        faults.append(f"conformsTo must name {CROISSANT} and {RAI}")
    if not isinstance(document.get("rai:hasSyntheticData", True), bool):
        faults.append("rai:hasSyntheticData must be true or false")
    faults += [
        f"{key} must consist of nodes"
        for key in ("prov:wasDerivedFrom", "prov:wasGeneratedBy")
        if any(not isinstance(node, dict) for node in document.get(key, ()))
    ]
    return tuple(faults)


def spdx_faults(document):
    """What the dataset profile of 3.0.1 asks for and a document lacks."""
    graph = document["@graph"]
    [package] = [each for each in graph if each["type"] == "dataset_DatasetPackage"]
    faults = [f"{key} is missing" for key in SPDX_FIELDS if key not in package]
    faults += [
        f"{kind} must be there once"
        for kind in ("hasDeclaredLicense", "hasConcludedLicense")
        if sum(each.get("relationshipType") == kind for each in graph) != 1
    ]
    return tuple(faults)


@pytest.mark.filterwarnings("ignore")  # of the libraries that it uses
@pytest.mark.parametrize("make", [answered_material, unanswered_material])
def test_mlcroissant_accepts_the_metadata(make, tmp_path):
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    path = tmp_path / "croissant.json"
    path.write_text(croissant(make()), "utf-8")
    metadata = mlcroissant.Dataset(jsonld=path).metadata
    assert not metadata.ctx.issues.errors
    document = metadata.to_json()
    assert document["name"] == make().name
    assert [each.id for each in metadata.distribution] == [
        each["@id"] for each in croissant_document(make()).get("distribution", ())
    ]


def test_metadata_with_all_answers_has_what_neurips_asks_for():
    document = json.loads(croissant(answered_material()))
    assert croissant_faults(document) == ()
    assert all(document[key] not in (None, "", []) for key in EIGHT)
    assert len(EIGHT) == 8
    assert document["rai:hasSyntheticData"] is True
    assert {each["name"] for each in document["prov:wasDerivedFrom"]} >= {"Harbour Corpus", "x"}
    assert [each["name"] for each in document["prov:wasGeneratedBy"]] == [
        *("Collection", "Cleaning", "Check for protected content"),
    ]
    assert document["license"] == "https://spdx.org/licenses/CC-BY-4.0"


@pytest.mark.parametrize("key", [*EIGHT, "url", "license", "creator", "datePublished"])
def test_every_missing_field_is_a_fault(key):
    document = croissant_document(answered_material())
    del document[key]
    assert croissant_faults(document) == (f"{key} is missing",)


def test_wrong_values_are_faults():
    document = croissant_document(answered_material())
    assert croissant_faults(document | {"rai:hasSyntheticData": "no"}) == (
        "rai:hasSyntheticData must be true or false",
    )
    assert "must name" in croissant_faults(document | {"conformsTo": []})[0]
    assert croissant_faults(document | {"prov:wasDerivedFrom": ["x"]}) == (
        "prov:wasDerivedFrom must consist of nodes",
    )


def test_no_is_an_answer_on_synthetic_data():
    document = croissant_document(with_answers(synthetic__used=False))
    assert document["rai:hasSyntheticData"] is False
    assert croissant_faults(document) == ()


def test_what_is_not_answered_is_marked_or_left_out():
    document = croissant_document(unanswered_material())
    assert document["rai:dataBiases"] == "to-be-provided"
    assert "license" not in document
    assert set(croissant_faults(document)) == {
        f"{key} is missing"
        for key in (
            *("description", "url", "license", "creator", "datePublished", "rai:dataBiases"),
            *("rai:personalSensitiveInformation", "rai:dataUseCases", "rai:dataSocialImpact"),
            "rai:hasSyntheticData",
        )
    }
    [origin] = document["prov:wasDerivedFrom"]
    assert origin["name"] == "no other dataset"


def test_many_files_are_not_listed():
    files = tuple(CorpusFile(f"{number}.txt", 12, "9a" * 32) for number in range(1001))
    assert "distribution" not in croissant_document(with_files(files))
    assert len(croissant_document(with_files(files[:1000]))["distribution"]) == 1000


def with_files(files):
    material = answered_material()
    result = material.report.result
    corpus = replace(result.corpus, contents=files)
    return replace(material, report=replace(material.report, result=replace(result, corpus=corpus)))


def test_files_have_the_digests_that_sha256sum_gives():
    listed = {file.name: file.sha256 for file in answered_material().report.result.corpus.contents}
    material = answered_material()
    assert listed == {
        each["name"]: each["sha256"] for each in croissant_document(material)["distribution"]
    }
    [dataset] = [
        each for each in cyclonedx_document(material)["components"] if each["bom-ref"] == "dataset"
    ]
    assert listed == {each["name"]: each["hashes"][0]["content"] for each in dataset["components"]}
    assert listed == {
        each["name"]: each["verifiedUsing"][0]["hashValue"]
        for each in spdx_document(material)["@graph"]
        if each["type"] == "software_File"
    }


def test_licences_have_addresses():
    assert licence_address("MIT") == "https://spdx.org/licenses/MIT"
    assert licence_address("https://a.example/terms") == "https://a.example/terms"
    assert licence_address("terms of our own") == "terms of our own"


def test_collection_is_declared_with_its_last_day():
    dates = DateRange(date(2024, 1, 1), date(2025, 1, 1))
    document = croissant_document(with_answers(dataset__collected=dates))
    assert document["rai:dataCollectionTimeFrame"] == ["2024-01-01", "2024-12-31"]
    assert document["prov:wasGeneratedBy"][0]["prov:endedAtTime"] == "2024-12-31"


def test_a_card_has_shares_with_intervals_and_what_is_declared():
    card = dataset_card(answered_material())
    assert card.startswith("## Provenance of the content\n")
    assert "| x | 2.1% | 1.9\N{EN DASH}2.5% | 212 documents | forbidden |" in card
    assert "- **Biases** (declared): European ports" in card
    assert "license: cc-by-4.0\nlanguage:\n- en\n- mt\n- ja\nsize_categories:\n- 1K<n<10K" in card
    empty = dataset_card(unanswered_material())
    assert "No content of the sources that were searched for was found." in empty
    assert "- **Licence** (to-be-provided): answer dataset.licence" in empty
    assert "Biases" not in empty  # optional
    assert "license:" not in empty


def test_a_card_without_answers_has_no_licence_key():
    material = replace(answered_material(), answers=Answers({"dataset.licence": "our own terms"}))
    assert "license:" not in dataset_card(material)


@pytest.mark.parametrize("make", [answered_material, unanswered_material])
def test_cyclonedx_accepts_the_bill_of_materials(make):
    reason = "cyclonedx-python-lib is not installed"
    validation = pytest.importorskip("cyclonedx.validation.json", reason=reason)
    schema = pytest.importorskip("cyclonedx.schema", reason=reason)
    validator = validation.JsonStrictValidator(schema.SchemaVersion.V1_7)
    assert validator.validate_str(cyclonedx(make())) is None
    broken = cyclonedx_document(make()) | {"citations": [{"attributedTo": "provenance"}]}
    assert validator.validate_str(json.dumps(broken)) is not None


def resolve(document, pointer):
    """What a JSON pointer points to."""
    for step in pointer.split("/")[1:]:
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


@pytest.mark.parametrize("make", [answered_material, unanswered_material])
def test_references_of_the_bill_of_materials_resolve(make):
    document = cyclonedx_document(make())
    components = [*document["components"], *document["metadata"]["tools"]["components"]]
    refs = [each["bom-ref"] for each in components]
    if "supplier" in document["metadata"]:
        refs.append(document["metadata"]["supplier"]["bom-ref"])
    assert len(set(refs)) == len(refs)
    for each in document["dependencies"]:
        assert {each["ref"], *each["dependsOn"]} <= set(refs)
    for citation in document["citations"]:
        assert citation["attributedTo"] in refs
        for pointer in citation["pointers"]:
            assert resolve(document, pointer)
    assert document["serialNumber"].startswith("urn:uuid:")


def test_every_value_of_the_bill_of_materials_has_one_source():
    document = cyclonedx_document(answered_material())
    measured, declared = (set(each["pointers"]) for each in document["citations"])
    assert not measured & declared
    for place, component in enumerate(document["components"]):
        for key in component.keys() - {"type", "bom-ref"}:
            pointer = f"/components/{place}/{key}"
            if key == "properties":
                below = {f"{pointer}/{number}" for number in range(len(component[key]))}
                assert below <= measured | declared
            else:
                assert pointer in measured | declared
    named = {resolve(document, pointer)["name"] for pointer in measured if "properties" in pointer}
    assert "provenance:share:forbidden" in named
    assert not any(name.startswith("provenance:declared") for name in named)
    assert "/components/0/licenses" in declared
    found = [n for n, c in enumerate(document["components"]) if c["bom-ref"].startswith("source-")]
    assert found
    assert {f"/components/{place}/name" for place in found} <= measured


def test_models_name_the_dataset_they_were_trained_with():
    document = cyclonedx_document(answered_material())
    [model] = [c for c in document["components"] if c["type"] == "machine-learning-model"]
    assert model["modelCard"] == {"modelParameters": {"datasets": [{"ref": "dataset"}]}}
    assert (model["name"], model["version"]) == ("Lantern 2", "2.1")
    [data] = document["components"][0]["data"]
    assert data["sensitiveData"] == ["Names of authors; addresses were removed."]


def test_identifiers_follow_from_the_report_and_the_answers():
    serials = {
        cyclonedx_document(material)["serialNumber"]
        for material in (
            answered_material(),
            answered_material(),
            replace(answered_material(), digest="00" * 32),
            unanswered_material(),
        )
    }
    assert len(serials) == 3


@pytest.mark.parametrize(
    ("licence", "written"),
    [
        ("CC-BY-4.0", {"expression": "CC-BY-4.0", "acknowledgement": "declared"}),
        ("our terms", {"license": {"name": "our terms", "acknowledgement": "declared"}}),
    ],
)
def test_licences_are_expressions_or_names(licence, written):
    document = cyclonedx_document(with_answers(dataset__licence=licence))
    assert document["components"][0]["licenses"] == [written]


def schema_of(root, name):
    path = root.parent / "shared" / "schemas" / name
    if not path.is_file():
        pytest.skip(f"{name} is not beside the checkout (../shared/schemas)")
    return json.loads(path.read_text("utf-8"))


SPDX_MATERIALS = [
    answered_material,
    unanswered_material,
    lambda: with_answers(dataset__licence="terms of our own"),
]


@pytest.mark.parametrize("make", SPDX_MATERIALS)
def test_the_schema_of_spdx_accepts_the_document(make, root):
    validator = jsonschema.Draft202012Validator(schema_of(root, "spdx-3.0.1-schema.json"))
    document = spdx_document(make())
    validator.validate(document)
    document["@graph"][0]["specVersion"] = 3
    assert not validator.is_valid(document)


@pytest.mark.parametrize("make", SPDX_MATERIALS)
def test_the_model_of_spdx_accepts_the_document(make):
    """Its classes are generated from the SHACL shapes, and check types, numbers and words."""
    model = pytest.importorskip(
        "spdx_python_model.bindings.v3_0_1", reason="spdx-python-model is not installed"
    )

    def read_and_write(document):
        objects = model.SHACLObjectSet()
        model.JSONLDDeserializer().read(io.BytesIO(json.dumps(document).encode()), objects)
        written = io.BytesIO()
        model.JSONLDSerializer().write(objects, written)
        return json.loads(written.getvalue())

    document = spdx_document(make())
    assert len(read_and_write(document)["@graph"]) == len(document["@graph"])
    [package] = [each for each in document["@graph"] if each["type"] == "dataset_DatasetPackage"]
    package["dataset_datasetType"] = ["poetry"]
    with pytest.raises(ValueError, match="poetry"):
        read_and_write(document)


def test_elements_of_spdx_are_there_once_and_refer_to_each_other():
    graph = spdx_document(answered_material())["@graph"]
    ids = [each["spdxId"] for each in graph[1:]]
    assert len(set(ids)) == len(ids)
    [document] = [each for each in graph if each["type"] == "SpdxDocument"]
    assert {document["spdxId"], *document["element"]} == set(ids)
    assert set(document["rootElement"]) <= set(ids)
    for each in graph:
        ends = [each["from"], *each["to"]] if each["type"] == "Relationship" else []
        own = [end for end in ends if end.startswith("urn:")]
        assert set(own) <= set(ids)
        assert each.get("creationInfo", each.get("@id")) == "_:creation"
    assert {each["type"] for each in graph} >= {"ai_AIPackage", "Annotation", "Organization"}


def test_the_dataset_profile_of_spdx_is_complete():
    assert spdx_faults(spdx_document(answered_material())) == ()
    faults = spdx_faults(spdx_document(unanswered_material()))
    missing = {"originatedBy", "suppliedBy", "releaseTime", "software_downloadLocation"}
    assert set(faults) == {f"{key} is missing" for key in missing}
    for key in SPDX_FIELDS:
        document = spdx_document(answered_material())
        [package] = [each for each in document["@graph"] if each["type"].startswith("dataset")]
        del package[key]
        assert spdx_faults(document) == (f"{key} is missing",)
    document = spdx_document(answered_material())
    document["@graph"] = [
        each for each in document["@graph"] if each.get("relationshipType") != "hasDeclaredLicense"
    ]
    assert spdx_faults(document) == ("hasDeclaredLicense must be there once",)


def test_a_licence_of_ones_own_has_a_text():
    graph = spdx_document(with_answers(dataset__licence="terms of our own"))["@graph"]
    [expression] = [each for each in graph if each["type"].endswith("LicenseExpression")]
    assert expression["simplelicensing_licenseExpression"] == "LicenseRef-declared"
    [text] = [each for each in graph if each["type"].endswith("SimpleLicensingText")]
    assert text["simplelicensing_licenseText"] == "terms of our own"
    assert expression["simplelicensing_customIdToUri"][0]["value"] == text["spdxId"]


def test_modalities_are_those_that_spdx_knows():
    graph = spdx_document(with_answers(dataset__modalities=("text", "smells", "touch")))["@graph"]
    [package] = [each for each in graph if each["type"].startswith("dataset")]
    assert package["dataset_datasetType"] == ["text", "other"]
    assert spdx(answered_material()) == spdx(answered_material())


MARKED = {
    AnswerKind.TEXT: "another answer",
    AnswerKind.DAY: date(1999, 9, 9),
    AnswerKind.DATES: DateRange(date(1999, 1, 1), date(1999, 9, 9)),
    AnswerKind.TEXTS: ("another answer", "and one more"),
    AnswerKind.ROWS: ({"name": "another answer"},),
}


def rendered(form, values):
    material = replace(answered_material(), answers=Answers(values, "summary.toml", "2e" * 32))
    return [each.render(material) for each in DISCLOSURE_FORMATS.values() if each.form is form]


@pytest.mark.parametrize("form", Form)
def test_forms_use_the_answers_that_they_ask_for_and_no_others(form):
    everything = VALUES | {"third_party.used": True, "other.used": True}
    before = rendered(form, everything)
    wrong = {}
    for question in QUESTIONS:
        if question.key == "crawl.files":
            continue  # used when the dataset is read
        old = everything.get(question.key)
        value = not old if question.kind is AnswerKind.YES_NO else MARKED[question.kind]
        changed = rendered(form, everything | {question.key: value}) != before
        if changed != (form in question.needed_by | question.used_by):
            wrong[question.key] = "used, and not asked for" if changed else "asked for, not used"
    assert wrong == {}


def facets_of(value):
    """All facets below a value."""
    if isinstance(value, dict):
        if "_schemaURL" in value:
            yield value
        for below in value.values():
            yield from facets_of(below)
    elif isinstance(value, list):
        for below in value:
            yield from facets_of(below)
