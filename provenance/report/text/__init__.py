"""Sentences and formatted numbers that several report formats share."""
