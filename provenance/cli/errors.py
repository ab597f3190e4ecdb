"""The one translator: errors to words and exit codes."""

import os
import sys
import traceback

import click

from provenance.errors import ProvenanceError

CLEAR, VIOLATED, FAILED = 0, 1, 2
_INTERRUPTED = 130


def exit_code(command: click.Command) -> int:
    """Run a command; tell what went wrong on stderr, and give the exit code.

    Parameters
    ----------
    command : click.Command
        It returns the code where it ends well.
    """
    try:
        outcome = command.main(prog_name="provenance", standalone_mode=False)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted; nothing was left half-written.", err=True)
        return _INTERRUPTED
    except click.exceptions.Exit as error:
        return error.exit_code
    except BrokenPipeError:
        # Who read our output has gone; Python must not complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLEAR
    except Exception as error:
        _explain(error)
        return FAILED
    return outcome if isinstance(outcome, int) else CLEAR


def _explain(error: Exception) -> None:
    match error:
        case ProvenanceError():
            tell(error.message, error.remedy)
        case click.ClickException():
            error.show()
        case MemoryError():
            tell("the machine has too little memory for this", "check fewer files at a time")
        case _:
            traceback.print_exception(error)
            tell(
                f"provenance itself failed: {type(error).__name__}: {error}",
                "report this with the lines above; nothing was left half-written",
            )


def tell(message: str, remedy: str) -> None:
    """Write an error and its remedy on stderr."""
    click.echo(f"{click.style('Error:', fg='red', bold=True)} {message}", err=True, color=_colour())
    click.echo(f"{click.style('Try:', bold=True)} {remedy}", err=True, color=_colour())


def _colour() -> bool | None:
    return False if "NO_COLOR" in os.environ else None
