"""docs/api.md is written from the docstrings of what `provenance` exports."""

import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import provenance

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
HEAD = """# Python reference

Written by `make docs` from the docstrings. [Python](python-api.md) shows how it is used. Options
have the names of the [commands](commands.md). Errors are in `provenance.errors`, each with a
`remedy`.
"""
ORDER = (
    *("check", "Outcome", "PolicyViolated", "clean", "diff", "merge"),
    *("calibrate", "trace", "open_report"),
    *("attest", "verify_attestation", "replay_report", "sign_folder", "verify_folder"),
    *("build_registry", "add_to_registry", "preview_dumps", "open_registry", "OpenRegistry"),
    *("remove_from_registry", "restore_registry_items", "compact_registry"),
    *("add_opt_outs", "mark_registry_items", "fit_registry"),
    *("merge_registries", "subset_registry", "push_registry", "pull_registry"),
    *("sign_registry", "publish_registry", "screen_dataset", "Matcher", "Match"),
    *("audit", "AuditAnswer", "disclose", "DisclosureFiles", "open_ledger", "OpenLedger"),
    *("fingerprint_dataset", "compare", "minhashes"),
    *("explain_rules", "Explanation", "published_sources", "clear_cache"),
)
SECTIONS = ("Parameters", "Attributes", "Returns", "Yields", "Raises", "Notes", "Examples")
RULE = re.compile(r"^-{3,}$")


def sections(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the sections of a numpydoc docstring, the description first, without a title."""
    title, lines = "", list[str]()
    for line in text.splitlines():
        if RULE.match(line) and lines and lines[-1] in SECTIONS:
            following = lines.pop()
            yield title, lines
            title, lines = following, []
        else:
            lines.append(line)
    yield title, lines


def entries(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the heads of the entries of a section, each with its text."""
    head, text = "", list[str]()
    for line in lines:
        if line and not line.startswith(" "):
            if head:
                yield head, " ".join(text)
            head, text = line, []
        elif line.strip():
            text.append(line.strip())
    if head:
        yield head, " ".join(text)


def as_item(head: str, text: str) -> str:
    name, colon, kind = head.partition(" : ")
    shown = ", ".join(f"`{part}`" for part in name.split(", "))
    shown += f" ({kind})" if colon else ""
    return f"- {shown}: {text}" if text else f"- {shown}"


def as_markdown(text: str) -> Iterator[str]:
    for title, lines in sections(inspect.cleandoc(text)):
        body = "\n".join(lines).strip()
        if title in {"", "Notes"}:
            yield body
        elif title == "Examples":
            yield f"```pycon\n{body}\n```"
        else:
            yield f"**{title}**"
            yield "\n".join(as_item(*entry) for entry in entries(lines))


def signature(name: str, function: object) -> str:
    """Return the signature without annotations, which the parameters repeat in words."""
    found = inspect.signature(function)
    plain = [each.replace(annotation=inspect.Parameter.empty) for each in found.parameters.values()]
    kept = [each for each in plain if each.name != "self"]
    shown = str(found.replace(parameters=kept, return_annotation=inspect.Signature.empty))
    line = f"{name}{shown}"
    if len(line) <= 90:
        return line
    return f"{name}(\n    " + ",\n    ".join(shown[1:-1].split(", ")) + ",\n)"


def members(kind: type) -> Iterator[tuple[str, object]]:
    for name, member in vars(kind).items():
        is_public = not name.startswith("_") or name == "__call__"
        if is_public and (isinstance(member, property) or inspect.isfunction(member)):
            yield name, member


def describe(name: str) -> Iterator[str]:
    value = getattr(provenance, name)
    yield f"## `{name}`"
    if not (inspect.isclass(value) and issubclass(value, Exception | tuple)):
        yield f"```python\n{signature(f'provenance.{name}', value)}\n```"
    yield from as_markdown(value.__doc__ or "")
    if not inspect.isclass(value):
        return
    for member_name, member in members(value):
        is_property = isinstance(member, property)
        text = (member.fget if is_property else member).__doc__ or ""
        title = member_name if is_property else signature(member_name, member)
        yield f"### `{' '.join(title.split())}`"
        yield from as_markdown(text)


@cache
def written() -> str:
    """Return the page as it should be."""
    return "\n\n".join([HEAD.strip(), *(text for name in ORDER for text in describe(name))]) + "\n"


def test_the_page_is_what_the_docstrings_say():
    assert PAGE.read_text("utf-8") == written(), "run `make docs`"


def test_everything_that_is_exported_is_there():
    assert {*ORDER} == {*provenance.__all__} - {"__version__"}


def test_the_guide_names_every_function():
    guide = PAGE.with_name("python-api.md").read_text("utf-8")
    named = set(re.findall(r"`(?:provenance\.)?(\w+)", guide))
    assert {name for name in ORDER if inspect.isfunction(getattr(provenance, name))} <= named


def test_every_parameter_is_described():
    missing = []
    for name in ORDER:
        value = getattr(provenance, name)
        if inspect.isfunction(value):
            text = inspect.getdoc(value) or ""
            described = re.findall(r"^([\w*, ]+)(?: : .+)?$", text, re.MULTILINE)
            words = {word for line in described for word in re.split(r"[,\s*]+", line)}
            parameters = inspect.signature(value).parameters
            missing += [
                f"{name}: {parameter}" for parameter in parameters if parameter not in words
            ]
    assert missing == []


if __name__ == "__main__":
    PAGE.write_text(written(), "utf-8")
