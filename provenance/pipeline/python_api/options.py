"""Options of commands, described by the annotations of the Python functions that commands call."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from inspect import Parameter, getdoc, signature
from os import PathLike
from string import Formatter
from textwrap import fill, indent
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

_WIDTH = 92
REPEATABLE = "repeatable"
"""Placeholder in help texts: that an option of the command line may be given several times."""


@dataclass(frozen=True, slots=True)
class Option:
    """What the annotation of a parameter says beside its type: `Annotated[int, Option("…")]`.

    Parameters
    ----------
    help : str
        What it is, with other parameters as `{name}`, which the command line and Python spell each
        in their own way, and `{repeatable}` where an option may be given several times.
    flags : str
        How the command line spells it, as `click` takes it: "-o --output", "--on/--off". Empty for
        the name with hyphens.
    metavar : str or None
        What stands for the value in the help of the command.
    choices : sequence of str
        Values that the command line takes.
    low, high : float or None
        Bounds of a number, both included.
    paths : "files", "folders" or None
        What a shell completes.
    needed : bool
        Whether the command cannot do without it.
    sets : bool
        What a flag without `/` sets the parameter to.
    default : object
        Of an option in a `TypedDict`: what it is unless given. None follows from the type: None,
        False, or nothing in a list.
    """

    help: str
    flags: str = ""
    metavar: str | None = None
    choices: Sequence[str] = ()
    low: float | None = None
    high: float | None = None
    paths: Literal["files", "folders"] | None = None
    needed: bool = False
    sets: bool = True
    default: object = None

    def check_bounds(self, name: str, value: Any) -> None:
        """Raise a ValueError if a number is out of bounds."""
        if self.low is not None and value < self.low:
            raise ValueError(f"{name} is at least {self.low:g}, not {value}")
        if self.high is not None and value > self.high:
            raise ValueError(f"{name} is at most {self.high:g}, not {value}")

    def flags_of(self, name: str) -> list[str]:
        """Return the flags of the command line for a parameter."""
        return (self.flags or f"--{name.replace('_', '-')}").split()

    def spelling(self, name: str) -> str:
        """Return how the command line mentions a parameter, such as `--text-column`."""
        return self.flags_of(name)[-1].partition("/")[0]


@dataclass(frozen=True, slots=True)
class FunctionParameter:
    """A parameter of a public function, or one of its `**options`.

    Parameters
    ----------
    name : str
        Its name.
    hint : object
        Its type.
    default : object
        Its value unless given; `Parameter.empty` if it must be given.
    option : Option or None
        How it is described; None if the command line does not have it.
    is_packed : bool
        Whether it is one of `**options`.
    """

    name: str
    hint: object
    default: object
    option: Option | None
    is_packed: bool = False


class OptionError(ValueError):
    """Options contradict each other, or one has a value that it cannot have.

    Parameters
    ----------
    template : str
        The message, with the names of parameters in braces.
    **values
        Other values that the message has in braces.
    """

    def __init__(self, template: str, **values: object) -> None:
        self._template, self._values = template, values
        fields = [name for _, name, *_ in Formatter().parse(template) if name]
        super().__init__(self.spelled({name: name for name in fields}))

    def spelled(self, names: Mapping[str, str]) -> str:
        """Return the message with parameters spelled as given."""
        return self._template.format_map({**names, **self._values})


def described_parameters(
    function: Callable[..., object],
) -> list[tuple[FunctionParameter, Option]]:
    """Return the parameters of a public function that the command line has, too."""
    parameters = function_parameters(function).values()
    return [(each, each.option) for each in parameters if each.option is not None]


@cache
def function_parameters(function: Callable[..., object]) -> Mapping[str, FunctionParameter]:
    """Return the parameters of a public function by name, its `**options` one by one."""
    found: list[FunctionParameter] = []
    for parameter in signature(function).parameters.values():
        if parameter.kind is Parameter.VAR_KEYWORD:
            found += _packed_options(parameter)
        elif parameter.kind is not Parameter.VAR_POSITIONAL and parameter.name != "self":
            hint, option = _split(parameter.annotation)
            found.append(FunctionParameter(parameter.name, hint, parameter.default, option))
    return {each.name: each for each in found}


def _packed_options(parameter: Parameter) -> Iterator[FunctionParameter]:
    packed = get_args(parameter.annotation)
    if packed and is_typeddict(packed[0]):
        for name, annotation in get_type_hints(packed[0], include_extras=True).items():
            yield _packed_option(name, annotation)


def _packed_option(name: str, annotation: object) -> FunctionParameter:
    hint, option = _split(annotation)
    default = None if option is None else option.default
    if default is None and NoneType not in alternatives(hint):
        default = () if is_list(hint) else False if hint is bool else Parameter.empty
    return FunctionParameter(name, hint, default, option, is_packed=True)


def _split(annotation: object) -> tuple[object, Option | None]:
    if get_origin(annotation) is Annotated:
        hint, *rest = get_args(annotation)
        for each in rest:
            if isinstance(each, Option):
                return hint, each
    return annotation, None


def is_list(hint: object) -> bool:
    """Return whether a type admits several values."""
    return any(get_origin(kind) is Iterable for kind in alternatives(hint))


def alternatives(hint: object) -> tuple[Any, ...]:
    """Return the members of a union, or the type itself."""
    return get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)


def described_docstring(function: Callable[..., object]) -> str | None:
    """Return the docstring of a function, with what annotations say of its parameters."""
    text = getdoc(function) or ""
    described = described_parameters(function)
    if not described:
        return function.__doc__
    names = {name: f"`{name}`" for name in function_parameters(function)} | {REPEATABLE: ""}
    title = "Parameters\n----------\n"
    head, _, rest = text.partition(title) if title in text else (f"{text}\n\n", "", "")
    own, separator, sections = rest.partition("\n\n")
    entries = [own, *(_entry(*each, names) for each in described)]
    return f"{head}{title}" + "\n".join(filter(None, entries)) + separator + sections


def _entry(parameter: FunctionParameter, option: Option, names: Mapping[str, str]) -> str:
    kinds = " or ".join(dict.fromkeys(_type_names(parameter.hint)))
    optional = "" if parameter.default is Parameter.empty else ", optional"
    help_text = option.help.format_map(names)
    if not option.sets:
        help_text = f"If False: {help_text[0].lower()}{help_text[1:]}"
    wrapped = indent(fill(help_text, _WIDTH, break_on_hyphens=False), "    ")
    return f"{parameter.name} : {kinds}{optional}\n{wrapped}"


_TYPE_NAMES: dict[object, str] = {
    PathLike: "path",
    Iterable: "iterable of them",
    Mapping: "mapping",
}


def _type_names(hint: object) -> Iterator[str]:
    for kind in alternatives(hint):
        origin = get_origin(kind)
        if origin is Annotated:
            yield from _type_names(get_args(kind)[0])
        elif origin is Literal:
            yield from (f'"{value}"' for value in get_args(kind))
        elif kind is not NoneType:
            yield _TYPE_NAMES.get(origin or kind) or str(getattr(kind, "__name__", kind))
