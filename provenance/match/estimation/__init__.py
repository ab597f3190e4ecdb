"""Shares with intervals: bootstrap, mixtures, correction for missed items."""
