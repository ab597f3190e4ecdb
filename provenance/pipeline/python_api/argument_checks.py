"""Arguments of public functions, checked against the annotations of these functions."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from functools import wraps
from inspect import Parameter, Signature, signature
from numbers import Integral, Real
from os import PathLike
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
)

from provenance.errors import InputError
from provenance.pipeline.python_api.option_names import (
    argument_of,
    options_as_arguments,
    result_as_arguments,
)
from provenance.pipeline.python_api.options import (
    FunctionParameter,
    described_docstring,
    function_parameters,
)

F = TypeVar("F", bound=Callable[..., Any])

_NUMBERS: dict[object, type] = {int: Integral, float: Real}
_PHRASES: dict[object, tuple[str, str]] = {
    str: ("a string", "strings"),
    PathLike: ("a path", "paths"),
    int: ("a whole number", "whole numbers"),
    float: ("a number", "numbers"),
    date: ("a date", "dates"),
    Mapping: ("a mapping", "mappings"),
    Callable: ("a function", "functions"),
}
_SHOWN_CHARS = 60


def public_function(function: F) -> F:
    """Check arguments against the annotations, and name arguments in errors.

    Unknown options of `**options` and values of a wrong type raise a TypeError that names the
    function, the argument, what it takes and what was given. Data in place of a path raises an
    InputError.
    """
    # A method that writes takes as `folder` what a command takes as --output or --forget-set.
    parameters = function_parameters(function)
    own_names = dict.fromkeys(("output", "forget_set"), "folder") if "folder" in parameters else {}
    packed = {
        each.name: each.default
        for each in parameters.values()
        if each.is_packed and each.default is not Parameter.empty
    }

    @wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        with options_as_arguments(own_names):
            _check_arguments(function, args, kwargs)
            return result_as_arguments(function(*args, **packed | kwargs))

    if "**options" not in (function.__doc__ or ""):
        checked.__signature__ = _unpacked_signature(function)  # type: ignore[attr-defined]
        checked.__doc__ = described_docstring(function)
    return cast("F", checked)


def _unpacked_signature(function: Callable[..., Any]) -> Signature:
    """Return the signature with the `**options` one by one."""
    found = signature(function)
    if not any(each.is_packed for each in function_parameters(function).values()):
        return found  # such as that of a function that takes any facts
    own = [each for each in found.parameters.values() if each.kind is not Parameter.VAR_KEYWORD]
    options = [
        Parameter(each.name, Parameter.KEYWORD_ONLY, default=each.default, annotation=each.hint)
        for each in function_parameters(function).values()
        if each.is_packed
    ]
    return found.replace(parameters=[*own, *options])


def _check_arguments(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    parameters = function_parameters(function)
    caller = function.__qualname__.removesuffix(".__init__")
    try:
        bound = signature(function).bind(*args, **kwargs)
    except TypeError:
        return  # the call itself says better what is wrong
    has_options = any(each.is_packed for each in parameters.values())
    for name, value in (bound.arguments | bound.kwargs).items():
        if name in parameters:
            _check_argument(caller, parameters[name], value)
        elif name in kwargs and has_options:
            raise TypeError(_unknown_option(name, caller, parameters))


def _unknown_option(name: str, caller: str, names: Iterable[str]) -> str:
    argument, matches = argument_of(name), get_close_matches(name, names, n=1)
    if argument.partition("=")[0] in names:
        hint = f"it is called {argument}"
    elif matches:
        hint = f"did you mean {matches[0]!r}?"
    else:
        hint = f"see help(provenance.{caller})"
    return f"{caller}() has no option {name!r}; {hint}"


def _check_argument(caller: str, parameter: FunctionParameter, value: object) -> None:
    name, hint, option = parameter.name, parameter.hint, parameter.option
    if fits(value, hint):
        if option is not None and value is not None:
            option.check_bounds(name, value)
        return
    kinds = list(_kinds(hint))
    if PathLike in kinds and _is_data(value):
        raise InputError(
            f"{caller}(): {name} is {describe(hint)}; data of the type {type(value).__name__} is "
            "given",
            remedy="write the data to a file, and give its path.",
        )
    shown = repr(value)
    if len(shown) > _SHOWN_CHARS:
        shown = f"{shown[:_SHOWN_CHARS]}…"
    raise TypeError(f"{caller}(): {name} is {describe(hint)}, not {shown}")


def _is_data(value: object) -> bool:
    if isinstance(value, list | tuple):
        return any(isinstance(entry, Mapping) for entry in value)
    return isinstance(value, Mapping) or _is_table(value)


def _is_table(value: object) -> bool:
    return hasattr(value, "__arrow_c_stream__")


def fits(value: object, hint: object) -> bool:
    """Return whether a value is of an annotated type.

    A string or a mapping is no list, a bool no number, and the elements of what can be read only
    once are not looked at.
    """
    origin, args = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return any(fits(value, part) for part in args)
    if origin is Annotated:
        return fits(value, args[0])
    if origin is Iterable:
        return _is_list(value) and all(fits(each, args[0]) for each in _elements(value))
    if origin is Literal:
        return value in args
    if hint in _NUMBERS:
        return isinstance(value, _NUMBERS[hint]) and not isinstance(value, bool)
    return hint is Any or isinstance(value, cast("type", origin or hint))


def _is_list(value: object) -> bool:
    if isinstance(value, str | bytes | Mapping | PathLike) or _is_table(value):
        return False
    return isinstance(value, Iterable)


def _elements(value: object) -> Iterable[object]:
    return value if isinstance(value, list | tuple | set | frozenset) else ()


def describe(hint: object) -> str:
    """Return what an annotated type admits, in words.

    Examples
    --------
    >>> describe(str | PathLike[str] | Iterable[str | PathLike[str]] | None)
    'a path, a list of paths or None'
    >>> describe(Annotated[str, '"1%"'] | int)
    'a string such as "1%" or a whole number'
    """
    return _join(list(_phrases(hint, plural=False)))


def _phrases(hint: object, *, plural: bool) -> Iterator[str]:
    kinds = list(_kinds(hint))
    if PathLike in kinds:
        kinds.remove(str)  # which may be a path, too
    for kind in sorted(kinds, key=lambda kind: kind is NoneType):
        yield from _phrases_of_kind(kind, plural=plural)


def _phrases_of_kind(kind: object, *, plural: bool) -> Iterable[str]:
    if get_origin(kind) is Annotated:
        base, example = get_args(kind)
        example = "" if plural else f" such as {example}"
        return [f"{phrase}{example}" for phrase in _phrases_of_kind(base, plural=plural)]
    if get_origin(kind) is Iterable:
        return [f"a list of {_join(list(_phrases(get_args(kind)[0], plural=True)))}"]
    if get_origin(kind) is Literal:
        return map(repr, get_args(kind))
    name = getattr(kind, "__name__", str(kind))
    phrases = {bool: ("True", "False"), NoneType: ("None",)}
    return phrases.get(kind) or [_PHRASES.get(kind, (f"a {name}", f"{name}s"))[plural]]


def _kinds(hint: object) -> Iterator[object]:
    """Yield the alternatives of a type, without the parameters of those that are not lists."""
    origin = get_origin(hint)
    if origin in {Union, UnionType}:
        for part in get_args(hint):
            yield from _kinds(part)
    elif origin in {None, Iterable, Annotated, Literal}:
        yield hint
    else:
        yield origin


def _join(phrases: list[str]) -> str:
    *first, last = phrases
    return f"{', '.join(first)} or {last}" if first else last
