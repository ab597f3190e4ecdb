"""`provenance sources`."""

from datetime import date
from textwrap import wrap

import click

from provenance import pipeline
from provenance.cli.terminal_output import echo

_WIDTH = 80
_TERMS = "Terms: what its documents say, clause by clause, with the verdict"


@click.command(
    "sources",
    epilog="""
\b
Examples:
  provenance sources
  provenance sources reddit
""",
)
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """Show where dumps of the sources that people ask for most come from.

    With NAME: layouts, sizes, what was said of access and what the source's documents say to those
    who collect, on the day on which it was read; what not to use, and the command that builds the
    registry. This is no advice on what you may do with them:
    that is what `provenance rules` and a check are for.
    """
    if name is None:
        sources = pipeline.published_sources()
        width = max(len(source.id) for source in sources)
        for source in sources:
            layouts = dict.fromkeys(name for dump in source.dumps for name in dump.layouts)
            echo(f"{source.id:{width}}  {', '.join(layouts) or 'do not use'}")
        echo("", "For one of them: provenance sources NAME")
        return
    echo(*_lines(pipeline.find_published_source(name)))


def _lines(source: "pipeline.PublishedSource") -> list[str]:
    lines = [source.name]
    for dump in source.dumps:
        lines += ["", *_wrapped("Dump: ", dump.what)]
        lines += _wrapped("  layout ", ", ".join(dump.layouts))
        lines += _wrapped("  size ", dump.size) if dump.size else []
        lines += [f"  {dump.address}"] if dump.address else []
    for statement in source.access:
        lines += ["", *_wrapped("Access: ", statement.says)]
        lines += [f"  {statement.address}"] if statement.address else []
        lines += [f"  {how}"] if (how := _how_known(statement.read, statement.kind)) else []
    if source.avoid:
        lines += ["", *_wrapped("Do not use: ", f"{source.avoid}.")]
    if source.remark:
        lines += ["", *_wrapped("Note: ", f"{source.remark}.")]
    if source.command:
        lines += ["", f"{_TERMS}:", f"  provenance rules show {source.id}"]
        lines += ["", "Build the registry:", f"  {source.command}"]
    return lines


def _how_known(read: date | None, kind: str) -> str:
    day = f"read on {read}" if read else ""
    reported = "" if kind == "primary" else "as others report it"
    return ", ".join(filter(None, (day, reported)))


def _wrapped(label: str, text: str) -> list[str]:
    return wrap(text, _WIDTH, initial_indent=label, subsequent_indent="  ")
