"""The one translator: errors to words and exit codes."""

import errno
import os
import sys
import traceback
from contextlib import suppress
from typing import TextIO

import click

from provenance.cli.interrupts import INTERRUPTED, was_interrupted
from provenance.errors import ProvenanceError, is_out_of_memory
from provenance.terminal_safety import inert_streams, visible_line

CLEAR, VIOLATED, FAILED = 0, 1, 2
CUT = 141
"""Who read our output has gone: as a shell tells of a process that SIGPIPE ended."""

_NAME = "provenance"
_NO_ARGUMENTS: type[Exception] | tuple[()] = getattr(click.exceptions, "NoArgsIsHelpError", ())
"""Raised from click 8.2 on; before, click shows the help by itself."""
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)
"""Where these have no file's name, it is standard output that they are about."""


def exit_code(command: click.Command) -> int:
    """Run a command; tell what went wrong on stderr, and give the exit code.

    Parameters
    ----------
    command : click.Command
        It returns the code where it ends well.
    """
    with inert_streams():
        return _code(command)


def _code(command: click.Command) -> int:
    try:
        return _outcome(command)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        _silence()
        return CUT
    except Exception as error:
        # An import turns an interrupt into an ImportError.
        if was_interrupted():
            return INTERRUPTED
        _explain(error)
        _silence()
        return FAILED


def _outcome(command: click.Command) -> int:
    if f"_{_NAME.upper()}_COMPLETE" in os.environ:  # a shell asks for completions
        command.main(prog_name=_NAME, standalone_mode=False)
    try:
        # Not `main`, which ends the process by itself where output cannot be written.
        with command.make_context(_NAME, sys.argv[1:]) as context:
            outcome = command.invoke(context)
    except click.exceptions.Exit as error:
        outcome = error.exit_code
    _flush()
    return outcome if isinstance(outcome, int) else CLEAR


def _explain(error: Exception) -> None:
    if is_out_of_memory(error):
        tell("the machine has too little memory for this", "check fewer files at a time")
        return
    match error:
        case ProvenanceError():
            tell(error.message, error.remedy)
        case click.UsageError() if isinstance(error, _NO_ARGUMENTS):
            error.show()
        case click.UsageError():
            tell(error.format_message(), f"{_command(error)} --help")
        case click.ClickException():
            tell(error.format_message(), "check the path and its permissions")
        case RuntimeError(args=("can't start new thread",)):
            reason = "no more threads can be started: memory or processes are limited"
            tell(reason, "raise that limit, or use fewer --threads")
        case OSError(errno=number, filename=None) if number in _FULL:
            reason = f"the output cannot be written: {error.strerror}"
            tell(reason, "make room, or send it elsewhere")
        case _:
            traceback.print_exception(error)
            tell(
                f"provenance itself failed: {type(error).__name__}: {error}",
                "report this with the lines above; nothing was left half-written",
            )


def _command(error: click.UsageError) -> str:
    return error.ctx.command_path if error.ctx is not None else _NAME


def tell(message: str, remedy: str) -> None:
    """Write an error and its remedy on stderr."""
    with suppress(OSError):
        _line("Error:", message, fg="red")
        _line("Try:", remedy)


def _line(label: str, text: str, fg: str | None = None) -> None:
    styled = click.style(label, fg=fg, bold=True)
    shown = visible_line(" ".join(text.split()))
    click.echo(f"{styled} {shown}", err=True, color=False if "NO_COLOR" in os.environ else None)


def _flush() -> None:
    for stream in _streams():
        stream.flush()


def _silence() -> None:
    """Send what is left to nobody: Python must not complain again when it flushes at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in _streams():
        try:
            stream.flush()
        except OSError:
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _streams() -> list[TextIO]:
    # A process that was started without them has None.
    return [stream for stream in (sys.stdout, sys.stderr) if stream is not None]
