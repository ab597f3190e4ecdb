"""One piece of work in a process of its own: no cache, heap or thread is shared with another.

    python -m benchmarks.speed.worker MODULE:FUNCTION JSON

The function is called with what the JSON object names, and what it gives is the last line on
stdout. A peer that is not installed is told as {"missing": name}. Nothing but the standard library
is needed here: some peers live in an interpreter of their own.
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
        told = {"missing": error.name}
    else:
        told = work(**json.loads(sys.argv[2]))
    print("\n" + json.dumps(told), flush=True)
    os._exit(0)  # libraries that abort while the interpreter ends have done their work by now


if __name__ == "__main__":
    main()
