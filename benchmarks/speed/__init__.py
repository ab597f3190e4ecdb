"""Speed benchmarks, run by `python -m benchmarks`."""
