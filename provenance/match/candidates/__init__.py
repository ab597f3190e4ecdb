"""Candidate search: seed hits, chains, alignments, near-duplicates."""
