"""Speed, measured: data, ours, and how both are told. `python -m benchmarks` is the door."""
