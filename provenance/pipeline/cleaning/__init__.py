"""Clean datasets of what a check found, and compare versions of them."""
