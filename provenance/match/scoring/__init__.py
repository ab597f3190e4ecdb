"""Strength of a candidate: n-gram counts, information, features, log-odds, E-value."""
