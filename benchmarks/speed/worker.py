"""Run one task in a separate process, so that tasks share no cache, heap or thread.

    python -m benchmarks.speed.worker MODULE:FUNCTION JSON

The function is called with the JSON object as keyword arguments, and its result is the last line of
stdout; {"missing": name} if a peer is not installed. Uses only the standard library, because some
peers need another interpreter.
"""

import json
import os
import sys
from importlib import import_module

OURS = ("benchmarks", "provenance")


def main() -> None:
    module, _, name = sys.argv[1].partition(":")
    try:
        work = getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in OURS:
            raise
        output = {"missing": error.name}
    else:
        output = work(**json.loads(sys.argv[2]))
    print("\n" + json.dumps(output), flush=True)
    os._exit(0)  # some libraries abort while the interpreter exits


if __name__ == "__main__":
    main()
