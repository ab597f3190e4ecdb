"""Building registries: staging, ordering, deduplication, postings."""
