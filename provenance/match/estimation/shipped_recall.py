"""Recall of the shipped detector, measured on posts planted in pages.

Twelve thousand pages of books, news, encyclopaedia and web text in several languages; half of them
contain one post of a registry of 365,000, in eleven conditions. A user's own corpus may differ.
"""

MEASURED_RECALL = {
    "8+": {
        "verbatim": 1.0,
        "anonymised": 0.998,
        "escaped": 1.0,
        "lower": 0.998,
        "tokenised": 1.0,
        "ascii": 1.0,
        "cut70": 0.969,
        "cut50": 0.707,
        "change5": 0.989,
        "change10": 0.98,
        "change20": 0.894,
    },
    "5-7": {
        "verbatim": 0.892,
        "anonymised": 0.946,
        "escaped": 0.892,
        "lower": 0.943,
        "tokenised": 0.871,
        "ascii": 0.894,
        "cut70": 0.596,
        "cut50": 0.176,
        "change5": 0.794,
        "change10": 0.659,
        "change20": 0.385,
    },
}
"""Share of planted posts that were found, by length in tokens and by condition: "cut70" keeps 70 %
of the words, "change10" changes, drops or adds every tenth."""
