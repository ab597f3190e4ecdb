"""Rule files as YAML: parsed, and of a format that is known here."""

from collections.abc import Collection, Hashable
from typing import Any

import yaml

from provenance.errors import RuleSyntax
from provenance.read.policy.validation import Checked, shown

FORMAT = 2
"""Of the rule files. Files without `format` are of this one."""


_TEXT = "tag:yaml.org,2002:str"


class _Loader(yaml.CSafeLoader):
    """A safe loader that refuses a key written twice, which YAML would let win silently.

    Four values of five are text. What YAML asks of each, in turn, takes half the time of loading,
    so text is told from the rest at a glance.
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
        # Compared as they are written: making every key twice would take a fifth of the loading.
        keys = [(key.tag, str(key.value)) for key, _ in node.value]
        if len(set(keys)) < len(keys):
            index = next(i for i, key in enumerate(keys) if key in keys[:i])
            mark = node.value[index][0].start_mark
            raise yaml.constructor.ConstructorError(
                None, None, f"{keys[index][1]!r} stands twice", mark
            )
        return super().construct_mapping(node, deep)


def parse_yaml(content: bytes, file: str) -> Checked:
    """Parse a rule file, believing nothing yet."""
    try:
        value = yaml.load(content, _Loader)  # noqa: S506 - a subclass of the safe loader
    except yaml.MarkedYAMLError as error:
        line = 0 if error.problem_mark is None else error.problem_mark.line + 1
        raise RuleSyntax(
            f"{file}: not valid YAML: line {line}: {error.problem}",
            remedy="correct the line named; text with `: ` or `#` in it needs quotes.",
        ) from error
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise RuleSyntax(
            f"{file}: not valid YAML: {' '.join(str(error).split())}",
            remedy="save it as UTF-8 text; a day is written year-month-day.",
        ) from error
    except (LookupError, AttributeError, RecursionError) as error:  # which the parser lets through
        raise RuleSyntax(
            f"{file}: not valid YAML: a value does not fit its tag, or is nested too deep",
            remedy="leave out the tag, such as `!!bool`; a value needs none here.",
        ) from error
    return Checked(value, file, "", RuleSyntax)


def opened(root: Checked, known: Collection[str], needed: Collection[str]) -> dict[str, Checked]:
    """Take a file as a table of known keys, if it is of the format that is read here."""
    entries = root.table(known, needed)
    written = entries.get("format")
    if written is not None and written.value != FORMAT:
        raise written.wrong(
            f"the format {shown(written.value)} is not {FORMAT}, the one that is read here",
            f"write the file in format {FORMAT} (rules/README.md), or use the provenance of its "
            "own time.",
        )
    return entries
