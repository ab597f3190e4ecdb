"""Errors as messages on stderr and exit codes."""

import errno
import os
import sys
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from typing import TextIO

import click

from provenance.cli.interrupts import INTERRUPTED, was_interrupted
from provenance.errors import NotDurable, ProvenanceError, is_out_of_memory, is_out_of_threads
from provenance.terminal_safety import escape_line, escape_output

CLEAR, VIOLATED, FAILED = 0, 1, 2
BROKEN_PIPE = 141
"""Exit code when the reader of our output has closed it, as shells report it for SIGPIPE."""

_NAME = "provenance"
_MAY_BE_EMPTY = ("--redact",)
"""Options that may have an empty value."""
_NO_ARGUMENTS: type[Exception] | tuple[()] = getattr(click.exceptions, "NoArgsIsHelpError", ())
"""Raised by click 8.2 and later; earlier versions show the help themselves."""
_OUTPUT_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)
"""Errors that, without a file name, are about standard output."""


def exit_code(command: click.Command) -> int:
    """Run a command, print errors on stderr, and return the exit code.

    Parameters
    ----------
    command : click.Command
        Returns an exit code, or None for 0.
    """
    with escape_output(), _print_warnings():
        return _run(command)


@contextmanager
def _print_warnings() -> Iterator[None]:
    """Print warnings about output on stderr, without the line of code that they come from."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", NotDurable)
        show = warnings.showwarning

        def print_warning(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            if not issubclass(category, NotDurable):
                show(message, category, filename, lineno, file, line)
                return
            with suppress(OSError):
                _print_line("Warning:", str(message), fg="yellow")

        warnings.showwarning = print_warning
        yield


def _run(command: click.Command) -> int:
    try:
        return _invoke(command)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        _discard_output()
        return BROKEN_PIPE
    except Exception as error:
        # An import turns an interrupt into an ImportError.
        if was_interrupted():
            return INTERRUPTED
        _report_error(error, command)
        _discard_output()
        return FAILED


def _invoke(command: click.Command) -> int:
    if f"_{_NAME.upper()}_COMPLETE" in os.environ:  # a shell asks for completions
        command.main(prog_name=_NAME, standalone_mode=False)
    _refuse_empty_arguments(sys.argv[1:])
    try:
        # `command.main` would end the process by itself when output cannot be written.
        with command.make_context(_NAME, sys.argv[1:]) as context:
            outcome = command.invoke(context)
    except click.exceptions.Exit as error:
        outcome = error.exit_code
    _flush()
    return outcome if isinstance(outcome, int) else CLEAR


def _refuse_empty_arguments(arguments: Sequence[str]) -> None:
    """Raise if an argument or option is empty: as a path, it would be the current folder.

    Raises
    ------
    click.UsageError
        If so.
    """
    for before, argument in pairwise(["", *arguments]):
        option = argument.removesuffix("=") if argument else before
        is_empty = not argument or (argument.startswith("--") and argument.endswith("="))
        if is_empty and option not in _MAY_BE_EMPTY:
            is_option = option.startswith("-")
            what = f"Invalid value for {option!r}: it" if is_option else "An argument"
            raise click.UsageError(f"{what} is empty. Is a variable of the shell not set?")


def _report_error(error: Exception, command: click.Command) -> None:
    if is_out_of_memory(error):
        print_error("the machine has too little memory for this", "check fewer files at a time")
        return
    if is_out_of_threads(error):
        reason = "no more threads can be started: memory or processes are limited"
        print_error(reason, "raise that limit, or use fewer --threads")
        return
    match error:
        case ProvenanceError():
            print_error(error.message, error.remedy)
        case click.UsageError() if isinstance(error, _NO_ARGUMENTS):
            error.show()
        case click.UsageError():
            print_error(error.format_message(), f"{_command_path(error, command)} --help")
        case click.ClickException():
            print_error(error.format_message(), "check the path and its permissions")
        case OSError(errno=number, filename=None) if number in _OUTPUT_ERRORS:
            reason = f"the output cannot be written: {error.strerror}"
            print_error(reason, "free space, or write the output elsewhere")
        case _:
            _report_unexpected(error)


def _report_unexpected(error: Exception) -> None:
    match error:
        case ModuleNotFoundError(name=str(name)) if name.partition(".")[0] != _NAME:
            print_error(
                f"the Python package {name!r} is not installed for {sys.executable}",
                "run provenance with the Python that it was installed for, or install it there",
            )
        case _:
            traceback.print_exception(error)
            print_error(
                f"provenance itself failed: {type(error).__name__}: {error}",
                "report this with the lines above; nothing was left half-written",
            )


def _command_path(error: click.UsageError, command: click.Command) -> str:
    """Return the command that was called wrongly, with the groups that it is in."""
    if error.ctx is not None:
        return error.ctx.command_path
    path = [_NAME]
    for word in sys.argv[1:]:
        if not isinstance(command, click.Group):
            break
        inner = command.get_command(click.Context(command), word)
        if inner is None:
            break
        path.append(word)
        command = inner
    return " ".join(path)


def print_error(message: str, remedy: str) -> None:
    """Print an error and its remedy on stderr."""
    with suppress(OSError):
        _print_line("Error:", message, fg="red")
        _print_line("Try:", remedy)


def _print_line(label: str, text: str, fg: str | None = None) -> None:
    styled_label = click.style(label, fg=fg, bold=True)
    escaped_text = escape_line(" ".join(text.split()))
    click.echo(
        f"{styled_label} {escaped_text}",
        err=True,
        color=False if "NO_COLOR" in os.environ else None,
    )


def _flush() -> None:
    for stream in _streams():
        stream.flush()


def _discard_output() -> None:
    """Discard unwritten output, so that the flush at exit does not fail again."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    for stream in _streams():
        try:
            stream.flush()
        except OSError:
            os.dup2(devnull, stream.fileno())
    os.close(devnull)


def _streams() -> list[TextIO]:
    # They are None in a process that was started without them.
    return [stream for stream in (sys.stdout, sys.stderr) if stream is not None]
