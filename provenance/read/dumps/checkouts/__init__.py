"""Checkouts of git repositories: their files, and the licence of each."""
