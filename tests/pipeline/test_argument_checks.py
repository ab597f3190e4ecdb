"""Arguments of public functions: what is accepted, and how errors name the rest."""

import inspect
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

import provenance
from provenance.errors import InputError
from provenance.pipeline.python_api.argument_checks import describe, public_function
from provenance.pipeline.python_api.option_types import Address, Addresses
from provenance.pipeline.python_api.policy_options import normalise_options
from provenance.pipeline.python_api.python_inputs import day_text

FUNCTIONS = [
    function
    for name in provenance.__all__
    if inspect.isfunction(function := getattr(provenance, name)) and name != "clear_cache"
]


class Unknown:
    """A value of no type that a function takes."""


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_every_public_function_checks_its_arguments(function):
    parameters = inspect.signature(function).parameters.values()
    various = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    given = {each.name: Unknown() for each in parameters if each.kind not in various}
    if function is provenance.compare:
        given["threads"] = Unknown()
        given = {**given, "a": "a", "b": "b"}
    with pytest.raises(TypeError, match=rf"^{function.__name__}\(\): \w+ is .*, not <"):
        function(**given)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"gates": 0.05},
            'gates is a string such as "forbidden=1%", a list of strings or a mapping, not 0.05',
        ),
        ({"text_columns": 5}, "text_columns is a string or a list of strings, not 5"),
        ({"threads": "2"}, "threads is a whole number or None, not '2'"),
        ({"threads": True}, "threads is a whole number or None, not True"),
        ({"progress": 5}, "progress is a function or None, not 5"),
        ({"registries": ["a", 5]}, "registries is a path or a list of paths, not ['a', 5]"),
        ({"no_cache": "yes"}, "no_cache is True or False, not 'yes'"),
        ({"chance": "1"}, "chance is a number or None, not '1'"),
    ],
)  # fmt: skip
def test_a_value_of_a_wrong_type_is_named_with_what_is_taken(options, message):
    with pytest.raises(TypeError) as raised:
        provenance.check(["a text"], **options)
    assert str(raised.value) == f"check(): {message}"


def test_one_string_is_not_several_paths(tmp_path):
    with pytest.raises(TypeError, match="registries is a list of paths, not 'a'"):
        provenance.merge_registries("a", tmp_path / "b")


def test_long_values_are_cut():
    with pytest.raises(TypeError) as raised:
        provenance.check(["a text"], threads="2" * 1000)
    assert str(raised.value).endswith("222…")


@pytest.mark.parametrize("data", [pa.table({"a": ["x"]}), [{"text": "a"}]])
def test_data_in_place_of_a_path_has_a_remedy(data):
    with pytest.raises(InputError, match="data of the type") as raised:
        provenance.build_registry("r", data, source="x")
    assert "write the data to a file" in raised.value.remedy


@pytest.mark.parametrize(
    ("option", "argument"),
    [("fail_on", "gates="), ("registry", "registries="), ("non_commercial", "commercial=False")],
)
def test_an_option_of_the_command_is_named_by_its_argument(option, argument):
    with pytest.raises(TypeError, match=f"no option '{option}'; it is called {argument}$"):
        provenance.check(["a text"], **{option: "x"})


@pytest.mark.parametrize("name", ["calibration", "signals", "trust", "withdrawn_key"])
def test_paths_are_taken_as_strings_are(name):
    assert normalise_options({name: Path("a")}) == {name: "a"}
    provenance.check(["a text"], declared_only=True, **{name: None})


@pytest.mark.parametrize("given", [Path("a"), [Path("a")], "a", ("a",)])
def test_one_or_several_paths_are_taken(given):
    assert normalise_options({"registries": given, "backgrounds": given}) == {
        "registries": ["a"],
        "backgrounds": ["a"],
    }


def test_days_are_taken_as_strings_are():
    periods = [
        provenance.check(["a text"], declared_only=True, collected=given)
        for given in ("2023-06-01", date(2023, 6, 1), datetime(2023, 6, 1, tzinfo=UTC))
    ]
    assert len({each.result.policy.circumstances.collected for each in periods}) == 1
    assert day_text(date(2023, 6, 1)) == day_text("2023-06-01") == "2023-06-01"
    assert day_text(2023) == "2023"


def test_gates_may_be_a_table_like_that_of_the_policy(registry):
    gates = {"forbidden": "1%", "x:unknown": {"documents": "5%"}}
    outcome = provenance.check(["a text of words"], registries=registry, gates=gates)
    shown = {str(gate) for gate in outcome.result.policy.gates}
    assert {"forbidden=1%", "x:unknown.documents=5%"} <= shown


def test_iterators_are_not_used_up():
    @public_function
    def read(paths: Addresses) -> list[Address]:
        return list(paths)

    assert read(iter(["a", "b"])) == ["a", "b"]


def test_descriptions_read_as_sentences():
    assert describe(Addresses | None) == "a path, a list of paths or None"
    assert describe(bool | None) == "True, False or None"
    assert describe(date | str) == "a date or a string"
