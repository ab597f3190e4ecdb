"""Table of a calibration for a terminal of 80 columns, without colours."""

from provenance.model.results.calibration import LENGTHS, Calibration, FalseRate, Recall
from provenance.report.sanitize import one_line
from provenance.report.text.number_format import count, interval, number, percent

_NAME, _CELL = 16, 8
_LEAST = LENGTHS[1].min_tokens


def recall_table(calibration: Calibration) -> str:
    """Return a table of recall by length and edit, and the rate of chance matches.

    Parameters
    ----------
    calibration : Calibration
        The measurements.

    Returns
    -------
    str
        Lines of at most 80 characters, including the last newline.
    """
    lines = [
        *_head(calibration),
        "",
        *_matrix(calibration.recalls),
        "",
        *_rows("Planted", "place", calibration.recalls),
        *_rows("Source", "source", calibration.recalls),
        "",
        *_chance(calibration.false),
    ]
    return "\n".join(lines) + "\n"


def _head(calibration: Calibration) -> list[str]:
    overall = calibration.recalls[0]
    planted_count, documents = len(calibration.plants), count(calibration.documents, "document")
    testable = f"{number(overall.planted)} items with at least {_LEAST} tokens"
    skipped = number(calibration.skipped)
    lines = [
        f"{count(planted_count, 'item')} planted among {documents}; {skipped} skipped.",
        f"Found, of {testable}: {_recall(overall)}",
    ]
    if overall.covered is not None and overall.right is not None:
        lines.append(
            f"Of those found: {percent(overall.covered)} of the bytes are covered, "
            f"{percent(overall.right)} are attributed correctly."
        )
    return lines


def _recall(recall: Recall) -> str:
    ends = interval(recall.low, recall.high)
    return "none planted" if recall.share is None else f"{percent(recall.share)} ({ends})"


def _matrix(recalls: tuple[Recall, ...]) -> list[str]:
    by = {
        (recall.length, recall.edit): recall
        for recall in recalls
        if recall.place is None and recall.source is None
    }
    lengths = [length.name for length in LENGTHS if (length.name, None) in by]
    edits = [edit for length, edit in by if length is None and edit is not None]
    title = f"{'Found, by tokens':{_NAME}}" + "".join(f"{name:>{_CELL}}" for name in lengths)
    return [
        f"{title}   {_LEAST} and more",
        *(_line(edit, edit, lengths, by) for edit in edits),
        _line("all", None, lengths, by),
    ]


def _line(
    name: str,
    edit: str | None,
    lengths: list[str],
    by: dict[tuple[str | None, str | None], Recall],
) -> str:
    cells = "".join(f"{_cell(by.get((length, edit))):>{_CELL}}" for length in lengths)
    overall = by[None, edit]
    return f"{name:{_NAME}}{cells}   {_cell(overall):>5} {interval(overall.low, overall.high)}"


def _cell(recall: Recall | None) -> str:
    return "-" if recall is None or recall.share is None else percent(recall.share)


def _rows(title: str, key: str, recalls: tuple[Recall, ...]) -> list[str]:
    rows = [recall for recall in recalls if getattr(recall, key) and recall.length is None]
    return [
        f"{title:8} {one_line(getattr(recall, key))[:24]:24} {number(recall.planted):>6} planted, "
        f"found {_recall(recall)}"
        for recall in rows
    ]


def _chance(false: FalseRate) -> list[str]:
    if false.documents_per_million is None or false.low is None or false.high is None:
        return [
            "Chance matches: unknown, not zero. Measure them with --control (a registry of",
            "items that cannot be in the corpus) or --background (a registry of texts that",
            "contain no item).",
        ]
    rate = f"{false.documents_per_million:.2g} documents in a million tokens"
    ends = f"{false.low:.2g}\N{EN DASH}{false.high:.2g}"
    hit = count(false.documents, "document")
    return [
        f"Chance matches: {rate} ({ends}),",
        f"from the {false.basis}: {hit} in {number(false.read)} tokens.",
    ]
