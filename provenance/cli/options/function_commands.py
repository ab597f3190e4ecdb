"""Commands made from Python functions: their options are the functions' parameters."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from functools import wraps
from inspect import Parameter, unwrap
from typing import Any, Generic, Literal, TypeVar, get_args, get_origin

import click

from provenance import pipeline
from provenance.cli.options.path_options import files, folders
from provenance.pipeline.python_api.options import (
    REPEATABLE,
    FunctionParameter,
    Option,
    OptionError,
    alternatives,
    described_parameters,
    function_parameters,
    is_list,
)

R = TypeVar("R")
Body = Callable[..., int | None]

_COMPLETION = {"files": files, "folders": folders, None: None}


@dataclass(frozen=True, slots=True)
class FunctionCall(Generic[R]):
    """A public function with the options of the command line.

    Parameters
    ----------
    function : callable
        The function.
    options : dict
        The options.
    quiet : bool
        Whether no progress is shown.
    """

    function: Callable[..., R]
    options: Mapping[str, Any]
    quiet: bool

    def __call__(self, *args: object, **more: object) -> R:
        """Call the function with further arguments, and show its progress."""
        with nullcontext() if self.quiet else pipeline.show_progress_on_stderr():
            return self.function(*args, **{**self.options, **more})


def function_command(
    function: Callable[..., object], name: str, *, epilog: str | None = None
) -> Callable[[Body], click.Command]:
    """Make a command of what calls a public function, with the function's options as its own.

    The body is called with a `FunctionCall`, and with the arguments and options that the body
    itself declares, other than `quiet`.

    Parameters
    ----------
    function : callable
        The function as Python programs call it.
    name : str
        Name of the command.
    epilog : str, optional
        Text after the help.
    """
    plain = unwrap(function)
    parameters, described = function_parameters(plain), described_parameters(plain)
    names = spellings(parameters)

    def make(body: Body) -> click.Command:
        @wraps(body)
        def callback(**values: Any) -> int | None:
            options = {each.name: each.default for each in parameters.values() if each.is_packed}
            options |= {each.name: values.pop(each.name) for each, _ in described}
            call = FunctionCall(plain, options, values.pop("quiet", False))
            try:
                return body(call, **values)
            except OptionError as error:
                raise click.UsageError(error.spelled(names)) from error

        own: list[click.Parameter] = getattr(body, "__click_params__", [])[::-1]
        arguments = [each for each in own if isinstance(each, click.Argument)]
        others = [each for each in own if not isinstance(each, click.Argument)]
        options = [_click_option(*each, names) for each in described]
        callback.__click_params__ = [*arguments, *options, *others][::-1]  # type: ignore[attr-defined]
        return click.command(name, epilog=epilog)(callback)

    return make


def spellings(parameters: Mapping[str, FunctionParameter]) -> dict[str, str]:
    """Return how the command line mentions each parameter."""
    return {REPEATABLE: "; repeatable"} | {
        each.name: each.name.upper() if each.option is None else each.option.spelling(each.name)
        for each in parameters.values()
    }


def _click_option(
    parameter: FunctionParameter, option: Option, names: Mapping[str, str]
) -> click.Option:
    default = parameter.default
    is_required = option.needed or default is Parameter.empty
    kinds = alternatives(parameter.hint)
    attributes: dict[str, Any] = {}
    if bool in kinds:
        attributes = {"is_flag": True}
        if not option.sets:
            attributes["flag_value"] = False
    else:
        attributes = {"type": _click_type(parameter, option), "metavar": option.metavar}
        if is_list(parameter.hint):
            attributes["multiple"] = True
        elif default not in {None, Parameter.empty}:
            attributes["show_default"] = True
    if default not in {Parameter.empty, ()}:
        attributes["default"] = default
    return click.Option(
        [*option.flags_of(parameter.name), parameter.name],
        required=is_required,
        help=option.help.format_map(names),
        shell_complete=_COMPLETION[option.paths],
        **attributes,
    )


def _click_type(parameter: FunctionParameter, option: Option) -> "click.ParamType[Any]":
    kinds = alternatives(parameter.hint)
    choices = option.choices or [
        each for kind in kinds if get_origin(kind) is Literal for each in get_args(kind)
    ]
    if choices:
        return click.Choice(choices)
    if int in kinds and not {str, date} & {*kinds}:
        low, high = (None if each is None else int(each) for each in (option.low, option.high))
        return click.IntRange(low, high)
    if float in kinds:
        return click.FloatRange(option.low, option.high)
    return click.STRING
