"""Text to tokens, shingles, signatures and sketches. Pure: no files, no registries."""
