"""Commands on rules and policies: list, explain, test, compare."""
