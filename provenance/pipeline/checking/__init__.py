"""Check a dataset: from its inputs to the findings of all of it."""
