"""`provenance clean`."""

from typing import TYPE_CHECKING

import click

from provenance.cli.options.function_commands import FunctionCall, function_command
from provenance.cli.options.path_options import files
from provenance.cli.options.shared_options import (
    allow_unread_option,
    quiet_option,
    registry_key_option,
)
from provenance.cli.terminal_output import echo, print_rendered, terminal_style
from provenance.cli.unread_errors import unread_code, wordless_code
from provenance.pipeline.python_api.dataset_functions import clean
from provenance.pipeline.python_api.option_types import AddressList
from provenance.report.terminal.clean_summary import receipt_text

if TYPE_CHECKING:
    from provenance.model.records.receipt import Receipt

_EXAMPLES = """
\b
Examples:
  provenance clean data --registry registries/x -o data-clean
  provenance clean data --result report -o data-clean
  provenance clean data --result report -o data-clean --redact '[removed]'
  provenance clean data --forget-set forget -o data-clean
"""


@function_command(clean, "clean", epilog=_EXAMPLES)
@click.argument("corpus", nargs=-1, required=True, shell_complete=files)
@registry_key_option
@allow_unread_option
@quiet_option("No progress and no summary.")
def command(run: "FunctionCall[Receipt]", corpus: tuple[str, ...], allow_unread: int) -> int:
    """Write a copy of CORPUS without its forbidden documents, and a receipt of what was removed.

    Format, columns, order, compression and metadata are kept; files without removals are copied
    byte for byte. CORPUS itself is not changed. The copy is checked again, scored with the model of
    CORPUS and with its own, until nothing more is to be removed.
    """
    receipt = run(AddressList(corpus))
    if not run.quiet:
        print_rendered(receipt_text(receipt, terminal_style()))
        echo("", f"Receipt: {run.options['output'].rstrip('/')}/.provenance/receipt.json")
    code = unread_code(
        receipt.unread,
        allow_unread,
        "the cleaned corpus is incomplete",
        "remove the output before you run clean again",
    )
    return code or wordless_code(receipt.wordless, allow_unread - len(receipt.unread))
