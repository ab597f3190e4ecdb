"""`provenance fingerprint`."""

from typing import TYPE_CHECKING

import click

from provenance.cli.error_reporting import CLEAR, FAILED
from provenance.cli.options.function_commands import FunctionCall, function_command
from provenance.cli.options.path_options import files
from provenance.cli.options.shared_options import quiet_option
from provenance.cli.terminal_output import echo
from provenance.cli.unread_errors import list_unread, print_unread_error
from provenance.errors import NotRead
from provenance.pipeline.python_api.option_types import AddressList
from provenance.pipeline.python_api.sketch_functions import fingerprint_dataset

if TYPE_CHECKING:
    from provenance.pipeline.sketching import NamedSketch

_EXAMPLES = """
\b
Examples:
  provenance fingerprint data/train.parquet -o train.sketch
  provenance fingerprint registries/x -o x.sketch
  provenance fingerprint shard-1.sketch shard-2.sketch -o all.sketch
"""


@function_command(fingerprint_dataset, "fingerprint", epilog=_EXAMPLES)
@click.argument("inputs", nargs=-1, required=True, shell_complete=files)
@quiet_option("No progress, and no summary.")
def command(run: "FunctionCall[NamedSketch]", inputs: tuple[str, ...]) -> int:
    """Write a sketch of INPUTS: hashes of a sample of their runs of eight words, and counts.

    Each of INPUTS is a dataset, a registry, or a sketch; of several, one sketch is made. The file
    has no text, no names and no ids. `provenance compare` compares it with others. Items that were
    withdrawn from a registry do not count.
    """
    try:
        made = run(AddressList(inputs))
    except NotRead as error:
        list_unread(error.unread)
        print_unread_error(error.unread, "no sketch was written", "then run this again")
        return FAILED
    list_unread(made.unread)
    if not run.quiet:
        sketch = made.sketch
        echo(
            f"Wrote {run.options['output']}: {sketch.documents:,} documents, "
            f"{sketch.tokens:,} words, "
            f"{len(sketch.hashes):,} sampled runs of words (one in {sketch.scaled:,}), "
            f"digest {sketch.digest[:12]}"
        )
    return CLEAR
