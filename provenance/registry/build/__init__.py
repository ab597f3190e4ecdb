"""Build registries: stage, order and deduplicate items, and write their postings."""
