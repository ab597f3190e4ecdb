"""Index of a registry's shingles: postings, filters, lookup, stop shingles."""
