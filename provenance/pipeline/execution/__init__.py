"""Run work: threads, processes, clusters, progress."""
