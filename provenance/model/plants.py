"""What was found of the items that were planted when the shipped detector was measured."""

from dataclasses import dataclass

from provenance.model.fingerprints import Floats, Int64s


@dataclass(frozen=True, slots=True, eq=False)
class PlantedOutcomes:
    """Planted items, and the matches found there.

    Parameters
    ----------
    lengths : ndarray of int64, shape (n,)
        Index in `LENGTHS` of each item.
    edits : ndarray of int64, shape (n,)
        Index in `edit_names` of its edit, or of the group of slight edits.
    conditions : ndarray of int64, shape (n,)
        Index of its condition: the family of its edit, and whether it was a text of its own.
    appearances : ndarray of int64, shape (n,)
        Appearance of the match; -1 if there was none.
    odds : ndarray of float64, shape (n,)
        Log-odds of the match; minus infinity if there was none.
    tokens : ndarray of float64, shape (n,)
        Tokens of what was planted.
    edit_names : tuple of str
        Names of edits, from those that are found most often on.
    slight : tuple of bool
        Whether a condition leaves nearly all of an item as it was.
    """

    lengths: Int64s
    edits: Int64s
    conditions: Int64s
    appearances: Int64s
    odds: Floats
    tokens: Floats
    edit_names: tuple[str, ...]
    slight: tuple[bool, ...]
