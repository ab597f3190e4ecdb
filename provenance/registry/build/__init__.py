"""Build registries: stage the items of dumps, compare them with known ones, write segments."""
