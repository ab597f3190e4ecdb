"""A command is made from the signature of a Python function, and from nothing else."""

from typing import Annotated, Literal, TypedDict, Unpack

import click
import pytest

from provenance.cli.options.function_commands import function_command
from provenance.pipeline.execution.progress import show_progress
from provenance.pipeline.python_api.argument_checks import public_function
from provenance.pipeline.python_api.option_types import Names
from provenance.pipeline.python_api.options import Option, OptionError


class Baking(TypedDict, total=False):
    grains: Annotated[Names, Option("Grain for {loaf}{repeatable}.", flags="--grain")]
    salt: Annotated[bool | None, Option("Leave out the salt.", flags="--no-salt", sets=False)]
    loaves: Annotated[int, Option("How many.", metavar="N", low=1, default=2)]
    baker: str | None


@public_function
def bake(
    loaf: str,
    *,
    oven: Annotated[Literal["wood", "gas"], Option("What heats it.")] = "wood",
    lid: Annotated[bool, Option("Cover it; not with {oven} gas.")] = False,
    **options: Unpack[Baking],
) -> dict[str, object]:
    """Bake a loaf.

    Parameters
    ----------
    loaf : str
        Its shape.
    """
    if lid and oven == "gas":
        raise OptionError("{lid} does not go with {oven} {value}", value=oven)
    with show_progress("baking", 1, "loaves", quiet=True) as progress:
        progress.advance(1)
    return {"loaf": loaf, "oven": oven, "lid": lid, "by": type(progress).__name__, **options}


DEFAULTS = {"loaf": "round", "oven": "wood", "lid": False}
PACKED = {"grains": (), "salt": None, "loaves": 2, "baker": None}


def run(*words):
    found = []

    @function_command(bake, "bake")
    @click.argument("loaf")
    @click.option("-q", "--quiet", is_flag=True)
    def command(call, loaf):
        found.append(call(loaf))

    command.main([*words], standalone_mode=False)
    return found[0] if found else None


def test_defaults_are_those_of_the_function():
    assert run("round") == {**DEFAULTS, **PACKED, "by": "_Lines"}
    assert bake("round") == {**DEFAULTS, **PACKED, "by": "SilentProgress"}


def test_options_are_read_as_the_function_takes_them():
    words = [
        "--oven",
        "gas",
        "--grain",
        "rye",
        "--grain",
        "oats",
        "--no-salt",
        "--loaves",
        "3",
        "-q",
    ]
    given = {"oven": "gas", "grains": ("rye", "oats"), "salt": False, "loaves": 3}
    assert run("round", *words) == {**DEFAULTS, **PACKED, **given, "by": "SilentProgress"}
    assert bake("round", **given) == run("round", *words)


def test_an_error_spells_options_as_the_caller_does():
    with pytest.raises(click.UsageError, match="--lid does not go with --oven gas"):
        run("round", "--lid", "--oven", "gas")
    with pytest.raises(ValueError, match="lid does not go with oven gas"):
        bake("round", lid=True, oven="gas")


@pytest.mark.parametrize("words", [("--loaves", "0"), ("--oven", "coal"), ("--baker", "me")])
def test_what_the_function_does_not_take_is_an_error_of_usage(words):
    with pytest.raises(click.UsageError):
        run("round", *words)


def test_bounds_hold_in_python_too():
    with pytest.raises(ValueError, match="loaves is at least 1, not 0"):
        bake("round", loaves=0)


def test_help_and_docstring_have_the_same_words(capsys):
    run("--help")
    shown = " ".join(capsys.readouterr().out.split())
    assert "--grain TEXT Grain for LOAF; repeatable." in shown
    assert "--no-salt Leave out the salt." in shown
    assert "--loaves N How many. [default: 2; x>=1]" in shown
    assert "--lid Cover it; not with --oven gas." in shown
    assert "grains : str or iterable of them, optional\n    Grain for `loaf`.\n" in bake.__doc__
    assert "salt : bool, optional\n    If False: leave out the salt.\n" in bake.__doc__
    assert "baker" not in shown
