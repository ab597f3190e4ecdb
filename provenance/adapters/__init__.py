"""Adapters: `provenance.Matcher` in data pipelines of other frameworks, which are not imported."""
