"""Files of others in the folder that something is written to are kept."""

import json

import pytest

from provenance.errors import OutputError
from provenance.report.files.output_folders import check_replaceable

NAMES = ("answer.json", "answer.md")


def check(folder):
    check_replaceable(folder, NAMES, "answer.json", "provenance/answer/1", "--output")


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_others_is_named_with_a_remedy(tmp_path, name):
    (tmp_path / name).write_text('{"my": "results"}')
    with pytest.raises(OutputError) as raised:
        check(tmp_path)
    assert f"{tmp_path} has a file {name} that provenance did not write" in raised.value.message
    assert "--output" in raised.value.remedy


@pytest.mark.parametrize("schema", ["provenance/answer/1", "provenance/answer/2"])
def test_an_earlier_output_of_any_version_is_replaced(tmp_path, schema):
    (tmp_path / "answer.md").write_text("An answer.")
    (tmp_path / "answer.json").write_text(json.dumps({"schema": schema}, indent=2))
    check(tmp_path)


def test_another_schema_is_that_of_another(tmp_path):
    (tmp_path / "answer.json").write_text('{"schema": "provenance/answers/1"}')
    with pytest.raises(OutputError):
        check(tmp_path)


def test_files_of_other_names_and_missing_folders_do_not_matter(tmp_path):
    (tmp_path / "notes.md").write_text("Notes.")
    check(tmp_path)
    check(tmp_path / "absent")
