"""Registry indexes, and the lookup of a text's shingles in them."""
