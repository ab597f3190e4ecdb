"""Candidate items of a text: seeds, chains of hits, alignments."""
