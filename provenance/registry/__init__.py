"""Items of sources on disk, to be matched against. A registry is a function of its items."""
