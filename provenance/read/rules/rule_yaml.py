"""Parsing of rule files as YAML."""

from collections.abc import Collection, Hashable
from typing import Any

import yaml

from provenance.errors import RuleSyntax
from provenance.read.policy.validation import UncheckedValue, format_value

FORMAT = 2
"""Version of the format of rule files. Files without `format` are of this version."""


_TEXT = "tag:yaml.org,2002:str"


class _Loader(yaml.CSafeLoader):
    """A safe loader that refuses duplicate keys, of which YAML would silently take the last.

    Four of five values are text. Trying all resolvers of YAML takes half of the loading time, so
    text is recognised by its first character.
    """

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> Any:
        if kind is yaml.ScalarNode:
            is_bare, _ = implicit
            if not is_bare or value[:1] not in self.yaml_implicit_resolvers:
                return _TEXT
        resolve: Any = super().resolve
        return resolve(kind, value, implicit)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        if node.tag == _TEXT and type(node) is yaml.ScalarNode:
            return node.value
        return super().construct_object(node, deep)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        # Compared as written: constructing every key twice would take a fifth of the loading time.
        keys = [(key.tag, str(key.value)) for key, _ in node.value]
        if len(set(keys)) < len(keys):
            index = next(i for i, key in enumerate(keys) if key in keys[:i])
            mark = node.value[index][0].start_mark
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {keys[index][1]!r} is duplicated", mark
            )
        return super().construct_mapping(node, deep)


def parse_yaml(content: bytes, file: str) -> UncheckedValue:
    """Parse a rule file without validation."""
    try:
        value = yaml.load(content, _Loader)  # noqa: S506 - a subclass of the safe loader
    except yaml.MarkedYAMLError as error:
        line = 0 if error.problem_mark is None else error.problem_mark.line + 1
        raise RuleSyntax(
            f"{file}: not valid YAML: line {line}: {error.problem}",
            remedy="correct that line; text with `: ` or `#` in it needs quotes.",
        ) from error
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise RuleSyntax(
            f"{file}: not valid YAML: {' '.join(str(error).split())}",
            remedy="save it as UTF-8 text; a day is written year-month-day.",
        ) from error
    except (
        LookupError,
        AttributeError,
        RecursionError,
    ) as error:  # not YAMLError
        raise RuleSyntax(
            f"{file}: not valid YAML: a value does not fit its tag, or is nested too deep",
            remedy="remove the tag, such as `!!bool`; values need no tags here.",
        ) from error
    return UncheckedValue(value, file, RuleSyntax)


def check_format(
    root: UncheckedValue, allowed: Collection[str], required: Collection[str]
) -> dict[str, UncheckedValue]:
    """Return the entries of a file, after checking its format version and its keys."""
    entries = root.table(allowed, required)
    format_entry = entries.get("format")
    if format_entry is not None and format_entry.value != FORMAT:
        raise format_entry.wrong(
            f"the format {format_value(format_entry.value)} is not the supported {FORMAT}",
            f"write the file in format {FORMAT} (rules/README.md), or use the matching version of "
            "provenance.",
        )
    return entries
