"""Results of checks, calibrations, reviews and comparisons, with their shares and intervals."""
