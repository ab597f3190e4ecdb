"""`provenance trace`."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli.error_reporting import CLEAR
from provenance.cli.options.format_options import output_format
from provenance.cli.options.function_commands import FunctionCall, function_command
from provenance.cli.options.path_options import files
from provenance.cli.options.shared_options import registry_key_option
from provenance.cli.terminal_output import print_rendered, terminal_style
from provenance.errors import CorruptFile
from provenance.pipeline.python_api.dataset_functions import trace
from provenance.report.files.trace_json import trace_json
from provenance.report.terminal.trace_summary import trace_text

if TYPE_CHECKING:
    from provenance.model.results.trace import Trace

_EXAMPLES = """
\b
Examples:
  provenance trace "the words in question" --registry registries/x
  provenance trace --file page.txt --registry registries/x
  zcat page.txt.gz | provenance trace - --registry registries/x --format json
"""


@function_command(trace, "trace", epilog=_EXAMPLES)
@click.argument("text", required=False)
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    shell_complete=files,
    help="File with the text, in UTF-8, instead of TEXT.",
)
@registry_key_option
@output_format("json")
def command(run: "FunctionCall[Trace]", text: str | None, file: Path | None, form: str) -> int:
    """Show which passages of TEXT registries contain, item by item, and what their terms say.

    TEXT is one text, or - for standard input; for a text in a file, use --file. This is a lookup,
    not a check: no gate applies, and the exit code is 0 whatever is found, 2 if the text could not
    be looked up.
    """
    if (text is None) == (file is None):
        raise click.UsageError("give one text: as TEXT, as - for standard input, or with --file")
    if text not in (None, "-") and os.path.isfile(text):
        raise click.UsageError(f"{text} is a file; to look up the text in it, use --file {text}")
    traced = run(_read_text(text, file))
    print_rendered(trace_json(traced) if form == "json" else trace_text(traced, terminal_style()))
    return CLEAR


def _read_text(text: str | None, file: Path | None) -> str:
    if file is None and text != "-":
        return text or ""
    content = sys.stdin.buffer.read() if file is None else file.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        name = "standard input" if file is None else file
        raise CorruptFile(
            f"{name} is not UTF-8: byte {error.start:,} is wrong",
            remedy="convert the text to UTF-8, such as with iconv.",
        ) from error
