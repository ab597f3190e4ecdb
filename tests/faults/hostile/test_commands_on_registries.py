"""Registries made to harm: every command ends with an outcome, or an error that says what to do."""

import pyarrow as pa
import pytest

from provenance.errors import CorruptFile
from provenance.registry.manifest import read_manifest
from tests.faults.hostile.commands_on_registries import (
    COMMANDS_ON_REGISTRIES,
    call,
    prepare,
    put_back,
)
from tests.faults.isolated_cases import outcomes, unwanted
from tests.registry.damaged_registries import altered, rewrite, rewrite_table

WORKER = "tests.faults.hostile.commands_on_registries"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("commands")
    prepare(folder)
    return folder


@pytest.mark.parametrize("words", COMMANDS_ON_REGISTRIES)
def test_a_command_works_on_the_registry_before_it_is_spoilt(world, words):
    put_back(world)
    call(words, world)


def test_commands_end_with_an_outcome_or_an_error_of_ours(tmp_path):
    assert unwanted(outcomes(WORKER, tmp_path, range(len(COMMANDS_ON_REGISTRIES)))) == {}


@pytest.mark.long
def test_commands_end_with_an_outcome_or_an_error_of_ours_a_hundred_times(tmp_path):
    cases = range(1_000_000, 1_000_000 + 100 * len(COMMANDS_ON_REGISTRIES))
    assert unwanted(outcomes(WORKER, tmp_path, cases)) == {}


def filled(name, value):
    """Change all values of a column into one, which Arrow takes as a number for a day."""

    def change(table):
        place, field = table.column_names.index(name), table.schema.field(name)
        return table.set_column(place, field, pa.array([value] * len(table), field.type))

    return change


def repeated(table):
    row = filled("address", "a" * 1000)(table.slice(0, 1))
    return pa.concat_tables([row] * 400_000).combine_chunks()


def without_segment(table):
    return filled("first_item", 0)(filled("first_segment", None)(table))


@pytest.mark.parametrize(
    ("table", "change", "message", "words"),
    [
        ("opt_outs", repeated, "far larger in memory", "registry show registry"),
        ("opt_outs", filled("date", -(1 << 31)), "outside the calendar", "registry show registry"),
        (
            "tombstones",
            filled("date", (1 << 31) - 1),
            "outside the calendar",
            "registry show registry --withdrawn",
        ),
        ("statuses", filled("date", None), "without a day", "registry show registry"),
        ("statuses", filled("date", 2932896), "not in the calendar", "registry show registry"),
        ("statuses", filled("state", "x"), "unknown state", "registry compact registry"),
        ("statuses", without_segment, "without their segment", "registry compact registry"),
        (
            "statuses",
            lambda table: pa.concat_tables([table, table]),
            "several statuses",
            "registry compact registry",
        ),
    ],
)
def test_a_crafted_table_is_refused_by_name(world, table, change, message, words):
    put_back(world, "pending")
    rewrite_table(world / "registry", table, change)
    stem = table.replace("_", "")
    with pytest.raises(CorruptFile, match=rf"{stem}-\w+\.parquet .*{message}") as caught:
        call(words, world)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("name", "change", "message", "words"),
    [
        (
            "background.parquet",
            lambda table: altered(table, "count", lambda values: values.__setitem__(0, 1 << 60)),
            "other tokens",
            "check data --registry registry -q",
        ),
        (
            "background.parquet",
            filled("count", 0),
            "other tokens",
            "check data --registry registry -q",
        ),
        (
            "items.parquet",
            filled("author", "nobody"),
            "authors that are no digests",
            "registry subset registry --source x -o out",
        ),
        (
            "items.parquet",
            lambda table: pa.concat_tables([table, table]),
            "rows; the manifest says",
            "registry subset registry --source x -o out",
        ),
    ],
)
def test_a_crafted_segment_is_refused_by_name(world, name, change, message, words):
    put_back(world, "pending")
    for segment in range(len(read_manifest(world / "registry").segments)):
        rewrite(world / "registry", name, change, segment)
    with pytest.raises(CorruptFile, match=rf"{name} .*{message}"):
        call(words, world)


def test_a_recipe_of_other_values_is_refused(world):
    put_back(world)
    path = world / "registry" / "registry.json"
    path.write_text(path.read_text().replace('"address": "dump.jsonl"', '"address": [1]'))
    with pytest.raises(CorruptFile, match=r"registry\.json is damaged"):
        call("registry merge registry rewritten -o out", world)
