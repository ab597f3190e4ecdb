"""review.jsonl: how findings were sampled for a review, and the labels that people gave them."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from provenance.errors import CorruptFile
from provenance.model.json_encoding import from_json_value, to_json_value
from provenance.model.results.reviews import REVIEW_SCHEMA, FindingLabel, ReviewSample
from provenance.report.files.report_folder import write_text
from provenance.report.sanitize import dump_json

FILE_NAME = "review.jsonl"


def write_review(sample: ReviewSample, labels: Iterable[FindingLabel], path: Path) -> None:
    """Write review.jsonl atomically: the sample in the first line, then a line for each label.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    head = {"schema": REVIEW_SCHEMA, **to_json_value(sample)}
    lines = [head, *map(to_json_value, labels)]
    write_text("".join(f"{dump_json(line)}\n" for line in lines), path)


def read_review(path: Path) -> tuple[ReviewSample, dict[str, FindingLabel]] | None:
    """Read review.jsonl.

    Returns
    -------
    (ReviewSample, dict of str to FindingLabel) or None
        The sample, and the labels by key in the order of the file; None if there is no file.

    Raises
    ------
    CorruptFile
        If it cannot be read, or a line is not a label.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _corrupt(path, str(error)) from error
    labels = {}
    for number, line in enumerate(lines or [""], 1):
        try:
            if number == 1:
                sample = sample_of(_object(line))
            else:
                label = from_json_value(FindingLabel, _object(line))
                labels[label.finding] = label
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise _corrupt(path, f"line {number}: {error}") from error
    return sample, labels


def sample_of(head: Mapping[str, Any]) -> ReviewSample:
    """Return the sample that the first line has.

    Raises
    ------
    KeyError, TypeError, ValueError
        If it has none that this version can read.
    """
    if head.get("schema") != REVIEW_SCHEMA:
        raise ValueError(f"the schema is {head.get('schema')!r}, not {REVIEW_SCHEMA!r}")
    return from_json_value(ReviewSample, head)


def _object(line: str) -> Mapping[str, Any]:
    value = json.loads(line)
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value


def _corrupt(path: Path, reason: str) -> CorruptFile:
    return CorruptFile(
        f"{str(path)!r} is not a review that this version can read: {reason}",
        remedy="correct the line, or move the file away to begin a new review",
    )
