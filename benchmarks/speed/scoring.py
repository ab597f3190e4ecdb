"""Recall of what was planted, and how many pages are accused that hold nothing."""

from collections.abc import Iterable, Mapping
from typing import Any


def score(found: Iterable[tuple[int, str]], truth: Mapping[str, Any]) -> dict[str, Any]:
    """Hold what was found against what was planted.

    Parameters
    ----------
    found : iterable of (int, str)
        Row of a page, and id of the post that is said to be in it.
    truth : mapping
        As `making.make_pages` writes it: `pages`, how many; `plants`, a row, a post and a kind
        each.

    Returns
    -------
    dict
        `recall`, by kind, of the posts that are found in their page; `plants`, how many of each
        kind; `flagged`, pages without a plant in which something was found; `clean`, all such.
    """
    pairs = set(found)
    kinds: dict[str, list[bool]] = {}
    for row, post, kind in truth["plants"]:
        kinds.setdefault(kind, []).append((row, post) in pairs)
    planted = {row for row, _, _ in truth["plants"]}
    return {
        "recall": {kind: sum(hits) / len(hits) for kind, hits in kinds.items()},
        "plants": {kind: len(hits) for kind, hits in kinds.items()},
        "flagged": len({row for row, _ in pairs} - planted),
        "clean": truth["pages"] - len(planted),
    }
