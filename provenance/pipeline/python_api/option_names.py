"""Messages and remedies that name options of commands, written with arguments of functions."""

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from provenance.errors import ProvenanceError

if TYPE_CHECKING:
    from provenance.model.content.tables import Unread

_ARGUMENTS = {
    "background": "backgrounds",
    "claim": "claims",
    "corpus": "corpora",
    "fail-on": "gates",
    "from": "since",
    "registry": "registries",
    "report": "reports",
    "text-column": "text_columns",
}
"""Arguments that are not called as the option is."""
_FLAGS = {
    "allow-incomplete": "allow_incomplete=True",
    "declared-only": "declared_only=True",
    "dry-run": "preview_dumps()",
    "no-common-background": "common_background=False",
    "non-commercial": "commercial=False",
}
_NO_VALUES = "and|cannot|has|is|makes|needs|or|reports|shows|that|to|when|with"
"""Words after an option that go on with the sentence."""
_VALUE = rf"(?:'[^']*'|(?!(?:{_NO_VALUES})\b)[\w.\[\]%]*[\w\]%])"
_TEXT_COLUMNS = re.compile(rf"--text-column {_VALUE}(?: --text-column {_VALUE})*")
_OPTION = re.compile(rf"--([a-z]+(?:-[a-z]+)*)(?:(:)| ({_VALUE}))?")
_COMMAND = re.compile(r"(`[^`]*`|\bprovenance [a-z]+ [^;]*)")


@contextmanager
def options_as_arguments(own_names: Mapping[str, str] = MappingProxyType({})) -> Iterator[None]:
    """Name arguments of functions, instead of options of commands, in errors.

    The remedy is also a note of the error, which tracebacks show.

    Parameters
    ----------
    own_names : mapping of str to str
        Names of arguments that the function has in place of others.
    """
    try:
        yield
    except ProvenanceError as error:
        error.message = _with_own_names(as_arguments(error.message), own_names)
        error.remedy = _with_own_names(as_arguments(error.remedy), own_names)
        error.args = (error.message,)
        error.__notes__ = [f"Try: {error.remedy}"]
        raise


def _with_own_names(text: str, own_names: Mapping[str, str]) -> str:
    for name, own in own_names.items():
        text = re.sub(rf"\b{name}=", f"{own}=", text)
    return text


def unread_as_arguments(unread: Iterable["Unread"]) -> tuple["Unread", ...]:
    """Name arguments of functions, instead of options of commands, in what could not be read."""
    return tuple(
        replace(each, reason=as_arguments(each.reason), remedy=as_arguments(each.remedy))
        for each in unread
    )


def result_as_arguments(result: Any) -> Any:
    """Name arguments of functions in what the result of a function says could not be read."""
    if isinstance(result, list):
        return list(map(result_as_arguments, result))
    fields = getattr(result, "__dataclass_fields__", ())
    changed: dict[str, object] = {
        side: result_as_arguments(getattr(result, side))
        for side in ("old", "new")
        if side in fields
    }
    if "unread" in fields and (unread := result.unread):
        several = isinstance(unread, tuple)
        spelled = unread_as_arguments(unread if several else [unread])
        changed["unread"] = spelled if several else spelled[0]
    return replace(result, **changed) if changed else result


def as_arguments(text: str) -> str:
    """Write options of a command as arguments of a function, but for those in commands and code.

    Examples
    --------
    >>> as_arguments("join them with --text-column title --text-column 'My Review', or --layout x")
    "join them with text_columns=['title', 'My Review'], or layout='x'"
    >>> as_arguments("choose another column with --text-column, or use `jq --arg a b`.")
    'choose another column with text_columns=, or use `jq --arg a b`.'
    >>> as_arguments("name it with --registry DIR; accept it with --allow-unread 3")
    'name it with registries=; accept it with allow_unread=3'
    >>> as_arguments("--purpose: 'training' is not a known value")
    "purpose: 'training' is not a known value"
    """
    pieces = _COMMAND.split(text)
    pieces[::2] = map(_with_arguments, pieces[::2])
    return "".join(pieces)


def argument_of(option: str) -> str:
    """Return the argument that an option of a command is, such as `gates=` of "fail_on"."""
    return as_arguments(f"--{option.replace('_', '-')}").removesuffix("()")


def _with_arguments(text: str) -> str:
    def columns(match: re.Match[str]) -> str:
        values = shlex.split(match[0])[1::2]
        return "text_columns=" if values == ["NAME"] else f"text_columns={values}"

    return _OPTION.sub(_argument, _TEXT_COLUMNS.sub(columns, text))


def _argument(match: re.Match[str]) -> str:
    option, colon, value = match.groups()
    if option in _FLAGS:
        return _FLAGS[option] + match[0].removeprefix(f"--{option}")
    name = _ARGUMENTS.get(option, option.replace("-", "_"))
    if colon:
        return f"{name}:"
    if value is None or value.isupper():  # a placeholder, such as DIR
        return f"{name}="
    return f"{name}={value if value.isdecimal() else repr(value.strip(chr(39)))}"
