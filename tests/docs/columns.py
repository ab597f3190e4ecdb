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
    "gap": "number of code points between the span and that of the finding before, if both are of "
    "one passage of an item: they were not copied, and count nowhere; null where a passage begins",
    "source": "source of the content",
    "item": "the source's id of the item; null if the evidence names only a source",
    "url": "address of the item",
    "created_at": "time of publication of the item",
    "evidence": "`content`, `resemblance`, `link`, `licence` or `signal`",
    "verdict": "`forbidden`, `unknown`, `restricted` or `permitted`",
    "basis": "reason of the verdict: `explicit-ml`, `automated-access`, …",
    "terms": "id of the terms that decided",
    "collection": "collection of the policy whose circumstances applied; null where those of "
    "`[check]` did",
    "declared": "what the row or its site declares: a licence, or the line of a signal",
    "row_licence": "licence that the row, or the dataset's card, declares; null if none",
    "withheld": "why the document is withdrawn or opted out, as a registry says; null if not",
    "marked": "whether its owner planted the item; such findings count in no share",
    "waiver": "waiver of the policy that covers the finding",
    "state": "`new` or `unchanged`, compared with a baseline; null without one",
    "tokens": "number of matched tokens",
    "item_tokens": "number of tokens of the item",
    "item_start": "first code point of the first matched word in the item's text; null if the "
    "registry has no texts, or the evidence is not `content`",
    "item_end": "code point after the last matched word; null as `item_start`",
    "bits": "information of the matched words, in bits",
    "strength": "in bits: chance gives such a match once in 2^strength tokens",
    "expected": "expected number of chance matches of this strength in the whole dataset",
    "contested": "whether a permitted source or a background also contains the words, or "
    "it is unclear whose they are; not if a background's own terms forbid the use",
    "origin": "whose words they are: `item`, `quotation` or `undecided`; null unless the evidence "
    "is `content`",
    "origin_reasons": "what was observed: `whole-item`, `item-continues`, `item-quotes`, …",
    "own_probability": "probability that they are the item's author's own, from what was observed "
    "and from the other findings of the file; null unless the evidence is `content`",
    "quoted_work": "title of the work of a background whose words they are; null if not known",
    "quoted_url": "address of that work, or of the page that the item links to, if they are its "
    "title or its words; null if not known",
    "alternatives": "other items with at least half of the matched words, those with most first: "
    "the `share` that each has, and whether its whole text is the same",
    "copies": "number of documents of the dataset that have words of the item; null for quotations "
    "and without an item",
    "occurrences": "number of passages of the item; null as `copies`",
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
        "author": "digest of the author; with `--keep-authors`, a colon and the name follow",
        "language": "language, as the dump states it",
        "licence": "licence that the item declares",
        "link": "page elsewhere of which the item's first line is the title",
        "lead": "pieces that normalisation drops before the first word",
        "trail": "pieces that normalisation drops after the last word",
        "first_line": "number of words on the first line, 0 if it is the only one or has more than "
        "255",
    },
    "texts": {"text": "text of each item, in the order of `items`; absent with `--no-text`"},
    "sketch": {"source": "id of the source", "hash": "hash in the source's FracMinHash sketch"},
    "background": {"count": "occurrences of tokens in this cell of hashes; equal items count once"},
    "statuses": {
        "segment": "place of the item's segment in the manifest",
        "item": "number of the item in its segment",
        "state": "`copy` if it counts; `replaced` by a later record of the same id; `withdrawn`",
        "first_segment": "segment of the first item that counts and has the same words",
        "first_item": "number of that item in its segment; null if there is none",
        "reason": "why it was withdrawn, as stated",
        "date": "when it was withdrawn",
    },
    "tombstones": {
        "source": "id of the source",
        "site": "site of the item's address; empty if it had none; null: any site",
        "item": "the source's id of the item",
        "date": "when it was withdrawn",
        "reason": "why, as stated",
        "fingerprint": "digest of all words of the item, under a key; null if none is kept",
        "key": "id of that key",
        "expires": "first day on which the fingerprint is not kept",
    },
    "marks": {
        "source": "id of the source",
        "site": "site of the item's address; empty if it has none",
        "item": "the source's id of the item",
        "note": "what it is, as stated",
    },
    "additions": {
        "key": "of the item, as in `keys.npy`",
        "addition": "number of the addition of items that it came with, from 1; the latest counts",
    },
    "optouts": {
        "address": "domain, or address with a path, in lower case and without scheme",
        "date": "when it was added",
        "reason": "why, as stated",
    },
}

REGISTRY_ARRAYS = {
    "tokens.npy": "32-bit hashes of the words of all items, item by item",
    "offsets.npy": "where each item begins in `tokens.npy`, and where the last one ends",
    "sizes.npy": "for each item, number of words, at most 255, and of those on its first line",
    "firsts.npy": "number of the first item of the segment with the same words",
    "codes.npy": "index of each item's source in the segment's list",
    "authors.npy": "hash of each item's author; an item of unknown author has one of its own",
    "keys.npy": "by which items are ordered: the date, then a hash of source, site and id",
    "sequences.npy": "hash of all words of each item",
    "signed.npy": "number of each item that is long enough to have a signature",
    "signatures.npy": "MinHash values of these items; see [formulas](formulas.md)",
    "bands.npy": "for each band of the signatures: its hashes, sorted, with the rows they are of",
    "shingles.npy": "lower bits of each posting's shingle, in order",
    "owners.npy": "item of each posting",
    "positions.npy": "position of each posting in its item",
    "directory.npy": "index of the first posting for each value of the shingles' upper bits",
    "prefilter.npy": "one bit per value of a shingle's upper bits, looked up first; empty in a "
    "large registry",
    "filter.npy": "Bloom filter with blocks of one word, looked up before the postings",
}

FORGET_COLUMNS = {
    "dataset": "names of the dataset in the ledger, or the addresses that were checked",
    "digest": "digest of the dataset",
    "file_sha256": "SHA-256 of the bytes of the file, by which a renamed one is recognised",
} | {
    name: FINDINGS_COLUMNS[name]
    for name in (
        *("document", "file", "row", "field", "start", "end", "byte_start", "byte_end"),
        *("source", "item", "url", "evidence", "verdict", "basis", "terms", "tokens", "strength"),
    )
}

AUDIT_COLUMNS = {
    "dataset": "names of the dataset in the ledger, or the addresses that were checked",
    "digest": "digest of the dataset",
    "source": "source of the item",
    "item": "the owner's id of the item; null where only the address of a document is evidence",
    "url": "address of the item, or of the document",
    "created_at": "time of publication of the item",
    "evidence": "the strongest: `address`, `whole item`, `passage`, `similarity` or `declaration`; "
    "null if point 5 is withheld",
    "documents": "number of documents",
    "passages": "number of passages in them",
    "tokens": "tokens of these",
    "item_tokens": "number of tokens of the item",
    "counted": "whether it is in the numbers of the answer: not contested, and no quotation",
    "disputed": "whether somebody disputes that it is the source's",
    "same_words": "other ids of the source with the same words",
    "withdrawn": "day of its withdrawal, if it is recorded; null if point 6 is withheld",
    "withdrawn_when": "that day compared with collection and use",
    "excerpt": "words of the dataset; null without `--excerpts`",
}

SKETCH_FACTS = {
    "format": "`provenance/sketch`",
    "version": "version of this format, 1",
    "normalisation": "version of the rules that turn text into tokens",
    "unicode": "version of the code point tables",
    "width": "words of a run",
    "scaled": "one in this many runs is sampled",
    "documents": "number of documents, or items",
    "tokens": "number of tokens",
    "short_tokens": "tokens of texts that have fewer than `width` words, and so no run",
    "inputs": "what it was made from: `dataset:` or `registry:`, and the digest of that",
    "unread": "number of files that could not be read",
    "digest": "SHA-256 of the facts above and the hashes",
}
"""Meaning of the facts of a sketch."""
