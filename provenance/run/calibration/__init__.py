"""How sure a check is: what it misses of planted copies, and what it finds by chance."""
