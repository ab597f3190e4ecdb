"""Changes of a registry: withdraw and mark items, opt out, merge, copy."""
