"""First stage: read the corpus, and find candidates and declarations."""
