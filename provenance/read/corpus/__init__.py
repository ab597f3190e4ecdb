"""Corpora: addresses, files, parts and documents."""
