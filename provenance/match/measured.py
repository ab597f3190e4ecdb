"""How well the detector does: measured, as shipped, on posts planted in pages.

Twelve thousand pages of books, news, encyclopaedia and web text in several languages; in half of
them one post of a registry of 365,000, in eleven states of repair. A user's own corpus may differ.
"""

MEASURED_RECALL = {
    "8+": {
        "verbatim": 1.0,
        "anonymised": 0.996,
        "escaped": 1.0,
        "lower": 0.995,
        "tokenised": 1.0,
        "ascii": 1.0,
        "cut70": 0.925,
        "cut50": 0.53,
        "change5": 0.996,
        "change10": 0.97,
        "change20": 0.89,
    },
    "5-7": {
        "verbatim": 0.914,
        "anonymised": 0.946,
        "escaped": 0.902,
        "lower": 0.933,
        "tokenised": 0.882,
        "ascii": 0.904,
        "cut70": 0.348,
        "cut50": 0.049,
        "change5": 0.804,
        "change10": 0.612,
        "change20": 0.451,
    },
}
"""Part of the planted posts that were found, by their length in tokens and by what was done to
them: "cut70" keeps 70 % of the words, "change10" changes, drops or adds every tenth."""
