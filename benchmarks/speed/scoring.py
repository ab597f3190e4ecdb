"""Recall of planted posts, and false positives."""

from collections.abc import Iterable, Mapping
from typing import Any


def score(found: Iterable[tuple[int, str]], truth: Mapping[str, Any]) -> dict[str, Any]:
    """Score findings against the planted posts.

    Parameters
    ----------
    found : iterable of (int, str)
        Row of a page, and id of the post found in it.
    truth : mapping
        As `datasets.make_pages` writes it: `pages`, their number; `plants`, row, post and kind
        of each.

    Returns
    -------
    dict
        `recall` by kind; `plants`, number by kind; `flagged`, pages without a plant that have
        findings; `clean`, all pages without a plant.
    """
    pairs = set(found)
    kinds: dict[str, list[bool]] = {}
    for row, post, kind in truth["plants"]:
        kinds.setdefault(kind, []).append((row, post) in pairs)
    planted_rows = {row for row, _, _ in truth["plants"]}
    return {
        "recall": {kind: sum(hits) / len(hits) for kind, hits in kinds.items()},
        "plants": {kind: len(hits) for kind, hits in kinds.items()},
        "flagged": len({row for row, _ in pairs} - planted_rows),
        "clean": truth["pages"] - len(planted_rows),
    }
