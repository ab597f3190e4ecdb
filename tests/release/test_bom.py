"""Our bill of materials is CycloneDX, whole, and the same each time."""

import json

import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource

from tests.release.bom import bill, licence
from tests.release.packages import OURS, installed


@pytest.fixture(scope="module")
def made():
    return bill(installed())


@pytest.fixture(scope="module")
def validator(root):
    folder = root.parent / "shared" / "schemas"
    if not folder.is_dir():
        pytest.skip("the schemas are not beside the checkout (../shared/schemas)")

    def schema(name):
        return json.loads((folder / f"cyclonedx-{name}.schema.json").read_text("utf-8"))

    beside = {
        "spdx.schema.json": "spdx",
        "jsf-0.82.schema.json": "jsf-0.82",
    }
    resources = []
    for address, name in beside.items():
        resource = Resource.from_contents(schema(name))
        resources += [(address, resource), (f"http://cyclonedx.org/schema/{address}", resource)]
    return Draft7Validator(schema("bom-1.6"), registry=Registry().with_resources(resources))


def test_it_follows_the_schema(made, validator):
    assert [error.message for error in validator.iter_errors(made)] == []


def test_a_bill_that_does_not_follow_it_is_caught(made, validator):
    assert not validator.is_valid(made | {"components": [{"name": "without a type"}]})
    named = {"type": "application", "name": "a", "licenses": [licence("Nobodys-1.0")]}
    wrong = made["metadata"] | {"component": named}
    assert not validator.is_valid(made | {"metadata": wrong})


def test_every_package_is_in_it_once_with_what_it_needs(made):
    packages = installed()
    assert made["metadata"]["component"]["name"] == OURS
    assert [one["name"] for one in made["components"]] == [n for n in packages if n != OURS]
    references = {one["bom-ref"] for one in [made["metadata"]["component"], *made["components"]]}
    assert {one["ref"] for one in made["dependencies"]} == references
    needed = {name for one in made["dependencies"] for name in one["dependsOn"]}
    assert needed < references


def test_the_same_packages_give_the_same_bill(made):
    assert bill(installed()) == made


def test_licences_are_said_as_the_format_says_them():
    assert licence("MIT") == {"license": {"id": "MIT"}}
    assert licence("BSD") == {"license": {"name": "BSD"}}
    assert licence("MPL-2.0 AND MIT") == {"expression": "MPL-2.0 AND MIT"}
