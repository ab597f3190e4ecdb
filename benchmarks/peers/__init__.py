"""Peers; each module is imported only by its own worker, since all are optional."""
