"""Reads files in a process of its own, and tells what came of each, and the most memory it took.

Standard input has a path, a number of batches to read and a limit of documents, one file a line.
"""

import json
import resource
import sys
from pathlib import Path

from provenance.errors import ProvenanceError
from provenance.read.corpus.corpora import open_corpus


def outcome(path: str, batches: int, limit: int) -> dict[str, object]:
    """Read some batches of a file."""
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak so far
    largest, error = 0, ""
    try:
        corpus = open_corpus([path], max_document=limit)
        error = "; ".join(one.reason for one in corpus.unread)
        for part in corpus.parts:
            for batch in part.read():
                largest = max(largest, batch.batch.nbytes)
                batches -= 1
                if not batches:
                    break
    except ProvenanceError as raised:
        error = f"{type(raised).__name__}: {raised.message}"
    return {"error": error, "largest": largest, "peak": peak()}


def peak() -> int:
    """Return the most memory that this process had; `ru_maxrss` would know its parent's, too."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM"))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    for line in sys.stdin:
        sys.stdout.write(json.dumps(outcome(*json.loads(line))) + "\n")
        sys.stdout.flush()
