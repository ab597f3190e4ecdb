"""Passages: values that are text by their words alone, whatever their column is called."""

import re

import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import Flags
from provenance.read.columns.string_arrays import to_flags

_MIN_WORDS = 5
MIN_BYTES = 2 * _MIN_WORDS - 1
"""Least size of a passage."""
_SPACE = " \t\r\n"
_UNSPACED = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{10}"
"""Ten characters of a script without spaces."""
_ARROW_WORD = rf"[^{_SPACE}]*\pL[^{_SPACE}]*"
_ARROW_PATTERN = rf"(?:{_ARROW_WORD}[{_SPACE}]+){{{_MIN_WORDS - 1}}}{_ARROW_WORD}|{_UNSPACED}"
_TOKENS = re.compile(rf"[^{_SPACE}]+")
_IS_UNSPACED = re.compile(_UNSPACED)


def is_passage(text: str) -> bool:
    """Return whether a text has five words in a row, or ten characters of an unspaced script.

    Examples
    --------
    >>> is_passage("The tide is late again."), is_passage("0.1 0.2 0.3 0.4 0.5 0.6")
    (True, False)
    """
    words = 0
    for token in _TOKENS.finditer(text):  # one expression for all would take quadratic time
        words = words + 1 if any(map(str.isalpha, token[0])) else 0
        if words == _MIN_WORDS:
            return True
    return _IS_UNSPACED.search(text) is not None


def passage_flags(texts: pa.Array) -> Flags:
    """Return a mask of the texts, valid UTF-8 or null, that are passages."""
    found = pc.match_substring_regex(texts, _ARROW_PATTERN)
    return to_flags(pc.fill_null(found, fill_value=False))
