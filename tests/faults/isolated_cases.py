"""Cases run in a process of their own, so that one that kills it is an outcome like any other."""

import resource
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from provenance.errors import ProvenanceError

ROOT = Path(__file__).parents[2]
MEMORY = 4 << 30
"""Bytes that any case may use."""
SECONDS = 30
"""That any case may take."""


def outcomes(module: str, folder: Path, cases: range) -> dict[int, str]:
    """Run `module` as a script on every case; a case that ends the process counts as its signal.

    Returns
    -------
    dict of int to str
        "read", "refused: ..." where an error of ours was raised, "traceback: ..." for any other
        exception, "signal: ..." where the process was killed; SIGALRM is a hang.
    """
    found: dict[int, str] = {}
    while len(found) < len(cases):
        first = cases[len(found)]
        worker = subprocess.run(
            [sys.executable, "-m", module, str(folder), str(first), str(cases.stop)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        for line in worker.stdout.splitlines():
            case, _, outcome = line.partition(" ")
            found[int(case)] = outcome
        if len(found) == len(cases):
            break
        if worker.returncode >= 0:
            raise RuntimeError(f"the worker ended with {worker.returncode}: {worker.stderr}")
        found[cases[len(found)]] = f"signal: {signal.Signals(-worker.returncode).name}"
    return found


def unwanted(found: dict[int, str]) -> dict[int, str]:
    """Pick the outcomes that no input may have."""
    return {
        case: outcome
        for case, outcome in found.items()
        if not outcome.startswith(("read", "refused"))
    }


def serve(run: Callable[[Path, int], object]) -> None:
    """Run the cases that the command line asks for, as `outcomes` starts it."""
    folder, first, end = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for case in range(first, end):
        signal.alarm(SECONDS)
        sys.stdout.write(f"{case} {_outcome(run, folder, case)}\n")
        sys.stdout.flush()
        signal.alarm(0)


def _outcome(run: Callable[[Path, int], object], folder: Path, case: int) -> str:
    try:
        run(folder, case)
    except ProvenanceError as error:
        if not (error.message and error.remedy):
            return f"traceback: {error!r} says too little"
        return " ".join(f"refused: {error.message}".split())
    except MemoryError:  # of the limit below; the command reports it as lack of memory
        return "refused: not enough memory"
    except BaseException as error:  # what a user would see as a traceback
        last = traceback.extract_tb(error.__traceback__)
        ours = [f"{Path(f.filename).name}:{f.lineno}" for f in last if "provenance" in f.filename]
        return " ".join(f"traceback: {error!r:.300} at {ours[-3:]}".split())
    return "read"
