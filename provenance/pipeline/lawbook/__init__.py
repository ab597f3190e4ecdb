"""The rules and policies on their own: listed, explained, tested, compared."""
