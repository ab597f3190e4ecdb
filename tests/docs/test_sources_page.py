"""docs/sources.md is written from the data of `provenance sources`, which holds together."""

import re
import shlex
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from provenance.cli.registries.registry import command as registry
from provenance.read.dumps.layouts import LAYOUTS
from provenance.read.dumps.published_dumps import find_published_source, published_sources
from provenance.read.rules.rule_files import load_rules

PAGE = Path(__file__).resolve().parents[2] / "docs" / "sources.md"
HEAD = """# Sources

Written by `make docs` from the data of `provenance sources`: where the sources that people ask for
most publish their items, or let users export them. Nothing here says what you may do with them:
that is what `provenance rules show NAME` and a check are for. Each statement has the day on which
its page, or the newest copy of the document, was read. Documents are those that bind people who
collect, and of which the rules know no end.
"""
SOURCES = published_sources()


@cache
def written() -> str:
    """Return the page as it should be."""
    lines = [HEAD]
    for source in SOURCES:
        lines += [f"## {source.name}", ""]
        for dump in source.dumps:
            what = f"[{dump.what}]({dump.address})" if dump.address else dump.what
            size = f"; {dump.size}" if dump.size else ""
            layouts = ", ".join(f"`{name}`" for name in dump.layouts)
            lines.append(f"- {what}{size}. Layout: {layouts}.")
        for statement in source.access:
            read = f"read on {statement.read}" if statement.read else "read"
            how = "" if statement.kind == "primary" else ", as others report it"
            lines.append(f"- Access: {statement.says} ([{read}]({statement.address}){how})")
        if source.avoid:
            lines.append(f"- Do not use: {source.avoid}.")
        if source.remark:
            lines.append(f"- Note: {source.remark}.")
        if source.command:
            lines += ["", f"```text\n{source.command}\n```"]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def test_the_page_is_what_the_data_say():
    assert PAGE.read_text("utf-8") == written(), "run `make docs`"


def test_twenty_sources_are_known_to_the_rules():
    known = {source.id for source in load_rules().sources}
    assert len(SOURCES) == len({source.id for source in SOURCES}) == 20
    assert [source.id for source in SOURCES if source.id not in known] == ["books3"]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_a_source_has_layouts_that_are_read_and_a_command_that_parses(source):
    layouts = {name for dump in source.dumps for name in dump.layouts}
    assert layouts - LAYOUTS.keys() == set()
    assert bool(source.command) == bool(source.dumps)
    assert source.dumps or source.avoid
    if source.command:
        program, group, name, *arguments = shlex.split(source.command)
        assert (program, group) == ("provenance", "registry")
        build = registry.commands[name]
        # As `provenance` calls it: a command keeps its help option from one call to the next.
        context = build.make_context(name, [*arguments], help_option_names=["-h", "--help"])
        assert context.params["source"] == source.id


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("x", "x"),
        ("X (Twitter)", "x"),
        ("Twitter", "x"),
        ("wiki", "wikipedia"),
        ("hn", "hackernews"),
    ],
)
def test_a_source_goes_by_the_names_that_the_rules_know(name, found):
    assert find_published_source(name).id == found


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_every_source_says_something_of_access_or_should_not_be_used(source):
    assert source.access or source.avoid


def test_documents_that_bind_only_the_platform_and_those_that_ended_are_left_out():
    [x] = [source for source in SOURCES if source.id == "x"]
    said = "\n".join(statement.says for statement in x.access)
    assert "X Developer Agreement (with Developer Policy), since 2025-06-04: " in said
    assert "Privacy Policy" not in said
    assert "since 2023-11-14" not in said


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_a_statement_has_an_address_and_a_day(source):
    addresses = [dump.address for dump in source.dumps if dump.address]
    for statement in source.access:
        addresses.append(statement.address)
        assert statement.read is None or statement.read <= date.today()  # noqa: DTZ011 (a day)
        assert statement.kind in {"primary", "secondary"}
        assert statement.says.endswith(".")
    assert [each for each in addresses if not re.fullmatch(r"https://\S+", each)] == []


if __name__ == "__main__":
    PAGE.write_text(written(), "utf-8")
