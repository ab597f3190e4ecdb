"""Estimation of shares: intervals, bootstrap, mixtures, correction for missed items."""
