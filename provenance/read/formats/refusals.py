"""Files that are recognised and not read, from the table `refusals.yaml` beside this module."""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache, cached_property
from importlib.resources import files

import msgspec
import yaml

from provenance.errors import UnsupportedFormat
from provenance.read.formats.json_objects import Record

TO_LINES = "convert its texts to JSON Lines with `id`, `text`, `url`, `created_at`, `author`."


class Refusal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """What a file is, what to do instead of reading it, and how it is recognised.

    Parameters
    ----------
    what, remedy : str
        For the error.
    name : str
        By which code refers to it.
    suffixes : tuple of str
        Last or last but one part of its name, in lower case.
    names : str
        A pattern for its whole name, in lower case.
    magics : tuple of str
        First bytes, as characters of Latin-1.
    is_binary : bool
        Whether there also is a NUL among the first bytes.
    begins, text : tuple of str
        Patterns for the beginning of a text; `text` of those in which there are no JSON objects.
    element : tuple of str
        Patterns for the root element of XML, from its name on.
    roots : tuple of str
        Names of the root element, in lower case.
    folders : tuple of str
        Patterns of `fnmatch` for a file in a folder that is not read as a whole.
    withheld : tuple of str
        Patterns for files of an export that are not public, below any folder.
    members : tuple of str
        Paths that an object has; `*` stands for any characters in the name of a member.
    is_whole : bool
        Whether an object has no members besides.
    any_member, no_member : tuple of str
        Paths of which an object has at least one, or none.
    values : dict of str to tuple of str
        Patterns of `fnmatch` for the values of members.
    of_dumps : bool
        Whether such objects are refused in dumps only; as a dataset they are rows.
    """

    what: str
    remedy: str = TO_LINES
    name: str = ""
    suffixes: tuple[str, ...] = ()
    names: str = ""
    magics: tuple[str, ...] = ()
    is_binary: bool = False
    begins: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    element: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    is_whole: bool = False
    any_member: tuple[str, ...] = ()
    no_member: tuple[str, ...] = ()
    values: dict[str, tuple[str, ...]] = {}
    of_dumps: bool = False

    def error(self, name: str) -> UnsupportedFormat:
        """Return the error for the file `name`."""
        return UnsupportedFormat(f"{name}: this is {self.what}", remedy=self.remedy)

    @cached_property
    def first_bytes(self) -> tuple[bytes, ...]:
        """Return `magics` as bytes."""
        return tuple(magic.encode("latin-1") for magic in self.magics)

    def has_object(self, entry: Record) -> bool:
        """Return whether an object is recognised."""
        if not (self.members or self.any_member or self.values):
            return False
        top = {path.partition(".")[0] for path in self.members}
        return (
            all(_has(entry, path) for path in self.members)
            and not (self.is_whole and len(entry) > len(top))
            and (not self.any_member or any(_has(entry, path) for path in self.any_member))
            and not any(_has(entry, path) for path in self.no_member)
            and all(
                any(fnmatchcase(str(entry.get(name, "")), pattern) for pattern in patterns)
                for name, patterns in self.values.items()
            )
        )


def _has(value: object, path: str) -> bool:
    """Return whether an object has a member at a path."""
    name, _, rest = path.partition(".")
    if not isinstance(value, dict):
        return False
    names = [each for each in value if fnmatchcase(each, name)] if "*" in name else [name]
    return any(each in value and (not rest or _has(value[each], rest)) for each in names)


@cache
def refusals() -> tuple[Refusal, ...]:
    """Return the table."""
    content = files("provenance.read.formats").joinpath("refusals.yaml").read_bytes()
    return msgspec.convert(yaml.load(content, yaml.CSafeLoader), tuple[Refusal, ...])


@cache
def named_refusals() -> dict[str, Refusal]:
    """Return the refusals to which code refers, by their names."""
    return {refusal.name: refusal for refusal in refusals() if refusal.name}


@cache
def _by_suffix() -> dict[str, int]:
    """Return the first place in the table of each suffix."""
    places = enumerate(refusals())
    pairs = [(suffix, place) for place, refusal in places for suffix in refusal.suffixes]
    return dict(reversed(pairs))


@cache
def _patterns(key: str) -> tuple[tuple[re.Pattern[bytes], Refusal], ...]:
    return tuple(
        (re.compile(pattern.encode()), refusal)
        for refusal in refusals()
        for pattern in getattr(refusal, key)
    )


@cache
def _name_patterns(key: str) -> tuple[tuple[re.Pattern[str], Refusal], ...]:
    """Return patterns for names: `names`, or the alternatives in `withheld`."""
    return tuple(
        (re.compile(pattern if key == "names" else f"(?:.*/)?(?:{'|'.join(pattern)})"), refusal)
        for refusal in refusals()
        if (pattern := getattr(refusal, key))
    )


def refusal_by_magic(head: bytes) -> Refusal | None:
    """Return what a file is that begins with `head`, if its format is not supported."""
    for refusal in refusals():
        if head.startswith(refusal.first_bytes) and (not refusal.is_binary or b"\0" in head):
            return refusal
    return None


def refusal_by_name(name: str) -> Refusal | None:
    """Return what a file of this name is, if its format is known and not supported."""
    base = name.rpartition("/")[2].lower()
    for pattern, refusal in _name_patterns("names"):
        if pattern.fullmatch(base):
            return refusal
    suffixes = _by_suffix()
    places = [suffixes[part] for part in base.split(".")[1:][-2:] if part in suffixes]
    return refusals()[min(places)] if places else None


def withheld_refusal(name: str) -> Refusal | None:
    """Return what a file of an export is that is not public, by its name; None if it is."""
    found = (what for pattern, what in _name_patterns("withheld") if pattern.fullmatch(name))
    return next(found, None)


def refuse_folder(names: Iterable[str], address: str) -> None:
    """Raise if the names of files show that the folder at `address` is not read as a whole.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    names = list(names)
    for refusal in refusals():
        if any(fnmatchcase(name, pattern) for pattern in refusal.folders for name in names):
            raise refusal.error(address)


def refuse_by_magic(head: bytes, name: str) -> None:
    """Raise if the first bytes of the file `name` are those of a format that is not supported.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    if (refusal := refusal_by_magic(head)) is not None:
        raise refusal.error(name)


def refuse_beginning(head: bytes, name: str, key: str) -> None:
    """Raise if the beginning of the file `name` is that of a format that is not read.

    Parameters
    ----------
    head : bytes
        The beginning: of a text, or of XML from the name of its root on.
    name : str
        The file.
    key : "begins", "text" or "element"
        Which patterns of the table.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    for pattern, refusal in _patterns(key):
        if pattern.match(head):
            raise refusal.error(name)


def xml_refusal(root: str) -> Refusal | None:
    """Return what XML is by the name of its root, if it is known and not supported."""
    return next((refusal for refusal in refusals() if root.lower() in refusal.roots), None)


def refuse_object(entry: Record, name: str, *, is_dump: bool = False) -> None:
    """Raise if an object of the file `name` shows that the file has no rows of texts.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    if _is_of_pandas(entry):
        raise named_refusals()["by-column"].error(name)
    for refusal in refusals():
        if (is_dump or not refusal.of_dumps) and refusal.has_object(entry):
            raise refusal.error(name)


def refuse_only_object(entry: Record, name: str) -> None:
    """Raise if the only object of the file `name` shows that it is no row.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    refuse_object(entry, name)
    if _is_error(entry):
        raise named_refusals()["error"].error(name)
    if _holds_columns(entry):
        raise named_refusals()["by-column"].error(name)


_OF_ERRORS = frozenset(
    {"code", "detail", "documentation_url", "error", "error_description", "errors", "message"}
    | {"ok", "path", "reason", "request_id", "status", "statusCode", "success", "timestamp", "type"}
)
"""Members of what an interface answers instead of data."""
_OF_NO_DATA = frozenset({"detail", "documentation_url", "error", "error_description", "errors"})
"""Those that only such an answer has."""


def _is_error(entry: Record) -> bool:
    """Return whether an object is what an interface answers instead of data."""
    codes = (entry.get(name) for name in ("code", "status", "statusCode"))
    has_code = "message" in entry and any(isinstance(code, int) for code in codes)
    return entry.keys() <= _OF_ERRORS and (has_code or not _OF_NO_DATA.isdisjoint(entry))


def _is_of_pandas(entry: Record) -> bool:
    """Return whether an object has columns, each with its rows by number, or rows as lists."""
    if {"columns", "index", "data"} == entry.keys():
        return True
    return bool(entry) and all(
        isinstance(rows, dict) and next(iter(rows), None) == "0" for rows in entry.values()
    )


def _holds_columns(entry: Record) -> bool:
    """Return whether an object has several lists with as many values each, some of them strings."""
    columns = [column for column in entry.values() if isinstance(column, list)]
    if len(columns) < max(len(entry), 2) or {len(column) for column in columns} in ({0}, {1}):
        return False
    values = [value for row in zip(*columns, strict=False) for value in row]
    return (
        len({len(column) for column in columns}) == 1
        and not any(isinstance(value, dict | list) for value in values)
        and any(isinstance(value, str) for value in values)
    )
