"""The command line, called: in this process, or as a process of its own.

What a process alone can show is asked of a process: its exit code, streams and pipes, signals, what
its environment does. All else is asked of this one, which need not load and start everything again.
"""

import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest

from provenance.cli import COMMANDS
from provenance.cli.commands import make_command
from provenance.cli.error_reporting import exit_code

Done = subprocess.CompletedProcess[str]
ENVIRONMENT = {"NO_COLOR": "1", "COLUMNS": "80"}


def process(*arguments: str, cwd: Path, **options: object) -> Done:
    """Start `provenance`, and wait for it; options as `subprocess.run` takes them."""
    streams = {} if "stdout" in options else {"stdout": subprocess.PIPE}
    return subprocess.run(
        [sys.executable, "-m", "provenance", *arguments],
        cwd=cwd,
        env={**os.environ, **ENVIRONMENT},
        stderr=subprocess.PIPE,
        text=True,
        timeout=300,
        check=False,
        **streams,
        **options,  # type: ignore[call-overload]
    )


def provenance(*arguments: str, cwd: Path) -> Done:
    """Do here what `process` does, between the start of one and its end."""
    told, complained = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(cwd)
        patch.setattr(sys, "argv", ["provenance", *arguments])
        patch.setattr(sys, "stdin", TextIOWrapper(BytesIO()))
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        with redirect_stdout(told), redirect_stderr(complained):
            code = exit_code(make_command(COMMANDS))
    return Done(["provenance", *arguments], code, told.getvalue(), complained.getvalue())
