"""Tables of items: which columns hold what, and their rows as items."""
