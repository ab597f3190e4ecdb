"""Peers, each in a file of its own that only its own worker process imports: all are optional."""
