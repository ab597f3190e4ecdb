"""Corpora: resolving addresses to files, and files to parts and documents."""
