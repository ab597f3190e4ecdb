"""Data files of a registry: arrays and tables, memory-mapped, verified by digest, encrypted."""
