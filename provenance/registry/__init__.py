"""Registries on disk: fingerprints of sources' items, to be matched against."""
