"""Sign results, repeat checks, and apply disputes."""
