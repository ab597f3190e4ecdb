"""Passages of items in texts: candidates, strength, attribution, corrected shares. Pure.

In the order of a check: `index` contains a registry's shingles, `candidates` finds passages of its
items in texts, `scoring` measures how strong they are, `attribution` gives each token to one match,
and `estimation` corrects the shares for missed items. Import the submodules directly.
"""
