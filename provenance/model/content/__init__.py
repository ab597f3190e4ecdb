"""Content: tables of documents, items and matches, fingerprints, and the arrays of registries."""
