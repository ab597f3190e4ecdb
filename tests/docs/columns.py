"""Meanings of the columns and arrays of our tables, which Arrow schemas do not contain."""

FINDINGS_COLUMNS = {
    "document": "id of the document: the dataset's `id`, if present, else `file#row`; "
    "need not be unique",
    "file": "file, relative to the address given",
    "row": "row within the file, from 0",
    "field": "field of the row that contains the text: `text`, `messages[3].content`",
    "start": "start of the span, in Unicode code points of that text",
    "end": "end of the span (exclusive)",
    "byte_start": "start of the span, in bytes of UTF-8",
    "byte_end": "end of the span (exclusive), in bytes of UTF-8",
    "source": "source of the content",
    "item": "the source's id of the item; null if the evidence names only a source",
    "url": "address of the item",
    "created_at": "time of publication of the item",
    "evidence": "`content`, `resemblance`, `link`, `licence` or `signal`",
    "verdict": "`forbidden`, `unknown`, `restricted` or `permitted`",
    "basis": "reason of the verdict: `explicit-ml`, `automated-access`, …",
    "terms": "id of the terms that decided",
    "declared": "what the row or its site declares: a licence, or the line of a signal",
    "waiver": "waiver of the policy that covers the finding",
    "state": "`new` or `unchanged`, compared with a baseline; null without one",
    "tokens": "number of matched tokens",
    "item_tokens": "number of tokens of the item",
    "bits": "information of the matched words, in bits",
    "strength": "in bits: chance gives such a match once in 2^strength tokens",
    "expected": "expected number of chance matches of this strength in the whole dataset",
    "contested": "whether a permitted source or a background also contains the words",
    "alternatives": "other items with the same words",
    "excerpt": "text of the document around the span; null if not kept",
    "excerpt_start": "start of the excerpt, in code points of the text",
    "item_excerpt": "text of the item; null if the registry has no texts",
    "marks": "matched words, as half-open spans of `excerpt`, in code points",
    "item_marks": "matched words, as half-open spans of `item_excerpt`, in code points",
}

REGISTRY_TABLES = {
    "items": {
        "source": "id of the source",
        "item": "the source's id of the item",
        "url": "address of the item",
        "created_at": "time of publication",
        "author": "digest of the author, never the name",
        "language": "language, as the dump states it",
        "licence": "licence that the item declares",
        "length": "number of tokens",
        "lead": "pieces that normalisation drops before the first word",
        "trail": "pieces that normalisation drops after the last word",
        "first": "number of the first item with the same words",
    },
    "texts": {"text": "text of each item, in the order of `items`; absent with `--no-text`"},
    "shared": {
        "shingle": "shingle that at least two authors of a source use",
        "source": "index of the source in the manifest",
        "authors": "number of authors",
    },
    "sketch": {"source": "id of the source", "hash": "hash in the source's FracMinHash sketch"},
    "background": {"count": "occurrences of tokens in this cell of hashes; equal items count once"},
    "signatures": {
        "item": "number of the item",
        "signature": "MinHash values; see [formulas](formulas.md)",
    },
}

REGISTRY_ARRAYS = {
    "tokens.npy": "32-bit hashes of the words of all items, item by item",
    "shingles.npy": "lower bits of each posting's shingle, in order",
    "owners.npy": "item of each posting",
    "positions.npy": "position of each posting in its item",
    "directory.npy": "index of the first posting for each value of the shingles' upper bits",
    "prefilter.npy": "one bit per value of a shingle's upper bits, looked up first; empty in a "
    "large registry",
    "filter.npy": "Bloom filter with blocks of one word, looked up before the postings",
}
