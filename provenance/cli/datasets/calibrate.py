"""`provenance calibrate`."""

from typing import TYPE_CHECKING

import click

from provenance.cli.error_reporting import CLEAR
from provenance.cli.options.function_commands import FunctionCall, function_command
from provenance.cli.options.path_options import files
from provenance.cli.options.shared_options import quiet_option, registry_key_option
from provenance.cli.terminal_output import echo, print_rendered
from provenance.cli.unread_errors import list_unread
from provenance.pipeline.python_api.dataset_functions import calibrate
from provenance.pipeline.python_api.option_types import AddressList
from provenance.report.terminal.recall_table import recall_table

if TYPE_CHECKING:
    from provenance.model.results.calibration import Calibration

_EXAMPLES = """
\b
Examples:
  provenance calibrate data --registry registries/x -o calibration.json
  provenance calibrate data --registry registries/x --control registries/later
"""


@function_command(calibrate, "calibrate", epilog=_EXAMPLES)
@click.argument("corpus", nargs=-1, required=True, shell_complete=files)
@registry_key_option
@quiet_option("No progress and no table.")
def command(run: "FunctionCall[Calibration]", corpus: tuple[str, ...]) -> int:
    """Measure the recall of a check of CORPUS with items that are planted into it.

    Items of the registries are edited as copies usually are, and planted into texts of CORPUS in
    memory; nothing is written to CORPUS. The measured recall, by length and edit, can correct the
    shares of a check.
    """
    calibration = run(AddressList(corpus))
    list_unread(calibration.unread, "Not checked")
    if not run.quiet:
        print_rendered(recall_table(calibration))
        if run.options["output"] is not None:
            echo(f"Written: {run.options['output']}")
    return CLEAR
